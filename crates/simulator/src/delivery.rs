//! How events and reads reach the user's door: late, doubled, out of order or never, by seed. It changes no fact: it only
//! repeats, delays, drops and, where asked, leaves previous values out.

use crate::courier::Courier;
use crate::json::Text;
use crate::recording::Recording;

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
    /// Whether states that no event tells within a minute (cancelled invoice payments) are read if they last.
    pub unannounced_read: bool,
    /// Whether whole lists that no object holds are read: what a payout paid out, all lines of a long invoice.
    pub lists_read: bool,
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
            lists_read: true,
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
    let past = recording.past();
    let mut courier = Courier::new(delivery);
    for event in recording.events() {
        courier.take_event(event);
    }
    for &change in &past.histories.changes {
        courier.take_change(past.histories, change);
    }
    courier.finish(&past, recording.end_us());
    std::iter::from_fn(|| courier.arrived(i64::MAX)).collect()
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
