//! Cases of the statement by hand: which sides each document has, and that they come to what must be owed.

use super::documents::{Charge, Documents, Invoice, Movement, Note, Owner, Payment, Refund};
use super::{Kind, Span, lines, sums};

const CURRENCY: &str = "usd";
const WRITTEN_OFF_S: i64 = 100;

fn invoice(status: &str, total_minor: i64, due_minor: i64, paid_minor: i64) -> Invoice {
    Invoice {
        id: "in_1".to_owned(),
        number: Some("A-1".to_owned()),
        status: status.to_owned(),
        currency: CURRENCY.to_owned(),
        date_s: 10,
        paid_s: (status == "paid").then_some(200),
        voided_s: (status == "void").then_some(300),
        marked_uncollectible_s: None,
        total_minor,
        due_minor,
        paid_minor,
        remaining_minor: due_minor - paid_minor,
        overpaid_minor: 0,
        is_known: true,
    }
}

fn written_off(invoice: Invoice) -> Invoice {
    Invoice {
        marked_uncollectible_s: Some(WRITTEN_OFF_S),
        ..invoice
    }
}

fn payment(paid_s: i64, paid_minor: i64) -> Payment {
    Payment {
        id: "inpay_1".to_owned(),
        invoice_id: "in_1".to_owned(),
        kind: "payment_intent".to_owned(),
        payment_intent_id: Some("pi_1".to_owned()),
        charge_id: Some("ch_1".to_owned()),
        payment_record_id: None,
        paid_s: Some(paid_s),
        paid_minor,
        is_known: true,
    }
}

fn note(status: &str, date_s: i64, total_minor: i64, before_minor: i64) -> Note {
    Note {
        id: "cn_1".to_owned(),
        number: None,
        invoice_id: Some("in_1".to_owned()),
        status: status.to_owned(),
        currency: CURRENCY.to_owned(),
        date_s,
        voided_s: (status == "void").then_some(date_s + 1),
        total_minor,
        before_minor,
        out_of_band_minor: 0,
        is_known: true,
    }
}

fn movement(kind: &str, amount_minor: i64, note: Option<&str>) -> Movement {
    Movement {
        id: "cbtxn_1".to_owned(),
        kind: kind.to_owned(),
        created_s: 250,
        currency: CURRENCY.to_owned(),
        amount_minor,
        invoice_id: Some("in_1".to_owned()),
        credit_note_id: note.map(str::to_owned),
        description: None,
        is_known: true,
    }
}

fn refund(status: &str, amount_minor: i64, noted_minor: i64) -> Refund {
    Refund {
        id: "re_1".to_owned(),
        charge_id: "ch_1".to_owned(),
        status: status.to_owned(),
        created_s: 400,
        failed_s: None,
        currency: CURRENCY.to_owned(),
        amount_minor,
        noted_minor,
        is_known: true,
    }
}

/// The lines have these kinds, debits and credits, and come to the open invoices and this customer balance.
fn check(documents: &Documents, balance_minor: i64, expected: &[(Kind, i64, i64)]) {
    let lines = lines(documents);
    let found: Vec<_> = lines
        .iter()
        .map(|line| (line.kind, line.debit_minor, line.credit_minor))
        .collect();
    assert_eq!(found, expected);
    let owner = Owner {
        currency: Some(CURRENCY.to_owned()),
        balance_minor: Some(balance_minor),
    };
    let sums = sums(&owner, documents, &lines, Span::default());
    assert_eq!(sums[CURRENCY].difference_minor(), Some(0));
}

#[test]
fn a_payment_after_the_write_off_takes_the_write_off_back() {
    let documents = Documents {
        invoices: vec![written_off(invoice("paid", 500, 500, 500))],
        payments: vec![payment(200, 500)],
        ..Documents::default()
    };
    let expected = [
        (Kind::Invoice, 500, 0),
        (Kind::WriteOff, 0, 500),
        (Kind::Payment, 500, 500),
    ];
    check(&documents, 0, &expected);
}

#[test]
fn only_what_was_still_to_be_paid_is_written_off() {
    let documents = Documents {
        invoices: vec![written_off(invoice("uncollectible", 500, 450, 200))],
        payments: vec![payment(50, 200)],
        notes: vec![note("issued", 150, 50, 50)],
        ..Documents::default()
    };
    let expected = [
        (Kind::Invoice, 500, 0),
        (Kind::Payment, 0, 200),
        (Kind::WriteOff, 0, 300),
        (Kind::CreditNote, 50, 50),
    ];
    check(&documents, 0, &expected);
}

#[test]
fn a_void_takes_back_the_write_off_and_the_credit_notes_too() {
    let documents = Documents {
        invoices: vec![written_off(invoice("void", 500, 400, 0))],
        notes: vec![note("issued", 50, 100, 100)],
        ..Documents::default()
    };
    let expected = [
        (Kind::Invoice, 500, 0),
        (Kind::CreditNote, 0, 100),
        (Kind::WriteOff, 0, 400),
        (Kind::Void, 500, 500),
    ];
    check(&documents, 0, &expected);
}

#[test]
fn what_was_overpaid_is_credited_once_whether_the_payment_holds_it_or_not() {
    let with = |paid_minor| Documents {
        invoices: vec![Invoice {
            overpaid_minor: 70,
            ..invoice("paid", 500, 500, 500)
        }],
        payments: vec![payment(200, paid_minor)],
        movements: vec![movement("invoice_overpaid", -70, None)],
        ..Documents::default()
    };
    let transfer = (Kind::CustomerBalance, 70, 70);
    let holding = [(Kind::Invoice, 500, 0), (Kind::Payment, 0, 570), transfer];
    check(&with(570), -70, &holding);
    let beside = [
        (Kind::Invoice, 500, 0),
        (Kind::Payment, 0, 500),
        (Kind::PaidOtherwise, 0, 70),
        transfer,
    ];
    check(&with(500), -70, &beside);
}

#[test]
fn what_was_paid_out_of_band_is_credited_though_the_amount_paid_is_nothing() {
    let documents = Documents {
        invoices: vec![invoice("paid", 500, 500, 0)],
        ..Documents::default()
    };
    let expected = [(Kind::Invoice, 500, 0), (Kind::PaidOtherwise, 0, 500)];
    check(&documents, 0, &expected);
}

#[test]
fn a_negative_invoice_becomes_credit() {
    let documents = Documents {
        invoices: vec![invoice("paid", -200, 0, 0)],
        movements: vec![movement("applied_to_invoice", -200, None)],
        ..Documents::default()
    };
    let expected = [(Kind::Invoice, 0, 200), (Kind::CustomerBalance, 200, 200)];
    check(&documents, -200, &expected);
}

#[test]
fn the_credit_of_a_credit_note_counts_once_and_that_of_one_not_held_too() {
    let credit = movement("credit_note", -90, Some("cn_1"));
    let held = Documents {
        invoices: vec![invoice("paid", 500, 500, 500)],
        payments: vec![payment(200, 500)],
        notes: vec![note("issued", 220, 90, 0)],
        movements: vec![credit],
        ..Documents::default()
    };
    let expected = [
        (Kind::Invoice, 500, 0),
        (Kind::Payment, 0, 500),
        (Kind::CreditNote, 0, 90),
        (Kind::CustomerBalance, 90, 90),
    ];
    check(&held, -90, &expected);
    let alone = Documents {
        movements: vec![movement("credit_note", -90, Some("cn_9"))],
        ..Documents::default()
    };
    check(&alone, -90, &[(Kind::CustomerBalance, 0, 90)]);
}

#[test]
fn a_void_credit_note_leaves_nothing() {
    let documents = Documents {
        invoices: vec![invoice("open", 500, 500, 0)],
        notes: vec![note("void", 50, 100, 100)],
        ..Documents::default()
    };
    let expected = [
        (Kind::Invoice, 500, 0),
        (Kind::CreditNote, 0, 100),
        (Kind::CreditNoteVoid, 100, 0),
    ];
    check(&documents, 0, &expected);
}

#[test]
fn a_refund_moves_what_is_on_a_credit_note_and_a_failed_one_leaves_it_promised() {
    let with = |status| Documents {
        notes: vec![note("issued", 390, 30, 0)],
        refunds: vec![refund(status, 50, 30)],
        ..Documents::default()
    };
    let given = [(Kind::CreditNote, 0, 30), (Kind::Refund, 50, 20)];
    check(&with("succeeded"), 0, &given);
    let failed = [
        (Kind::CreditNote, 0, 30),
        (Kind::Refund, 50, 20),
        (Kind::RefundFailure, 20, 50),
    ];
    check(&with("failed"), 0, &failed);
}

#[test]
fn a_charge_without_an_invoice_moves_nothing() {
    let charge = |id: &str, intent: &str| Charge {
        id: id.to_owned(),
        payment_intent_id: Some(intent.to_owned()),
        created_s: 500,
        currency: CURRENCY.to_owned(),
        captured_minor: 40,
        is_known: true,
    };
    let documents = Documents {
        invoices: vec![invoice("paid", 500, 500, 500)],
        payments: vec![payment(200, 500)],
        charges: vec![charge("ch_1", "pi_1"), charge("ch_2", "pi_2")],
        ..Documents::default()
    };
    let expected = [
        (Kind::Invoice, 500, 0),
        (Kind::Payment, 0, 500),
        (Kind::Charge, 40, 40),
    ];
    check(&documents, 0, &expected);
}

#[test]
fn absurd_amounts_stop_nothing_and_an_unknown_balance_proves_nothing() {
    let documents = Documents {
        invoices: vec![written_off(invoice("void", i64::MAX, i64::MAX, 0))],
        payments: vec![payment(50, i64::MIN), payment(50, i64::MAX)],
        notes: vec![note("issued", 50, i64::MIN, i64::MAX)],
        movements: vec![movement("adjustment", i64::MIN, None)],
        ..Documents::default()
    };
    let lines = lines(&documents);
    let owner = Owner {
        currency: Some(CURRENCY.to_owned()),
        balance_minor: None,
    };
    let sums = sums(&owner, &documents, &lines, Span::default());
    assert_eq!(sums[CURRENCY].difference_minor(), None);
}
