//! Invariants of invoices, credit notes and customers, held and broken.

use facts::objects::{credit_note, customer, invoice};
use facts::{Record, Value};

use crate::{content, found, list, text};

/// 100.00 less a discount of 10.00, 8.00 exclusive tax, 2.00 inclusive tax: 98.00 in all.
fn taxed_invoice(total: i64, excluding_tax: i64) -> Record {
    let tax = |amount: i64, behavior: &str| {
        [
            (invoice::tax::AMOUNT_MINOR, Value::Int(amount)),
            (invoice::tax::TAX_BEHAVIOR, text(behavior)),
        ]
    };
    let taxes = list(
        &invoice::tax::SCHEMA,
        &[&tax(800, "exclusive"), &tax(200, "inclusive")],
    );
    let discounts = list(
        &invoice::discount::SCHEMA,
        &[&[(invoice::discount::AMOUNT_MINOR, Value::Int(1000))]],
    );
    content(
        &invoice::SCHEMA,
        &[
            (invoice::CURRENCY, text("usd")),
            (invoice::SUBTOTAL_MINOR, Value::Int(10_000)),
            (invoice::TOTAL_MINOR, Value::Int(total)),
            (
                invoice::TOTAL_EXCLUDING_TAX_MINOR,
                Value::Int(excluding_tax),
            ),
            (invoice::TAXES, taxes),
            (invoice::DISCOUNTS, discounts),
        ],
    )
}

#[test]
fn total_is_what_is_asked_for_without_tax_and_all_taxes() {
    assert_eq!(found(taxed_invoice(9800, 8800), &[]), []);
    assert_eq!(
        found(taxed_invoice(9800, 9000), &[]),
        [("invoice_total", 200)]
    );
    let mut untold = taxed_invoice(9800, 9000);
    untold.values[invoice::TAXES] = Value::Unknown;
    assert_eq!(found(untold, &[]), []);
}

#[test]
fn total_is_the_subtotal_less_discounts_and_credits_with_exclusive_tax_and_shipping() {
    assert_eq!(
        found(taxed_invoice(9700, 8700), &[]),
        [("invoice_discounts", 100)]
    );
    let credit = |kind: &str| {
        let fields = [
            (invoice::pretax_credit::AMOUNT_MINOR, Value::Int(300)),
            (invoice::pretax_credit::TYPE, text(kind)),
        ];
        let mut record = taxed_invoice(9700, 8700);
        record.values[invoice::PRETAX_CREDITS] = list(&invoice::pretax_credit::SCHEMA, &[&fields]);
        record.values[invoice::AMOUNT_SHIPPING_MINOR] = Value::Int(200);
        record
    };
    assert_eq!(found(credit("credit_balance_transaction"), &[]), []);
    assert_eq!(
        found(credit("discount"), &[]),
        [("invoice_discounts", 300)],
        "a discount is counted among the discounts"
    );
}

#[test]
fn credit_notes_of_an_invoice_add_up_to_what_it_says_of_them() {
    let credited = |before: i64, after: i64| {
        let fields = [
            (invoice::CURRENCY, text("usd")),
            (invoice::PRE_PAYMENT_CREDIT_NOTES_MINOR, Value::Int(before)),
            (invoice::POST_PAYMENT_CREDIT_NOTES_MINOR, Value::Int(after)),
        ];
        content(&invoice::SCHEMA, &fields)
    };
    let notes = [
        ("credited_before_payment", "usd", 500),
        ("credited_before_payment", "usd", 200),
        ("credited_after_payment", "usd", 300),
    ];
    assert_eq!(found(credited(700, 300), &notes), []);
    assert_eq!(
        found(credited(500, 0), &notes),
        [
            ("invoice_credited_before_payment", 200),
            ("invoice_credited_after_payment", 300)
        ]
    );
    let mut void = credited(500, 0);
    void.values[invoice::STATUS] = text("void");
    assert_eq!(found(void, &notes), []);
}

fn note(total: i64, before: i64, after: i64, outside: i64) -> Record {
    let refunded = [(credit_note::refund::AMOUNT_REFUNDED_MINOR, Value::Int(400))];
    content(
        &credit_note::SCHEMA,
        &[
            (credit_note::CURRENCY, text("usd")),
            (credit_note::STATUS, text("issued")),
            (credit_note::TOTAL_MINOR, Value::Int(total)),
            (credit_note::PRE_PAYMENT_MINOR, Value::Int(before)),
            (credit_note::POST_PAYMENT_MINOR, Value::Int(after)),
            (credit_note::OUT_OF_BAND_MINOR, Value::Int(outside)),
            (
                credit_note::REFUNDS,
                list(&credit_note::refund::SCHEMA, &[&refunded]),
            ),
        ],
    )
}

#[test]
fn parts_of_a_credit_note_add_up_to_its_total() {
    assert_eq!(found(note(1000, 600, 400, 0), &[]), []);
    assert_eq!(
        found(note(1000, 500, 400, 0), &[]),
        [("credit_note_parts", 100)]
    );
}

#[test]
fn refunds_credit_and_out_of_band_are_what_a_credit_note_gives_back() {
    assert_eq!(found(note(1000, 500, 500, 100), &[]), []);
    assert_eq!(
        found(note(1000, 500, 500, 70), &[]),
        [("credit_note_payout", 30)]
    );
    let mut credited = note(1000, 400, 600, 0);
    credited.values[credit_note::CUSTOMER_BALANCE_TRANSACTION_ID] = text("cbtxn_1");
    assert_eq!(
        found(credited.clone(), &[]),
        [],
        "the credit is not held, and so not known"
    );
    let credit = |amount| [("customer_balance_transaction", "usd", amount)];
    assert_eq!(found(credited.clone(), &credit(-200)), []);
    assert_eq!(
        found(credited.clone(), &credit(-150)),
        [("credit_note_payout", 50)]
    );
    credited.values[credit_note::STATUS] = text("void");
    assert_eq!(found(credited, &credit(-150)), []);
}

#[test]
fn balance_of_a_customer_is_the_sum_of_its_movements_where_any_is_held() {
    let owed = content(
        &customer::SCHEMA,
        &[
            (customer::CURRENCY, text("usd")),
            (customer::BALANCE_MINOR, Value::Int(-500)),
        ],
    );
    let moved = |amount| ("customer_balance_transaction", "usd", amount);
    assert_eq!(found(owed.clone(), &[]), []);
    assert_eq!(found(owed.clone(), &[moved(-700), moved(200)]), []);
    assert_eq!(found(owed, &[moved(-700)]), [("customer_balance", 200)]);
}
