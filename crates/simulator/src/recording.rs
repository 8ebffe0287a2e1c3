//! A simulated span as Stripe would know it: its events in the order they were emitted, and every object at any instant.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::calendar::{SECOND_US, second};
use crate::history::{Histories, History, Version};
use crate::json::Text;
use crate::shapes::{Balance, BalanceTransaction, Shape};
use crate::world::World;

/// One event as Stripe emitted it.
#[derive(Debug, Clone)]
pub struct Event {
    /// `evt_…`
    pub id: Text,
    /// As `invoice.paid`.
    pub event_type: &'static str,
    /// The event's own `created`: whole seconds, a second or two off the change at times.
    pub created_s: i64,
    /// The instant it became ready for delivery.
    pub emitted_us: i64,
    /// The instant the state that it shows began.
    pub committed_us: i64,
    /// Whether it shows the state at the end of its request instead of the state after its own change.
    pub late_snapshot: bool,
    /// The object's type, as `invoice`.
    pub object: &'static str,
    /// The object's id; `balance` for the balance.
    pub object_id: Text,
    /// The connected account that it is told of; none for the platform.
    pub account: Option<Text>,
    /// The event, compact JSON on one line, with `pending_webhooks` 1.
    pub body: Text,
    /// Where in `body` its previous values stand, with the comma before them.
    pub(crate) previous: Option<Range<usize>>,
}

impl Event {
    /// The body as Stripe would have sent it without `previous_attributes`.
    pub fn without_previous_values(&self) -> Text {
        match &self.previous {
            Some(range) => [&self.body[..range.start], &self.body[range.end..]]
                .concat()
                .into(),
            None => self.body.clone(),
        }
    }
}

/// All that happened in a simulation.
pub struct Recording {
    pub(crate) histories: Histories,
    events: Vec<Event>,
    /// Indices of the balance transactions, by the instant they were booked.
    pub(crate) transactions: Vec<usize>,
    sweeps: BTreeMap<Text, Vec<Text>>,
    account: Text,
    end_us: i64,
}

impl Recording {
    pub(crate) fn new(world: World, close_us: i64) -> Self {
        let World {
            histories,
            mut events,
            transactions,
            sweeps,
            mint,
            ..
        } = world;
        events.sort_by_key(|event| event.emitted_us);
        let last_us = events.last().map_or(0, |event| event.emitted_us);
        let mut transactions: Vec<usize> = transactions.iter().map(|t| t.index).collect();
        transactions.sort_by_key(|&index| histories.all[index].versions[0].at_us);
        let end_us = close_us.max(last_us + SECOND_US);
        Self {
            histories,
            events,
            transactions,
            sweeps,
            account: mint.account,
            end_us,
        }
    }

    /// All events, in the order of `emitted_us`.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The exact JSON of an object at an instant (microseconds), or none before it existed. The platform's balance is
    /// `balance`.
    pub fn read(&self, object: &str, id: &str, at_us: i64) -> Option<String> {
        if object == "balance" {
            return (id == "balance").then(|| self.balance_at(at_us));
        }
        let version = self.histories.find(object, id)?.at(at_us)?;
        Some(version.state.render(at_us))
    }

    /// The whole lists of an object at an instant, each by its kind (`invoice_line_list`) with the JSON of all items; none
    /// where the object itself holds all there is.
    pub fn whole_lists(
        &self,
        object: &str,
        id: &str,
        at_us: i64,
    ) -> Vec<(&'static str, Vec<String>)> {
        let history = self.histories.find(object, id);
        let version = history.and_then(|history| history.at(at_us));
        version.map_or_else(Vec::new, |version| version.state.whole_lists())
    }

    /// The platform's balance at an instant, as JSON.
    pub fn balance_at(&self, at_us: i64) -> String {
        self.balance_of(&self.account, at_us)
    }

    /// An account's balance at an instant, as JSON.
    pub fn balance_of(&self, account: &str, at_us: i64) -> String {
        let booked = self
            .transactions_until(account, at_us)
            .map(|(_, transaction)| transaction);
        Balance::of(booked, at_us).render(at_us)
    }

    /// The ids of all objects of a type that are the platform's own, in the order they were made.
    pub fn list_ids(&self, object: &str) -> Vec<&str> {
        self.list_ids_of(&self.account, object)
    }

    /// The ids of all objects of a type that belong to an account, in the order they were made.
    pub fn list_ids_of(&self, account: &str, object: &str) -> Vec<&str> {
        let owned = self.owned_by(account);
        owned
            .filter(|history| history.object == object)
            .map(|history| &*history.id)
            .collect()
    }

    /// All accounts that something belongs to: the platform first, then by id.
    pub fn accounts(&self) -> Vec<&str> {
        let all = self.histories.all.iter();
        let connected: BTreeSet<&str> = all.filter_map(|one| one.account.as_deref()).collect();
        std::iter::once(&*self.account).chain(connected).collect()
    }

    /// The account of an object of this type and id, as `acct_…`; the platform's for what is not known.
    pub fn account_of(&self, object: &str, id: &str) -> &str {
        let found = self.histories.find(object, id);
        found
            .and_then(|history| history.account.as_deref())
            .unwrap_or(&self.account)
    }

    /// The balance transactions that an automatic payout paid out, its own apart; empty for other ids.
    pub fn payout_members(&self, payout: &str) -> &[Text] {
        self.sweeps.get(payout).map_or(&[], Vec::as_slice)
    }

    /// The platform's account, as `acct_…`.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// Whether the account's objects are real money's; they are.
    pub fn livemode(&self) -> bool {
        true
    }

    /// An instant after all that happened.
    pub fn end_us(&self) -> i64 {
        self.end_us
    }

    /// Write-offs in usd of invoices that nothing touched afterwards, as event ids in the order of emission: withheld,
    /// such an event leaves a book that says open where the truth says uncollectible.
    pub fn withholdable(&self) -> Vec<&str> {
        let write_offs = self
            .events
            .iter()
            .filter(|event| event.event_type == "invoice.marked_uncollectible");
        write_offs
            .filter(|event| {
                let history = self.histories.find("invoice", &event.object_id);
                let last = history.expect("an event's object exists").last();
                let in_usd = event.body.contains("\"currency\":\"usd\"");
                in_usd
                    && last.at_us == event.committed_us
                    && second(last.at_us) < second(self.end_us)
            })
            .map(|event| &*event.id)
            .collect()
    }

    pub(crate) fn owned_by(&self, account: &str) -> impl Iterator<Item = &History> {
        let all = self.histories.all.iter();
        all.filter(move |history| history.account.as_deref().unwrap_or(&self.account) == account)
    }

    pub(crate) fn transactions_until(
        &self,
        account: &str,
        at_us: i64,
    ) -> impl Iterator<Item = (i64, &BalanceTransaction)> {
        let booked = self
            .transactions
            .iter()
            .map(|&index| &self.histories.all[index]);
        let versions = booked
            .filter(move |history| history.account.as_deref().unwrap_or(&self.account) == account)
            .map(|history| &history.versions[0]);
        versions
            .take_while(move |version| version.at_us <= at_us)
            .map(|version| (version.at_us, transaction(version)))
    }
}

fn transaction(version: &Version) -> &BalanceTransaction {
    let state: &dyn std::any::Any = &*version.state;
    state
        .downcast_ref()
        .expect("the list holds balance transactions only")
}
