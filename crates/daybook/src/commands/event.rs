//! `event ID`: the exact bytes that came.

use std::ops::ControlFlow;

use clap::Args;
use ledger::{Entry, Log, StreamId};
use serde_json::json;

use crate::aside;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::shell::Shell;
use crate::standing::Standing;

/// Print the body of an event or observation, byte for byte
#[derive(Debug, Args)]
pub(crate) struct Event {
    /// Its id, evt_… or obs_…, or the seq of its entry
    id: String,
    /// Which of several entries with that id; by default the first
    #[arg(long)]
    seq: Option<u64>,
}

impl Event {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let entries = match self.id.parse() {
            Ok(seq) => at(&log, &stream, seq)?,
            Err(_) => log.find(&stream, &self.id)?,
        };
        let seqs: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
        let chosen = entries
            .into_iter()
            .find(|entry| self.seq.is_none_or(|seq| seq == entry.seq));
        let Some(entry) = chosen else {
            return Err(self.absent(stream.to_string(), &seqs));
        };
        if shell.is_json() {
            shell.answer_json(columns(&entry, &seqs), &Standing::of_log(&log, &stream)?)?;
            return Ok(Exit::AllTrue);
        }
        let body = entry.body.as_deref().unwrap_or_default();
        shell.screen.bytes(body)?;
        shell.screen.flush()?;
        if seqs.len() > 1 && self.seq.is_none() {
            aside::hint(&format!(
                "{} has entries {seqs:?}; choose with --seq",
                self.id
            ));
        }
        Ok(Exit::AllTrue)
    }

    fn absent(&self, stream: String, seqs: &[u64]) -> Failure {
        let failure: Failure = ShellError::Absent {
            what: "entry",
            id: self.id.clone(),
            stream,
        }
        .into();
        if seqs.is_empty() {
            return failure.hinting("ids are given whole; another stream is named with --stream");
        }
        failure.hinting(format!("its entries are {seqs:?}"))
    }
}

/// The entry with this seq, if there is one.
fn at(log: &dyn Log, stream: &StreamId, seq: u64) -> Result<Vec<Entry>, Failure> {
    let mut entries = Vec::new();
    log.read(stream, seq..=seq, &mut |entry| {
        entries.push(entry.to_entry());
        ControlFlow::Break(())
    })?;
    Ok(entries)
}

fn columns(entry: &Entry, seqs: &[u64]) -> serde_json::Value {
    let body = entry.body.as_deref().map(String::from_utf8_lossy);
    json!({
        "seq": entry.seq,
        "seqs": seqs,
        "kind": entry.kind.as_str(),
        "id": entry.id,
        "type": entry.type_,
        "object_id": entry.object_id,
        "api_version": entry.api_version,
        "created_s": entry.created_s,
        "recorded_us": entry.recorded_us,
        "source": entry.source.as_str(),
        "role": entry.role.as_str(),
        "content_hash": entry.content_hash.to_string(),
        "chain_hash": entry.chain_hash.to_string(),
        "body": body,
    })
}
