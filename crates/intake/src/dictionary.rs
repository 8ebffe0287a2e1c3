//! The first dictionary of a log: made once there is enough to learn from. Later ones are made by command.

use ledger::{Ledger, LedgerError, StreamId};

/// A log with this many entries has shown what its bodies are like.
pub const DICTIONARY_ENTRIES: u64 = 4096;

/// Gives a log its first dictionary once these streams of it have enough entries; whether nothing is left to do. It reads for
/// seconds and holds the log for a moment: a second handle can do it while others append. `now_us` is the caller's clock.
pub fn train_first<'s>(
    ledger: &mut dyn Ledger,
    streams: impl IntoIterator<Item = &'s StreamId>,
    now_us: i64,
) -> Result<bool, LedgerError> {
    let mut entries = 0;
    for stream in streams {
        entries += ledger.head(stream)?.seq;
    }
    if entries < DICTIONARY_ENTRIES {
        return Ok(false);
    }
    if ledger.dictionaries()?.is_empty() {
        ledger.train(&facts::scrub, now_us)?;
    }
    Ok(true)
}
