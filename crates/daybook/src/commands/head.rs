//! `head`: the one line that proves the whole stream up to now, to be kept elsewhere.

use clap::Args;
use ledger::Log;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::shell::Shell;
use crate::standing::Standing;

/// Print the head of the stream, for `verify --head` on a later day
#[derive(Debug, Args)]
pub(crate) struct Head {}

impl Head {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let head = log.head(&stream)?;
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
