//! What SQL can reach in a book that is narrowed to one stream, and what it can not.

use ledger::{MemoryLedger, StreamId};
use projector::OpenBook;
use rusqlite::types::Value;

use crate::log::{Folder, append, event, live};

/// A book with one customer in live mode and two in test mode.
fn folder() -> Folder {
    let customer = |event_id: &str, id: &str| {
        let body = format!("{{\"id\":\"{id}\",\"object\":\"customer\",\"created\":1000}}");
        event(event_id, "customer.created", 1000, &body, None)
    };
    let test_mode = StreamId::new("acct_1", false).unwrap();
    let mut log = MemoryLedger::new();
    append(&mut log, &live(), &[customer("evt_1", "cus_1")]);
    append(
        &mut log,
        &test_mode,
        &[customer("evt_1", "cus_2"), customer("evt_2", "cus_3")],
    );
    let folder = Folder::new();
    folder.rebuild(&log, 1);
    folder
}

fn narrowed(folder: &Folder) -> OpenBook {
    folder.open().narrowed_to(&live()).unwrap()
}

fn number(book: &OpenBook, sql: &str) -> i64 {
    let value = book.connection().query_row(sql, [], |row| row.get(0));
    match value.unwrap_or_else(|error| panic!("{sql}: {error}")) {
        Value::Integer(number) => number,
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn a_name_means_the_rows_of_one_stream_unless_main_is_said() {
    let folder = folder();
    let book = narrowed(&folder);
    for (sql, count) in [
        ("SELECT count(*) FROM customers", 1),
        ("SELECT count(*) FROM customer_view", 1),
        ("SELECT count(*) FROM objects", 1),
        ("SELECT count(*) FROM position", 1),
        ("SELECT count(*) FROM registers", 1),
        ("SELECT count(*) FROM main.customers", 3),
        ("SELECT count(*) FROM main.customer_view", 3),
        ("SELECT count(*) FROM main.position", 2),
        (
            "SELECT count(*) FROM customers JOIN main.customers AS every USING (stream)",
            1,
        ),
        (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9) SELECT sum(i) FROM n",
            45,
        ),
        ("SELECT count(*) FROM json_each('[1,2]')", 2),
        ("SELECT count(*) > 9 FROM pragma_table_info('customers')", 1),
    ] {
        assert_eq!(number(&book, sql), count, "{sql}");
    }
}

#[test]
fn nothing_but_reading_this_book_is_allowed() {
    let folder = folder();
    let book = narrowed(&folder);
    let other = folder.path().join("other.db");
    let other = other.display();
    for sql in [
        "DELETE FROM customers".to_owned(),
        "DELETE FROM main.customers".to_owned(),
        "UPDATE main.position SET seq = 0".to_owned(),
        "INSERT INTO main.findings (stream) VALUES ('x')".to_owned(),
        "CREATE TABLE a (b)".to_owned(),
        "CREATE TEMP TABLE a (b)".to_owned(),
        "DROP VIEW temp.customers".to_owned(),
        "DROP VIEW customers".to_owned(),
        format!("ATTACH '{other}' AS other"),
        format!("VACUUM INTO '{other}'"),
        "PRAGMA query_only = OFF".to_owned(),
        "PRAGMA journal_mode".to_owned(),
        "PRAGMA writable_schema = ON".to_owned(),
        "BEGIN".to_owned(),
        "SAVEPOINT a".to_owned(),
        "REINDEX".to_owned(),
        "ANALYZE".to_owned(),
        "SELECT load_extension('a')".to_owned(),
        "EXPLAIN DELETE FROM main.customers".to_owned(),
    ] {
        let refused = book.connection().execute_batch(&sql);
        assert!(refused.is_err(), "{sql}");
    }
    assert!(!folder.path().join("other.db").exists());
    assert_eq!(number(&book, "SELECT count(*) FROM main.customers"), 3);
}
