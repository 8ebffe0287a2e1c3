//! What is true at the end, in Stripe's own terms: the last state of every object, the balance, sums and counts. Nothing
//! here is derived the way a book would: it is read off the histories.

use std::collections::BTreeMap;

use crate::recording::{Event, Recording};

/// The types of object whose last states are the truth, `balance` apart; all others are told by events only.
pub const OBJECT_TYPES: [&str; 20] = [
    "customer",
    "subscription",
    "invoice",
    "invoice_payment",
    "charge",
    "refund",
    "balance_transaction",
    "payout",
    "payment_intent",
    "payment_method",
    "setup_intent",
    "checkout.session",
    "dispute",
    "transfer",
    "transfer_reversal",
    "application_fee",
    "fee_refund",
    "topup",
    "reserve.hold",
    "reserve.release",
];

/// The truth of a recording at its end.
pub struct Truth<'a> {
    recording: &'a Recording,
    account: &'a str,
}

/// The sums of the balance transactions of one currency and reporting category, minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many there are.
    pub count: u64,
    /// Gross, signed: in is positive.
    pub amount_minor: i64,
    /// What Stripe kept.
    pub fee_minor: i64,
    /// Gross less fees.
    pub net_minor: i64,
}

impl Recording {
    /// The truth about the platform at the recording's end.
    pub fn truth(&self) -> Truth<'_> {
        self.truth_of(self.account())
    }

    /// The truth about one account at the recording's end.
    pub fn truth_of<'a>(&'a self, account: &'a str) -> Truth<'a> {
        Truth {
            recording: self,
            account,
        }
    }
}

impl<'a> Truth<'a> {
    /// The instant it holds at.
    pub fn at_us(&self) -> i64 {
        self.recording.end_us()
    }

    /// Every object of `OBJECT_TYPES` as (type, id, JSON), in the order of their making; made one by one.
    pub fn objects(&self) -> impl Iterator<Item = (&'static str, &'a str, String)> {
        let at_us = self.at_us();
        let known = |object| OBJECT_TYPES.contains(&object);
        let owned = self.recording.owned_by(self.account);
        let known = owned.filter(move |h| known(h.object));
        known.map(move |h| (h.object, &*h.id, h.last().state.render(at_us)))
    }

    /// The account's balance as JSON.
    pub fn balance(&self) -> String {
        self.recording.balance_of(self.account, self.at_us())
    }

    /// Per (currency, reporting category), what its balance transactions sum up to.
    pub fn sums(&self) -> BTreeMap<(&'static str, &'static str), Sum> {
        let mut sums: BTreeMap<_, Sum> = BTreeMap::new();
        let booked = self
            .recording
            .transactions_until(self.account, self.at_us());
        for (_, transaction) in booked {
            let sum = sums
                .entry((transaction.currency.code(), transaction.category))
                .or_default();
            sum.count += 1;
            sum.amount_minor += transaction.amount_minor;
            sum.fee_minor += transaction.fee_minor;
            sum.net_minor += transaction.net_minor();
        }
        sums
    }

    /// How many events of each type were emitted.
    pub fn event_counts(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        let platform = self.recording.account();
        let owned = |event: &&Event| event.account.as_deref().unwrap_or(platform) == self.account;
        for event in self.recording.events().iter().filter(owned) {
            *counts.entry(event.event_type).or_default() += 1;
        }
        counts
    }
}
