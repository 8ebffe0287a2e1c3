//! Whole sessions, kept as texts in `snapshots`: `just bless` renews them, and their difference is read.

use crate::desk::{ACCOUNT, Desk};

#[test]
fn from_nothing_to_books() {
    let desk = Desk::new();
    let init = format!("init --account {ACCOUNT}");
    let session = desk.session(&[
        "simulate --seed 1 --out sim --customers 12 --days 60",
        &init,
        "import sim/events.ndjson sim/observations.ndjson",
        "status",
        "project",
        "status",
        "check",
        "versions",
        "verify --book",
    ]);
    insta::assert_snapshot!("from_nothing_to_books", session);
}

#[test]
fn asking_the_books() {
    let desk = Desk::with_book();
    let invoices = desk.json("invoices");
    let invoice = format!(
        "invoice {}",
        invoices["invoices"][3]["id"].as_str().unwrap()
    );
    let customer = format!(
        "invoices --customer {}",
        invoices["invoices"][0]["customer_id"].as_str().unwrap()
    );
    let session = desk.session(&[
        "invoices",
        "invoices --status open",
        "invoices --from 2025-01-10 --to 2025-01-20",
        &customer,
        &invoice,
        "invoice SYNTH-000001",
        "customers",
        "customers --status deleted",
        "balances",
        "balances --at 2025-02-01",
    ]);
    insta::assert_snapshot!("asking_the_books", session);
}

#[test]
fn importing_and_projecting_again_changes_nothing_and_says_so() {
    let desk = Desk::with_book();
    let (entries, rows) = (desk.json("head")["seq"].clone(), desk.ok("invoices"));
    let session = desk.session(&[
        "import sim/events.ndjson sim/observations.ndjson",
        "project",
        "rebuild",
    ]);
    insta::assert_snapshot!("importing_and_projecting_again", session);
    assert_eq!(desk.json("head")["seq"], entries);
    assert_eq!(desk.ok("invoices"), rows);
}

#[test]
fn help_names_every_command() {
    let desk = Desk::new();
    insta::assert_snapshot!(
        "help",
        desk.session(&["--help", "import --help", "check --help"])
    );
}
