//! What must hold of charges, payment intents, refunds, disputes, payouts and the movements of the balance.
//!
//! Each function looks at one content and at what others say of it, and changes neither.

use facts::Record;
use facts::objects::{balance_transaction, charge, dispute, payment_intent, payout, refund};

use super::{Finding, READ_BOTH, READ_IT, currency, differs, sum_of, sum_where};
use crate::link::{self, Totals};

pub(super) fn of_charge(content: &Record, totals: &Totals) -> Vec<Finding> {
    let found = [
        refunds(content, totals),
        charge_balance(content, totals),
        disputed(content, totals),
    ];
    found.into_iter().flatten().collect()
}

pub(super) fn of_payment_intent(content: &Record, totals: &Totals) -> Vec<Finding> {
    received(content, totals).into_iter().collect()
}

pub(super) fn of_refund(content: &Record, totals: &Totals) -> Vec<Finding> {
    credit_notes(content, totals).into_iter().collect()
}

pub(super) fn of_dispute(content: &Record) -> Vec<Finding> {
    dispute_balance(content).into_iter().collect()
}

pub(super) fn of_payout(content: &Record, totals: &Totals) -> Vec<Finding> {
    payout_balance(content, totals).into_iter().collect()
}

pub(super) fn of_balance_transaction(content: &Record, totals: &Totals) -> Vec<Finding> {
    let found = [net(content), fees(content), payouts(content, totals)];
    found.into_iter().flatten().collect()
}

fn refunds(content: &Record, totals: &Totals) -> Option<Finding> {
    let currency = currency(content, charge::CURRENCY);
    let sum = link::total(totals, "refund", currency).amount_minor;
    differs(
        "charge_refunds",
        currency,
        content.int(charge::AMOUNT_REFUNDED_MINOR),
        Some(sum),
        "amount refunded is {}, its refunds add up to {}",
        READ_BOTH,
    )
}

/// What is captured of an authorisation in part comes in whole, and a refund takes the rest out again.
fn charge_balance(content: &Record, totals: &Totals) -> Option<Finding> {
    let currency = currency(content, charge::CURRENCY);
    let carried = link::total(totals, "balance_transaction", currency);
    let is_whole = Some(carried.amount_minor) == content.int(charge::AMOUNT_MINOR);
    if carried.count == 0 || is_whole || content.text(charge::STATUS) != Some("succeeded") {
        return None;
    }
    differs(
        "charge_balance",
        currency,
        content.int(charge::AMOUNT_CAPTURED_MINOR),
        Some(carried.amount_minor),
        "amount captured is {}, its balance transactions carry {}",
        READ_BOTH,
    )
}

/// An inquiry may mark its charge or not.
fn disputed(content: &Record, totals: &Totals) -> Option<Finding> {
    let is_marked = content.get(charge::DISPUTED).flag()?;
    let disputes = link::count(totals, "dispute");
    let inquiries = link::count(totals, "inquiry");
    let what = match (is_marked, disputes, inquiries) {
        (true, 0, 0) => "it is marked as disputed, and no dispute is held",
        (false, 1.., _) => "it has a dispute, and is not marked as disputed",
        _ => return None,
    };
    Some(Finding {
        code: "charge_disputed",
        currency: currency(content, charge::CURRENCY).to_owned(),
        at_stake_minor: content.int(charge::AMOUNT_MINOR)?.saturating_abs(),
        what: what.to_owned(),
        mend: READ_BOTH,
    })
}

/// Charges that nobody has seen are missing, not different.
fn received(content: &Record, totals: &Totals) -> Option<Finding> {
    let currency = currency(content, payment_intent::CURRENCY);
    let charged = link::total(totals, "charge", currency);
    if charged.count == 0 || content.text(payment_intent::STATUS) != Some("succeeded") {
        return None;
    }
    differs(
        "payment_intent_charges",
        currency,
        content.int(payment_intent::AMOUNT_RECEIVED_MINOR),
        Some(charged.amount_minor),
        "amount received is {}, its charges captured {}",
        READ_BOTH,
    )
}

fn credit_notes(content: &Record, totals: &Totals) -> Option<Finding> {
    let currency = currency(content, refund::CURRENCY);
    let claimed = link::total(totals, "credit_note", currency).amount_minor;
    let amount = content.int(refund::AMOUNT_MINOR)?;
    if claimed <= amount {
        return None;
    }
    differs(
        "refund_credit_notes",
        currency,
        Some(claimed),
        Some(amount),
        "credit notes claim {} of it, and its amount is {}",
        READ_BOTH,
    )
}

/// In the dispute's own currency only: another one is converted anew at each movement.
fn dispute_balance(content: &Record) -> Option<Finding> {
    use dispute::movement;
    let currency = currency(content, dispute::CURRENCY);
    let is_own = |row: &Record| (row.text(movement::CURRENCY)? == currency).then_some(true);
    let moved = sum_where(
        content.get(dispute::BALANCE_TRANSACTIONS),
        movement::AMOUNT_MINOR,
        is_own,
    )?;
    let taken = content.int(dispute::AMOUNT_MINOR)?.checked_neg()?;
    let should = match content.text(dispute::STATUS)? {
        "lost" => taken,
        // Reinstated in part is won as well.
        "won" if moved > 0 || (moved == taken && taken != 0) => 0,
        _ => return None,
    };
    differs(
        "dispute_balance",
        currency,
        Some(moved),
        Some(should),
        "its balance transactions add up to {}, and should to {}",
        READ_BOTH,
    )
}

/// A payout takes its amount out of the balance; a failed one brings it back.
fn payout_balance(content: &Record, totals: &Totals) -> Option<Finding> {
    let currency = currency(content, payout::CURRENCY);
    let carried = link::total(totals, "balance_transaction", currency);
    let gone = content.int(payout::AMOUNT_MINOR)?;
    if carried.count == 0 {
        return None;
    }
    let is_back = content
        .get(payout::FAILURE_BALANCE_TRANSACTION_ID)
        .is_stated()
        && carried.count > 1;
    let should = if is_back { 0 } else { gone.saturating_neg() };
    differs(
        "payout_balance",
        currency,
        Some(carried.amount_minor),
        Some(should),
        "its balance transactions carry {}, and should carry {}",
        READ_BOTH,
    )
}

fn net(content: &Record) -> Option<Finding> {
    let amount = content.int(balance_transaction::AMOUNT_MINOR)?;
    let should = amount.checked_sub(content.int(balance_transaction::FEE_MINOR)?);
    differs(
        "transaction_net",
        currency(content, balance_transaction::CURRENCY),
        content.int(balance_transaction::NET_MINOR),
        should,
        "net is {}, amount less fee is {}",
        READ_IT,
    )
}

fn fees(content: &Record) -> Option<Finding> {
    let parts = content.get(balance_transaction::FEE_DETAILS);
    if !parts.is_stated() {
        return None;
    }
    differs(
        "transaction_fees",
        currency(content, balance_transaction::CURRENCY),
        content.int(balance_transaction::FEE_MINOR),
        sum_of(parts, balance_transaction::fee::AMOUNT_MINOR),
        "fee is {}, its parts add up to {}",
        READ_IT,
    )
}

fn payouts(content: &Record, totals: &Totals) -> Option<Finding> {
    let payouts = link::count(totals, "payout_membership");
    (payouts > 1).then(|| Finding {
        code: "transaction_payouts",
        currency: currency(content, balance_transaction::CURRENCY).to_owned(),
        at_stake_minor: content
            .int(balance_transaction::NET_MINOR)
            .map_or(0, i64::saturating_abs),
        what: format!("{payouts} payouts say that they cover it"),
        mend: "read what these payouts cover from Stripe again",
    })
}
