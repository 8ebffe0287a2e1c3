//! The company and its Stripe account while a simulation runs: what exists, what will happen when, and the one source of
//! chance. The flows act on it; it decides nothing itself.

use std::collections::BTreeMap;

use crate::calendar::{DAY_S, SECOND_US, midnight, second};
use crate::config::Config;
use crate::flows::{self, Shelf, Terms};
use crate::funds::Funds;
use crate::history::{Handle, Histories};
use crate::identity::{Mint, kin};
use crate::json::Text;
use crate::random::Random;
use crate::recording::{Event, Recording};
use crate::request::Request;
use crate::shapes::{
    Balance, BalanceTransaction, Card, Currency, Customer, Invoice, InvoicePayment, PaymentIntent,
    Price, Subscription,
};

/// What happens at an instant.
type Step = Box<dyn FnOnce(&mut World, i64)>;

/// The state of a running simulation.
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) random: Random,
    pub(crate) mint: Mint,
    pub(crate) histories: Histories,
    pub(crate) events: Vec<Event>,
    pub(crate) prices: Vec<Price>,
    pub(crate) clients: Vec<Client>,
    pub(crate) plans: Vec<Plan>,
    pub(crate) bills: Vec<Bill>,
    pub(crate) transactions: Vec<Handle<BalanceTransaction>>,
    /// Movements of the platform that no payout has swept yet.
    pub(crate) unswept: Vec<Handle<BalanceTransaction>>,
    pub(crate) sweeps: BTreeMap<Text, Vec<Text>>,
    pub(crate) bank_account: Text,
    /// The balance as events told it; none before the first.
    pub(crate) balance: Option<Handle<Balance>>,
    pub(crate) invoice_numbers: u32,
    /// What the company sells by, beside its plans: rates, coupons, codes.
    pub(crate) shelf: Shelf,
    /// The instant of the present step.
    now_us: i64,
    purses: BTreeMap<Option<Text>, Purse>,
    /// How many of `transactions` the purses know.
    purse_transactions: usize,
    agenda: BTreeMap<(i64, u64), Step>,
    steps_planned: u64,
}

/// What an account has, and the movements that a request has dated after the present step.
#[derive(Default)]
struct Purse {
    funds: Funds,
    ahead: Vec<(i64, Handle<BalanceTransaction>)>,
}

/// A customer with what is used of it at every turn.
pub(crate) struct Client {
    pub(crate) number: u32,
    pub(crate) customer: Handle<Customer>,
    pub(crate) currency: Currency,
    pub(crate) card: Card,
    pub(crate) payment_method: Text,
    pub(crate) terms: Terms,
}

/// A subscription and its owner.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) client: usize,
    pub(crate) subscription: Handle<Subscription>,
    pub(crate) yearly: bool,
    /// Periods begun.
    pub(crate) periods: i64,
}

/// An invoice with what belongs to it.
#[derive(Clone, Copy)]
pub(crate) struct Bill {
    pub(crate) client: usize,
    pub(crate) plan: Option<usize>,
    pub(crate) invoice: Handle<Invoice>,
    /// Made when the invoice is finalised.
    pub(crate) collection: Option<(Handle<PaymentIntent>, Handle<InvoicePayment>)>,
}

/// A movement of money about to be booked.
pub(crate) struct Movement<'a> {
    pub(crate) amount_minor: i64,
    pub(crate) fee_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) kind: &'static str,
    pub(crate) category: &'static str,
    pub(crate) source: &'a Text,
    pub(crate) description: Option<Text>,
    /// Days until it is available, counted from the midnight before.
    pub(crate) delay_days: i64,
}

impl World {
    /// A company on its first day, its calendar filled with what is sure to happen.
    pub(crate) fn new(config: Config) -> Self {
        let mut world = Self::empty(config);
        flows::open_company(&mut world);
        world
    }

    /// An account in which nothing happens by itself.
    pub(crate) fn empty(config: Config) -> Self {
        let mut random = Random::new(config.seed, "company");
        let mint = Mint::new(&mut random, config.start_s - 400 * DAY_S);
        let bank_account = mint.dated(&mut random, "ba", config.start_s - 300 * DAY_S);
        Self {
            config,
            random,
            mint,
            bank_account,
            balance: None,
            histories: Histories::default(),
            events: Vec::new(),
            prices: Vec::new(),
            clients: Vec::new(),
            plans: Vec::new(),
            bills: Vec::new(),
            transactions: Vec::new(),
            unswept: Vec::new(),
            sweeps: BTreeMap::new(),
            invoice_numbers: 0,
            shelf: Shelf::default(),
            now_us: i64::MIN,
            purses: BTreeMap::new(),
            purse_transactions: 0,
            agenda: BTreeMap::new(),
            steps_planned: 0,
        }
    }

    /// Lives through all days; what would begin after the last one never happens.
    pub(crate) fn run(mut self) -> Recording {
        while self.live_on(usize::MAX).is_some() {}
        let close_us = self.close_us();
        Recording::new(self, close_us)
    }

    /// The instant after the last day.
    pub(crate) fn close_us(&self) -> i64 {
        (self.config.start_s + i64::from(self.config.days) * DAY_S) * SECOND_US
    }

    /// Lives on until so many events lie in `events`. The instant of the next step, before which nothing more will
    /// happen; none when all is over.
    pub(crate) fn live_on(&mut self, most_events: usize) -> Option<i64> {
        let close_us = self.close_us();
        loop {
            let next = self.agenda.first_entry()?;
            let (at_us, _) = *next.key();
            if at_us >= close_us {
                return None;
            }
            if self.events.len() >= most_events {
                return Some(at_us);
            }
            let step = next.remove();
            self.now_us = at_us;
            step(self, at_us);
        }
    }

    /// Puts a step on the calendar.
    pub(crate) fn plan_step(&mut self, at_us: i64, step: impl FnOnce(&mut Self, i64) + 'static) {
        self.steps_planned += 1;
        self.agenda
            .insert((at_us, self.steps_planned), Box::new(step));
    }

    /// An instant between `low_s` and `high_s` seconds after another.
    pub(crate) fn later(&mut self, at_us: i64, low_s: i64, high_s: i64) -> i64 {
        at_us + self.random.between(low_s * SECOND_US, high_s * SECOND_US)
    }

    /// What an account (none for the platform) has at an instant, which must not be before the present step's.
    pub(crate) fn balance_at(&mut self, account: Option<&Text>, at_us: i64) -> Balance {
        for &handle in &self.transactions[self.purse_transactions..] {
            let history = &self.histories.all[handle.index];
            let purse = self.purses.entry(history.account.clone()).or_default();
            purse.ahead.push((history.begun_us, handle));
        }
        self.purse_transactions = self.transactions.len();
        let (histories, now_us) = (&self.histories, self.now_us);
        let purse = self.purses.entry(account.cloned()).or_default();
        let Purse { funds, ahead } = purse;
        ahead.retain(|&(begun_us, handle)| {
            if begun_us <= now_us {
                funds.book(histories.newest(handle));
            }
            begun_us > now_us
        });
        funds.settle(now_us);
        let mut then = funds.clone();
        let begun = ahead.iter().filter(|(begun_us, _)| *begun_us <= at_us);
        for &(_, handle) in begun {
            then.book(histories.newest(handle));
        }
        then.balance(at_us)
    }

    /// Books a movement of the balance of the request's account; its id.
    pub(crate) fn move_money(&mut self, request: &mut Request, movement: Movement<'_>) -> Text {
        let created_s = second(request.now_us);
        let id = match crate::identity::family(movement.source) {
            Some(_) => kin(&mut self.random, "txn", movement.source),
            None => self.mint.dated(&mut self.random, "txn", created_s),
        };
        let handle = self.insert(
            request,
            BalanceTransaction {
                id: id.clone(),
                created_s,
                available_on_s: midnight(created_s) + movement.delay_days * DAY_S,
                amount_minor: movement.amount_minor,
                fee_minor: movement.fee_minor,
                currency: movement.currency,
                description: movement.description,
                kind: movement.kind,
                category: movement.category,
                source: movement.source.clone(),
            },
        );
        self.transactions.push(handle);
        if movement.kind != "payout" && request.account.is_none() {
            self.unswept.push(handle);
        }
        id
    }
}
