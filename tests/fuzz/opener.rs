//! What opening promises of any ledger file: an answer or a refusal, never a panic, an abort or a hang; and whatever `verify`
//! accepts at a known head is the log that was written. Repairs nothing.
//!
//! An input is a list of changes to one small ledger, `ledger.db` beside this file: two streams with duplicates, a rendering and
//! a conflict, some bodies packed with a dictionary, in pages of 1 KiB, so that few bytes of input reach every kind of page.

use std::fs;
use std::ops::ControlFlow;
use std::sync::OnceLock;

use ledger::{Entry, Head, Ledger, LedgerError, Log, NewEntry, SqliteLedger, verify};
use tempfile::TempDir;

const LEDGER: &[u8] = include_bytes!("ledger.db");

/// The ledger as it was written.
struct Original {
    heads: Vec<Head>,
    entries: Vec<Entry>,
}

/// Any changes to a ledger file.
pub(crate) fn check(input: &[u8]) {
    let original = original();
    let folder = TempDir::new().expect("a folder can be made");
    let path = folder.path().join("ledger.db");
    fs::write(&path, changed(input)).expect("a file can be written");
    told(SqliteLedger::open_readonly(&path).map(|ledger| answers(&ledger, original)));
    told(SqliteLedger::open(&path).map(|mut ledger| {
        answers(&ledger, original);
        appends(&mut ledger, &original.entries[1]);
    }));
}

/// Whatever was asked, a refusal says why.
fn told<T>(answer: Result<T, LedgerError>) -> Option<T> {
    answer
        .inspect_err(|error| assert!(!error.to_string().is_empty()))
        .ok()
}

fn answers(log: &dyn Log, original: &Original) {
    told(log.tally());
    told(log.meta_hash());
    told(log.dictionaries());
    for head in &original.heads {
        told(log.find(&head.stream, "evt_1"));
    }
    let verified = |head| verify(log, Some(head), &mut |_| ()).is_ok();
    if original.heads.iter().all(verified) {
        let mut entries = told(entries(log)).expect("what was verified can be read");
        assert_eq!(entries.len(), original.entries.len());
        // A body may be erased by law, and the chain still holds.
        for (entry, written) in entries.iter_mut().zip(&original.entries) {
            if entry.salt.is_none() && entry.body.is_none() {
                (entry.salt, entry.body) = (written.salt, written.body.clone());
            }
        }
        let is_same = entries == original.entries;
        assert!(is_same, "another log was verified");
    }
}

fn appends(ledger: &mut SqliteLedger, entry: &Entry) {
    let new = NewEntry {
        stream: &entry.stream,
        kind: entry.kind,
        id: "evt_new",
        type_: &entry.type_,
        object_id: None,
        api_version: None,
        created_s: entry.created_s,
        recorded_us: entry.recorded_us,
        source: entry.source,
        content_hash: entry.content_hash,
        body: b"{}",
    };
    told(ledger.append(&[new]));
    told(verify(ledger, None, &mut |_| ()));
}

fn original() -> &'static Original {
    static ORIGINAL: OnceLock<Original> = OnceLock::new();
    ORIGINAL.get_or_init(|| {
        let folder = TempDir::new().expect("a folder can be made");
        let path = folder.path().join("ledger.db");
        fs::write(&path, LEDGER).expect("a file can be written");
        let log = SqliteLedger::open_readonly(&path).expect("it is a ledger of this format");
        let infos = log.streams().expect("it is whole");
        Original {
            heads: infos.into_iter().map(|info| info.head).collect(),
            entries: entries(&log).expect("it is whole"),
        }
    })
}

/// Every entry of every stream.
fn entries(log: &dyn Log) -> Result<Vec<Entry>, LedgerError> {
    let mut entries = Vec::new();
    for info in log.streams()? {
        log.read(&info.stream, 1..=u64::MAX, &mut |entry| {
            entries.push(entry.to_entry());
            ControlFlow::Continue(())
        })?;
    }
    Ok(entries)
}

/// The ledger's bytes with the input's changes.
fn changed(input: &[u8]) -> Vec<u8> {
    let mut bytes = LEDGER.to_vec();
    let mut input = input.iter().copied();
    while change(&mut bytes, &mut input).is_some() {}
    bytes
}

/// One change, as the next bytes of the input say; none when they are at their end.
fn change(bytes: &mut Vec<u8>, input: &mut impl Iterator<Item = u8>) -> Option<()> {
    let what = input.next()?;
    let mut place = || {
        let [high, middle, low] = [input.next()?, input.next()?, input.next()?].map(usize::from);
        Some(((high << 16) + (middle << 8) + low) % LEDGER.len())
    };
    let at = place()?;
    match what % 4 {
        0 => {
            let count = usize::from(what / 4) % 16 + 1;
            let patch: Vec<u8> = input.take(count).collect();
            let end = bytes.len().min(at + patch.len());
            let room = end.saturating_sub(at);
            bytes.get_mut(at..end)?.copy_from_slice(&patch[..room]);
        }
        1 => *bytes.get_mut(at)? ^= 1 << (what / 4 % 8),
        2 => {
            let from = place()?;
            let room = bytes.len().checked_sub(from.max(at))?;
            let count = room.min(1 << (what / 4 % 12));
            bytes.copy_within(from..from + count, at);
        }
        _ => bytes.truncate(at),
    }
    Some(())
}
