//! An account's money as a running sum: what its transactions come to at an instant that only moves on. It knows no list
//! of them, so that it stays small however many there were.

use std::collections::BTreeMap;

use crate::calendar::SECOND_US;
use crate::shapes::{Balance, BalanceTransaction, Currency};

/// What the transactions booked so far come to, by currency and by the second that each turns available.
#[derive(Debug, Clone, Default)]
pub(crate) struct Funds {
    pending: BTreeMap<(i64, Currency), i64>,
    available: BTreeMap<Currency, i64>,
    /// Set aside for the debts of connected accounts.
    reserved: BTreeMap<Currency, i64>,
}

impl Funds {
    /// Adds a transaction.
    pub(crate) fn book(&mut self, transaction: &BalanceTransaction) {
        let key = (transaction.available_on_s, transaction.currency);
        *self.pending.entry(key).or_default() += transaction.net_minor();
        if let Some(minor) = transaction.reserved_minor() {
            *self.reserved.entry(transaction.currency).or_default() += minor;
        }
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
        for (&currency, &minor) in &self.reserved {
            balance.reserve(currency, minor);
        }
        for (&currency, &net_minor) in &self.available {
            balance.add(currency, net_minor, true);
        }
        for (&(available_on_s, currency), &net_minor) in &self.pending {
            balance.add(currency, net_minor, available_on_s * SECOND_US <= at_us);
        }
        balance
    }
}
