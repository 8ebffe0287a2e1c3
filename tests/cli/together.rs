//! Several processes on one data folder: writers, readers, rebuilds, another user. Every child ends by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Stdio};
use std::thread;

use projector::OpenBook;
use rusqlite::Connection;
use serde_json::Value;

use crate::desk::{ACCOUNT, Desk, Run};

impl Desk {
    fn start(&self, line: &str) -> Child {
        let mut command = self.command(line);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn ledger(&self) -> Connection {
        Connection::open(self.path("daybook-data/ledger.db")).unwrap()
    }

    /// The ids of all events in the log, in the order of streams and seqs.
    fn event_ids(&self) -> Vec<String> {
        let sql = "SELECT id FROM entries WHERE kind = 'event' ORDER BY stream, seq";
        let ledger = self.ledger();
        let mut statement = ledger.prepare(sql).unwrap();
        let ids = statement.query_map([], |row| row.get(0)).unwrap();
        ids.map(Result::unwrap).collect()
    }

    /// Writes the simulated events as so many files, each overlapping the next by a half.
    fn write_overlapping(&self, files: usize) -> Vec<String> {
        let lines = self.lines("sim/events.ndjson");
        let step = lines.len().div_ceil(files + 1);
        let write = |file: usize| {
            let part = &lines[(file * step).min(lines.len())..((file + 2) * step).min(lines.len())];
            let name = format!("part-{file}.ndjson");
            self.write(&name, part.join("\n"));
            name
        };
        (0..files).map(write).collect()
    }
}

fn end(child: Child) -> Run {
    Run::from(child.wait_with_output().unwrap())
}

fn id_of(line: &str) -> String {
    let event: Value = serde_json::from_str(line).unwrap();
    event["id"].as_str().unwrap().to_owned()
}

#[test]
fn imports_of_overlapping_files_at_once_append_each_event_once() {
    let desk = Desk::with_company();
    let files = desk.write_overlapping(3);
    let imports: Vec<Child> = files
        .iter()
        .map(|file| desk.start(&format!("import {file}")))
        .collect();
    for import in imports {
        let run = end(import);
        assert_eq!(run.exit, 0, "{}{}", run.stdout, run.stderr);
    }
    let sent: BTreeSet<String> = desk
        .lines("sim/events.ndjson")
        .iter()
        .map(|line| id_of(line))
        .collect();
    let found = desk.event_ids();
    assert_eq!(found.len(), sent.len(), "each event is there once");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), sent);
    desk.ok("verify");
    desk.ok("import sim/observations.ndjson");
    desk.ok("project");
    desk.ok("check");
}

#[test]
fn a_writer_waits_for_another_and_gives_up_in_a_sentence() {
    let desk = Desk::with_company();
    let holder = desk.ledger();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let before = desk.ok("head");
    let run = desk.run("import sim/events.ndjson");
    assert_eq!(run.exit, 4, "{}{}", run.stdout, run.stderr);
    assert_eq!(
        run.stderr,
        "error: daybook-data/ledger.db is being written by another process\n\
         hint: try again when the other process is done\n"
    );
    assert_eq!(desk.ok("head"), before, "readers are not kept waiting");
    holder.execute_batch("ROLLBACK").unwrap();
    desk.ok("import sim/events.ndjson");
    desk.ok("verify");
}

#[test]
fn a_writer_that_comes_while_another_writes_is_done_after_it() {
    let desk = Desk::with_company();
    let holder = desk.ledger();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut import = desk.start("import sim/events.ndjson");
    // It has the ledger open, and can only wait.
    let files = format!("/proc/{}/fd", import.id());
    let has_ledger = || {
        let files = std::fs::read_dir(&files).into_iter().flatten().flatten();
        let mut open = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        open.any(|path| path.ends_with("daybook-data/ledger.db"))
    };
    while !has_ledger() {
        assert!(
            import.try_wait().unwrap().is_none(),
            "it ends before it begins"
        );
        thread::yield_now();
    }
    assert_eq!(desk.event_ids(), Vec::<String>::new());
    holder.execute_batch("ROLLBACK").unwrap();
    let run = end(import);
    assert_eq!(run.exit, 0, "{}{}", run.stdout, run.stderr);
    assert!(!desk.event_ids().is_empty());
}

#[test]
fn import_beside_project_beside_rebuild_beside_readers() {
    let desk = Desk::with_company();
    desk.ok("import sim/observations.ndjson");
    desk.ok("project");
    let files = desk.write_overlapping(6);
    let repeat = |line: &'static str, times: usize| (0..times).map(move |_| line.to_owned());
    let desk = &desk;
    let run_all = |lines: Vec<String>| {
        let run = move |line: String| {
            let run = desk.run(&line);
            assert_eq!(run.exit, 0, "daybook {line}\n{}{}", run.stdout, run.stderr);
            run.stdout
        };
        move || lines.into_iter().map(run).collect::<Vec<String>>()
    };
    let answers: Vec<String> = thread::scope(|scope| {
        let imports = files.iter().map(|file| format!("import {file}"));
        let writers = [
            imports.collect::<Vec<_>>(),
            repeat("project", 8).collect(),
            repeat("rebuild", 5).collect(),
            repeat("project", 8).collect(),
        ];
        let writers = writers.map(|lines| scope.spawn(run_all(lines)));
        let readers = [
            repeat("invoices --json", 25).collect::<Vec<_>>(),
            repeat("customers --json", 25).collect(),
        ];
        let readers = readers.map(|lines| scope.spawn(run_all(lines)));
        for writer in writers {
            writer.join().unwrap();
        }
        let answers = readers.map(|reader| reader.join().unwrap());
        answers.into_iter().flatten().collect()
    });
    // What is a function of the log is one at every moment that a reader saw.
    let mut digests: BTreeMap<String, String> = BTreeMap::new();
    for answer in answers {
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let member = |name: &str| answer["stands_on"][name].as_str().unwrap().to_owned();
        let (head, digest) = (member("head"), member("digest"));
        let first = digests.entry(head.clone()).or_insert(digest.clone());
        assert_eq!(*first, digest, "two digests at {head}");
    }
    desk.ok("project");
    desk.ok("check");
    let digest = |line: &str| desk.json(line)["stands_on"]["digest"].clone();
    assert_eq!(digest("project"), digest("rebuild"));
}

#[test]
fn a_reader_in_a_transaction_keeps_its_book_through_rebuilds_by_others() {
    let desk = Desk::with_book();
    let book = std::fs::canonicalize(desk.path("daybook-data/book.db")).unwrap();
    let reader = OpenBook::open(&book).unwrap();
    reader.connection().execute_batch("BEGIN").unwrap();
    let stream = format!("{ACCOUNT}/live").parse().unwrap();
    let told = |book: &OpenBook| {
        (
            book.position(&stream).unwrap(),
            book.digest(&stream).unwrap(),
        )
    };
    let before = told(&reader);
    let late = desk
        .lines("sim/events.ndjson")
        .remove(0)
        .replace("evt_", "evt_late");
    desk.write("late.ndjson", late);
    desk.ok("import late.ndjson");
    for _ in 0..3 {
        desk.ok("rebuild");
    }
    assert_eq!(told(&reader), before);
    reader.connection().execute_batch("COMMIT").unwrap();
    assert_eq!(
        told(&reader),
        before,
        "its book is no longer anyone's to change"
    );
    assert!(book.is_file(), "an open book is never deleted");
    let now = std::fs::canonicalize(desk.path("daybook-data/book.db")).unwrap();
    assert_ne!(now, book);
    let (position, _) = told(&OpenBook::open(&now).unwrap());
    assert_eq!(position.head.seq, before.0.head.seq + 1);
    drop(reader);
    desk.ok("rebuild");
    assert!(!book.exists(), "nobody has it open any more");
}
