//! Carries what happened to the user's door: events as they are emitted, reads at the instants they were planned for.
//! Everything is drawn in the order of events or of changes and never by when the courier is called, so that a company
//! followed while it lives and one delivered afterwards give the same lines.

mod lists;

use std::collections::BTreeMap;

use crate::calendar::{DAY_S, HOUR_S, MILLI_US, SECOND_US};
use crate::delivery::{Arrival, Counts, Delivered, Delivery, Kind};
use crate::history::{Change, Histories, History};
use crate::json::Text;
use crate::observation::{Past, Read};
use crate::random::Random;
use crate::recording::Event;
use crate::truth::OBJECT_TYPES;
use lists::{Found, Reader};

/// How far behind the last known event reads are made: nothing about an instant comes to light after that.
pub(crate) const HINDSIGHT_US: i64 = 10 * SECOND_US;
/// How far behind the last known instant states must be kept: a replica may lag two seconds behind a read.
pub(crate) const MEMORY_US: i64 = 2 * HINDSIGHT_US;
/// A change that no event tells of within this time may be read for its own sake.
const PATIENCE_US: i64 = 60 * SECOND_US;

/// Where lines that arrive in the same microsecond come from, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum From {
    Event,
    Transaction,
    Unannounced,
    List,
    Members,
    Random,
    Balance,
}

/// Orders what waits: the instant, where from, how many came from there before, and the place within one answer.
type Place = (i64, From, u64, usize);

/// A read of an object that will be made.
struct Planned {
    index: usize,
    elapsed_ms: i64,
    lag_us: i64,
    what: What,
}

/// What a planned read is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Object,
    /// The object, if it is still in this state and no event has told of it.
    Unannounced(usize),
    Lists,
    Members,
}

/// Somebody between Stripe and the user; lines come out in the order of arrival.
pub(crate) struct Courier {
    delivery: Delivery,
    arrivals: Random,
    readings: Random,
    checks: Random,
    lists: Random,
    members: Random,
    /// The object that is not read from an instant on.
    hidden: Option<(usize, i64)>,
    /// Changes by the instant at which an event should have told of them, and in the order they were decided.
    changes: BTreeMap<(i64, u64), Change>,
    planned: BTreeMap<Place, Planned>,
    reader: Reader,
    waiting: BTreeMap<Place, Delivered>,
    /// How many came from each source.
    counted: BTreeMap<From, u64>,
    taken: u64,
    pub(crate) counts: Counts,
}

impl Courier {
    pub(crate) fn new(delivery: &Delivery) -> Self {
        let drawn = |purpose| Random::new(delivery.seed, purpose);
        Self {
            delivery: delivery.clone(),
            arrivals: drawn("delivery"),
            readings: drawn("readings"),
            checks: drawn("checks"),
            lists: drawn("lists"),
            members: drawn("members"),
            hidden: None,
            changes: BTreeMap::new(),
            planned: BTreeMap::new(),
            reader: Reader::new(delivery),
            waiting: BTreeMap::new(),
            counted: BTreeMap::new(),
            taken: 0,
            counts: Counts::default(),
        }
    }

    /// Takes the next event, in the order of emission.
    pub(crate) fn take_event(&mut self, event: &Event) {
        self.reader.begin(event.emitted_us);
        self.plan_random_reads(event);
        if self.delivery.lists_read && event.event_type == "payout.reconciliation_completed" {
            let after_us = self.members.between(HOUR_S, 12 * HOUR_S) * SECOND_US;
            let at_us = event.emitted_us + after_us;
            self.plan(at_us, From::Members, event.index, What::Members);
        }
        let lost = self.arrivals.chance(self.delivery.lost_per_mille);
        let withheld = self.delivery.withhold.as_deref() == Some(&*event.id);
        if withheld {
            self.hidden = Some((event.index, event.committed_us));
        }
        if lost || withheld {
            self.counts.lost += 1;
            return;
        }
        self.carry(event);
    }

    /// Takes the next change, in the order they were decided.
    pub(crate) fn take_change(&mut self, histories: &Histories, change: Change) {
        let history = &histories.all[change.index];
        if history.object() == "balance_transaction" {
            if change.place == 0 {
                self.reader.take(history, change);
            }
        } else if OBJECT_TYPES.contains(&history.object()) {
            self.taken += 1;
            let due_us = change.at_us + PATIENCE_US;
            self.changes.insert((due_us, self.taken), change);
        }
    }

    /// Makes all reads of instants before `until_us`: nothing before it will come to light any more.
    pub(crate) fn read_until(&mut self, past: &Past<'_>, until_us: i64) {
        self.plan_checks(past.histories, until_us);
        while let Some(first) = self.planned.first_entry() {
            let place = *first.key();
            if place.0 >= until_us {
                break;
            }
            let planned = first.remove();
            self.read(past, place, place.0, &planned);
        }
        let found = self.reader.read_until(past, until_us);
        self.hand_over(found);
    }

    /// Makes the reads that are left; those planned for later are made at the end.
    pub(crate) fn finish(&mut self, past: &Past<'_>, end_us: i64) {
        self.read_until(past, end_us);
        self.plan_checks(past.histories, i64::MAX);
        for (place, planned) in std::mem::take(&mut self.planned) {
            self.read(past, place, place.0.min(end_us), &planned);
        }
        let found = self.reader.finish(past, end_us);
        self.hand_over(found);
    }

    /// The next line that arrives before an instant.
    pub(crate) fn arrived(&mut self, before_us: i64) -> Option<Delivered> {
        let first = self.waiting.first_entry()?;
        (first.key().0 < before_us).then(|| first.remove())
    }

    /// How many lines wait to arrive.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    fn carry(&mut self, event: &Event) {
        let line = if self.delivery.previous_values {
            event.body.clone()
        } else {
            event.without_previous_values()
        };
        let late = self.arrivals.chance(self.delivery.late_per_mille);
        let what = if late { Arrival::Late } else { Arrival::First };
        let at_us = event.emitted_us + self.delay_us(late);
        if self.arrivals.chance(self.delivery.duplicates_per_mille) {
            self.repeat(at_us, &line);
        }
        self.counts.events += 1;
        self.counts.late += u64::from(late);
        let place = (at_us, From::Event, self.count(From::Event), 0);
        self.push(place, line, Kind::Event, what);
    }

    fn delay_us(&mut self, late: bool) -> i64 {
        let reorder_us = self.delivery.reorder_ms * 1_000;
        let moved_us = self.arrivals.between(0, reorder_us);
        if late {
            // Retries back off over up to three days.
            let longest_s = self.arrivals.pick(&[HOUR_S, 6 * HOUR_S, DAY_S, 3 * DAY_S]);
            return moved_us + self.arrivals.between(60, longest_s) * SECOND_US;
        }
        moved_us
    }

    /// The same event again: fewer webhooks are pending by then, and white space says nothing.
    fn repeat(&mut self, at_us: i64, line: &str) {
        let mut again = line.replacen("\"pending_webhooks\":1", "\"pending_webhooks\":0", 1);
        if self.arrivals.chance(200) {
            again = again.replacen("{\"id\":", "{ \"id\": ", 1).replacen(
                ",\"type\":",
                ", \"type\": ",
                1,
            );
        }
        let delay_us = self.arrivals.between(SECOND_US, 30 * HOUR_S * SECOND_US);
        self.counts.duplicates += 1;
        let line: Text = again.into();
        let (kind, what) = (Kind::Event, Arrival::Duplicate);
        let number = self.count(From::Event);
        self.push((at_us + delay_us, From::Event, number, 0), line, kind, what);
    }

    /// Reads of objects that changed, half of them within the busy seconds around the change.
    fn plan_random_reads(&mut self, event: &Event) {
        let share = self.delivery.observation_per_mille;
        let more = u32::from(self.readings.chance(share % 1000));
        for _ in 0..share / 1000 + more {
            let away_us = match self.readings.chance(500) {
                true => self.readings.between(-SECOND_US, 2 * SECOND_US),
                false => self.readings.between(0, 20 * DAY_S * SECOND_US),
            };
            let lag_us = match self.readings.chance(self.delivery.stale_per_mille) {
                true => self.readings.between(100_000, 2 * SECOND_US),
                false => 0,
            };
            let elapsed_ms = self.readings.between(30, 1_200);
            // Some events show a state from long before.
            let about_us = event.committed_us.max(event.emitted_us - 2 * SECOND_US);
            if OBJECT_TYPES.contains(&event.object) {
                let planned = Planned {
                    index: event.index,
                    elapsed_ms,
                    lag_us,
                    what: What::Object,
                };
                self.insert_plan(about_us + away_us, From::Random, planned);
            }
        }
    }

    /// Plans reads of what no event told in time, and of the lists that no object holds whole.
    fn plan_checks(&mut self, histories: &Histories, until_us: i64) {
        while let Some(first) = self.changes.first_entry() {
            let (due_us, _) = *first.key();
            if due_us >= until_us {
                return;
            }
            let change = first.remove();
            let history = &histories.all[change.index];
            let Some((place, version)) = history.at(due_us) else {
                continue;
            };
            if place != change.place {
                continue;
            }
            if self.delivery.unannounced_read && version.told_us > due_us {
                let after_us = self.checks.between(60, 3 * HOUR_S) * SECOND_US;
                let what = What::Unannounced(place);
                self.plan(due_us + after_us, From::Unannounced, change.index, what);
            }
            if self.delivery.lists_read && !version.state.whole_lists().is_empty() {
                let after_us = self.lists.between(0, 6 * HOUR_S) * SECOND_US;
                self.plan(due_us + after_us, From::List, change.index, What::Lists);
            }
        }
    }

    fn plan(&mut self, at_us: i64, from: From, index: usize, what: What) {
        let random = match from {
            From::List => &mut self.lists,
            From::Members => &mut self.members,
            _ => &mut self.checks,
        };
        let elapsed_ms = random.between(30, 1_200);
        let planned = Planned {
            index,
            elapsed_ms,
            lag_us: 0,
            what,
        };
        self.insert_plan(at_us, from, planned);
    }

    fn insert_plan(&mut self, at_us: i64, from: From, planned: Planned) {
        let place = (at_us, from, self.count(from), 0);
        self.planned.insert(place, planned);
    }

    fn read(&mut self, past: &Past<'_>, place: Place, at_us: i64, planned: &Planned) {
        let history = &past.histories.all[planned.index];
        let hides = |(index, from_us)| index == planned.index && at_us >= from_us;
        if self.hidden.is_some_and(hides) {
            return;
        }
        let read = Read {
            at_us,
            elapsed_ms: planned.elapsed_ms,
            lag_us: planned.lag_us,
        };
        let (_, from, number, _) = place;
        let arrives_us = at_us + planned.elapsed_ms * MILLI_US;
        let lines = lines_of(past, history, read, planned.what).into_iter();
        for (within, line) in lines.enumerate() {
            self.push_observation((arrives_us, from, number, within), line);
        }
    }

    fn hand_over(&mut self, found: Vec<Found>) {
        for Found { at_us, from, line } in found {
            let number = self.count(from);
            self.push_observation((at_us, from, number, 0), line);
        }
    }

    fn push_observation(&mut self, place: Place, line: String) {
        self.counts.observations += 1;
        self.push(place, line.into(), Kind::Observation, Arrival::First);
    }

    fn push(&mut self, place: Place, line: Text, kind: Kind, what: Arrival) {
        let (at_us, ..) = place;
        let delivered = Delivered {
            at_us,
            line,
            kind,
            what,
        };
        let doubled = self.waiting.insert(place, delivered);
        assert!(doubled.is_none(), "no two lines have one place");
    }

    fn count(&mut self, from: From) -> u64 {
        let counted = self.counted.entry(from).or_default();
        *counted += 1;
        *counted
    }
}

/// The lines that a read comes to.
fn lines_of(past: &Past<'_>, history: &History, read: Read, what: What) -> Vec<String> {
    match what {
        What::Object => past.read_one(history, read).into_iter().collect(),
        What::Unannounced(place) => {
            let found = history.at(read.at_us);
            let untold =
                found.is_some_and(|(held, version)| held == place && version.told_us > read.at_us);
            let line = untold.then(|| past.read_one(history, read));
            line.flatten().into_iter().collect()
        }
        What::Lists => past.read_lists(history, read),
        What::Members => past.read_members(history, read).into_iter().collect(),
    }
}
