//! A simulated span as Stripe would know it: its events in the order they were emitted, and every object at any instant.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::calendar::{SECOND_US, second};
use crate::history::{Histories, History};
use crate::json::Text;
use crate::observation::{self, Past, Question, Read};
use crate::shapes::{Balance, BalanceTransaction, Shape as _};
use crate::tally::Tally;
use crate::truth::{OBJECT_TYPES, Truth};
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
    /// The object's place among all.
    pub(crate) index: usize,
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
    by_id: BTreeMap<Text, usize>,
    events: Vec<Event>,
    tally: Tally,
    sweeps: BTreeMap<Text, Vec<Text>>,
    account: Text,
    end_us: i64,
}

impl Recording {
    pub(crate) fn new(world: World, close_us: i64) -> Self {
        let World {
            histories,
            mut events,
            sweeps,
            mint,
            ..
        } = world;
        events.sort_by_key(|event| event.emitted_us);
        let mut tally = Tally::default();
        for change in &histories.changes {
            tally.follow(&histories, change);
        }
        events.iter().for_each(|event| tally.count(event));
        Self {
            by_id: index(&histories),
            end_us: end_us(close_us, events.last()),
            histories,
            events,
            tally,
            sweeps,
            account: mint.account,
        }
    }

    /// All events, in the order of `emitted_us`.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The exact JSON of an object at an instant (microseconds), or none before it existed. The platform's balance is
    /// `balance`; a whole list is asked for by its kind (`payout_membership`, `invoice_line_list`) and its owner's id.
    pub fn read(&self, object: &str, id: &str, at_us: i64) -> Option<String> {
        if object == "balance" {
            return (id == "balance").then(|| self.balance_at(at_us));
        }
        self.past().body(object, self.find(id)?, at_us)
    }

    /// The platform's balance at an instant, as JSON.
    pub fn balance_at(&self, at_us: i64) -> String {
        self.balance_of(&self.account, at_us)
    }

    /// An account's balance at an instant, as JSON.
    pub fn balance_of(&self, account: &str, at_us: i64) -> String {
        let booked = self
            .owned_by(account)
            .filter(|history| history.begun_us <= at_us);
        let states = booked.filter_map(|history| {
            let state: &dyn std::any::Any = &*history.last().state;
            state.downcast_ref::<BalanceTransaction>()
        });
        Balance::of(states, at_us).render(at_us)
    }

    /// The ids of all objects of a type that are the platform's own, in the order they were made.
    pub fn list_ids(&self, object: &str) -> Vec<&str> {
        self.list_ids_of(&self.account, object)
    }

    /// The ids of all objects of a type that belong to an account, in the order they were made.
    pub fn list_ids_of(&self, account: &str, object: &str) -> Vec<&str> {
        let owned = self.owned_by(account);
        owned
            .filter(|history| history.object() == object)
            .map(|history| &**history.id())
            .collect()
    }

    /// All accounts that something belongs to: the platform first, then by id.
    pub fn accounts(&self) -> Vec<&str> {
        let all = self.histories.all.iter();
        let connected: BTreeSet<&str> = all.filter_map(|one| one.account.as_deref()).collect();
        std::iter::once(&*self.account).chain(connected).collect()
    }

    /// The account of an object of this id, as `acct_…`; the platform's for what is not known.
    pub fn account_of(&self, id: &str) -> &str {
        let found = self.find(id);
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
                let last = self.histories.all[event.index].last();
                let in_usd = event.body.contains("\"currency\":\"usd\"");
                in_usd
                    && last.at_us == event.committed_us
                    && second(last.at_us) < second(self.end_us)
            })
            .map(|event| &*event.id)
            .collect()
    }

    /// The truth about the platform at the recording's end.
    pub fn truth(&self) -> Truth<'_> {
        self.truth_of(self.account())
    }

    /// The truth about one account at the recording's end.
    pub fn truth_of<'a>(&'a self, account: &'a str) -> Truth<'a> {
        Truth {
            past: self.past(),
            tally: &self.tally,
            account,
            end_us: self.end_us,
        }
    }

    /// Every object of an account at an instant, as (type, id, JSON, the instant this state began), in the order of their making, with the
    /// lists that no object holds whole; what an automatic payout paid out is left out. What passes by time alone is as it is at `shown_us`.
    pub fn states_at<'a>(
        &'a self,
        account: &'a str,
        at_us: i64,
        shown_us: i64,
    ) -> impl Iterator<Item = (&'static str, &'a str, String, i64)> {
        let known = self.owned_by(account);
        let known = known.filter(|history| OBJECT_TYPES.contains(&history.object()));
        known.flat_map(move |history| {
            let found = history.at(at_us).map(|(_, version)| version);
            let id: &str = history.id();
            found.into_iter().flat_map(move |version| {
                let own = (history.object(), version.state.render(shown_us));
                let lists = version.state.whole_lists().into_iter();
                let lists = lists.map(move |(kind, items)| {
                    (kind, observation::list(kind, history.id(), &items))
                });
                let all = std::iter::once(own).chain(lists);
                all.map(move |(kind, json)| (kind, id, json, version.at_us))
            })
        })
    }

    /// An honest read: its state held at some instant in [Date − elapsed, Date + 1 s). None where there was no object.
    pub fn observe(
        &self,
        object_type: &str,
        id: &str,
        at_us: i64,
        elapsed_ms: i64,
    ) -> Option<String> {
        let read = Read {
            at_us,
            elapsed_ms,
            lag_us: 0,
        };
        self.observe_lagging(object_type, id, read)
    }

    /// As `observe`, answered by a replica that lags: the state is older than the answer says.
    pub fn observe_lagging(&self, object_type: &str, id: &str, read: Read) -> Option<String> {
        let body = self.read(object_type, id, read.at_us - read.lag_us)?;
        Some(self.answer(object_type, id, read, Some(&body)))
    }

    /// What the API answers about an object it does not know: a 404, as a line without a body.
    pub fn observe_absent(&self, object_type: &str, id: &str, read: Read) -> String {
        self.answer(object_type, id, read, None)
    }

    fn answer(&self, object_type: &str, id: &str, read: Read, body: Option<&str>) -> String {
        let question = Question {
            account: self.account_of(id),
            request: &observation::path(object_type, id),
            object_type,
            id,
        };
        observation::answer(&question, read, body)
    }

    pub(crate) fn past(&self) -> Past<'_> {
        Past {
            histories: &self.histories,
            account: &self.account,
            sweeps: &self.sweeps,
        }
    }

    fn owned_by(&self, account: &str) -> impl Iterator<Item = &History> {
        let (past, all) = (self.past(), self.histories.all.iter());
        all.filter(move |history| past.owner(history) == account)
    }

    /// An object's place among all.
    pub(crate) fn place_of(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    fn find(&self, id: &str) -> Option<&History> {
        Some(&self.histories.all[self.place_of(id)?])
    }
}

/// An instant after all that happened.
pub(crate) fn end_us(close_us: i64, last: Option<&Event>) -> i64 {
    close_us.max(last.map_or(0, |event| event.emitted_us) + SECOND_US)
}

/// Objects by their ids; balances have none of their own.
fn index(histories: &Histories) -> BTreeMap<Text, usize> {
    let mut by_id = BTreeMap::new();
    for (index, history) in histories.all.iter().enumerate() {
        if history.object() != "balance" {
            let doubled = by_id.insert(history.id().clone(), index);
            assert!(doubled.is_none(), "an id is minted once");
        }
    }
    by_id
}
