//! What balance transactions add up to, by currency, kind and the day on which they become available.
//!
//! Dates, never states: whether an amount is available is a question to ask with a moment in hand.

use std::collections::BTreeMap;

use facts::objects::balance_transaction;
use facts::{ObjectKey, Record};

/// A group of balance transactions that are added up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Activity {
    /// Settlement currency.
    pub currency: Box<str>,
    /// Which balance they move; `payments` where Stripe does not say.
    pub balance_type: Box<str>,
    /// Stripe's category for accounting; empty where Stripe gives none.
    pub reporting_category: Box<str>,
    /// When their net becomes available, Unix seconds; 0 where Stripe does not say.
    pub available_s: i64,
}

/// What a group adds up to, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many.
    pub transactions: i64,
    /// Gross.
    pub amount_minor: i64,
    /// Fees taken.
    pub fee_minor: i64,
    /// What they move the balance by.
    pub net_minor: i64,
}

impl Sums {
    /// Adds other sums, or takes them away (`sign` 1 or −1).
    #[must_use]
    pub fn plus(self, other: Sums, sign: i64) -> Sums {
        // Sums wrap, for then they can be undone in any order; `facts` admits no amount that comes near the edge.
        let add = |one: i64, other: i64| one.wrapping_add(sign.wrapping_mul(other));
        Sums {
            transactions: add(self.transactions, other.transactions),
            amount_minor: add(self.amount_minor, other.amount_minor),
            fee_minor: add(self.fee_minor, other.fee_minor),
            net_minor: add(self.net_minor, other.net_minor),
        }
    }
}

/// Changes of sums, by group.
pub type Changes = BTreeMap<Activity, Sums>;

/// The group of this object and its part in it, if it is a balance transaction.
#[must_use]
pub fn activity(key: &ObjectKey, content: &Record) -> Option<(Activity, Sums)> {
    if !std::ptr::eq(key.schema, &balance_transaction::SCHEMA) {
        return None;
    }
    let activity = Activity {
        currency: content
            .text(balance_transaction::CURRENCY)
            .unwrap_or("")
            .into(),
        balance_type: content
            .text(balance_transaction::BALANCE_TYPE)
            .unwrap_or("payments")
            .into(),
        reporting_category: content
            .text(balance_transaction::REPORTING_CATEGORY)
            .unwrap_or("")
            .into(),
        available_s: content.int(balance_transaction::AVAILABLE_S).unwrap_or(0),
    };
    let amount = |place: usize| content.int(place).unwrap_or(0);
    let sums = Sums {
        transactions: 1,
        amount_minor: amount(balance_transaction::AMOUNT_MINOR),
        fee_minor: amount(balance_transaction::FEE_MINOR),
        net_minor: amount(balance_transaction::NET_MINOR),
    };
    Some((activity, sums))
}
