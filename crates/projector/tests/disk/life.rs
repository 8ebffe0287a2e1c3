//! Books being made, brought up, asked and made anew on a disk that may fail. Every error on the way is judged here.

use std::fs;
use std::path::Path;

use facts::envelope;
use ledger::{Hash, Kind, Ledger, Log, MemoryLedger, NewEntry, Source, StreamId};
use projector::{
    Books, Options, ProjectorError, check_digest, check_position, dump, open_book_readonly,
    project, rebuild,
};

const OPTIONS: Options = Options {
    batch: 3,
    threads: 1,
    // So little that objects are laid aside.
    memory_bytes: 1024,
};

pub(crate) fn stream() -> StreamId {
    StreamId::new("acct_1", true).unwrap()
}

/// Appends the lines up to the `count`-th.
fn grow(log: &mut MemoryLedger, count: usize) {
    let there = log.head(&stream()).unwrap().seq as usize;
    for place in there..count {
        append(log, &line(place));
    }
}

/// Customers that are created, and changed by the entries after those.
fn line(place: usize) -> String {
    let (customer, turn) = (place % 5, place / 5);
    let what = if turn == 0 { "created" } else { "updated" };
    let previous = match turn {
        0 => String::new(),
        _ => format!(
            ",\"previous_attributes\":{{\"name\":\"Customer {}\"}}",
            turn - 1
        ),
    };
    format!(
        "{{\"id\":\"evt_{place}\",\"object\":\"event\",\"api_version\":\"2026-07-29.dahlia\",\"created\":{},\
         \"data\":{{\"object\":{{\"id\":\"cus_{customer}\",\"object\":\"customer\",\"created\":1,\
         \"name\":\"Customer {turn}\"}}{previous}}},\"livemode\":true,\"pending_webhooks\":1,\
         \"request\":{{\"id\":null}},\"type\":\"customer.{what}\"}}",
        100 + place
    )
}

fn append(log: &mut MemoryLedger, line: &str) {
    let envelope = envelope(line.as_bytes()).unwrap();
    let entry = NewEntry {
        stream: &stream(),
        kind: Kind::Event,
        id: &envelope.id,
        type_: &envelope.type_,
        object_id: envelope.object_id.as_deref(),
        api_version: envelope.api_version.as_deref(),
        created_s: envelope.created_s,
        recorded_us: 0,
        source: Source::Import,
        content_hash: Hash(envelope.content_hash),
        body: line.as_bytes(),
    };
    log.append(&[entry]).unwrap();
}

/// Lives through everything that happens to books, whatever fails on the way; gives the log at its end.
pub(crate) fn live(data: &Path) -> MemoryLedger {
    let books = Books::open(data).unwrap();
    let mut log = MemoryLedger::new();
    grow(&mut log, 6);
    judge(project(&log, &books, &OPTIONS, &mut |_| ()));
    judge(ask(data));
    grow(&mut log, 14);
    judge(project(&log, &books, &OPTIONS, &mut |_| ()));
    judge(rebuild(&log, &books, &OPTIONS, &mut |_| ()));
    judge(rebuild(&log, &books, &OPTIONS, &mut |_| ()));
    grow(&mut log, 18);
    judge(project(&log, &books, &OPTIONS, &mut |_| ()));
    judge(ask(data));
    log
}

/// All that the current book holds.
pub(crate) fn ask(data: &Path) -> Result<String, ProjectorError> {
    let book = open_book_readonly(data)?;
    let rows = dump(&book, &stream(), true)?;
    Ok(format!("{rows}\n{}", book.digest(&stream())?))
}

/// A disk that fails is no reason to call a book foreign, unreadable or another log's.
fn judge<T>(answer: Result<T, ProjectorError>) {
    if let Err(error) = answer {
        assert!(
            matches!(
                error,
                ProjectorError::Sqlite { .. }
                    | ProjectorError::Io { .. }
                    | ProjectorError::NoBook { .. }
            ),
            "{error:?}"
        );
    }
}

/// On a disk that works again the book there is stands on the log, and one projecting makes it what a rebuild makes.
pub(crate) fn assert_catches_up(data: &Path, log: &MemoryLedger, expected: &str) {
    match open_book_readonly(data) {
        Ok(book) => {
            check_position(log, &book).unwrap();
            assert_eq!(check_digest(&book, &stream()).unwrap(), []);
        }
        Err(error) => assert!(matches!(error, ProjectorError::NoBook { .. }), "{error:?}"),
    }
    let books = Books::open(data).unwrap();
    project(log, &books, &OPTIONS, &mut |_| ()).unwrap();
    assert_eq!(ask(data).unwrap(), expected);
    // What broken-off rebuilds left behind goes with later ones: the current book and the one before it stay.
    rebuild(log, &books, &OPTIONS, &mut |_| ()).unwrap();
    rebuild(log, &books, &OPTIONS, &mut |_| ()).unwrap();
    assert_eq!(ask(data).unwrap(), expected);
    let files = fs::read_dir(data.join("books")).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    let is_book = |name: &&std::ffi::OsString| name.to_string_lossy().ends_with(".db");
    assert_eq!(names.iter().filter(is_book).count(), 2, "{names:?}");
}
