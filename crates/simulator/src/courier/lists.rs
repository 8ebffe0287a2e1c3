//! Reads of balance transactions in lists, and of balances: what a careful importer does by the clock, account by account.

use std::collections::BTreeMap;

use super::From;
use crate::calendar::{DAY_S, HOUR_S, SECOND_US};
use crate::delivery::Delivery;
use crate::funds::Funds;
use crate::history::{Change, Histories, History};
use crate::json::Text;
use crate::observation::{Past, Question, Read, answer, path};
use crate::random::Random;
use crate::shapes::{BalanceTransaction, Shape as _};

/// Time between two lists of transactions; each overlaps the one before by a third of it, so that a transaction is seen
/// once or twice.
const EVERY_US: i64 = 6 * HOUR_S * SECOND_US;
/// How long after the end of its span a list is read.
const PAUSE_US: i64 = 90 * SECOND_US;
/// Milliseconds that a read of a balance takes.
const BALANCE_MS: i64 = 80;

/// A line and when it arrives.
pub(super) struct Found {
    pub(super) at_us: i64,
    pub(super) from: From,
    pub(super) line: String,
}

/// Reads by the clock.
pub(super) struct Reader {
    seed: u64,
    transactions_read: bool,
    balance_every_us: i64,
    final_balance: bool,
    next_balance_us: Option<i64>,
    accounts: BTreeMap<Option<Text>, Account>,
}

/// What is still to be read of one account.
#[derive(Default)]
struct Account {
    /// Transactions of the span under way and of the overlap before it, by the instant they were booked.
    listed: Vec<(i64, usize)>,
    /// From where, until where; none before the first transaction.
    span_us: Option<(i64, i64)>,
    /// Transactions that `funds` lacks.
    unbooked: Vec<(i64, usize)>,
    funds: Funds,
}

impl Reader {
    pub(super) fn new(delivery: &Delivery) -> Self {
        Self {
            seed: delivery.seed,
            transactions_read: delivery.transactions_read,
            balance_every_us: i64::from(delivery.balance_days) * DAY_S * SECOND_US,
            final_balance: delivery.final_balance,
            next_balance_us: None,
            accounts: BTreeMap::from([(None, Account::default())]),
        }
    }

    /// Learns of the first event, from which on balances are read.
    pub(super) fn begin(&mut self, at_us: i64) {
        self.next_balance_us
            .get_or_insert(at_us + self.balance_every_us);
    }

    /// Learns of a transaction.
    pub(super) fn take(&mut self, history: &History, change: Change) {
        let account = self.accounts.entry(history.account.clone()).or_default();
        let booked = (change.at_us, change.index);
        account.unbooked.push(booked);
        if self.transactions_read {
            account.listed.push(booked);
            let span_us = (i64::MIN, change.at_us + EVERY_US);
            account.span_us.get_or_insert(span_us);
        }
    }

    /// Makes all reads of instants before `until_us`.
    pub(super) fn read_until(&mut self, past: &Past<'_>, until_us: i64) -> Vec<Found> {
        let mut found = Vec::new();
        for account in self.accounts.values_mut() {
            while let Some((_, end_us)) = account.span_us {
                if end_us + PAUSE_US >= until_us {
                    break;
                }
                account.list(past, self.seed, end_us + PAUSE_US, &mut found);
            }
        }
        while let Some(at_us) = self.next_balance_us {
            if self.balance_every_us == 0 || at_us >= until_us {
                break;
            }
            self.next_balance_us = Some(at_us + self.balance_every_us);
            let platform = self.accounts.entry(None).or_default();
            found.push(platform.balance(past, past.account, at_us));
        }
        found
    }

    /// Makes the last reads.
    pub(super) fn finish(&mut self, past: &Past<'_>, end_us: i64) -> Vec<Found> {
        let mut found = Vec::new();
        for (id, account) in &mut self.accounts {
            if account.span_us.is_some() {
                account.list(past, self.seed, end_us, &mut found);
            }
            if self.final_balance {
                let owner = id.as_ref().unwrap_or(past.account);
                found.push(account.balance(past, owner, end_us));
            }
        }
        found
    }
}

impl Account {
    /// Reads the list of the span under way, newest first, and begins the next span.
    fn list(&mut self, past: &Past<'_>, seed: u64, at_us: i64, found: &mut Vec<Found>) {
        let Some((start_us, end_us)) = self.span_us else {
            return;
        };
        self.span_us = Some((end_us, end_us + EVERY_US));
        self.listed.sort_unstable();
        let overlap_us = start_us.saturating_sub(EVERY_US / 3);
        self.listed.retain(|one| one.0 >= overlap_us);
        let until = self.listed.partition_point(|one| one.0 < end_us);
        let drawn = u64::try_from(end_us).expect("reads happen after 1970");
        let mut random = Random::new(seed.wrapping_add(drawn), past.account);
        let read = Read {
            at_us,
            elapsed_ms: random.between(40, 900),
            lag_us: 0,
        };
        for &(_, index) in self.listed[..until].iter().rev() {
            let request = "GET /v1/balance_transactions?limit=100";
            let history = &past.histories.all[index];
            let line = past.read_in(request, history, read);
            found.extend(line.map(|line| Found {
                at_us,
                from: From::Transaction,
                line,
            }));
        }
    }

    /// Reads the balance.
    fn balance(&mut self, past: &Past<'_>, owner: &str, at_us: i64) -> Found {
        let (unbooked, funds) = (&mut self.unbooked, &mut self.funds);
        unbooked.retain(|&(booked_us, index)| {
            if booked_us <= at_us {
                book(funds, past.histories, index);
            }
            booked_us > at_us
        });
        funds.settle(at_us);
        let body = funds.balance(at_us).render(at_us);
        let question = Question {
            account: owner,
            request: &path("balance", "balance"),
            object_type: "balance",
            id: "balance",
        };
        let read = Read {
            at_us,
            elapsed_ms: BALANCE_MS,
            lag_us: 0,
        };
        Found {
            at_us,
            from: From::Balance,
            line: answer(&question, read, Some(&body)),
        }
    }
}

fn book(funds: &mut Funds, histories: &Histories, index: usize) {
    let state: &dyn std::any::Any = &*histories.all[index].last().state;
    let transaction = state.downcast_ref::<BalanceTransaction>();
    funds.book(transaction.expect("a balance transaction has this shape"));
}
