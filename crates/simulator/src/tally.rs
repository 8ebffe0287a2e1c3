//! What is counted while a company lives: events by type, and the balance transactions of each account as sums. It keeps
//! no object, so that it stays small.

use std::collections::BTreeMap;

use crate::funds::Funds;
use crate::history::{Change, Histories};
use crate::json::Text;
use crate::recording::Event;
use crate::shapes::BalanceTransaction;

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

/// What is counted of one account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    pub(crate) events: BTreeMap<&'static str, u64>,
    pub(crate) sums: BTreeMap<(&'static str, &'static str), Sum>,
    pub(crate) funds: Funds,
}

/// What is counted of all accounts; none is the platform.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) accounts: BTreeMap<Option<Text>, Account>,
}

impl Tally {
    /// Counts an event.
    pub(crate) fn count(&mut self, event: &Event) {
        let account = self.account(event.account.as_ref());
        *account.events.entry(event.event_type).or_default() += 1;
    }

    /// Counts what came to be, which books money where it is a balance transaction.
    pub(crate) fn follow(&mut self, histories: &Histories, change: &Change) {
        let history = &histories.all[change.index];
        let account = self.account(history.account.as_ref());
        if change.place > 0 {
            return;
        }
        let state: &dyn std::any::Any = &*history.version(0).state;
        let Some(transaction) = state.downcast_ref::<BalanceTransaction>() else {
            return;
        };
        account.funds.book(transaction);
        let key = (transaction.currency.code(), transaction.category);
        let sum = account.sums.entry(key).or_default();
        sum.count += 1;
        sum.amount_minor += transaction.amount_minor;
        sum.fee_minor += transaction.fee_minor;
        sum.net_minor += transaction.net_minor();
    }

    fn account(&mut self, account: Option<&Text>) -> &mut Account {
        let known = account.cloned();
        self.accounts.entry(known).or_default()
    }
}
