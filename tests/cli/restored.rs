//! A log that was put back: beside a book of another, or held against heads that were kept.

use std::fs;

use crate::backups::{check, lose_ledger, spoil, with_backup};
use crate::desk::{ACCOUNT, Desk};

/// The runbook's steps, in its order.
#[test]
fn a_damaged_file_is_replaced_and_the_log_goes_on() {
    let (desk, head) = with_backup();
    desk.write(
        "late.ndjson",
        desk.lines("sim/events.ndjson")[0].replacen("evt_", "evt_late", 1),
    );
    desk.ok("import late.ndjson");
    let (newest, digest) = (desk.ok("head"), desk.json("project")["digest"].clone());
    spoil(&desk.path("daybook-data/ledger.db"));
    check(&desk, "verify", 5, &["hint: "]);

    lose_ledger(&desk);
    desk.ok("--data probe restore nightly");
    check(
        &desk,
        &format!("--data probe verify --head {newest}"),
        5,
        &["the log ends at"],
    );
    desk.ok(&format!("--data probe verify --head {head}"));
    desk.ok("restore nightly");
    assert_eq!(
        desk.json("import late.ndjson sim/events.ndjson")["appended"],
        1
    );
    assert_eq!(desk.json("rebuild")["digest"], digest);
    desk.ok("verify --book");
}

/// Every command that answers from the book.
fn asked_of_the_book(desk: &Desk) -> Vec<String> {
    let invoice = desk.json("invoices")["invoices"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    vec![
        "invoices".to_owned(),
        format!("invoice {invoice}"),
        "customers".to_owned(),
        "balances".to_owned(),
        "project".to_owned(),
        "verify --book".to_owned(),
    ]
}

/// A company whose log was put back to before its events, beside a book that has them; and what is asked of that book.
fn put_back() -> (Desk, Vec<String>) {
    let desk = Desk::with_company();
    desk.ok("import sim/observations.ndjson");
    desk.ok("backup nightly");
    desk.ok("import sim/events.ndjson");
    desk.ok("project");
    let lines = asked_of_the_book(&desk);
    lose_ledger(&desk);
    desk.ok("restore nightly");
    (desk, lines)
}

#[test]
fn a_book_beside_an_older_log_is_refused_by_all_that_would_answer_from_it() {
    let (desk, lines) = put_back();
    for line in &lines {
        check(
            &desk,
            line,
            3,
            &[
                "error: the log of",
                "before the book's position",
                "hint: see whether",
            ],
        );
    }
    let answer = desk.run("check position");
    assert!(
        answer.exit == 3 && answer.stdout.contains("differs"),
        "{}",
        answer.stdout
    );
    assert!(desk.ok("status").contains("stands on another log"));
    // The way out that the hint names; or what came after the backup is imported first, and then the book stands again.
    desk.ok("rebuild");
    for line in lines.iter().filter(|line| !line.starts_with("invoice ")) {
        desk.ok(line);
    }
}

#[test]
fn a_log_that_grew_differently_after_a_restore_is_not_the_books() {
    let (desk, lines) = put_back();
    let reversed: Vec<String> = desk.lines("sim/events.ndjson").into_iter().rev().collect();
    desk.write("reversed.ndjson", reversed.join("\n"));
    desk.ok("import reversed.ndjson");
    for line in &lines {
        check(
            &desk,
            line,
            3,
            &["error: the book stands on another log", "hint: see whether"],
        );
    }
    assert!(desk.ok("status").contains("stands on another log"));
    let digest = desk.json("rebuild")["digest"].clone();
    assert_eq!(desk.json("status")["digest"], digest);
}

#[test]
fn an_older_book_beside_a_newer_log_catches_up() {
    let desk = Desk::with_company();
    desk.ok("import sim/observations.ndjson");
    desk.ok("project");
    desk.ok("import sim/events.ndjson");
    desk.ok("backup nightly");
    lose_ledger(&desk);
    desk.ok("restore nightly");
    assert!(desk.ok("invoices").contains("entries behind the log"));
    desk.ok("project");
    assert_eq!(
        desk.json("rebuild")["digest"],
        desk.json("status")["digest"]
    );
    desk.ok("check position");
}

#[test]
fn a_forgotten_head_is_in_every_backup_and_every_answer() {
    let (desk, head) = with_backup();
    desk.write("more.ndjson", "{\"id\":\"evt_more\",\"object\":\"event\",\"type\":\"ping\",\"created\":1735700000,\"data\":{\"object\":{\"object\":\"thing\"}}}");
    desk.ok("import more.ndjson");
    let manifest = fs::read_to_string(desk.path("nightly/backup.toml")).unwrap();
    assert!(manifest.contains(&head), "{manifest}");
    desk.ok(&format!("verify --head {head}"));
    // An answer on paper has the head with its hash cut short: the log tells the rest.
    let seq = head.split(':').nth(1).unwrap();
    assert_eq!(desk.ok(&format!("head --at {seq}")).trim(), head);
    check(&desk, "head --at 99999", 1, &["there is no entry 99999"]);
    let reports = [
        "status",
        "check",
        "versions",
        "verify",
        "import more.ndjson",
        "project",
        "rebuild",
        "invoices",
        "customers",
        "balances",
        "backup weekly",
        "--data other restore nightly",
    ];
    for line in reports {
        let said = desk.run(line).stdout;
        let last = said.lines().last().unwrap_or_default();
        let stream = format!("-- {ACCOUNT}/live:");
        assert!(
            last.starts_with(&stream) && last.contains('…'),
            "{line}: {last}"
        );
    }
}
