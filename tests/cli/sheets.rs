//! Answers for spreadsheets: `--csv` gives what `--json` gives, a table at a time, or says why it can't.

use serde_json::Value;

use crate::desk::Desk;

/// The rows of an answer in CSV, under their columns' names.
fn sheet(desk: &Desk, line: &str) -> Vec<Vec<(String, String)>> {
    let text = desk.ok(&format!("{line} --csv"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        let cells = columns.iter().zip(record.iter());
        let cells = cells.map(|(name, cell)| (name.to_owned(), cell.to_owned()));
        cells.collect()
    };
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

/// The same of an answer in JSON. Members of an object have no order.
fn rows(value: &Value) -> Vec<Vec<(String, String)>> {
    let cell = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        number => number.to_string(),
    };
    let row = |row: &Value| {
        let members = row.as_object().unwrap().iter();
        members
            .map(|(name, value)| (name.clone(), cell(value)))
            .collect()
    };
    match value {
        Value::Array(rows) => rows.iter().map(row).collect(),
        one => vec![row(one)],
    }
}

/// A table has the same rows in CSV as in JSON.
pub(crate) fn expect_same(desk: &Desk, line: &str, table: &str) {
    let mut of_csv = sheet(desk, &format!("{line} --table {table}"));
    let mut of_json = rows(&desk.json(line)[table]);
    for row in of_csv.iter_mut().chain(&mut of_json) {
        row.sort();
    }
    assert_eq!(of_csv, of_json, "{line} {table}");
}

#[test]
fn every_table_is_in_csv_what_it_is_in_json() {
    let desk = Desk::with_book();
    let invoice = desk.json("invoices")["invoices"][3]["id"].clone();
    let invoice = format!("invoice {}", invoice.as_str().unwrap());
    let customer = desk.json("invoices")["invoices"][3]["customer_id"].clone();
    let customer = format!("customer {}", customer.as_str().unwrap());
    let asked = [
        ("invoices", "invoices"),
        ("customers", "customers"),
        ("balances", "balances"),
        ("balances", "categories"),
        ("versions", "versions"),
        ("dictionary", "dictionaries"),
        ("check", "checks"),
        ("subscriptions", "subscriptions"),
        ("subscriptions", "totals"),
        ("refunds", "refunds"),
        ("refunds", "totals"),
        ("disputes", "disputes"),
        ("disputes", "totals"),
        ("notices", "notices"),
        ("notices", "findings"),
        ("notices", "wanted"),
        ("streams", "streams"),
        (&customer, "statement"),
        (&customer, "customer"),
        (&customer, "sums"),
        (&customer, "subscriptions"),
        (&customer, "open_invoices"),
        (&customer, "cash"),
        (&customer, "credit_grants"),
        (&invoice, "invoice"),
        (&invoice, "lines"),
        (&invoice, "payments"),
        (&invoice, "charges"),
        (&invoice, "refunds"),
        (&invoice, "findings"),
        ("events", "events"),
    ];
    for (line, table) in asked {
        expect_same(&desk, line, table);
    }
    assert_eq!(
        desk.ok(&format!("{invoice} --csv")),
        desk.ok(&format!("{invoice} --csv --table invoice")),
        "the first is the one that is given unasked"
    );
}

#[test]
fn rows_end_as_the_rule_says_and_what_they_stand_on_is_beside_them() {
    let desk = Desk::with_book();
    let run = desk.run("invoices --csv");
    let is_whole = |line: &str| line.ends_with("\r\n");
    assert!(run.stdout.split_inclusive('\n').all(is_whole));
    assert!(run.stdout.starts_with("id,number,status,customer_id,"));
    assert!(run.stderr.starts_with("-- acct_"), "{}", run.stderr);
    let none = desk.ok("invoices --csv --to 2001-01-01");
    assert_eq!(none.lines().count(), 1, "the header alone: {none}");
}

#[test]
fn what_has_no_such_table_does_nothing_and_says_so() {
    let desk = Desk::with_company();
    let nowhere = [
        "import sim/events.ndjson",
        "status",
        "verify",
        "init --account acct_2",
    ];
    for line in nowhere
        .into_iter()
        .chain(["dictionary train", "demo", "head"])
    {
        let run = desk.run(&format!("{line} --csv"));
        assert_eq!((run.exit, &*run.stdout), (2, ""), "{line}");
        assert!(
            run.stderr.contains("answers with none\nhint: "),
            "{line}: {}",
            run.stderr
        );
    }
    assert_eq!(desk.json("head")["seq"], 1, "nothing was imported");
    let other = desk.run("invoice in_1 --csv --table line");
    assert_eq!(other.exit, 2);
    let known = "hint: its tables: invoice, lines, payments, charges, refunds, disputes, \
                 credit_notes, findings, timeline\n";
    assert!(other.stderr.ends_with(known), "{}", other.stderr);
    for line in [
        "--json versions --csv",
        "versions --json --csv",
        "versions --table x",
    ] {
        assert_eq!(desk.run(line).exit, 2, "{line}");
    }
    assert_eq!(desk.run("--csv versions --table versions").exit, 0);
}
