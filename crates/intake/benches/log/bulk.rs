//! Many entries, thousands a transaction, until the file is closed and all of it in its place.

use std::error::Error;

use ledger::Dictionary;

use crate::contest::{self, Contest, time};
use crate::corpus::Corpus;
use crate::plain::Plain;
use crate::{BATCH, append_all, ledger};

pub(crate) fn compare(
    corpus: &Corpus,
    dictionary: &Dictionary,
    rounds: usize,
) -> Result<Contest, Box<dyn Error>> {
    let ours = || {
        let folder = tempfile::tempdir()?;
        let mut ledger = ledger(&folder.path().join("ledger.db"), dictionary)?;
        time(|| {
            append_all(&mut ledger, &corpus.entries)?;
            drop(ledger);
            Ok(())
        })
    };
    let plain = || {
        let folder = tempfile::tempdir()?;
        let plain = Plain::create(&folder.path().join("plain.db"))?;
        time(|| {
            plain.insert(&corpus.entries, BATCH)?;
            drop(plain);
            Ok(())
        })
    };
    contest::compare(rounds, ours, plain)
}
