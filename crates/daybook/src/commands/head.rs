//! `head`: the one line that proves the whole stream up to now, or up to an entry, to be kept elsewhere.

use std::ops::ControlFlow;

use clap::Args;
use ledger::{Log, StreamId};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::shell::Shell;
use crate::standing::Standing;

/// Print the head of the stream, for `verify --head` on a later day
#[derive(Debug, Args)]
pub(crate) struct Head {
    /// As it was after this entry, to hold against one that was kept cut short
    #[arg(long, value_name = "SEQ", value_parser = clap::value_parser!(u64).range(1..))]
    at: Option<u64>,
}

impl Head {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let head = match self.at {
            Some(seq) => head_at(&log, &stream, seq)?,
            None => log.head(&stream)?,
        };
        if shell.is_json() {
            let value =
                json!({"head": head.to_string(), "seq": head.seq, "hash": head.hash.to_string()});
            shell.answer_json(value, &Standing::of_log(&log, &stream)?)?;
        } else {
            // Nothing else on stdout: the line is made for scripts.
            shell.screen.line(head)?;
        }
        Ok(Exit::AllTrue)
    }
}

fn head_at(log: &dyn Log, stream: &StreamId, seq: u64) -> Result<ledger::Head, Failure> {
    let mut head = None;
    log.read(stream, seq..=seq, &mut |entry| {
        head = Some(ledger::Head {
            stream: stream.clone(),
            seq,
            hash: entry.chain_hash,
        });
        ControlFlow::Break(())
    })?;
    let absent = || ShellError::Absent {
        what: "entry",
        id: seq.to_string(),
        stream: stream.to_string(),
    };
    Ok(head.ok_or_else(absent)?)
}
