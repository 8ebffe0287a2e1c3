//! Entries to append, and the ledgers to append them to. Asserts nothing.

use std::ops::ControlFlow;
use std::path::PathBuf;

use ledger::{Entry, Hash, Kind, Ledger, Log, NewEntry, Outcome, Source, SqliteLedger, StreamId};
use tempfile::TempDir;

/// An entry told by what matters to roles: stream, id, version and content.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    stream: StreamId,
    id: String,
    version: Option<String>,
    content: u8,
    body: Vec<u8>,
}

impl Draft {
    pub(crate) fn new(stream: &StreamId, id: &str, version: Option<&str>, content: u8) -> Self {
        let body =
            format!("{{\"id\":{id:?},\"version\":{version:?},\"content\":{content}}}").into_bytes();
        Self {
            stream: stream.clone(),
            id: id.to_owned(),
            version: version.map(str::to_owned),
            content,
            body,
        }
    }

    pub(crate) fn entry(&self) -> NewEntry<'_> {
        let mut content_hash = [self.content; 32];
        content_hash[0] = self
            .version
            .as_ref()
            .map_or(0, |version| version.len() as u8);
        NewEntry {
            stream: &self.stream,
            kind: Kind::Event,
            id: &self.id,
            type_: "charge.updated",
            object_id: self.version.as_deref(),
            api_version: self.version.as_deref(),
            created_s: 1_700_000_000 - i64::from(self.content),
            recorded_us: 1_700_000_000_000_000,
            source: Source::Webhook,
            content_hash: Hash(content_hash),
            body: &self.body,
        }
    }
}

/// Appends drafts as one batch.
pub(crate) fn append(ledger: &mut dyn Ledger, drafts: &[Draft]) -> Vec<Outcome> {
    let batch: Vec<_> = drafts.iter().map(Draft::entry).collect();
    ledger.append(&batch).unwrap()
}

/// Appends `count` unlike events with ids from `evt_0` on.
pub(crate) fn append_events(ledger: &mut dyn Ledger, stream: &StreamId, count: usize) {
    let drafts: Vec<_> = (0..count)
        .map(|n| Draft::new(stream, &format!("evt_{n}"), Some("2026-01-01"), 0))
        .collect();
    append(ledger, &drafts);
}

pub(crate) fn entries(log: &dyn Log, stream: &StreamId) -> Vec<Entry> {
    let mut entries = Vec::new();
    log.read(stream, 1..=u64::MAX, &mut |entry| {
        entries.push(entry.to_entry());
        ControlFlow::Continue(())
    })
    .unwrap();
    entries
}

pub(crate) fn live() -> StreamId {
    StreamId::new("acct_1", true).unwrap()
}

pub(crate) fn test_mode() -> StreamId {
    StreamId::new("acct_1", false).unwrap()
}

/// A fresh ledger on disk; the folder lives as long as the first value.
pub(crate) fn on_disk() -> (TempDir, PathBuf, SqliteLedger) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data").join("ledger.db");
    let ledger = SqliteLedger::create(&path, 1_700_000_000_000_000).unwrap();
    (folder, path, ledger)
}
