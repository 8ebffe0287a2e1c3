//! Billing's sums are exact: every promise of Stripe's about invoices, notes and balances is added up again from the JSON
//! alone.

use std::collections::BTreeMap;

use serde_json::Value;
use simulator::{Config, Recording, simulate};

type Objects = BTreeMap<String, Value>;

fn company(seed: u64) -> Recording {
    simulate(&Config {
        days: 200,
        customers: 60,
        ..Config::small(seed)
    })
}

fn objects(recording: &Recording, object: &str) -> Objects {
    let truth = recording.truth();
    truth
        .objects()
        .filter(|(kind, _, _)| *kind == object)
        .map(|(_, id, json)| (id.to_owned(), serde_json::from_str(&json).unwrap()))
        .collect()
}

fn int(value: &Value, key: &str) -> i64 {
    value[key]
        .as_i64()
        .unwrap_or_else(|| panic!("{key} is no integer in {value}"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn sum(values: &[Value], key: &str) -> i64 {
    values.iter().map(|one| int(one, key)).sum()
}

fn taxes(values: &[Value], behavior: &str) -> i64 {
    let of_kind = values.iter().filter(|tax| tax["tax_behavior"] == behavior);
    of_kind.map(|tax| int(tax, "amount")).sum()
}

/// The whole lists of lines of the invoices that embed a part only.
fn whole_lists(recording: &Recording) -> BTreeMap<String, Vec<Value>> {
    let truth = recording.truth();
    truth
        .lists()
        .filter(|(kind, _, _)| *kind == "invoice_line_list")
        .map(|(_, id, json)| {
            let body: Value = serde_json::from_str(&json).unwrap();
            (id.to_owned(), list(&body, "data").to_vec())
        })
        .collect()
}

#[test]
fn an_invoice_is_the_sum_of_its_lines() {
    let mut long = 0;
    for seed in 1..4 {
        let recording = company(seed);
        let whole = whole_lists(&recording);
        for invoice in objects(&recording, "invoice").values() {
            if invoice["deleted"] == true {
                continue;
            }
            let embedded = list(&invoice["lines"], "data");
            let whole = whole.get(text(invoice, "id"));
            let lines = whole.map_or(embedded, Vec::as_slice);
            assert_eq!(embedded, &lines[..lines.len().min(10)]);
            assert_eq!(invoice["lines"]["total_count"], lines.len());
            assert_eq!(invoice["lines"]["has_more"], lines.len() > 10);
            long += usize::from(lines.len() > 10);
            let off = sum(list(invoice, "total_pretax_credit_amounts"), "amount");
            let total_taxes = list(invoice, "total_taxes");
            let on_top = taxes(total_taxes, "exclusive");
            assert_eq!(int(invoice, "subtotal"), sum(lines, "amount"));
            assert_eq!(
                int(invoice, "total"),
                int(invoice, "subtotal") - off + on_top
            );
            let all_taxes = sum(total_taxes, "amount");
            let excluding = int(invoice, "total_excluding_tax");
            assert_eq!(int(invoice, "total"), excluding + all_taxes);
            for line in lines {
                check_line(invoice, line);
            }
            let of_lines = |key: &str| -> i64 {
                lines
                    .iter()
                    .map(|line| sum(list(line, key), "amount"))
                    .sum()
            };
            assert_eq!(off, of_lines("pretax_credit_amounts"));
            assert_eq!(all_taxes, of_lines("taxes"));
            let discounts = sum(list(invoice, "total_discount_amounts"), "amount");
            assert_eq!(discounts, of_lines("discount_amounts"));
        }
    }
    assert!(long > 3, "invoices of more than ten lines: {long}");
}

fn check_line(invoice: &Value, line: &Value) {
    assert_eq!(line["invoice"], invoice["id"]);
    let net = int(line, "amount") - sum(list(line, "pretax_credit_amounts"), "amount");
    let rates = list(invoice, "default_tax_rates");
    for tax in list(line, "taxes") {
        let id = &tax["tax_rate_details"]["tax_rate"];
        let rate = rates.iter().find(|rate| rate["id"] == *id).unwrap();
        let percent = rate["percentage"].to_string();
        let (whole, parts) = percent.split_once('.').unwrap();
        let thousandths: i64 = format!("{whole}{parts:0<3}").parse().unwrap();
        let inclusive = rate["inclusive"] == true;
        let base = 100_000 + if inclusive { thousandths } else { 0 };
        // Halves away from zero, on each line.
        let doubled = net * thousandths * 2;
        let expected = (doubled.abs() + base) / (2 * base) * doubled.signum();
        assert_eq!(int(tax, "amount"), expected, "{line}");
        let inside = if inclusive { expected } else { 0 };
        assert_eq!(int(tax, "taxable_amount"), net - inside);
    }
}

#[test]
fn what_is_due_is_the_total_with_the_balance_less_notes_and_payments() {
    let (mut drawn, mut too_small) = (0, 0);
    for seed in 1..5 {
        let recording = company(seed);
        let notes = objects(&recording, "credit_note");
        let payments = objects(&recording, "invoice_payment");
        for (id, invoice) in objects(&recording, "invoice") {
            if invoice["deleted"] == true {
                continue;
            }
            let starting = int(&invoice, "starting_balance");
            let raw = int(&invoice, "total") + starting;
            let pre = int(&invoice, "pre_payment_credit_notes_amount");
            let due = if raw < 50 { 0 } else { raw - pre };
            assert_eq!(int(&invoice, "amount_due"), due, "{id}");
            let paid = int(&invoice, "amount_paid");
            assert_eq!(int(&invoice, "amount_remaining"), due - paid, "{id}");
            assert!((0..=due).contains(&paid), "{id}");
            if let Some(ending) = invoice["ending_balance"].as_i64() {
                assert_eq!(ending, if due + pre == 0 { raw } else { 0 }, "{id}");
                drawn += usize::from(ending != starting);
                too_small += usize::from((1..50).contains(&raw));
            }
            let of_invoice = |one: &&Value| one["invoice"] == *id && one["status"] != "void";
            let of_notes: Vec<&Value> = notes.values().filter(of_invoice).collect();
            let total = |key: &str| of_notes.iter().map(|note| int(note, key)).sum::<i64>();
            assert_eq!(total("pre_payment_amount"), pre, "{id}");
            let post = int(&invoice, "post_payment_credit_notes_amount");
            assert_eq!(total("post_payment_amount"), post, "{id}");
            assert!(post <= paid, "{id}");
            let told = payments.values().filter(|one| one["invoice"] == *id);
            let told: i64 = told.filter_map(|one| one["amount_paid"].as_i64()).sum();
            assert!(told <= paid + int(&invoice, "amount_overpaid"), "{id}");
        }
    }
    assert!(drawn > 5 && too_small > 0, "{drawn} {too_small}");
}

#[test]
fn a_customers_balance_is_where_its_movements_end() {
    let mut kinds = BTreeMap::<String, u32>::new();
    for seed in 1..9 {
        let recording = company(seed);
        let mut balances = BTreeMap::<String, i64>::new();
        // In the order of their making.
        for (kind, _, json) in recording.truth().objects() {
            if kind != "customer_balance_transaction" {
                continue;
            }
            let one: Value = serde_json::from_str(&json).unwrap();
            let balance = balances.entry(text(&one, "customer").into()).or_default();
            *balance += int(&one, "amount");
            assert_eq!(int(&one, "ending_balance"), *balance);
            *kinds.entry(text(&one, "type").into()).or_default() += 1;
        }
        for (id, customer) in objects(&recording, "customer") {
            let ended = balances.get(&id).copied().unwrap_or(0);
            if customer["deleted"] != true {
                assert_eq!(int(&customer, "balance"), ended, "{id}");
            }
        }
    }
    let found: Vec<&str> = kinds.keys().map(String::as_str).collect();
    assert_eq!(
        found,
        [
            "adjustment",
            "applied_to_invoice",
            "credit_note",
            "invoice_overpaid",
            "invoice_too_small",
            "unapplied_from_invoice",
        ]
    );
}

#[test]
fn a_credit_note_is_the_sum_of_its_parts() {
    for seed in 1..4 {
        let recording = company(seed);
        let movements = objects(&recording, "customer_balance_transaction");
        let refunds = objects(&recording, "refund");
        for note in objects(&recording, "credit_note").values() {
            let lines = list(&note["lines"], "data");
            let on_top = taxes(list(note, "total_taxes"), "exclusive");
            let discount = int(note, "discount_amount");
            assert_eq!(int(note, "subtotal"), sum(lines, "amount"));
            assert_eq!(
                int(note, "total"),
                int(note, "subtotal") - discount + on_top
            );
            let excluding = int(note, "total_excluding_tax");
            let all_taxes = sum(list(note, "total_taxes"), "amount");
            assert_eq!(int(note, "total"), excluding + all_taxes);
            let (pre, post) = (
                int(note, "pre_payment_amount"),
                int(note, "post_payment_amount"),
            );
            assert_eq!(pre + post, int(note, "total"));
            let back = list(note, "refunds");
            for refund in back {
                let state = &refunds[text(refund, "refund")];
                assert_eq!(state["amount"], refund["amount_refunded"]);
            }
            let credit = note["customer_balance_transaction"].as_str();
            let credit = credit.map_or(0, |id| -int(&movements[id], "amount"));
            let out = note["out_of_band_amount"].as_i64().unwrap_or(0);
            assert_eq!(sum(back, "amount_refunded") + credit + out, post);
        }
    }
}

#[test]
fn cash_and_credits_never_fall_below_nothing() {
    for seed in 1..5 {
        let recording = company(seed);
        let mut cash = BTreeMap::<String, i64>::new();
        let mut left = BTreeMap::<String, i64>::new();
        for (kind, _, json) in recording.truth().objects() {
            let one: Value = serde_json::from_str(&json).unwrap();
            if kind == "customer_cash_balance_transaction" {
                let balance = cash.entry(text(&one, "customer").into()).or_default();
                *balance += int(&one, "net_amount");
                assert_eq!(int(&one, "ending_balance"), *balance);
                assert!(*balance >= 0);
            }
            if kind == "billing.credit_balance_transaction" {
                let grant = left.entry(text(&one, "credit_grant").into()).or_default();
                let credit = one["type"] == "credit";
                let side = if credit {
                    &one["credit"]
                } else {
                    &one["debit"]
                };
                let amount = int(&side["amount"]["monetary"], "value");
                *grant += if credit { amount } else { -amount };
                assert!(*grant >= 0);
            }
        }
        for (id, grant) in objects(&recording, "billing.credit_grant") {
            let granted = int(&grant["amount"]["monetary"], "value");
            assert!((0..=granted).contains(&left[&id]));
        }
    }
}
