//! Links: small facts that one object's view leaves under the id of another, and what they add up to there.
//!
//! An object meets others only through links, so that the books can be made object by object. Links are made from views.

use std::collections::BTreeMap;

use facts::objects::{
    balance_transaction, charge, invoice, invoice_payment, payout, refund, subscription,
};
use facts::{ObjectKey, Record};

/// An object by name: one that has a register, or one that others only refer to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// Stripe's name of the kind of object.
    pub object: &'static str,
    /// Its id.
    pub id: Box<str>,
}

impl From<&ObjectKey> for Target {
    fn from(key: &ObjectKey) -> Self {
        Target {
            object: key.schema.object,
            id: key.id.clone(),
        }
    }
}

/// What one object says under the id of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The object spoken of.
    pub target: Target,
    /// What the source is to the target.
    pub relation: &'static str,
    /// The object that says so.
    pub source: Target,
    /// The amount that comes with it, in minor units of `currency`; 0 where none does.
    pub amount_minor: i64,
    /// The currency of the amount; empty where none comes with it.
    pub currency: Box<str>,
}

/// What the links under one id add up to, by relation and currency: how many, and their amount in minor units.
pub type Totals = BTreeMap<(&'static str, Box<str>), Total>;

/// A count of links and the sum of their amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many links.
    pub count: i64,
    /// The sum of their amounts in minor units.
    pub amount_minor: i64,
}

/// Everything that an object can be to another.
const RELATIONS: &[&str] = &[
    "balance_transaction",
    "charge",
    "invoiced",
    "payment",
    "payout",
    "receivable",
    "refund",
    "subscription",
    "written_off",
];

/// Kinds of objects that others refer to and that the books do not hold.
const REFERRED: &[&str] = &["payment_intent"];

/// The relation of this name, as read back from a table.
#[must_use]
pub fn relation(name: &str) -> Option<&'static str> {
    RELATIONS.iter().copied().find(|known| *known == name)
}

/// The kind of object of this name, as read back from a table.
#[must_use]
pub fn object(name: &str) -> Option<&'static str> {
    let held = facts::objects::schema(name).map(|schema| schema.object);
    held.or_else(|| REFERRED.iter().copied().find(|known| *known == name))
}

/// Adds a link to the totals of its target, or takes it away again (`sign` 1 or −1).
pub fn add(totals: &mut Totals, link: &Link, sign: i64) {
    let key = (link.relation, link.currency.clone());
    let total = totals.entry(key.clone()).or_default();
    total.count += sign;
    // Wraps, so that sums never depend on the order in which they are made, even of absurd amounts.
    total.amount_minor = total
        .amount_minor
        .wrapping_add(sign.wrapping_mul(link.amount_minor));
    if *total == Total::default() {
        totals.remove(&key);
    }
}

/// The links that this content leaves under other objects.
#[must_use]
pub fn links(key: &ObjectKey, content: &Record) -> Vec<Link> {
    let mut links = Links {
        source: Target::from(key),
        found: Vec::new(),
    };
    match key.schema.object {
        "invoice" => links.of_invoice(content),
        "invoice_payment" => links.of_invoice_payment(content),
        "charge" => links.of_charge(content),
        "refund" => links.of_refund(content),
        "payout" => links.of_payout(content),
        "balance_transaction" => links.of_balance_transaction(content),
        "subscription" => links.leave(
            "customer",
            content.text(subscription::CUSTOMER_ID),
            "subscription",
            None,
            None,
        ),
        _ => {}
    }
    links.found
}

struct Links {
    source: Target,
    found: Vec<Link>,
}

impl Links {
    fn leave(
        &mut self,
        object: &'static str,
        id: Option<&str>,
        relation: &'static str,
        amount_minor: Option<i64>,
        currency: Option<&str>,
    ) {
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            return;
        };
        let target = Target {
            object,
            id: id.into(),
        };
        // Said twice (one transaction in two roles) it is still one link: its key is what it is between.
        if (self.found.iter()).any(|link| link.target == target && link.relation == relation) {
            return;
        }
        self.found.push(Link {
            target,
            relation,
            source: self.source.clone(),
            amount_minor: amount_minor.unwrap_or(0),
            currency: currency.unwrap_or("").into(),
        });
    }

    fn of_invoice(&mut self, content: &Record) {
        let (customer, currency) = (
            content.text(invoice::CUSTOMER_ID),
            content.text(invoice::CURRENCY),
        );
        let (total, remaining) = (
            content.int(invoice::TOTAL_MINOR),
            content.int(invoice::AMOUNT_REMAINING_MINOR),
        );
        let status = content.text(invoice::STATUS);
        if matches!(status, Some("open" | "paid" | "uncollectible")) {
            self.leave("customer", customer, "invoiced", total, currency);
        }
        match status {
            Some("open") => self.leave("customer", customer, "receivable", remaining, currency),
            Some("uncollectible") => {
                self.leave("customer", customer, "written_off", remaining, currency)
            }
            _ => {}
        }
    }

    fn of_invoice_payment(&mut self, content: &Record) {
        if content.text(invoice_payment::STATUS) != Some("paid") {
            return;
        }
        let currency = content.text(invoice_payment::CURRENCY);
        let amount = content.int(invoice_payment::AMOUNT_PAID_MINOR);
        self.leave(
            "invoice",
            content.text(invoice_payment::INVOICE_ID),
            "payment",
            amount,
            currency,
        );
        self.leave(
            "payment_intent",
            content.text(invoice_payment::PAYMENT_INTENT_ID),
            "payment",
            amount,
            currency,
        );
    }

    fn of_charge(&mut self, content: &Record) {
        let currency = content.text(charge::CURRENCY);
        let amount = content.int(charge::AMOUNT_CAPTURED_MINOR);
        if content.text(charge::STATUS) == Some("succeeded") {
            self.leave(
                "payment_intent",
                content.text(charge::PAYMENT_INTENT_ID),
                "charge",
                amount,
                currency,
            );
        }
        self.leave(
            "balance_transaction",
            content.text(charge::BALANCE_TRANSACTION_ID),
            "charge",
            amount,
            currency,
        );
    }

    fn of_refund(&mut self, content: &Record) {
        let currency = content.text(refund::CURRENCY);
        let amount = content.int(refund::AMOUNT_MINOR);
        if !matches!(content.text(refund::STATUS), Some("failed" | "canceled")) {
            self.leave(
                "charge",
                content.text(refund::CHARGE_ID),
                "refund",
                amount,
                currency,
            );
        }
        let transactions = [
            refund::BALANCE_TRANSACTION_ID,
            refund::FAILURE_BALANCE_TRANSACTION_ID,
        ];
        for place in transactions {
            self.leave(
                "balance_transaction",
                content.text(place),
                "refund",
                amount,
                currency,
            );
        }
    }

    fn of_payout(&mut self, content: &Record) {
        let currency = content.text(payout::CURRENCY);
        let amount = content.int(payout::AMOUNT_MINOR);
        for place in [
            payout::BALANCE_TRANSACTION_ID,
            payout::FAILURE_BALANCE_TRANSACTION_ID,
        ] {
            self.leave(
                "balance_transaction",
                content.text(place),
                "payout",
                amount,
                currency,
            );
        }
    }

    fn of_balance_transaction(&mut self, content: &Record) {
        let Some(source) = content.text(balance_transaction::SOURCE_ID) else {
            return;
        };
        let Some(object) = object_of(source) else {
            return;
        };
        let amount = content.int(balance_transaction::AMOUNT_MINOR);
        self.leave(
            object,
            Some(source),
            "balance_transaction",
            amount,
            content.text(balance_transaction::CURRENCY),
        );
    }
}

/// The kind of object by the prefix of its id; no more than the prefix is ever read.
fn object_of(id: &str) -> Option<&'static str> {
    match id.split_once('_')?.0 {
        "ch" | "py" => Some("charge"),
        "re" | "pyr" => Some("refund"),
        "po" => Some("payout"),
        _ => None,
    }
}
