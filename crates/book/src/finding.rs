//! Named invariants: what must hold of an object and of what others say about it; where it does not, a finding.
//!
//! A finding is a result, never an error: it names the amount at stake and what mends it. It never changes a view.

mod billing;
mod money;
mod platform;

use std::collections::BTreeMap;

use facts::objects::{customer, invoice, invoice_item, subscription, subscription_schedule};
use facts::{Claim, Record, Value, objects};

use crate::lifecycle;
use crate::link::{self, Target, Totals};
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
    (
        "changed",
        "what moves a balance never changes: balance transactions and their like",
    ),
    ("undead", "nothing newer is said of a deleted object"),
    (
        "missing",
        "every object that moves money and that others refer to has been seen",
    ),
    (
        "test_clock",
        "no object of a live stream is on a test clock",
    ),
    (
        "invoice_total",
        "total = total excluding tax + taxes, inclusive and exclusive",
    ),
    (
        "invoice_discounts",
        "total = subtotal − discounts − billing credits + exclusive taxes + shipping",
    ),
    (
        "invoice_remaining",
        "amount remaining = amount due − amount paid",
    ),
    ("invoice_lines", "subtotal = sum of the lines"),
    (
        "invoice_payments",
        "paid invoice payments are no more than the amounts paid and overpaid",
    ),
    (
        "invoice_credited_before_payment",
        "pre-payment credit notes = sum of those parts of the notes issued",
    ),
    (
        "invoice_credited_after_payment",
        "post-payment credit notes = sum of those parts of the notes issued",
    ),
    (
        "credit_note_parts",
        "total = part before payment + part after payment",
    ),
    (
        "credit_note_payout",
        "part after payment = refunds + credit to the customer balance + out of band",
    ),
    (
        "customer_balance",
        "balance = sum of the customer balance transactions, where any is held",
    ),
    (
        "charge_refunds",
        "amount refunded = sum of the refunds that did not fail",
    ),
    (
        "charge_balance",
        "the balance transactions of a charge carry what was captured, or all that was authorised",
    ),
    (
        "charge_disputed",
        "a charge is marked as disputed exactly when it has a dispute",
    ),
    (
        "payment_intent_charges",
        "amount received = sum of what its succeeded charges captured",
    ),
    (
        "refund_credit_notes",
        "credit notes claim no more of a refund than its amount",
    ),
    (
        "dispute_balance",
        "a lost dispute has taken its amount; a won one has given back something, and no more than it took",
    ),
    (
        "payout_balance",
        "the balance transactions of a payout carry its amount",
    ),
    ("transaction_net", "net = amount − fee"),
    ("transaction_fees", "fee = sum of its parts"),
    (
        "transaction_payouts",
        "a balance transaction is covered by one payout at most",
    ),
    (
        "transfer_reversals",
        "amount reversed = sum of the reversals",
    ),
    ("fee_refunds", "amount refunded = sum of the fee's refunds"),
];

/// All findings about one object of a stream, from its register, its view and the totals under its id.
#[must_use]
pub fn findings(
    stream: &str,
    target: &Target,
    folded: Option<(&Register, &View)>,
    totals: &Totals,
) -> Vec<Finding> {
    let mut found = Vec::new();
    match folded {
        None => found.extend(missing(target, totals)),
        Some((register, view)) => {
            found.extend(conflict(register, view));
            found.extend(changed(register, view));
            found.extend(undead(register));
            found.extend(on_test_clock(stream, &view.content));
            found.extend(of_content(target, register, &view.content, totals));
        }
    }
    found
}

fn of_content(
    target: &Target,
    register: &Register,
    content: &Record,
    totals: &Totals,
) -> Vec<Finding> {
    let is_deleted = register.tombstone().is_some();
    match target.object {
        "invoice" | "customer" if is_deleted => Vec::new(),
        "invoice" => billing::of_invoice(content, register.newest_s(), totals),
        "credit_note" => billing::of_credit_note(content, totals),
        "customer" => billing::of_customer(content, totals),
        "charge" => money::of_charge(content, totals),
        "payment_intent" => money::of_payment_intent(content, totals),
        "refund" => money::of_refund(content, totals),
        "dispute" => money::of_dispute(content),
        "payout" => money::of_payout(content, totals),
        "balance_transaction" => money::of_balance_transaction(content, totals),
        "transfer" => platform::of_transfer(content, totals),
        "application_fee" => platform::of_application_fee(content, totals),
        _ => Vec::new(),
    }
}

/// An object that others refer to and that has never been seen itself.
fn missing(target: &Target, totals: &Totals) -> Option<Finding> {
    objects::schema(target.object)?;
    let counting = || {
        let must = |((relation, _), _): &(&(&str, Box<str>), _)| {
            link::must_be_seen(target.object, relation)
        };
        totals.iter().filter(must)
    };
    let links: i64 = counting().map(|(_, total)| total.count).sum();
    let (currency, amount) = counting()
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
fn conflict(register: &Register, view: &View) -> Option<Finding> {
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
        currency: currency_of(&view.content).to_owned(),
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
        .any(|record| lifecycle::contradicts(record, &view.content));
    differs.then(|| Finding {
        code: "changed",
        currency: currency_of(&view.content).to_owned(),
        at_stake_minor: stake(register.claims().iter().map(content)),
        what: "it never changes, and has been seen with different contents".to_owned(),
        mend: READ_IT,
    })
}

fn undead(register: &Register) -> Option<Finding> {
    let stone = register.tombstone()?;
    let later = register
        .claims()
        .iter()
        .filter(|claim| claim.lo_s >= stone.hi_s && !tells_deletion(claim))
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

/// Whether it is the deletion that the claim tells, which may be said with what was deleted.
fn tells_deletion(claim: &Claim) -> bool {
    let deleted_by = content(claim).schema.deleted_by;
    deleted_by.contains(&&*claim.event_type)
}

/// The fields by which objects name the test clock that they live on.
static TEST_CLOCKS: &[(&str, usize)] = &[
    ("customer", customer::TEST_CLOCK_ID),
    ("invoice", invoice::TEST_CLOCK_ID),
    ("invoiceitem", invoice_item::TEST_CLOCK_ID),
    ("subscription", subscription::TEST_CLOCK_ID),
    (
        "subscription_schedule",
        subscription_schedule::TEST_CLOCK_ID,
    ),
];

/// Test clocks exist in test mode only.
fn on_test_clock(stream: &str, content: &Record) -> Option<Finding> {
    if !stream.ends_with("/live") {
        return None;
    }
    let object = content.schema.object;
    let mut places = TEST_CLOCKS.iter();
    let place = places.find(|(known, _)| *known == object);
    let clock = place.and_then(|(_, place)| content.text(*place));
    if clock.is_none() && object != "test_helpers.test_clock" {
        return None;
    }
    Some(Finding {
        code: "test_clock",
        currency: currency_of(content).to_owned(),
        at_stake_minor: 0,
        what: format!(
            "it is in live money, and on test clock {}",
            clock.unwrap_or("itself")
        ),
        mend: "find out how a test object came into the live stream",
    })
}

/// The currency of an object's amounts; empty where it has none.
fn currency_of(content: &Record) -> &str {
    let mut fields = content.schema.fields.iter();
    let place = fields.position(|field| field.name == "currency");
    place.map_or("", |place| currency(content, place))
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

/// The sum of one amount in all rows of a list; 0 where there is no list, none where it or a row's amount isn't known.
fn sum_of(list: &Value, minor: usize) -> Option<i64> {
    sum_where(list, minor, |_| Some(true))
}

/// The sum over the rows that count; none where that isn't known of one.
fn sum_where(list: &Value, minor: usize, counts: impl Fn(&Record) -> Option<bool>) -> Option<i64> {
    if *list == Value::Unknown {
        return None;
    }
    let mut sum = 0_i64;
    for row in list.rows() {
        if counts(row)? {
            sum = sum.checked_add(row.int(minor)?)?;
        }
    }
    Some(sum)
}
