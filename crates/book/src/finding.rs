//! Named invariants: what must hold of an object and of what others say about it; where it does not, a finding.
//!
//! A finding is a result, never an error: it names the amount at stake and what mends it. It never changes a view.

use std::collections::BTreeMap;

use facts::objects::{balance_transaction, charge, invoice, payout};
use facts::{Record, objects};

use crate::lifecycle;
use crate::link::{Target, Totals};
use crate::register::Register;
use crate::resolve::{View, stake};
use crate::states::content;

/// A disagreement in what Stripe said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which invariant does not hold.
    pub code: &'static str,
    /// Currency of the amount at stake; empty where there is none.
    pub currency: String,
    /// The amount in question, in minor units, never negative.
    pub at_stake_minor: i64,
    /// What does not hold, in words.
    pub what: String,
    /// What to do about it.
    pub mend: &'static str,
}

const READ_IT: &str = "read the object from Stripe again";
const READ_BOTH: &str = "read both objects from Stripe again";

/// Every named invariant with what it asks for, for `check` and the documentation.
pub static INVARIANTS: &[(&str, &str)] = &[
    ("conflict", "an event says the same wherever it is met"),
    ("changed", "a balance transaction never changes"),
    ("undead", "nothing newer is said of a deleted object"),
    ("missing", "every object that others refer to has been seen"),
    (
        "invoice_remaining",
        "amount remaining = amount due − amount paid",
    ),
    ("invoice_lines", "subtotal = sum of the lines"),
    (
        "invoice_payments",
        "paid invoice payments are no more than the amount paid",
    ),
    (
        "charge_refunds",
        "amount refunded = sum of the refunds that did not fail",
    ),
    (
        "charge_balance",
        "the balance transactions of a charge carry what was captured",
    ),
    (
        "payout_balance",
        "the balance transactions of a payout carry its amount",
    ),
    ("transaction_net", "net = amount − fee"),
    ("transaction_fees", "fee = sum of its parts"),
];

/// All findings about one object, from its register, its view and the totals under its id.
#[must_use]
pub fn findings(
    target: &Target,
    folded: Option<(&Register, &View)>,
    totals: &Totals,
) -> Vec<Finding> {
    let mut found = Vec::new();
    match folded {
        None => found.extend(missing(target, totals)),
        Some((register, view)) => {
            found.extend(conflict(register));
            found.extend(changed(register, view));
            found.extend(undead(register));
            found.extend(of_content(
                target,
                &view.content,
                totals,
                register.tombstone().is_some(),
            ));
        }
    }
    found
}

fn of_content(target: &Target, content: &Record, totals: &Totals, deleted: bool) -> Vec<Finding> {
    let found = match target.object {
        "invoice" if !deleted => [
            remaining(content),
            lines(content),
            payments(content, totals),
        ],
        "charge" => [
            refunds(content, totals),
            charge_balance(content, totals),
            None,
        ],
        "payout" => [payout_balance(content, totals), None, None],
        "balance_transaction" => [net(content), fees(content), None],
        _ => [None, None, None],
    };
    found.into_iter().flatten().collect()
}

/// An object that others refer to and that has never been seen itself.
fn missing(target: &Target, totals: &Totals) -> Option<Finding> {
    objects::schema(target.object)?;
    let links: i64 = totals.values().map(|total| total.count).sum();
    let (currency, amount) = totals
        .iter()
        .map(|((_, currency), total)| (currency.to_string(), total.amount_minor.saturating_abs()))
        .max_by_key(|(_, amount)| *amount)?;
    (links > 0).then(|| Finding {
        code: "missing",
        currency,
        at_stake_minor: amount,
        what: format!("never seen, and {links} other object(s) refer to it"),
        mend: READ_IT,
    })
}

/// One event with two contents under one API version.
fn conflict(register: &Register) -> Option<Finding> {
    if register.claims().len() < 2 {
        return None;
    }
    let mut bodies: BTreeMap<(&str, &str), Vec<&Record>> = BTreeMap::new();
    for claim in register.claims() {
        let known = bodies.entry((&claim.id, &claim.version)).or_default();
        if !known.iter().any(|record| record.same_state(content(claim))) {
            known.push(content(claim));
        }
    }
    let conflicts = bodies.iter().filter(|(_, records)| records.len() > 1);
    let (at_stake_minor, claim) = conflicts
        .map(|((claim, _), records)| (stake(records.iter().copied()), *claim))
        .max()?;
    Some(Finding {
        code: "conflict",
        currency: String::new(),
        at_stake_minor,
        what: format!("{claim} has come with different contents"),
        mend: READ_IT,
    })
}

fn changed(register: &Register, view: &View) -> Option<Finding> {
    if !lifecycle::is_immutable(&view.content) {
        return None;
    }
    let differs = register
        .claims()
        .iter()
        .map(content)
        .any(|record| !record.same_state(&view.content));
    differs.then(|| Finding {
        code: "changed",
        currency: view
            .content
            .text(balance_transaction::CURRENCY)
            .unwrap_or("")
            .to_owned(),
        at_stake_minor: stake(register.claims().iter().map(content)),
        what: "a balance transaction has been read with different contents".to_owned(),
        mend: READ_IT,
    })
}

fn undead(register: &Register) -> Option<Finding> {
    let stone = register.tombstone()?;
    let later = register
        .claims()
        .iter()
        .filter(|claim| claim.lo_s >= stone.hi_s)
        .map(|claim| &*claim.id)
        .min()?;
    Some(Finding {
        code: "undead",
        currency: String::new(),
        at_stake_minor: 0,
        what: format!("deleted by {}, and {later} speaks of it later", stone.claim),
        mend: READ_IT,
    })
}

fn currency(content: &Record, place: usize) -> &str {
    content.text(place).unwrap_or("")
}

/// A finding that `is` stands where `should` was expected; none when they agree or one is not known.
fn differs(
    code: &'static str,
    currency: &str,
    is: Option<i64>,
    should: Option<i64>,
    words: &str,
    mend: &'static str,
) -> Option<Finding> {
    let (is, should) = (is?, should?);
    (is != should).then(|| Finding {
        code,
        currency: currency.to_owned(),
        at_stake_minor: is.saturating_sub(should).saturating_abs(),
        what: words
            .replacen("{}", &is.to_string(), 1)
            .replacen("{}", &should.to_string(), 1),
        mend,
    })
}

fn remaining(content: &Record) -> Option<Finding> {
    let due = content.int(invoice::AMOUNT_DUE_MINOR)?;
    let paid = content.int(invoice::AMOUNT_PAID_MINOR)?;
    let words = "amount remaining is {}, amount due less amount paid is {}";
    let should = due.checked_sub(paid).map(|rest| rest.max(0));
    differs(
        "invoice_remaining",
        currency(content, invoice::CURRENCY),
        content.int(invoice::AMOUNT_REMAINING_MINOR),
        should,
        words,
        READ_IT,
    )
}

fn lines(content: &Record) -> Option<Finding> {
    let facts::Value::List(rows) = content.get(invoice::LINES) else {
        return None;
    };
    let sum = rows
        .iter()
        .map(|row| row.int(invoice::line::AMOUNT_MINOR))
        .try_fold(0_i64, |sum, amount| sum.checked_add(amount?));
    let words = "subtotal is {}, the lines add up to {}";
    differs(
        "invoice_lines",
        currency(content, invoice::CURRENCY),
        content.int(invoice::SUBTOTAL_MINOR),
        sum,
        words,
        READ_IT,
    )
}

fn total(totals: &Totals, relation: &'static str, currency: &str) -> i64 {
    totals
        .get(&(relation, currency.into()))
        .map_or(0, |total| total.amount_minor)
}

fn payments(content: &Record, totals: &Totals) -> Option<Finding> {
    let currency = currency(content, invoice::CURRENCY);
    let paid = total(totals, "payment", currency);
    let said = content.int(invoice::AMOUNT_PAID_MINOR)?;
    let words = "its payments add up to {}, its amount paid is {}";
    (paid > said)
        .then(|| {
            differs(
                "invoice_payments",
                currency,
                Some(paid),
                Some(said),
                words,
                READ_IT,
            )
        })
        .flatten()
}

fn refunds(content: &Record, totals: &Totals) -> Option<Finding> {
    let currency = currency(content, charge::CURRENCY);
    let sum = total(totals, "refund", currency);
    let words = "amount refunded is {}, its refunds add up to {}";
    differs(
        "charge_refunds",
        currency,
        content.int(charge::AMOUNT_REFUNDED_MINOR),
        Some(sum),
        words,
        READ_BOTH,
    )
}

fn charge_balance(content: &Record, totals: &Totals) -> Option<Finding> {
    let currency = currency(content, charge::CURRENCY);
    let carried = totals
        .get(&("balance_transaction", currency.into()))?
        .amount_minor;
    if content.text(charge::STATUS) != Some("succeeded") {
        return None;
    }
    let words = "amount captured is {}, its balance transactions carry {}";
    differs(
        "charge_balance",
        currency,
        content.int(charge::AMOUNT_CAPTURED_MINOR),
        Some(carried),
        words,
        READ_BOTH,
    )
}

/// A payout takes its amount out of the balance; a failed one brings it back.
fn payout_balance(content: &Record, totals: &Totals) -> Option<Finding> {
    let currency = currency(content, payout::CURRENCY);
    let carried = totals.get(&("balance_transaction", currency.into()))?;
    let gone = content.int(payout::AMOUNT_MINOR)?;
    let is_back = content
        .get(payout::FAILURE_BALANCE_TRANSACTION_ID)
        .is_stated()
        && carried.count > 1;
    let should = if is_back { 0 } else { gone.saturating_neg() };
    let words = "its balance transactions carry {}, and should carry {}";
    differs(
        "payout_balance",
        currency,
        Some(carried.amount_minor),
        Some(should),
        words,
        READ_BOTH,
    )
}

fn net(content: &Record) -> Option<Finding> {
    let amount = content.int(balance_transaction::AMOUNT_MINOR)?;
    let should = amount.checked_sub(content.int(balance_transaction::FEE_MINOR)?);
    let words = "net is {}, amount less fee is {}";
    differs(
        "transaction_net",
        currency(content, balance_transaction::CURRENCY),
        content.int(balance_transaction::NET_MINOR),
        should,
        words,
        READ_IT,
    )
}

fn fees(content: &Record) -> Option<Finding> {
    let facts::Value::List(parts) = content.get(balance_transaction::FEE_DETAILS) else {
        return None;
    };
    let place = balance_transaction::fee::AMOUNT_MINOR;
    let sum = parts
        .iter()
        .map(|part| part.int(place))
        .try_fold(0_i64, |sum, amount| sum.checked_add(amount?));
    let words = "fee is {}, its parts add up to {}";
    differs(
        "transaction_fees",
        currency(content, balance_transaction::CURRENCY),
        content.int(balance_transaction::FEE_MINOR),
        sum,
        words,
        READ_IT,
    )
}
