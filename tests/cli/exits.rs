//! How runs end: every exit code, and that an error says what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;

use crate::desk::{ACCOUNT, Desk, shifted, tree};

/// The run ends so, and says this on stderr.
fn check(desk: &Desk, line: &str, exit: i32, said: &str) {
    let run = desk.run(line);
    assert_eq!(
        run.exit, exit,
        "daybook {line}\n{}{}",
        run.stdout, run.stderr
    );
    assert!(run.stderr.contains(said), "daybook {line}: {}", run.stderr);
}

#[test]
fn what_can_not_be_done_ends_with_1_and_a_hint() {
    let desk = Desk::new();
    for line in [
        "status",
        "project",
        "head",
        "invoices",
        "import x",
        "event evt_1",
        "check",
    ] {
        check(&desk, line, 1, "hint: make one with `daybook init");
    }
    desk.ok(&format!("init --account {ACCOUNT}"));
    check(
        &desk,
        &format!("init --account {ACCOUNT}"),
        1,
        "is a data folder already, for",
    );
    check(
        &desk,
        "invoices",
        1,
        "hint: make one with `daybook project`",
    );
    desk.ok("project");
    check(&desk, "invoice in_none", 1, "there is no invoice in_none");
    check(&desk, "event evt_none", 1, "there is no entry evt_none");
    desk.write(
        "daybook-data/daybook.toml",
        "format = 2\nstream = \"acct_1/live\"\n",
    );
    check(&desk, "head", 1, "has format 2; this program knows 1");
    desk.write("daybook-data/daybook.toml", "stream = 7");
    check(&desk, "head", 1, "because: ");
}

#[test]
fn a_stream_that_the_log_does_not_have_is_no_empty_one() {
    let desk = Desk::with_book();
    for line in [
        "status",
        "head",
        "versions",
        "verify",
        "check",
        "invoices",
        "customers",
        "balances",
        "event evt_1",
        "events",
        "charge ch_1",
        "payout po_1",
        "timeline in_1",
    ] {
        let line = format!("{line} --stream acct_misspelt/live");
        check(
            &desk,
            &line,
            1,
            &format!("hint: its streams: {ACCOUNT}/live"),
        );
    }
}

#[test]
fn every_hint_leads_out_of_a_broken_folder() {
    let desk = Desk::with_book();
    let settings = fs::read(desk.path("daybook-data/daybook.toml")).unwrap();
    for spoilt in ["format = 1\nstream = \"nonsense\"\n", "spoilt"] {
        desk.write("daybook-data/daybook.toml", spoilt);
        check(&desk, "status", 1, "`daybook init` writes it again");
    }
    fs::remove_file(desk.path("daybook-data/daybook.toml")).unwrap();
    check(&desk, "status", 1, "daybook init --account");
    check(
        &desk,
        "init --account acct_misspelt",
        1,
        "hint: its streams: ",
    );
    desk.ok(&format!("init --account {ACCOUNT}"));
    assert_eq!(
        fs::read(desk.path("daybook-data/daybook.toml")).unwrap(),
        settings
    );
    check(&desk, "check", 0, "");

    fs::remove_file(desk.path("daybook-data/book.db")).unwrap();
    desk.write("daybook-data/book.db", "copied without links");
    check(
        &desk,
        "invoices",
        1,
        "hint: move it away, then make a new book",
    );
    fs::remove_file(desk.path("daybook-data/book.db")).unwrap();
    desk.ok("rebuild");
    check(&desk, "check", 0, "");

    fs::remove_file(desk.path("daybook-data/ledger.db")).unwrap();
    check(&desk, "status", 1, "hint: restore it from a backup");
    desk.ok(&format!("--data other init --account {ACCOUNT}"));
    fs::copy(
        desk.path("other/ledger.db"),
        desk.path("daybook-data/ledger.db"),
    )
    .unwrap();
    assert!(desk.ok("status").contains("stands on another log"));
}

#[test]
fn what_is_no_book_any_more_is_made_anew() {
    let desk = Desk::with_book();
    let mend = "hint: make a new book with `daybook rebuild`";
    let book = fs::canonicalize(desk.path("daybook-data/book.db")).unwrap();
    let cut = fs::OpenOptions::new().write(true).open(book).unwrap();
    cut.set_len(30_000).unwrap();
    check(&desk, "invoices", 1, mend);
    desk.ok("rebuild");
    fs::remove_file(desk.path("daybook-data/book.db")).unwrap();
    // Whoever followed a hint to move away what is no book would lose the log.
    std::os::unix::fs::symlink("ledger.db", desk.path("daybook-data/book.db")).unwrap();
    check(&desk, "invoices", 1, mend);
    desk.ok("rebuild");
    check(&desk, "check", 0, "");
}

#[test]
fn a_ledger_beside_which_nothing_can_be_made_is_told_with_a_hint() {
    let desk = Desk::with_company();
    // What SQLite needs beside the ledger can't be made, as on a disk that can only be read.
    let beside = desk.path("daybook-data/ledger.db-wal");
    let ledger = Connection::open(desk.path("daybook-data/ledger.db")).unwrap();
    ledger
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    drop(ledger);
    // Closing took them away, unless a reader had left them.
    for file in [&beside, &desk.path("daybook-data/ledger.db-shm")] {
        let _ = fs::remove_file(file);
    }
    fs::create_dir(&beside).unwrap();
    check(&desk, "head", 1, "hint: SQLite writes beside a ledger");
    fs::remove_dir(&beside).unwrap();
    desk.ok("head");
}

#[test]
fn a_line_that_makes_no_sense_ends_with_2() {
    let desk = Desk::with_company();
    let lines = [
        "",
        "fly",
        "import",
        "init",
        "init --account acct/1",
        "init --account foo",
        "init --account acct_",
        "init --account acct_1-2",
        "init --account acct_1 --live --test",
        "invoices --from soon",
        "head --stream acct_1",
        "verify --head nonsense",
        "check everything",
        "rebuild --threads 0",
        "rebuild --memory 0MiB",
        "project --memory 256MB",
        "import --api-version 2026-07-29.dahlia sim/events.ndjson",
        "import --api-version 2026-07-29.dahlia --observed-at 20..10 sim/events.ndjson",
        "import --api-version 2026-07-29.dahlia --observed-at 1740787200000 sim/events.ndjson",
        "import --api-version 2026-07-29.dahlia --observed-at 20250301 sim/events.ndjson",
        "import --api-version foo --observed-at 2025-03-01 sim/events.ndjson",
        "import --api-version 2025-02-30 --observed-at 2025-03-01 sim/events.ndjson",
        "import --api-version= --observed-at 2025-03-01 sim/events.ndjson",
        "query --param stream=acct_2/live SELECT",
        "query --param :clock_s=1 SELECT",
        "simulate --seed 1 --out x --customers 0",
        "simulate --seed 1 --out x --events 100 --days 3",
        "simulate --seed 1 --out x --deliver somehow",
    ];
    for line in lines {
        check(&desk, line, 2, "");
    }
}

#[test]
fn a_book_that_is_changed_behind_its_back_ends_with_3() {
    let desk = Desk::with_book();
    check(&desk, "check digest", 0, "");
    let book = Connection::open(desk.path("daybook-data/book.db")).unwrap();
    book.execute("UPDATE invoices SET total_minor = total_minor + 1 WHERE id = (SELECT min(id) FROM invoices)", []).unwrap();
    check(&desk, "check digest", 3, "");
    check(&desk, "check", 3, "");
    book.execute(
        "DELETE FROM balance_transactions WHERE id = (SELECT min(id) FROM balance_transactions)",
        [],
    )
    .unwrap();
    check(&desk, "check balance", 3, "");
    check(&desk, "check wanted", 0, "");
    drop(book);
    desk.ok("rebuild");
    check(&desk, "check", 0, "");
}

#[test]
fn a_balance_of_which_something_is_not_known_ends_with_3() {
    let desk = Desk::with_company();
    let transaction = |id: &str, net: &str| {
        format!(
            r#"{{"id":"{id}","object":"balance_transaction","amount":10000,"fee":300,"net":{net},"currency":"usd","created":1735700000,"available_on":1735776000,"type":"charge","reporting_category":"charge"}}"#
        ) + "\n"
    };
    let read =
        "import read.ndjson --api-version 2026-07-29.dahlia --observed-at 1735800000..1735800010";
    desk.write("read.ndjson", transaction("txn_1", "9700"));
    desk.ok(read);
    desk.ok("project");
    check(&desk, "balances", 0, "");
    desk.write("read.ndjson", transaction("txn_2", r#""x""#));
    desk.ok(read);
    desk.ok("project");
    check(
        &desk,
        "balances",
        3,
        "1 balance transactions can't be known",
    );
    check(&desk, "check wanted", 3, "");
}

#[test]
fn a_disagreement_and_an_unsure_object_end_with_3() {
    let desk = Desk::with_company();
    let lines = desk.lines("sim/events.ndjson");
    let of = |kind: &str| {
        let is_own = |line: &&String| line.contains(kind) && !line.contains("\"account\":");
        serde_json::from_str::<serde_json::Value>(lines.iter().find(is_own).unwrap()).unwrap()
    };
    let mut charge = of("\"type\":\"charge.succeeded\"");
    charge["data"]["object"]["balance_transaction"] = serde_json::Value::Null;
    desk.write("charge.ndjson", charge.to_string());
    desk.ok("import charge.ndjson");
    desk.ok("project");
    check(&desk, "check wanted", 3, "");
    check(&desk, "check findings", 0, "");
    let mut invoice = of("\"type\":\"invoice.paid\"");
    let paid = &mut invoice["data"]["object"]["amount_paid"];
    *paid = (paid.as_i64().unwrap() + 1).into();
    desk.write("invoice.ndjson", invoice.to_string());
    desk.ok("import invoice.ndjson");
    desk.ok("project");
    check(&desk, "check findings", 3, "");
}

#[test]
fn a_book_of_another_log_ends_with_3() {
    let desk = Desk::with_book();
    let other = Desk::with_company();
    other.ok("import sim/observations.ndjson sim/events.ndjson");
    fs::copy(
        other.path("daybook-data/ledger.db"),
        desk.path("daybook-data/ledger.db"),
    )
    .unwrap();
    check(&desk, "verify", 0, "");
    check(&desk, "verify --book", 3, "the book stands on another log");
    check(&desk, "check position", 3, "");
    check(&desk, "project", 3, "hint: see whether the log holds");
    desk.ok("rebuild");
    check(&desk, "verify --book", 0, "");
}

#[test]
fn what_could_not_be_finished_ends_with_4() {
    let desk = Desk::with_company();
    check(
        &desk,
        "import sim/events.ndjson missing.ndjson sim/observations.ndjson",
        4,
        "missing.ndjson was not read",
    );
    assert!(
        desk.json("head")["seq"].as_u64().unwrap() > 400,
        "the rest was imported"
    );
}

#[test]
fn a_damaged_ledger_ends_with_5() {
    let desk = Desk::with_book();
    let head = desk.ok("head");
    check(&desk, &format!("verify --head {head}"), 0, "");
    let altered = shifted(&head, 100);
    check(&desk, &format!("verify --head {altered}"), 5, "hint: ");
    // SQLite's own triggers refuse a change; someone who means it takes them away first.
    let ledger = Connection::open(desk.path("daybook-data/ledger.db")).unwrap();
    let triggers: Vec<(String, String)> = ledger
        .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (name, _) in &triggers {
        ledger
            .execute_batch(&format!("DROP TRIGGER {name}"))
            .unwrap();
    }
    ledger
        .execute(
            "UPDATE entries SET created_s = created_s + 1 WHERE seq = 7",
            [],
        )
        .unwrap();
    for (_, sql) in &triggers {
        ledger.execute_batch(sql).unwrap();
    }
    drop(ledger);
    check(&desk, "verify", 5, "because: ");
    check(&desk, "check chain", 5, "");
}

#[test]
fn a_file_with_which_sqlite_finds_fault_ends_with_5() {
    let desk = Desk::with_book();
    desk.ok("import sim/events.ndjson");
    // An index that somebody added, and that does not hold what its table does: no entry is touched.
    let run = |sql: &str| {
        let ledger = Connection::open(desk.path("daybook-data/ledger.db")).unwrap();
        ledger.execute_batch(sql).unwrap();
    };
    run("CREATE INDEX mine ON duplicates (count); \
         CREATE TABLE kept AS SELECT * FROM sqlite_schema WHERE name = 'mine'; \
         PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'mine'");
    run("UPDATE duplicates SET count = count + 1");
    run("PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM kept");
    check(&desk, "check chain", 0, "");
    check(&desk, "verify", 5, "missing from index mine");
    check(&desk, "verify", 5, "hint: restore the ledger from a backup");
    // With a fault in an entry too, the entry is named.
    let ledger = Connection::open(desk.path("daybook-data/ledger.db")).unwrap();
    let sql = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'entries'";
    let triggers: Vec<String> = ledger
        .prepare(sql)
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for trigger in &triggers {
        let name = trigger.split_whitespace().nth(2).unwrap();
        run(&format!("DROP TRIGGER {name}"));
    }
    run("UPDATE entries SET created_s = created_s + 1 WHERE seq = 3");
    triggers.iter().for_each(|trigger| run(trigger));
    check(&desk, "verify", 5, "entry 3 of");
    check(&desk, "verify", 5, "missing from index mine");
}

#[test]
fn a_demo_writes_into_no_folder_that_is_not_a_demos() {
    let desk = Desk::with_company();
    fs::create_dir(desk.path("daybook-demo")).unwrap();
    desk.write("daybook-demo/mine.txt", "mine");
    let before = tree(&desk.path("daybook-demo"));
    check(&desk, "demo --customers 20 --days 60", 1, "is no demo's");
    assert_eq!(tree(&desk.path("daybook-demo")), before);
}

#[test]
fn the_data_folder_is_for_its_owner_alone() {
    let desk = Desk::with_book();
    desk.write("broken.ndjson", "broken");
    check(&desk, "import broken.ndjson", 3, "");
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for folder in ["daybook-data", "daybook-data/books", "daybook-data/rejects"] {
        assert_eq!(mode(&desk.path(folder)), 0o700, "{folder}");
    }
    for (path, _) in tree(&desk.path("daybook-data")) {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn the_data_folder_is_named_by_the_line_or_the_environment() {
    let desk = Desk::new();
    desk.ok("--data elsewhere init --account acct_1 --test");
    assert!(
        desk.ok("head --data elsewhere")
            .starts_with("acct_1/test:1:")
    );
    let output = desk
        .command("head")
        .env("DAYBOOK_DATA", "elsewhere")
        .output()
        .unwrap();
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .starts_with("acct_1/test:1:")
    );
}
