//! `verify`: the file checked by SQLite, then the chain recomputed from the first entry on, against a head and the book if
//! asked.

use std::time::{Duration, Instant};

use clap::Args;
use ledger::{Head, LedgerError, Log, SqliteLedger, Verified};

use crate::aside;
use crate::currency::count;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::progress::Progress;
use crate::shell::{Fact, Shell};
use crate::standing::Standing;

/// Check the log's file, and recompute the chain of all that is in it
///
/// Every column of every entry is proven by the chain, the ledger's own meta and its dictionaries by entries that have their
/// hashes. Only the tally of repeated deliveries is proven by nothing. A log whose end was cut off, or was written anew
/// with all its hashes, holds by itself: give a head that was kept elsewhere, and it is found.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// A head that was kept elsewhere: the log must extend it
    #[arg(long, value_name = "STREAM:SEQ:HASH")]
    head: Option<Head>,
    /// The book must stand on this log too
    #[arg(long)]
    book: bool,
}

impl Verify {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let (file, file_took) = timed(|| check_file(&log));
        let (chain, chain_took) = timed(|| prove(&log, self.head.as_ref()));
        let verified = worse(file, chain)?;
        if self.book {
            projector::check_position(&log, &shell.folder.book()?)?;
        }
        let entries = verified.streams.iter().map(|stream| stream.head.seq).sum();
        let erased: u64 = verified.streams.iter().map(|stream| stream.erased).sum();
        let dictionaries = log.dictionaries()?.len() as u64;
        let shown = |number: u64| match number {
            0 => String::new(),
            _ => count(number),
        };
        let extended = self.head.map(|head| head.to_string());
        let stands = self.book.then_some("stands on this log");
        let facts = [
            Fact::new("file", "ok", took(file_took)),
            Fact::new("file_ms", millis(file_took), ""),
            Fact::new("chain", "ok", took(chain_took)),
            Fact::new("chain_ms", millis(chain_took), ""),
            Fact::count("streams", verified.streams.len() as u64),
            Fact::count("entries", entries),
            Fact::new("dictionaries", dictionaries, shown(dictionaries)),
            Fact::new("erased", erased, shown(erased)),
            Fact::new("extends", extended.clone(), extended.unwrap_or_default()),
            Fact::new("book", stands, stands.unwrap_or_default()),
        ];
        shell.answer_facts(&facts, &Standing::of_log(&log, &stream)?)?;
        Ok(Exit::AllTrue)
    }
}

/// Recomputes the chain of every stream; with `expected`, its stream must extend that head.
pub(super) fn prove(log: &dyn Log, expected: Option<&Head>) -> Result<Verified, LedgerError> {
    let total = log.streams()?.iter().map(|info| info.head.seq).sum();
    let mut bar = Progress::new("verifying", total);
    let mut before = 0;
    ledger::verify(log, expected, &mut |at| {
        bar.set(before + at.seq, total);
        if at.seq == at.head_seq {
            before += at.seq;
        }
    })
}

fn check_file(log: &SqliteLedger) -> Result<(), LedgerError> {
    let _bar = Progress::waiting("checking the file");
    log.check_integrity()
}

/// What the chain holds, or the fault to tell: the one that names an entry, else the one of the file.
fn worse(
    file: Result<(), LedgerError>,
    chain: Result<Verified, LedgerError>,
) -> Result<Verified, Failure> {
    match (file, chain) {
        (Ok(()), chain) => Ok(chain?),
        (Err(in_file), Err(fault @ LedgerError::Faulty { .. })) => {
            aside::warn(&in_file.to_string());
            Err(fault.into())
        }
        (Err(in_file), _) => Err(in_file.into()),
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

fn took(time: Duration) -> String {
    format!("ok, in {} ms", count(millis(time)))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
