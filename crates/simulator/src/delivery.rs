//! How events and reads reach the user's door: late, doubled, out of order or never, by seed. It changes no fact: it only
//! repeats, delays, drops and, where asked, leaves previous values out.

use crate::calendar::{DAY_S, HOUR_S, SECOND_US};
use crate::json::Text;
use crate::observation::Read;
use crate::random::Random;
use crate::recording::{Event, Recording};
use crate::truth::OBJECT_TYPES;

/// What a delivery does to a recording; shares are per thousand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Decides everything that is left open.
    pub seed: u64,
    /// Events delivered a second time.
    pub duplicates_per_mille: u32,
    /// Events delivered hours or days late.
    pub late_per_mille: u32,
    /// Events that never arrive.
    pub lost_per_mille: u32,
    /// Milliseconds by which any delivery may be moved; 0 keeps the order of emission.
    pub reorder_ms: i64,
    /// Whether every balance transaction is read, in lists some time after it was booked.
    pub transactions_read: bool,
    /// Whether objects whose last state no event tells (open and cancelled invoice payments) are read once.
    pub unannounced_read: bool,
    /// Reads of single objects, as a share of the events; half of them in the seconds around a change.
    pub observation_per_mille: u32,
    /// Of those reads, how many return a state up to two seconds too old.
    pub stale_per_mille: u32,
    /// Whether events keep their `previous_attributes`.
    pub previous_values: bool,
    /// Days between reads of the balance; none but the last where 0.
    pub balance_days: u32,
    /// Whether the balance is read at the very end.
    pub final_balance: bool,
    /// The id of one event that is never delivered; its object is not read after it either.
    pub withhold: Option<String>,
}

/// Whether a line is an event or an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As Stripe sent it.
    Event,
    /// A read of the API.
    Observation,
}

/// How a line came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// For the first time, soon after it was emitted.
    First,
    /// Again.
    Duplicate,
    /// For the first time, hours or days late.
    Late,
}

/// One line at the user's door.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The instant it arrives.
    pub at_us: i64,
    /// The event or observation, on one line, without its end.
    pub line: Text,
    /// Event or observation.
    pub kind: Kind,
    /// First, duplicate or late.
    pub what: Arrival,
}

/// How many lines came how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that came for the first time, late ones with them.
    pub events: u64,
    /// Events that came again.
    pub duplicates: u64,
    /// Events that came late.
    pub late: u64,
    /// Observations.
    pub observations: u64,
    /// Events that never came, the withheld one with them.
    pub lost: u64,
}

impl Delivery {
    /// The demo's: nothing is lost, much is doubled, late and out of order; all that no event tells is read.
    pub fn demo(seed: u64) -> Self {
        Self {
            duplicates_per_mille: 60,
            late_per_mille: 100,
            reorder_ms: 4_000,
            observation_per_mille: 20,
            stale_per_mille: 100,
            balance_days: 7,
            ..Self::in_order(seed)
        }
    }

    /// Every event once, in the order of emission, and what no event tells is read.
    pub fn in_order(seed: u64) -> Self {
        Self {
            seed,
            duplicates_per_mille: 0,
            late_per_mille: 0,
            lost_per_mille: 0,
            reorder_ms: 0,
            transactions_read: true,
            unannounced_read: true,
            observation_per_mille: 0,
            stale_per_mille: 0,
            previous_values: true,
            balance_days: 0,
            final_balance: true,
            withhold: None,
        }
    }
}

/// All lines in the order they arrive.
pub fn deliver(recording: &Recording, delivery: &Delivery) -> Vec<Delivered> {
    let mut courier = Courier {
        recording,
        delivery,
        random: Random::new(delivery.seed, "delivery"),
        withheld: recording.events().iter().find(|event| {
            delivery
                .withhold
                .as_deref()
                .is_some_and(|withheld| *withheld == *event.id)
        }),
        out: Vec::with_capacity(recording.events().len() * 5 / 4),
    };
    courier.carry_events();
    if delivery.transactions_read {
        courier.read_transactions();
    }
    if delivery.unannounced_read {
        courier.read_unannounced();
    }
    courier.read_at_random();
    courier.read_balances();
    let mut out = courier.out;
    out.sort_by_key(|delivered| delivered.at_us);
    out
}

/// Counts a delivery of a recording.
pub fn count(recording: &Recording, delivered: &[Delivered]) -> Counts {
    let mut counts = Counts::default();
    for one in delivered {
        match (one.kind, one.what) {
            (Kind::Observation, _) => counts.observations += 1,
            (Kind::Event, Arrival::Duplicate) => counts.duplicates += 1,
            (Kind::Event, what) => {
                counts.events += 1;
                counts.late += u64::from(what == Arrival::Late);
            }
        }
    }
    let emitted = u64::try_from(recording.events().len()).expect("a count fits 64 bits");
    counts.lost = emitted - counts.events;
    counts
}

struct Courier<'a> {
    recording: &'a Recording,
    delivery: &'a Delivery,
    random: Random,
    withheld: Option<&'a Event>,
    out: Vec<Delivered>,
}

impl Courier<'_> {
    fn carry_events(&mut self) {
        for event in self.recording.events() {
            let lost = self.random.chance(self.delivery.lost_per_mille);
            if lost
                || self
                    .withheld
                    .is_some_and(|withheld| withheld.id == event.id)
            {
                continue;
            }
            let line = if self.delivery.previous_values {
                event.body.clone()
            } else {
                event.without_previous_values()
            };
            let late = self.random.chance(self.delivery.late_per_mille);
            let what = if late { Arrival::Late } else { Arrival::First };
            let delay_us = self.delay_us(late);
            let at_us = event.emitted_us + delay_us;
            self.out.push(Delivered {
                at_us,
                line: line.clone(),
                kind: Kind::Event,
                what,
            });
            if self.random.chance(self.delivery.duplicates_per_mille) {
                self.repeat(at_us, &line);
            }
        }
    }

    fn delay_us(&mut self, late: bool) -> i64 {
        let moved_us = self.random.between(0, self.delivery.reorder_ms * 1_000);
        if late {
            // Retries back off over up to three days.
            let longest_s = self.random.pick(&[HOUR_S, 6 * HOUR_S, DAY_S, 3 * DAY_S]);
            return moved_us + self.random.between(60, longest_s) * SECOND_US;
        }
        moved_us
    }

    /// The same event again: fewer webhooks are pending by then, and white space says nothing.
    fn repeat(&mut self, at_us: i64, line: &str) {
        let mut again = line.replacen("\"pending_webhooks\":1", "\"pending_webhooks\":0", 1);
        if self.random.chance(200) {
            again = again.replacen("{\"id\":", "{ \"id\": ", 1).replacen(
                ",\"type\":",
                ", \"type\": ",
                1,
            );
        }
        let delay_us = self.random.between(SECOND_US, 30 * HOUR_S * SECOND_US);
        let at_us = at_us + delay_us;
        let (kind, what) = (Kind::Event, Arrival::Duplicate);
        self.out.push(Delivered {
            at_us,
            line: again.into(),
            kind,
            what,
        });
    }

    /// Reads the balance transactions as a careful importer does: every six hours, with an overlap, so that each is seen
    /// once or twice.
    fn read_transactions(&mut self) {
        let every_us = 6 * HOUR_S * SECOND_US;
        let indices = self.recording.transactions.iter();
        let histories = &self.recording.histories.all;
        let booked: Vec<(i64, &Text)> = indices
            .map(|&i| (histories[i].versions[0].at_us, &histories[i].id))
            .collect();
        let mut until_us = every_us + booked.first().map_or(0, |first| first.0);
        let mut from_us = i64::MIN;
        while booked.last().is_some_and(|last| last.0 >= from_us) {
            let at_us = (until_us + 90 * SECOND_US).min(self.recording.end_us());
            let overlap_us = from_us.saturating_sub(every_us / 3);
            let start = booked.partition_point(|one| one.0 < overlap_us);
            let end = booked.partition_point(|one| one.0 < until_us);
            let read = Read {
                at_us,
                elapsed_ms: self.random.between(40, 900),
                lag_us: 0,
            };
            for (_, id) in booked[start..end].iter().rev() {
                let request = "GET /v1/balance_transactions?limit=100";
                let kind = "balance_transaction";
                let line = self.recording.observe_in_list(request, kind, id, read);
                self.push_observation(at_us, line);
            }
            (from_us, until_us) = (until_us, until_us + every_us);
        }
    }

    fn read_unannounced(&mut self) {
        for history in &self.recording.histories.all {
            let by_itself = history.object != "balance_transaction";
            if history.last().announced || !by_itself || !OBJECT_TYPES.contains(&history.object) {
                continue;
            }
            let after_us = self.random.between(60, 3 * HOUR_S) * SECOND_US;
            let at_us = (history.last().at_us + after_us).min(self.recording.end_us());
            self.read_one(history.object, &history.id, at_us, 0);
        }
    }

    /// Reads of objects that changed, half of them within the busy seconds around the change.
    fn read_at_random(&mut self) {
        let events = self.recording.events();
        let share = u64::from(self.delivery.observation_per_mille);
        let reads = u64::try_from(events.len()).expect("a count fits 64 bits") * share / 1000;
        for _ in 0..reads {
            let event = &events[self.random.index(events.len())];
            let near = self.random.chance(500);
            let away_us = match near {
                true => self.random.between(-SECOND_US, 2 * SECOND_US),
                false => self.random.between(0, 20 * DAY_S * SECOND_US),
            };
            let stale = self.random.chance(self.delivery.stale_per_mille);
            let lag_us = if stale {
                self.random.between(100_000, 2 * SECOND_US)
            } else {
                0
            };
            let at_us = (event.committed_us + away_us).min(self.recording.end_us());
            if OBJECT_TYPES.contains(&event.object) {
                self.read_one(event.object, &event.object_id, at_us, lag_us);
            }
        }
    }

    fn read_one(&mut self, object: &str, id: &str, at_us: i64, lag_us: i64) {
        let hidden = |event: &Event| *event.object_id == *id && at_us >= event.committed_us;
        if self.withheld.is_some_and(hidden) {
            return;
        }
        let elapsed_ms = self.random.between(30, 1_200);
        let read = Read {
            at_us,
            elapsed_ms,
            lag_us,
        };
        let line = self.recording.observe_lagging(object, id, read);
        self.push_observation(at_us + elapsed_ms * 1_000, line);
    }

    fn read_balances(&mut self) {
        let days = i64::from(self.delivery.balance_days);
        let end_us = self.recording.end_us();
        let first_us = self
            .recording
            .events()
            .first()
            .map_or(end_us, |event| event.emitted_us);
        let mut at_us = first_us + days * DAY_S * SECOND_US;
        while days > 0 && at_us < end_us {
            let line = self.recording.observe("balance", "balance", at_us, 80);
            self.push_observation(at_us, line);
            at_us += days * DAY_S * SECOND_US;
        }
        if self.delivery.final_balance {
            let line = self.recording.observe("balance", "balance", end_us, 80);
            self.push_observation(end_us, line);
        }
    }

    fn push_observation(&mut self, at_us: i64, line: Option<String>) {
        let Some(line) = line else { return };
        let (kind, what) = (Kind::Observation, Arrival::First);
        self.out.push(Delivered {
            at_us,
            line: line.into(),
            kind,
            what,
        });
    }
}
