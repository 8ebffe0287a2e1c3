//! The company and its Stripe account while a simulation runs: what exists, what will happen when, and the one source of
//! chance. The flows act on it; it decides nothing itself.

use std::collections::{BTreeMap, VecDeque};

use crate::calendar::{DAY_S, SECOND_US, midnight, second};
use crate::config::Config;
use crate::flows;
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
    agenda: BTreeMap<i64, VecDeque<Step>>,
}

/// A customer with what is used of it at every turn.
pub(crate) struct Client {
    pub(crate) number: u32,
    pub(crate) customer: Handle<Customer>,
    pub(crate) currency: Currency,
    pub(crate) card: Card,
    pub(crate) payment_method: Text,
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
            agenda: BTreeMap::new(),
        }
    }

    /// Lives through all days; what would begin after the last one never happens.
    pub(crate) fn run(mut self) -> Recording {
        let close_us = (self.config.start_s + i64::from(self.config.days) * DAY_S) * SECOND_US;
        while let Some((&at_us, _)) = self.agenda.first_key_value() {
            if at_us >= close_us {
                break;
            }
            let (_, steps) = self.agenda.pop_first().expect("it was just seen");
            for step in steps {
                step(&mut self, at_us);
            }
        }
        Recording::new(self, close_us)
    }

    /// Puts a step on the calendar.
    pub(crate) fn plan_step(&mut self, at_us: i64, step: impl FnOnce(&mut Self, i64) + 'static) {
        self.agenda
            .entry(at_us)
            .or_default()
            .push_back(Box::new(step));
    }

    /// An instant between `low_s` and `high_s` seconds after another.
    pub(crate) fn later(&mut self, at_us: i64, low_s: i64, high_s: i64) -> i64 {
        at_us + self.random.between(low_s * SECOND_US, high_s * SECOND_US)
    }

    /// What an account (none for the platform) has at an instant, which must not be before the present step's.
    pub(crate) fn balance_at(&mut self, account: Option<&Text>, at_us: i64) -> Balance {
        let booked = self.transactions.iter().filter(|handle| {
            let history = &self.histories.all[handle.index];
            history.account.as_ref() == account && history.versions[0].at_us <= at_us
        });
        let states = booked.map(|&handle| self.histories.newest(handle));
        Balance::of(states, at_us)
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
