//! What the log says of an object: the last entries that spoke of it. It judges none of them.

use std::ops::ControlFlow;

use ledger::{EntryRef, Kind, Log, Role, Source, StreamId};
use projector::OpenBook;
use serde_json::Value;

use crate::ReconcileError;

/// How many entries are looked at, and shown with a finding: the newest.
const ENTRIES_MAX: usize = 10;
/// How many of the log's first entries are looked at for the moment at which it began to listen.
const FIRST_MAX: u64 = 200;

/// One entry that spoke of the object.
pub(super) struct Said {
    pub(super) seq: u64,
    /// Stripe's second of it; 0 if it has none.
    pub(super) created_s: i64,
    /// The entry's id: two of one id are the same event.
    pub(super) id: String,
    pub(super) role: Role,
    pub(super) version: Option<String>,
    /// What it says the object is, if the object is what it is about; null if the object was not there.
    pub(super) object: Option<Value>,
}

/// The newest entries that spoke of an object, in the order of the log.
///
/// # Errors
/// When book or log can't be read.
pub(super) fn about(
    log: &dyn Log,
    book: &OpenBook,
    stream: &StreamId,
    object: (&str, &str),
    stripes_id: &str,
) -> Result<Vec<Said>, ReconcileError> {
    let mut said = Vec::new();
    for seq in newest(book, stream, object)? {
        log.read(stream, seq..=seq, &mut |entry| {
            said.push(Said {
                seq: entry.seq,
                created_s: entry.created_s,
                id: entry.id.to_owned(),
                role: entry.role,
                version: entry.api_version.map(str::to_owned),
                object: own_object(&entry, stripes_id),
            });
            ControlFlow::Break(())
        })?;
    }
    Ok(said)
}

/// The last of the entries that spoke of an object.
///
/// # Errors
/// When the book can't be read.
pub(super) fn newest(
    book: &OpenBook,
    stream: &StreamId,
    object: (&str, &str),
) -> Result<Vec<u64>, ReconcileError> {
    let mut seqs = book.entries_of(stream, object.0, object.1)?;
    Ok(seqs.split_off(seqs.len().saturating_sub(ENTRIES_MAX)))
}

/// The object as the entry has it, if that is what the entry is about.
pub(crate) fn own_object(entry: &EntryRef<'_>, id: &str) -> Option<Value> {
    let body = entry.body?;
    // The balance has no id of its own.
    if entry.object_id.is_some_and(|own| own != id) {
        return None;
    }
    match entry.kind {
        Kind::Event => {
            let event: Value = serde_json::from_slice(body).ok()?;
            Some(event["data"]["object"].clone())
        }
        Kind::Observation => {
            let observation = facts::observation(body).ok()?;
            serde_json::from_str(observation.body).ok()
        }
        Kind::Notification | Kind::Control => None,
    }
}

/// Stripe's second of the first thing that the log heard itself, rather than was given in a file; none if it is not among its first
/// entries.
///
/// # Errors
/// When the log can't be read.
pub(super) fn listening_since(
    log: &dyn Log,
    stream: &StreamId,
) -> Result<Option<i64>, ReconcileError> {
    let mut since_s = None;
    log.read(stream, 1..=FIRST_MAX, &mut |entry| {
        if entry.source != Source::Import && entry.created_s > 0 {
            since_s = Some(entry.created_s);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    Ok(since_s)
}
