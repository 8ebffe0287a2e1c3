//! What is true at the end, in Stripe's own terms: the last state of every object, the whole lists, the balance, sums and
//! counts. Nothing here is derived the way a book would: it is read off the histories.

use std::collections::BTreeMap;

use crate::history::History;
use crate::observation::{PAYOUT_MEMBERSHIP, Past, list};
use crate::shapes::Shape as _;
use crate::tally::{Account, Sum, Tally};

/// The types of object whose last states are the truth, `balance` apart; all others are told by events only.
pub const OBJECT_TYPES: &[&str] = &[
    "customer",
    "subscription",
    "invoice",
    "invoice_payment",
    "charge",
    "refund",
    "balance_transaction",
    "payout",
    "payment_intent",
    "invoiceitem",
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
    "product",
    "price",
    "coupon",
    "promotion_code",
    "tax_rate",
    "discount",
    "credit_note",
    "customer_balance_transaction",
    "customer_cash_balance_transaction",
    "billing.credit_grant",
    "billing.credit_balance_transaction",
    "subscription_schedule",
];

/// The truth about one account at the end.
pub struct Truth<'a> {
    pub(crate) past: Past<'a>,
    pub(crate) tally: &'a Tally,
    pub(crate) account: &'a str,
    pub(crate) end_us: i64,
}

impl<'a> Truth<'a> {
    /// The account, as `acct_…`.
    pub fn account(&self) -> &'a str {
        self.account
    }

    /// The instant it holds at.
    pub fn at_us(&self) -> i64 {
        self.end_us
    }

    /// Every object of `OBJECT_TYPES` as (type, id, JSON), in the order of their making; made one by one.
    pub fn objects(&self) -> impl Iterator<Item = (&'static str, &'a str, String)> + use<'a> {
        let at_us = self.end_us;
        let known = self.owned().filter(|h| OBJECT_TYPES.contains(&h.object()));
        known.map(move |h| (h.object(), &**h.id(), h.last().state.render(at_us)))
    }

    /// Every list that no object holds whole, as (kind, id, JSON) in the form an observation has it; made one by one.
    pub fn lists(&self) -> impl Iterator<Item = (&'static str, &'a str, String)> + use<'a> {
        let past = self.past;
        self.owned().flat_map(move |history| {
            let members = (history.object() == "payout").then(|| past.members(history.id()));
            let members = members.flatten().map(|json| (PAYOUT_MEMBERSHIP, json));
            let lists = history.last().state.whole_lists().into_iter();
            let cut = lists.map(|(kind, items)| (kind, list(kind, history.id(), &items)));
            let all = cut.chain(members);
            all.map(|(kind, json)| (kind, &**history.id(), json))
        })
    }

    /// The account's balance as JSON.
    pub fn balance(&self) -> String {
        let funds = self.tallied().map(|account| account.funds.clone());
        funds
            .unwrap_or_default()
            .balance(self.end_us)
            .render(self.end_us)
    }

    /// Per (currency, reporting category), what its balance transactions sum up to.
    pub fn sums(&self) -> BTreeMap<(&'static str, &'static str), Sum> {
        self.tallied()
            .map_or_else(BTreeMap::new, |account| account.sums.clone())
    }

    /// How many events of each type were emitted.
    pub fn event_counts(&self) -> BTreeMap<&'static str, u64> {
        self.tallied()
            .map_or_else(BTreeMap::new, |account| account.events.clone())
    }

    fn tallied(&self) -> Option<&'a Account> {
        let mut accounts = self.tally.accounts.iter();
        let platform = &**self.past.account;
        let found = accounts.find(|(id, _)| id.as_deref().unwrap_or(platform) == self.account);
        found.map(|(_, account)| account)
    }

    fn owned(&self) -> impl Iterator<Item = &'a History> + use<'a> {
        let (past, account) = (self.past, self.account);
        let all = past.histories.all.iter();
        all.filter(move |history| past.owner(history) == account)
    }
}
