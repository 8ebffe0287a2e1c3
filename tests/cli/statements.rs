//! The statement of a customer: that its lines come to what the truth says is owed, and that it says so when they don't.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::desk::Desk;

/// A simulated company in a book of its own.
struct Company {
    desk: Desk,
    /// By customer and currency, in minor units: what open invoices still have to be paid.
    open_minor: BTreeMap<(String, String), i64>,
    /// By customer: currency and customer balance in minor units. Of deleted ones nothing is known.
    balances: BTreeMap<String, (String, i64)>,
}

impl Company {
    fn new(seed: u64, files: &str) -> Self {
        let desk = Desk::new();
        desk.ok(&format!(
            "simulate --seed {seed} --out sim --customers 36 --days 200"
        ));
        let truth = fs::read_to_string(desk.path("sim/truth.json")).unwrap();
        let truth: Value = serde_json::from_str(&truth).unwrap();
        let account = truth["account"].as_str().unwrap();
        desk.ok(&format!("init --account {account}"));
        desk.ok(&format!("import {files}"));
        desk.ok("project");
        let mut open_minor = BTreeMap::new();
        let mut balances = BTreeMap::new();
        for object in objects(&truth["objects"]) {
            let text = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
            match (&*text("object"), &*text("status")) {
                ("invoice", "open") => {
                    let key = (text("customer"), text("currency"));
                    *open_minor.entry(key).or_default() +=
                        object["amount_remaining"].as_i64().unwrap();
                }
                ("customer", _) if object["deleted"] != true => {
                    let balance_minor = object["balance"].as_i64().unwrap();
                    balances.insert(text("id"), (text("currency"), balance_minor));
                }
                _ => {}
            }
        }
        Self {
            desk,
            open_minor,
            balances,
        }
    }

    fn customers(&self) -> BTreeSet<String> {
        let customers = self.desk.json("customers");
        let rows = customers["customers"].as_array().unwrap().iter();
        rows.map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    }

    /// By customer and currency, in minor units: what the list of customers says is owed.
    fn owes_minor(&self) -> BTreeMap<(String, String), i64> {
        let customers = self.desk.json("customers");
        let rows = customers["customers"].as_array().unwrap().iter();
        let owed = rows.map(|row| {
            let text = |name: &str| row[name].as_str().unwrap().to_owned();
            ((text("id"), text("currency")), minor(row, "owes_minor"))
        });
        owed.collect()
    }

    /// What the customer owes in truth, in minor units; none where the truth says nothing.
    fn owed_minor(&self, customer: &str, currency: &str) -> Option<i64> {
        let (own, balance_minor) = self.balances.get(customer)?;
        let key = (customer.to_owned(), currency.to_owned());
        let open_minor = self.open_minor.get(&key).copied().unwrap_or(0);
        let balance_minor = if own == currency { *balance_minor } else { 0 };
        Some(open_minor + balance_minor)
    }
}

/// The objects of the truth, however they are grouped.
fn objects(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(all) => all.iter().flat_map(objects).collect(),
        Value::Object(one) if !one.contains_key("object") => {
            one.values().flat_map(objects).collect()
        }
        one => vec![one],
    }
}

fn minor(row: &Value, column: &str) -> i64 {
    row[column].as_i64().unwrap_or(0)
}

/// The rows of a statement in one currency.
fn of_currency<'a>(answer: &'a Value, currency: &str) -> Vec<&'a Value> {
    let rows = answer["statement"].as_array().unwrap().iter();
    rows.filter(|row| row["currency"] == currency).collect()
}

#[test]
fn every_statement_comes_to_the_open_invoices_and_the_customer_balance() {
    let mut kinds: BTreeSet<String> = BTreeSet::new();
    let mut promised = 0;
    for seed in [1, 3, 7] {
        let company = Company::new(seed, "sim/events.ndjson sim/observations.ndjson");
        let mut listed = company.owes_minor();
        for customer in company.customers() {
            let answer = company.desk.json(&format!("customer {customer}"));
            for sum in answer["sums"].as_array().unwrap() {
                let currency = sum["currency"].as_str().unwrap();
                let closing_minor = minor(sum, "closing_minor");
                let key = (customer.clone(), currency.to_owned());
                let listed_minor = listed.remove(&key).unwrap_or(0);
                assert_eq!(listed_minor, closing_minor, "{customer} {sum}");
                let owed_minor = minor(sum, "refunds_owed_minor");
                assert_eq!(sum["difference_minor"], 0, "{customer} {sum}");
                if let Some(truth_minor) = company.owed_minor(&customer, currency) {
                    assert_eq!(closing_minor, truth_minor - owed_minor, "{customer} {sum}");
                }
                promised += owed_minor;
                let mut balance_minor = 0;
                for row in of_currency(&answer, currency) {
                    balance_minor += minor(row, "debit_minor") - minor(row, "credit_minor");
                    assert_eq!(row["balance_minor"], balance_minor, "{customer} {row}");
                    kinds.insert(row["kind"].as_str().unwrap().to_owned());
                }
                assert_eq!(balance_minor, closing_minor, "{customer}");
            }
        }
        let owed_beside = listed.values().filter(|minor| **minor != 0).count();
        assert_eq!(owed_beside, 0, "{listed:?} is owed by no statement");
    }
    let met = [
        "invoice",
        "payment",
        "paid_otherwise",
        "customer_balance",
        "credit_note",
        "credit_note_void",
        "refund",
        "refund_failure",
        "void",
        "write_off",
    ];
    for kind in met {
        assert!(kinds.contains(kind), "no company had a {kind}: {kinds:?}");
    }
    assert!(promised > 0, "no refund of a credit note failed");
}

#[test]
fn a_span_opens_with_what_the_one_before_closed_with() {
    let company = Company::new(7, "sim/events.ndjson sim/observations.ndjson");
    let cut = "2025-04-01";
    let mut moved = 0;
    for customer in company.customers() {
        let ask = |rest: &str| company.desk.json(&format!("customer {customer} {rest}"));
        let whole = ask("");
        let before = ask(&format!("--until {cut}"));
        let after = ask(&format!("--since {cut}"));
        for (place, sum) in whole["sums"].as_array().unwrap().iter().enumerate() {
            let (early, late) = (&before["sums"][place], &after["sums"][place]);
            assert_eq!(early["closing_minor"], late["opening_minor"], "{customer}");
            assert_eq!(late["closing_minor"], sum["closing_minor"], "{customer}");
            assert_eq!(early["owed_minor"], sum["owed_minor"], "{customer}");
            moved += i64::from(late["opening_minor"] != 0);
        }
        let lines = |answer: &Value| answer["statement"].as_array().unwrap().len();
        let openings = after["sums"].as_array().unwrap().len();
        assert_eq!(lines(&before) + lines(&after), lines(&whole) + openings);
    }
    assert!(moved > 0, "somebody owed something, or had credit");
}

#[test]
fn a_statement_that_lacks_a_document_says_by_how_much_it_differs() {
    // Movements of the customer balance come with no event: without reads they are not held.
    let company = Company::new(7, "sim/events.ndjson");
    let mut differing = 0;
    for customer in company.customers() {
        let run = company.desk.run(&format!("customer {customer}"));
        let answer = company.desk.json(&format!("customer {customer}"));
        let sums = answer["sums"].as_array().unwrap();
        let differs = sums.iter().any(|sum| sum["difference_minor"] != 0);
        assert_eq!(run.exit, if differs { 3 } else { 0 }, "{customer}");
        assert_eq!(run.stdout.contains("differs by"), differs, "{customer}");
        assert_eq!(
            run.stderr.contains("hint: some document is not held"),
            differs
        );
        differing += i64::from(differs);
    }
    assert!(differing > 0, "no customer was credited by hand");
}
