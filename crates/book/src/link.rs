//! Links: small facts that one object's view leaves under the id of another, and what they add up to there.
//!
//! An object meets others only through links, so that the books can be made object by object. Which links an object
//! leaves is written down in `link/said.rs`; nothing here reads the view of another object.

mod said;

use std::collections::BTreeMap;

use facts::{ObjectKey, Record};

use crate::resolve::View;

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
    /// The amount that comes with it, in minor units of `currency`; 0 where none does; of `whole_list_s` a Unix second.
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
    "application_fee",
    "balance_transaction",
    "charge",
    "checkout_session",
    "credit_balance_transaction",
    "credit_grant",
    "credit_note",
    "credited_after_payment",
    "credited_before_payment",
    "customer_balance_transaction",
    "customer_cash_balance_transaction",
    "discount",
    "dispute",
    "fee_refund",
    "inquiry",
    "invoice_item",
    "invoiced",
    "payment",
    "payment_intent",
    "payout",
    "payout_membership",
    "receivable",
    "refund",
    "reserve_release",
    "subscription",
    "subscription_schedule",
    "topup",
    "transfer",
    "transfer_reversal",
    WHOLE_LIST,
    WHOLE_LIST_S,
    "written_off",
];

/// The relation of a list that was read whole to the object that it belongs to, with the sum of its rows.
pub(crate) const WHOLE_LIST: &str = "whole_list";

/// The same, with the Unix second from which the newest reading of the list speaks in the place of an amount.
pub(crate) const WHOLE_LIST_S: &str = "whole_list_s";

/// The relation of this name, as read back from a table.
#[must_use]
pub fn relation(name: &str) -> Option<&'static str> {
    RELATIONS.iter().copied().find(|known| *known == name)
}

/// The kind of object of this name, as read back from a table.
#[must_use]
pub fn object(name: &str) -> Option<&'static str> {
    facts::objects::schema(name).map(|schema| schema.object)
}

/// Whether an object of this kind, of which others say this, must have been seen. What moves money must; what only
/// explains it, what the objects around it tell as well, or what may lie in another account need not.
pub(crate) fn must_be_seen(object: &str, relation: &str) -> bool {
    !matches!(object, "coupon" | "fee_refund" | "payment_intent")
        && !matches!(relation, "application_fee" | "discount" | WHOLE_LIST_S)
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

/// What is known under an id in this relation and currency; nothing is 0 links of 0.
pub(crate) fn total(totals: &Totals, relation: &'static str, currency: &str) -> Total {
    let key = (relation, currency.into());
    totals.get(&key).copied().unwrap_or_default()
}

/// How many links of this relation stand under an id, in whatever currency.
pub(crate) fn count(totals: &Totals, relation: &str) -> i64 {
    let of_relation = totals.iter().filter(|((known, _), _)| *known == relation);
    of_relation.map(|(_, total)| total.count).sum()
}

/// The links that this content leaves under other objects.
#[must_use]
pub fn links(key: &ObjectKey, content: &Record) -> Vec<Link> {
    let mut links = Links {
        source: Target::from(key),
        content,
        found: Vec::new(),
    };
    said::of_object(&mut links);
    links.found
}

/// The links that the view of an object leaves, of which the newest claim begins at this second.
pub(crate) fn of_view(key: &ObjectKey, view: &View, newest_s: Option<i64>) -> Vec<Link> {
    let mut links = links(key, &view.content);
    let whole: Option<&Link> = links.iter().find(|link| link.relation == WHOLE_LIST);
    if let (Some(whole), Some(newest_s)) = (whole, newest_s) {
        let since = Link {
            relation: WHOLE_LIST_S,
            amount_minor: newest_s,
            currency: "".into(),
            ..whole.clone()
        };
        links.push(since);
    }
    links
}

/// The links of one object, as they are found.
struct Links<'c> {
    source: Target,
    content: &'c Record,
    found: Vec<Link>,
}

/// An amount in minor units and its currency.
#[derive(Clone, Copy, Default)]
struct Amount<'c> {
    minor: Option<i64>,
    currency: Option<&'c str>,
}

impl<'c> Links<'c> {
    fn leave(
        &mut self,
        object: &'static str,
        id: Option<&str>,
        relation: &'static str,
        amount: Amount<'_>,
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
            amount_minor: amount.minor.unwrap_or(0),
            currency: amount.currency.unwrap_or("").into(),
        });
    }

    fn text(&self, place: usize) -> Option<&'c str> {
        self.content.text(place)
    }

    /// The amount and the currency at these places.
    fn amount(&self, minor: usize, currency: usize) -> Amount<'c> {
        Amount {
            minor: self.content.int(minor),
            currency: self.text(currency),
        }
    }
}
