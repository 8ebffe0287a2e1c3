//! Callers that each wait for their entry to be on disk before they append the next, against transactions of as many rows.

use std::error::Error;
use std::sync::Barrier;
use std::thread;

use ledger::{Appender, Dictionary, GroupCommit, Limits, OwnedEntry};

use crate::contest::{self, Contest, Turn, time};
use crate::corpus::Corpus;
use crate::ledger;
use crate::plain::Plain;

/// Entries of one turn: some hundred commits.
pub(crate) fn rows(callers: usize) -> usize {
    callers * if callers == 1 { 400 } else { 150 }
}

pub(crate) fn compare(
    corpus: &Corpus,
    dictionary: &Dictionary,
    callers: usize,
    rounds: usize,
) -> Result<Contest, Box<dyn Error>> {
    let rows = rows(callers).min(corpus.entries.len());
    let entries = &corpus.entries[..rows];
    let plain = || {
        let folder = tempfile::tempdir()?;
        let plain = Plain::create(&folder.path().join("plain.db"))?;
        time(|| plain.insert(entries, callers))
    };
    let ours = || {
        let folder = tempfile::tempdir()?;
        let ledger = ledger(&folder.path().join("ledger.db"), dictionary)?;
        let group = GroupCommit::start(ledger, Limits::default())?;
        let turn = append_from(callers, entries, &group.appender());
        group.stop()?;
        turn
    };
    contest::compare(rounds, ours, plain)
}

/// From the moment that all callers are ready to the last answer.
fn append_from(callers: usize, entries: &[OwnedEntry], appender: &Appender) -> Turn {
    let start = Barrier::new(callers + 1);
    let call = |own: Vec<OwnedEntry>| {
        let (appender, start) = (appender.clone(), &start);
        move || {
            start.wait();
            own.into_iter()
                .try_for_each(|entry| appender.append(vec![entry]).map(drop))
        }
    };
    thread::scope(|scope| {
        let callers: Vec<_> = entries
            .chunks(entries.len().div_ceil(callers))
            .map(|own| scope.spawn(call(own.to_vec())))
            .collect();
        start.wait();
        time(|| {
            for caller in callers {
                caller.join().expect("a caller does not panic")?;
            }
            Ok(())
        })
    })
}
