//! What the file itself refuses, whoever writes to it: shown with a connection that knows nothing of us.

use ledger::{Entry, Log, SqliteLedger, verify};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::draft::{append_events, entries, live, on_disk};
use crate::tamper::TAMPERED;

/// A ledger of three entries, and a raw connection to it.
struct Raw {
    _folder: TempDir,
    ledger: SqliteLedger,
    connection: Connection,
}

impl Raw {
    fn open() -> Self {
        let (_folder, path, mut ledger) = on_disk();
        append_events(&mut ledger, &live(), 3);
        Self {
            _folder,
            connection: Connection::open(path).unwrap(),
            ledger,
        }
    }

    fn refusal(&self, sql: &str) -> String {
        let before = entries(&self.ledger, &live());
        let refusal = self.connection.execute(sql, []).expect_err(sql).to_string();
        assert_eq!(entries(&self.ledger, &live()), before, "{sql}");
        refusal
    }
}

/// A row to insert, told by what the triggers look at; the rest is well formed.
fn insert(verb: &str, rowid: &str, stream: &str, seq: i64, id: &str, content_hash: &str) -> String {
    format!(
        "{verb} INTO entries (rowid, stream, seq, kind, id, type, created_s, recorded_us, source, \
         content_hash, role, commitment, chain_hash, salt, body) \
         VALUES ({rowid}, '{stream}', {seq}, 'event', '{id}', 't', 0, 0, 'import', \
         {content_hash}, 'original', zeroblob(32), zeroblob(32), zeroblob(16), x'00')"
    )
}

const NEW: &str = "randomblob(32)";
const SAME: &str = "(SELECT content_hash FROM entries WHERE seq = 2)";

#[test]
fn no_column_of_an_entry_can_be_updated() {
    let raw = Raw::open();
    let mut columns = raw
        .connection
        .prepare("SELECT name FROM pragma_table_info('entries')")
        .unwrap();
    let columns = columns.query_map([], |row| row.get(0)).unwrap();
    let columns: Vec<String> = columns.map(Result::unwrap).collect();
    assert_eq!(columns.len(), 17);
    for column in columns.iter().map(String::as_str).chain(["rowid"]) {
        for verb in ["UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"] {
            let sql = format!("{verb} entries SET {column} = {column} WHERE seq = 2");
            assert_eq!(raw.refusal(&sql), "entries are never changed");
        }
    }
}

#[test]
fn entries_cannot_be_deleted() {
    let raw = Raw::open();
    for sql in ["DELETE FROM entries", "DELETE FROM entries WHERE seq = 3"] {
        assert_eq!(raw.refusal(sql), "entries are never deleted");
    }
}

#[test]
fn only_the_next_seq_of_a_stream_can_be_inserted() {
    let raw = Raw::open();
    for (stream, seq) in [
        ("acct_1/live", 5),
        ("acct_1/live", 3),
        ("acct_1/live", 0),
        ("acct_2/live", 2),
    ] {
        for verb in ["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE"] {
            let refusal = raw.refusal(&insert(verb, "NULL", stream, seq, "evt_new", NEW));
            assert_eq!(refusal, "an entry takes the next seq of its stream");
        }
    }
}

#[test]
fn replacing_an_entry_by_any_of_its_keys_is_refused() {
    let raw = Raw::open();
    let by_content = insert("INSERT OR REPLACE", "NULL", "acct_1/live", 4, "evt_1", SAME);
    assert_eq!(raw.refusal(&by_content), "the entry is in the log already");
    let by_rowid = insert("INSERT OR REPLACE", "2", "acct_1/live", 4, "evt_new", NEW);
    assert_eq!(raw.refusal(&by_rowid), "the entry is in the log already");
    let by_seq = insert("REPLACE", "NULL", "acct_1/live", 2, "evt_new", NEW);
    assert_eq!(
        raw.refusal(&by_seq),
        "an entry takes the next seq of its stream"
    );
}

#[test]
fn a_well_formed_next_row_is_let_in_but_breaks_the_chain() {
    let raw = Raw::open();
    let next = insert("INSERT", "NULL", "acct_1/live", 4, "evt_new", NEW);
    assert_eq!(raw.connection.execute(&next, []).unwrap(), 1);
    assert_eq!(raw.ledger.head(&live()).unwrap().seq, 4);
    let error = verify(&raw.ledger, None, &mut |_| ()).unwrap_err();
    assert_eq!(error.to_string(), "entry 4 of acct_1/live does not hold");
}

#[test]
fn a_body_and_its_salt_can_only_be_erased_together_and_alone() {
    let raw = Raw::open();
    let changes = [
        "body = NULL",
        "salt = NULL",
        "body = x'00'",
        "body = x'00', salt = NULL",
        "body = NULL, salt = randomblob(16)",
    ];
    for change in changes
        .map(str::to_owned)
        .into_iter()
        .chain(with_another_column())
    {
        let refusal = raw.refusal(&format!("UPDATE entries SET {change} WHERE seq = 2"));
        assert_eq!(refusal, "entries are never changed");
    }
}

/// Lawful erasures, were it not for the one other column that each changes.
fn with_another_column() -> impl Iterator<Item = String> {
    TAMPERED
        .into_iter()
        .chain([("rowid", "9")])
        .filter(|(column, _)| !["body", "salt"].contains(column))
        .map(|(column, value)| format!("body = NULL, salt = NULL, {column} = {value}"))
}

#[test]
fn an_erased_body_leaves_a_chain_that_holds() {
    let raw = Raw::open();
    let before = entries(&raw.ledger, &live());
    let erase = "UPDATE entries SET body = NULL, salt = NULL WHERE seq = 2";
    assert_eq!(raw.connection.execute(erase, []).unwrap(), 1);
    let expected = Entry {
        body: None,
        salt: None,
        ..before[1].clone()
    };
    assert_eq!(entries(&raw.ledger, &live())[1], expected);
    let head = raw.ledger.head(&live()).unwrap();
    let verified = verify(&raw.ledger, Some(&head), &mut |_| ()).unwrap();
    assert_eq!(verified.streams[0].erased, 1);
    assert_eq!(raw.refusal(erase), "entries are never changed");
    let back = "UPDATE entries SET body = x'00', salt = zeroblob(16) WHERE seq = 2";
    assert_eq!(raw.refusal(back), "entries are never changed");
}

#[test]
fn what_the_ledger_says_of_itself_cannot_be_changed() {
    let raw = Raw::open();
    let before = raw.ledger.meta_hash().unwrap();
    let refusals = [
        ("UPDATE meta SET created_us = 0", "meta is never changed"),
        ("DELETE FROM meta", "meta is never deleted"),
        (
            "REPLACE INTO meta SELECT * FROM meta",
            "meta is written once",
        ),
    ];
    for (sql, refusal) in refusals {
        assert_eq!(raw.refusal(sql), refusal);
    }
    assert_eq!(raw.ledger.meta_hash().unwrap(), before);
}
