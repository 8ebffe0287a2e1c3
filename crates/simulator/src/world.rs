//! The company and its Stripe account while a simulation runs: what exists, what will happen when, and the one source of
//! chance. The flows act on it; it decides nothing itself.

use std::collections::BTreeMap;

use crate::calendar::{DAY_S, SECOND_US, midnight, second};
use crate::config::Config;
use crate::exchange::Rate;
use crate::flows::{self, Passing, Shelf, Terms};
use crate::history::{Handle, Histories};
use crate::identity::{Mint, kin};
use crate::json::Text;
use crate::purse::Purse;
use crate::random::Random;
use crate::recording::{Event, Recording};
use crate::request::Request;
use crate::shapes::{
    Balance, BalanceTransaction, Card, Currency, Customer, Fee, Invoice, InvoicePayment,
    PaymentIntent, Price, Subscription,
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
    pub(crate) sweeps: BTreeMap<Text, Vec<Text>>,
    /// The company's balance as events told it; none before the first.
    pub(crate) balance: Option<Handle<Balance>>,
    /// The company's account first, then those connected to it.
    pub(crate) purses: Vec<Purse>,
    /// By charge: what it passed on to, or kept of, a connected account.
    pub(crate) passings: BTreeMap<Text, Passing>,
    pub(crate) invoice_numbers: u32,
    /// What the company sells by, beside its plans: rates, coupons, codes.
    pub(crate) shelf: Shelf,
    /// The instant of the present step.
    now_us: i64,
    /// How many of `transactions` the purses know.
    purse_transactions: usize,
    agenda: BTreeMap<(i64, u64), Step>,
    steps_planned: u64,
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

/// A movement of money about to be booked, in a currency that the account keeps.
pub(crate) struct Movement<'a> {
    pub(crate) amount_minor: i64,
    /// What is kept of it, in parts.
    pub(crate) fees: Vec<Fee>,
    pub(crate) currency: Currency,
    /// From the currency that was paid in.
    pub(crate) rate: Option<Rate>,
    pub(crate) kind: &'static str,
    pub(crate) category: &'static str,
    pub(crate) source: Option<&'a Text>,
    pub(crate) description: Option<Text>,
    /// Days until it is available, counted from the midnight before.
    pub(crate) delay_days: i64,
}

impl<'a> Movement<'a> {
    /// A movement of an object without fees, available at once.
    pub(crate) fn of(
        source: &'a Text,
        kind: &'static str,
        category: &'static str,
        amount_minor: i64,
        currency: Currency,
    ) -> Self {
        Self {
            source: Some(source),
            ..Self::unnamed(kind, category, amount_minor, currency)
        }
    }

    /// A movement that no object is the source of.
    pub(crate) fn unnamed(
        kind: &'static str,
        category: &'static str,
        amount_minor: i64,
        currency: Currency,
    ) -> Self {
        Self {
            amount_minor,
            fees: Vec::new(),
            currency,
            rate: None,
            kind,
            category,
            source: None,
            description: None,
            delay_days: 0,
        }
    }
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
        let purses = Purse::open_all(config.seed, &mint, config.start_s);
        Self {
            config,
            random,
            mint,
            balance: None,
            purses,
            passings: BTreeMap::new(),
            histories: Histories::default(),
            events: Vec::new(),
            prices: Vec::new(),
            clients: Vec::new(),
            plans: Vec::new(),
            bills: Vec::new(),
            transactions: Vec::new(),
            sweeps: BTreeMap::new(),
            invoice_numbers: 0,
            shelf: Shelf::default(),
            now_us: i64::MIN,
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
        let place = self.place_of(account);
        for &handle in &self.transactions[self.purse_transactions..] {
            let history = &self.histories.all[handle.index];
            let owner = |purse: &&mut Purse| purse.account == history.account;
            let purse = self.purses.iter_mut().find(owner);
            let purse = purse.expect("what moves money has a known account");
            purse.ahead.push((history.begun_us, handle));
        }
        self.purse_transactions = self.transactions.len();
        let (histories, now_us) = (&self.histories, self.now_us);
        let Purse { funds, ahead, .. } = &mut self.purses[place];
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

    /// The place of a request's account.
    pub(crate) fn purse_of(&self, request: &Request) -> usize {
        self.place_of(request.account.as_ref())
    }

    fn place_of(&self, account: Option<&Text>) -> usize {
        let named = |purse: &Purse| purse.account.as_ref() == account;
        let place = self.purses.iter().position(named);
        place.expect("only known accounts are named")
    }

    /// Mints an id with a second in it, as the request's account would.
    pub(crate) fn mint_id(&mut self, request: &Request, prefix: &str) -> Text {
        let purse = self.purse_of(request);
        let (mint, created_s) = (&self.purses[purse].mint, second(request.now_us));
        mint.dated(&mut self.random, prefix, created_s)
    }

    /// Books a movement of the balance of the request's account; its id.
    pub(crate) fn move_money(&mut self, request: &mut Request, movement: Movement<'_>) -> Text {
        let handle = self.book(request, movement);
        self.histories.newest(handle).id.clone()
    }

    /// Books a movement of the balance of the request's account.
    pub(crate) fn book(
        &mut self,
        request: &mut Request,
        movement: Movement<'_>,
    ) -> Handle<BalanceTransaction> {
        let created_s = second(request.now_us);
        let relative = movement
            .source
            .filter(|source| crate::identity::family(source).is_some());
        let id = match relative {
            Some(source) => kin(&mut self.random, "txn", source),
            None => self.mint_id(request, "txn"),
        };
        let handle = self.insert(
            request,
            BalanceTransaction {
                id,
                created_s,
                available_on_s: midnight(created_s) + movement.delay_days * DAY_S,
                amount_minor: movement.amount_minor,
                fee_minor: movement.fees.iter().map(|fee| fee.amount_minor).sum(),
                fees: movement.fees.into(),
                currency: movement.currency,
                rate: movement.rate,
                description: movement.description,
                kind: movement.kind,
                category: movement.category,
                source: movement.source.cloned(),
            },
        );
        self.transactions.push(handle);
        let purse = self.purse_of(request);
        self.purses[purse].unswept.push(handle);
        handle
    }
}
