//! What must hold of invoices, credit notes and customers.
//!
//! Each function looks at one content and at what others say of it, and changes neither.

use facts::objects::{credit_note, customer, invoice};
use facts::{Record, Value};

use super::{Finding, READ_BOTH, READ_IT, currency, differs, sum_of, sum_where};
use crate::facet;
use crate::link::{self, Totals, WHOLE_LIST};

/// `newest_s` is the second at which the newest claim about the invoice begins.
pub(super) fn of_invoice(content: &Record, newest_s: Option<i64>, totals: &Totals) -> Vec<Finding> {
    let found = [
        total(content),
        discounts(content),
        remaining(content),
        lines(content, newest_s, totals),
        payments(content, totals),
        credited_before_payment(content, totals),
        credited_after_payment(content, totals),
    ];
    found.into_iter().flatten().collect()
}

pub(super) fn of_credit_note(content: &Record, totals: &Totals) -> Vec<Finding> {
    let found = [parts(content), payout(content, totals)];
    found.into_iter().flatten().collect()
}

/// The balance is the sum of its movements since the customer was made. They have no events; whoever reads one reads them
/// all, so a difference says that the list must be read again. Who has read none has nothing to compare.
pub(super) fn of_customer(content: &Record, totals: &Totals) -> Vec<Finding> {
    let currency = currency(content, customer::CURRENCY);
    let moved = link::total(totals, "customer_balance_transaction", currency);
    if moved.count == 0 {
        return Vec::new();
    }
    let words = "balance is {}, its customer balance transactions add up to {}";
    let found = differs(
        "customer_balance",
        currency,
        content.int(customer::BALANCE_MINOR),
        Some(moved.amount_minor),
        words,
        "read the customer and all its balance transactions from Stripe again",
    );
    found.into_iter().collect()
}

fn currency_of(content: &Record) -> &str {
    currency(content, invoice::CURRENCY)
}

fn total(content: &Record) -> Option<Finding> {
    let taxes = sum_of(content.get(invoice::TAXES), invoice::tax::AMOUNT_MINOR)?;
    let should = content
        .int(invoice::TOTAL_EXCLUDING_TAX_MINOR)?
        .checked_add(taxes);
    differs(
        "invoice_total",
        currency_of(content),
        content.int(invoice::TOTAL_MINOR),
        should,
        "total is {}, total excluding tax and the taxes add up to {}",
        READ_IT,
    )
}

/// Inclusive taxes are in the subtotal already.
fn discounts(content: &Record) -> Option<Finding> {
    let discounts = sum_of(
        content.get(invoice::DISCOUNTS),
        invoice::discount::AMOUNT_MINOR,
    )?;
    let is_exclusive = |row: &Record| Some(row.text(invoice::tax::TAX_BEHAVIOR)? == "exclusive");
    let taxes = sum_where(
        content.get(invoice::TAXES),
        invoice::tax::AMOUNT_MINOR,
        is_exclusive,
    )?;
    let is_credit = |row: &Record| {
        Some(row.text(invoice::pretax_credit::TYPE)? == "credit_balance_transaction")
    };
    let credits = sum_where(
        content.get(invoice::PRETAX_CREDITS),
        invoice::pretax_credit::AMOUNT_MINOR,
        is_credit,
    )?;
    let shipping = content.int(invoice::AMOUNT_SHIPPING_MINOR).unwrap_or(0);
    let should = content
        .int(invoice::SUBTOTAL_MINOR)?
        .checked_sub(discounts)?
        .checked_sub(credits)?
        .checked_add(taxes)?
        .checked_add(shipping);
    differs(
        "invoice_discounts",
        currency_of(content),
        content.int(invoice::TOTAL_MINOR),
        should,
        "total is {}, subtotal less discounts and credits with tax and shipping is {}",
        READ_IT,
    )
}

/// A credit note before payment lowers both the amount due and what remains of it, so this holds with and without.
fn remaining(content: &Record) -> Option<Finding> {
    let due = content.int(invoice::AMOUNT_DUE_MINOR)?;
    let paid = content.int(invoice::AMOUNT_PAID_MINOR)?;
    let words = "amount remaining is {}, amount due less amount paid is {}";
    let should = due.checked_sub(paid).map(|rest| rest.max(0));
    differs(
        "invoice_remaining",
        currency_of(content),
        content.int(invoice::AMOUNT_REMAINING_MINOR),
        should,
        words,
        READ_IT,
    )
}

/// Where the invoice shows only its first lines, the list read whole speaks, unless it may have changed since.
fn lines(content: &Record, newest_s: Option<i64>, totals: &Totals) -> Option<Finding> {
    let currency = currency_of(content);
    let sum = if facet::is_cut(content) {
        let listed = link::total(totals, WHOLE_LIST, currency);
        let speaks = listed.count > 0 && !facet::is_stale(content, newest_s, totals);
        speaks.then_some(listed.amount_minor)
    } else {
        let list = content.get(invoice::LINES);
        list.is_stated()
            .then(|| sum_of(list, invoice::line::AMOUNT_MINOR))
            .flatten()
    };
    differs(
        "invoice_lines",
        currency,
        content.int(invoice::SUBTOTAL_MINOR),
        sum,
        "subtotal is {}, the lines add up to {}",
        READ_IT,
    )
}

/// Whether what is paid too much stands in the payments is not documented, so it may.
fn payments(content: &Record, totals: &Totals) -> Option<Finding> {
    let currency = currency_of(content);
    let paid = link::total(totals, "payment", currency).amount_minor;
    let overpaid = content.int(invoice::AMOUNT_OVERPAID_MINOR).unwrap_or(0);
    let most = content
        .int(invoice::AMOUNT_PAID_MINOR)?
        .checked_add(overpaid)?;
    if paid <= most {
        return None;
    }
    differs(
        "invoice_payments",
        currency,
        Some(paid),
        Some(most),
        "its payments add up to {}, its amount paid and overpaid to {}",
        READ_IT,
    )
}

fn credited_before_payment(content: &Record, totals: &Totals) -> Option<Finding> {
    credited(
        content,
        totals,
        ("credited_before_payment", "invoice_credited_before_payment"),
        invoice::PRE_PAYMENT_CREDIT_NOTES_MINOR,
        "credit notes before payment are {}, those held add up to {}",
    )
}

fn credited_after_payment(content: &Record, totals: &Totals) -> Option<Finding> {
    credited(
        content,
        totals,
        ("credited_after_payment", "invoice_credited_after_payment"),
        invoice::POST_PAYMENT_CREDIT_NOTES_MINOR,
        "credit notes after payment are {}, those held add up to {}",
    )
}

/// What a void invoice keeps of its credit notes is not documented.
fn credited(
    content: &Record,
    totals: &Totals,
    (relation, code): (&'static str, &'static str),
    minor: usize,
    words: &str,
) -> Option<Finding> {
    if content.text(invoice::STATUS) == Some("void") {
        return None;
    }
    let currency = currency_of(content);
    let held = link::total(totals, relation, currency).amount_minor;
    differs(
        code,
        currency,
        content.int(minor),
        Some(held),
        words,
        READ_BOTH,
    )
}

fn parts(content: &Record) -> Option<Finding> {
    let before = content.int(credit_note::PRE_PAYMENT_MINOR)?;
    let after = content.int(credit_note::POST_PAYMENT_MINOR)?;
    differs(
        "credit_note_parts",
        currency(content, credit_note::CURRENCY),
        content.int(credit_note::TOTAL_MINOR),
        before.checked_add(after),
        "total is {}, its parts before and after payment add up to {}",
        READ_IT,
    )
}

/// The credit stands in the customer balance transaction alone: one that is named and not held leaves it open.
fn payout(content: &Record, totals: &Totals) -> Option<Finding> {
    if content.text(credit_note::STATUS) != Some("issued") {
        return None;
    }
    let currency = currency(content, credit_note::CURRENCY);
    let refunds = sum_of(
        content.get(credit_note::REFUNDS),
        credit_note::refund::AMOUNT_REFUNDED_MINOR,
    )?;
    let moved = link::total(totals, "customer_balance_transaction", currency);
    let credit = match content.get(credit_note::CUSTOMER_BALANCE_TRANSACTION_ID) {
        Value::Null => 0,
        Value::Text(_) if moved.count > 0 => moved.amount_minor.checked_neg()?,
        _ => return None,
    };
    let outside = content.int(credit_note::OUT_OF_BAND_MINOR).unwrap_or(0);
    differs(
        "credit_note_payout",
        currency,
        content.int(credit_note::POST_PAYMENT_MINOR),
        refunds.checked_add(credit)?.checked_add(outside),
        "the part after payment is {}, refunds, credit and out of band add up to {}",
        READ_BOTH,
    )
}
