//! An account's money as a running sum: what its transactions come to at an instant that only moves on. It knows no list
//! of them, so that it stays small however many there were.

use std::collections::BTreeMap;

use crate::calendar::SECOND_US;
use crate::history::{Handle, Histories};
use crate::json::Text;
use crate::shapes::{Balance, BalanceTransaction, Currency};

/// What the transactions booked so far come to, by currency and by the second that each turns available.
#[derive(Debug, Clone, Default)]
pub(crate) struct Funds {
    pending: BTreeMap<(i64, Currency), i64>,
    available: BTreeMap<Currency, i64>,
}

impl Funds {
    /// Adds a transaction.
    pub(crate) fn book(&mut self, transaction: &BalanceTransaction) {
        let key = (transaction.available_on_s, transaction.currency);
        *self.pending.entry(key).or_default() += transaction.net_minor();
    }

    /// Moves what is available at an instant over, for ever: no earlier one may be asked about afterwards.
    pub(crate) fn settle(&mut self, at_us: i64) {
        while let Some(first) = self.pending.first_entry() {
            let (available_on_s, currency) = *first.key();
            if available_on_s * SECOND_US > at_us {
                return;
            }
            *self.available.entry(currency).or_default() += first.remove();
        }
    }

    /// The balance at an instant, not before the last one settled.
    pub(crate) fn balance(&self, at_us: i64) -> Balance {
        let mut balance = Balance::empty();
        for (&currency, &net_minor) in &self.available {
            balance.add(currency, net_minor, true);
        }
        for (&(available_on_s, currency), &net_minor) in &self.pending {
            balance.add(currency, net_minor, available_on_s * SECOND_US <= at_us);
        }
        balance
    }
}

/// What every account has, for those that ask while the company lives.
#[derive(Default)]
pub(crate) struct Tills {
    /// How many transactions are known.
    pub(crate) taken: usize,
    accounts: BTreeMap<Option<Text>, Till>,
}

#[derive(Default)]
struct Till {
    funds: Funds,
    /// Movements that a request has dated after the step it was made in.
    ahead: Vec<(i64, Handle<BalanceTransaction>)>,
}

impl Tills {
    /// Learns of the next transaction.
    pub(crate) fn take(&mut self, histories: &Histories, handle: Handle<BalanceTransaction>) {
        self.taken += 1;
        let history = &histories.all[handle.index];
        let till = self.accounts.entry(history.account.clone()).or_default();
        till.ahead.push((history.begun_us, handle));
    }

    /// An account's balance at an instant, not before the present one, before which nothing more will happen.
    pub(crate) fn balance(
        &mut self,
        histories: &Histories,
        account: Option<&Text>,
        now_us: i64,
        at_us: i64,
    ) -> Balance {
        let Till { funds, ahead } = self.accounts.entry(account.cloned()).or_default();
        ahead.retain(|&(begun_us, handle)| {
            if begun_us <= now_us {
                funds.book(histories.newest(handle));
            }
            begun_us > now_us
        });
        funds.settle(now_us);
        let mut then = funds.clone();
        for &(begun_us, handle) in ahead.iter() {
            if begun_us <= at_us {
                then.book(histories.newest(handle));
            }
        }
        then.balance(at_us)
    }
}
