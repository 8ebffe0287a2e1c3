//! Logs of small invented entries, and books made of them. Asserts nothing but that the making works.

use facts::{Kind, ObservationHeader, envelope, observation_line};
use ledger::{Hash, Ledger, Log, MemoryLedger, NewEntry, Source, StreamId};
use projector::{Books, OpenBook, Options, Report, dump, open_book_readonly, project, rebuild};
use tempfile::TempDir;

pub(crate) const VERSION: &str = "2026-07-29.dahlia";

/// An event as Stripe sends it; `previous` is the text of `previous_attributes`.
pub(crate) fn event(
    id: &str,
    type_: &str,
    created_s: i64,
    object: &str,
    previous: Option<&str>,
) -> String {
    let previous = previous.map_or(String::new(), |previous| {
        format!(",\"previous_attributes\":{previous}")
    });
    format!(
        "{{\"id\":\"{id}\",\"object\":\"event\",\"api_version\":\"{VERSION}\",\"created\":{created_s},\
         \"data\":{{\"object\":{object}{previous}}},\"livemode\":true,\"pending_webhooks\":1,\
         \"request\":{{\"id\":null}},\"type\":\"{type_}\"}}"
    )
}

/// One object as read from the API.
pub(crate) fn observation(object: &str, id: &str, date_s: i64, body: &str) -> String {
    let header = ObservationHeader {
        request: format!("GET /v1/{object}s/{id}"),
        request_id: None,
        version: Some(VERSION.into()),
        account: None,
        livemode: Some(true),
        date_s: Some(date_s),
        elapsed_ms: Some(120),
        absent: None,
        object_type: Some(object.into()),
        object_id: Some(id.into()),
    };
    observation_line(&header, body)
}

/// The stream of most tests.
pub(crate) fn live() -> StreamId {
    StreamId::new("acct_1", true).unwrap()
}

/// Appends these lines to a stream, each in its turn.
pub(crate) fn append(ledger: &mut dyn Ledger, stream: &StreamId, lines: &[String]) {
    let read: Vec<_> = lines
        .iter()
        .map(|line| envelope(line.as_bytes()).unwrap())
        .collect();
    let batch: Vec<NewEntry<'_>> = read
        .iter()
        .zip(lines)
        .map(|(envelope, line)| NewEntry {
            stream,
            kind: match envelope.kind {
                Kind::Event => ledger::Kind::Event,
                Kind::Notification => ledger::Kind::Notification,
                Kind::Observation => ledger::Kind::Observation,
                Kind::Control => ledger::Kind::Control,
            },
            id: &envelope.id,
            type_: &envelope.type_,
            object_id: envelope.object_id.as_deref(),
            api_version: envelope.api_version.as_deref(),
            created_s: envelope.created_s,
            recorded_us: 0,
            source: Source::Import,
            content_hash: Hash(envelope.content_hash),
            body: line.as_bytes(),
        })
        .collect();
    ledger.append(&batch).unwrap();
}

/// A log in memory that holds these lines.
pub(crate) fn log_of(lines: &[String]) -> MemoryLedger {
    let mut ledger = MemoryLedger::new();
    append(&mut ledger, &live(), lines);
    ledger
}

/// A data folder without a ledger: books only.
pub(crate) struct Folder {
    folder: TempDir,
    pub(crate) books: Books,
}

impl Folder {
    pub(crate) fn new() -> Self {
        // Where there is a folder in memory, hundreds of books need not wait for a disk.
        let folder = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .unwrap();
        let books = Books::open(folder.path()).unwrap();
        Folder { folder, books }
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn project(&self, log: &dyn Log, batch: u64) -> Report {
        let options = Options {
            batch,
            threads: 1,
            ..Options::default()
        };
        project(log, &self.books, &options, &mut |_| ()).unwrap()
    }

    pub(crate) fn rebuild(&self, log: &dyn Log, threads: usize) -> Report {
        self.rebuild_within(log, threads, Options::default().memory_bytes)
    }

    pub(crate) fn rebuild_within(
        &self,
        log: &dyn Log,
        threads: usize,
        memory_bytes: usize,
    ) -> Report {
        let options = Options {
            batch: 1,
            threads,
            memory_bytes,
        };
        rebuild(log, &self.books, &options, &mut |_| ()).unwrap()
    }

    pub(crate) fn open(&self) -> OpenBook {
        open_book_readonly(self.path()).unwrap()
    }

    /// Everything that the book holds of a stream: rows, digest, position, registers and entries.
    pub(crate) fn contents(&self, stream: &StreamId) -> String {
        let book = self.open();
        let registers: Vec<(String, String, Vec<u8>, Vec<u8>)> = book
            .connection()
            .prepare("SELECT object, id, register, entries FROM registers WHERE stream = ?1")
            .unwrap()
            .query_map([stream.as_str()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        format!(
            "{}\n{}\n{:?}\n{registers:?}",
            dump(&book, stream, true).unwrap(),
            book.digest(stream).unwrap(),
            book.position(stream).unwrap(),
        )
    }
}
