//! `dictionary`: what the log's bodies are compressed with, what it is worth, and the next one.

use std::collections::BTreeMap;

use clap::{Args, Subcommand};
use ledger::{DictionaryInfo, Ledger, Log, SqliteLedger, Stored};
use rusqlite::types::Value as Cell;

use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::listing::Listing;
use crate::progress::Progress;
use crate::shell::{Fact, Shell, now_us};
use crate::standing::Standing;

/// List the dictionaries with which the log is compressed, and what they save
///
/// The first is made by `import` once the log has some thousand entries. What is stored already is never stored anew.
#[derive(Debug, Args)]
pub(crate) struct Dictionary {
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Make the next dictionary from what the log now holds; later entries are stored with it
    ///
    /// It is worth it when what Stripe sends has changed: a new API version, other products. Nothing of what the bodies say of
    /// anybody gets into it.
    Train,
}

impl Dictionary {
    /// The tables that it answers with.
    pub(super) fn tables(&self) -> &'static [&'static str] {
        match self.act {
            None => &["dictionaries"],
            Some(Act::Train) => &[],
        }
    }

    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        match self.act {
            None => list(shell),
            Some(Act::Train) => train(shell),
        }
    }
}

fn list(shell: &mut Shell) -> Outcome {
    let (log, stream) = shell.log()?;
    let stored = stored(&log)?;
    let mut rows = Vec::new();
    let as_it_came = stored.get(&None).copied().unwrap_or_default();
    if as_it_came.entries > 0 {
        rows.push(row(None, as_it_came, shell.is_for_people()));
    }
    for info in log.dictionaries()? {
        let stored = stored.get(&Some(info.id)).copied().unwrap_or_default();
        rows.push(row(Some(&info), stored, shell.is_for_people()));
    }
    let columns = [
        "id",
        "created_s",
        "hash",
        "bytes",
        "entries",
        "body_bytes",
        "stored_bytes",
    ];
    let listing = Listing::new(&columns, rows);
    shell.answer(
        &[("dictionaries", listing)],
        &Standing::of_log(&log, &stream)?,
    )?;
    Ok(Exit::AllTrue)
}

fn train(shell: &mut Shell) -> Outcome {
    let stream = shell.stream()?;
    let mut ledger = shell.folder.ledger()?;
    let bar = Progress::waiting("training");
    let trained = ledger.train(&facts::scrub, now_us())?;
    drop(bar);
    let info = trained.ok_or(ShellError::NothingToTrain)?;
    let facts = [
        Fact::count("id", info.id),
        Fact::new("hash", info.hash.to_string(), shown(&info)),
        Fact::count("bytes", info.bytes),
    ];
    shell.answer_facts(&facts, &Standing::of_log(&ledger, &stream)?)?;
    Ok(Exit::AllTrue)
}

/// What is stored with which dictionary, counted with a bar, since it walks over the whole log.
fn stored(log: &SqliteLedger) -> Result<BTreeMap<Option<u64>, Stored>, Failure> {
    let total = log.streams()?.iter().map(|info| info.head.seq).sum();
    let mut bar = Progress::new("counting", total);
    let mut done = 0;
    Ok(log.stored(&mut || {
        done += 1;
        bar.set(done, total);
    })?)
}

/// A dictionary, or none, and what is stored with it.
fn row(info: Option<&DictionaryInfo>, stored: Stored, is_for_people: bool) -> Vec<Cell> {
    let number = |number: u64| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let hash = |info: &DictionaryInfo| {
        Cell::Text(if is_for_people {
            shown(info)
        } else {
            info.hash.to_string()
        })
    };
    let none = if is_for_people {
        Cell::Text("none".to_owned())
    } else {
        Cell::Null
    };
    vec![
        info.map_or(none, |info| number(info.id)),
        info.map_or(Cell::Null, |info| {
            Cell::Integer(info.created_us / 1_000_000)
        }),
        info.map_or(Cell::Null, hash),
        info.map_or(Cell::Null, |info| number(info.bytes)),
        number(stored.entries),
        number(stored.body_bytes),
        number(stored.stored_bytes),
    ]
}

/// The beginning of a dictionary's hash.
fn shown(info: &DictionaryInfo) -> String {
    format!("{:.12}…", info.hash.to_string())
}
