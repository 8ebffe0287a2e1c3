//! What backups are made of: the manifest, the folder that is not finished yet, the files in it. The commands do the rest.

mod files;
mod manifest;
mod unfinished;

pub(crate) use files::{
    Part, copy_file, copy_rejects, hash_file, make_folder, outer, rejects, sync,
};
pub(crate) use manifest::{MANIFEST, Manifest};
pub(crate) use unfinished::Unfinished;

use ledger::{LedgerError, Log, Verified};

use crate::progress::Progress;

/// Recomputes the chain of every stream.
pub(crate) fn prove(log: &dyn Log) -> Result<Verified, LedgerError> {
    let total = log.streams()?.iter().map(|info| info.head.seq).sum();
    let mut bar = Progress::new("verifying", total);
    let mut before = 0;
    ledger::verify(log, None, &mut |at| {
        bar.set(before + at.seq, total);
        if at.seq == at.head_seq {
            before += at.seq;
        }
    })
}
