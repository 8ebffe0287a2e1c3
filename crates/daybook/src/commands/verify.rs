//! `verify`: the chain recomputed from the first entry on, against a head and the book if asked.

use clap::Args;
use ledger::Log;

use crate::currency::count;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::progress::Progress;
use crate::shell::{Fact, Shell};
use crate::standing::Standing;

/// Recompute the chain of the whole log
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A head that was kept elsewhere: the log must extend it
    #[arg(long, value_name = "STREAM:SEQ:HASH")]
    head: Option<ledger::Head>,
    /// The book must stand on this log too
    #[arg(long)]
    book: bool,
}

impl Verify {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let total = log.streams()?.iter().map(|info| info.head.seq).sum();
        let mut bar = Progress::new("verifying", total);
        let mut before = 0;
        let verified = ledger::verify(&log, self.head.as_ref(), &mut |at| {
            bar.set(before + at.seq, total);
            if at.seq == at.head_seq {
                before += at.seq;
            }
        })?;
        drop(bar);
        if self.book {
            projector::check_position(&log, &shell.folder.book()?)?;
        }
        let entries = verified.streams.iter().map(|stream| stream.head.seq).sum();
        let erased = verified.streams.iter().map(|stream| stream.erased).sum();
        let extended = self.head.map(|head| head.to_string());
        let stands = self.book.then_some("stands on this log");
        let facts = [
            Fact::text("chain", "ok"),
            Fact::count("streams", verified.streams.len() as u64),
            Fact::count("entries", entries),
            Fact::new(
                "erased",
                erased,
                if erased == 0 {
                    String::new()
                } else {
                    count(erased)
                },
            ),
            Fact::new("extends", extended.clone(), extended.unwrap_or_default()),
            Fact::new("book", stands, stands.unwrap_or_default()),
        ];
        shell.answer_facts(&facts, &Standing::of_log(&log, &stream)?)?;
        Ok(Exit::AllTrue)
    }
}
