//! Books as files: who may read them, which one counts, and what a reader sees while that changes.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use ledger::MemoryLedger;
use projector::{OpenBook, ProjectorError, check_digest, open_book_readonly};

use crate::log::{Folder, append, event, live};

fn log_of_customers(count: usize) -> MemoryLedger {
    let mut log = MemoryLedger::new();
    extend(&mut log, 0..count);
    log
}

fn extend(log: &mut MemoryLedger, places: std::ops::Range<usize>) {
    for place in places {
        let body = format!("{{\"id\":\"cus_{place}\",\"object\":\"customer\",\"created\":1}}");
        let id = format!("evt_{place}");
        append(
            log,
            &live(),
            &[event(&id, "customer.created", 1, &body, None)],
        );
    }
}

fn customers(book: &OpenBook) -> i64 {
    book.connection()
        .query_row("SELECT count(*) FROM customers", [], |row| row.get(0))
        .unwrap()
}

#[test]
fn folders_and_files_are_for_their_owner_alone() {
    let folder = Folder::new();
    folder.rebuild(&log_of_customers(1), 1);
    let mode = |name: &str| {
        let path = folder.path().join(name);
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode("books"), 0o700);
    assert_eq!(mode("books/fold-1.1.db"), 0o600);
}

#[test]
fn a_book_is_for_the_group_where_its_folder_is_and_never_for_others() {
    let folder = Folder::new();
    let books = folder.path().join("books");
    for (of_folder, of_book) in [
        (0o750, 0o640),
        (0o2770, 0o660),
        (0o777, 0o660),
        (0o700, 0o600),
    ] {
        fs::set_permissions(&books, fs::Permissions::from_mode(of_folder)).unwrap();
        let book = folder.rebuild(&log_of_customers(1), 1).path;
        let mode = fs::metadata(&book).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, of_book, "{of_folder:o}");
    }
}

#[test]
fn a_reader_keeps_its_book_while_another_takes_its_place() {
    let folder = Folder::new();
    let mut log = log_of_customers(1);
    folder.rebuild(&log, 1);
    let reader = folder.open();
    reader.connection().execute_batch("BEGIN").unwrap();
    assert_eq!(customers(&reader), 1);
    extend(&mut log, 1..3);
    for _ in 0..3 {
        folder.rebuild(&log, 2);
    }
    assert_eq!(customers(&folder.open()), 3);
    assert_eq!(customers(&reader), 1);
    reader.connection().execute_batch("COMMIT").unwrap();
    assert_eq!(
        customers(&reader),
        1,
        "an open book is never changed under its reader"
    );
    assert!(reader.path().is_file(), "an open book is never deleted");
}

#[test]
fn a_reader_in_a_transaction_does_not_see_later_batches() {
    let folder = Folder::new();
    let mut log = log_of_customers(1);
    folder.project(&log, 10);
    let reader = folder.open();
    reader.connection().execute_batch("BEGIN").unwrap();
    assert_eq!(customers(&reader), 1);
    extend(&mut log, 1..3);
    assert!(!folder.project(&log, 1).rebuilt);
    assert_eq!(customers(&reader), 1);
    reader.connection().execute_batch("COMMIT").unwrap();
    assert_eq!(customers(&reader), 3);
}

#[test]
fn the_book_before_is_kept_and_older_ones_go() {
    let folder = Folder::new();
    let log = log_of_customers(2);
    for _ in 0..4 {
        folder.rebuild(&log, 1);
    }
    let mut names: Vec<_> = fs::read_dir(folder.path().join("books"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["fold-1.3.db", "fold-1.4.db"]);
    let current = folder.books.current().unwrap().unwrap();
    assert!(current.ends_with("books/fold-1.4.db"));
}

#[test]
fn what_killed_rebuilds_left_goes_with_the_next() {
    let folder = Folder::new();
    let log = log_of_customers(1);
    folder.rebuild(&log, 1);
    let books = folder.path().join("books");
    // Nothing yet; pages without the first, which comes last; a whole one that never got its link.
    fs::write(books.join("fold-1.2.db"), "").unwrap();
    fs::write(
        books.join("fold-1.3.db"),
        [vec![0; 16_384], vec![7; 16_384]].concat(),
    )
    .unwrap();
    fs::copy(books.join("fold-1.1.db"), books.join("fold-1.4.db")).unwrap();
    fs::write(books.join("fold-1.4.0.spill"), "something").unwrap();
    let link = folder.path().join(".book.db.fold-1.4.db");
    symlink("books/fold-1.4.db", &link).unwrap();
    folder.rebuild(&log, 1);
    let mut names: Vec<_> = fs::read_dir(&books)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["fold-1.1.db", "fold-1.5.db"]);
    assert!(link.symlink_metadata().is_err());
    assert_eq!(customers(&folder.open()), 1);
}

#[test]
fn going_back_is_turning_the_link() {
    let folder = Folder::new();
    let mut log = log_of_customers(1);
    folder.rebuild(&log, 1);
    let first = folder.books.current().unwrap().unwrap();
    extend(&mut log, 1..2);
    folder.rebuild(&log, 1);
    assert_eq!(customers(&folder.open()), 2);
    folder.books.turn_to(&first).unwrap();
    assert_eq!(customers(&folder.open()), 1);
    folder.project(&log, 10);
    assert_eq!(customers(&folder.open()), 2);
}

#[test]
fn a_changed_cell_shows_in_the_digest() {
    let folder = Folder::new();
    folder.rebuild(&log_of_customers(3), 1);
    assert_eq!(check_digest(&folder.open(), &live()).unwrap(), []);
    let path = folder.books.current().unwrap().unwrap();
    let other = rusqlite::Connection::open(path).unwrap();
    let change = |sql: &str| other.execute_batch(sql).unwrap();
    let tables = || -> Vec<(&str, i64)> {
        check_digest(&folder.open(), &live())
            .unwrap()
            .iter()
            .map(|difference| {
                (
                    difference.table,
                    difference.rows_found - difference.rows_stored,
                )
            })
            .collect()
    };
    change("UPDATE customers SET balance_minor = 1 WHERE id = 'cus_1'");
    assert_eq!(tables(), [("customers", 0)]);
    change("DELETE FROM customers WHERE id = 'cus_1'");
    assert_eq!(tables(), [("customers", -1)]);
}

#[test]
fn what_is_no_book_is_refused() {
    let folder = Folder::new();
    let none = open_book_readonly(folder.path()).err().unwrap();
    assert!(matches!(none, ProjectorError::NoBook { .. }));
    folder.rebuild(&log_of_customers(1), 1);
    let path = folder.books.current().unwrap().unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .pragma_update(None, "user_version", (1 << 16) | 99)
        .unwrap();
    let newer = open_book_readonly(folder.path()).err().unwrap();
    assert!(matches!(
        newer,
        ProjectorError::OtherVersion { fold: 99, .. }
    ));
    other.pragma_update(None, "application_id", 7).unwrap();
    let foreign = open_book_readonly(folder.path()).err().unwrap();
    assert!(matches!(foreign, ProjectorError::Foreign { .. }));
}

#[test]
fn a_book_of_another_version_is_left_alone_and_made_anew() {
    let folder = Folder::new();
    let log = log_of_customers(2);
    folder.rebuild(&log, 1);
    let path = folder.books.current().unwrap().unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .pragma_update(None, "user_version", (1 << 16) | 99)
        .unwrap();
    let report = folder.project(&log, 10);
    assert!(report.rebuilt);
    assert_ne!(report.path, path);
    assert!(path.is_file());
    assert_eq!(customers(&folder.open()), 2);
}
