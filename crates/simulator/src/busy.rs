//! Objects that change several times a second, to count how often a reader finds their newest state: several requests a
//! second, one to three changes each, values that return, reads in between, losses. Each load turns one difficulty on.

mod changes;

use std::collections::BTreeMap;

use crate::billing_rates::BillingRates;
use crate::calendar::{DAY_S, SECOND_US};
use crate::config::Config;
use crate::flows::{catalogue, signup};
use crate::json::Text;
use crate::observation::Read;
use crate::random::Random;
use crate::recording::{Event, Recording};
use crate::world::World;
use changes::{Target, change, open_charge, open_invoice};

/// How hard the objects are to follow; every change has an event, unless it is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Decides everything that is left open.
    pub seed: u64,
    /// How many objects there are.
    pub objects: u32,
    /// Whether events tell what they replaced.
    pub previous_values: bool,
    /// Of 1,000 events, how many never arrive.
    pub lost_per_mille: u32,
    /// Reads of each object at instants inside its busy seconds.
    pub reads: u32,
    /// Of 1,000 such reads, how many show a state up to two seconds older than they say.
    pub stale_per_mille: u32,
    /// Of 1,000 requests, how many have every event show the final state.
    pub late_per_mille: u32,
    /// Whether `created` may be a second or two off the change.
    pub created_drifts: bool,
}

impl Load {
    /// An event with previous values for every change, nothing lost, nothing read, no late snapshots.
    pub fn every_change_told(seed: u64, objects: u32) -> Self {
        Self {
            seed,
            objects,
            previous_values: true,
            lost_per_mille: 0,
            reads: 0,
            stale_per_mille: 0,
            late_per_mille: 0,
            created_drifts: true,
        }
    }

    /// No event tells what it replaced.
    pub fn without_previous_values(seed: u64, objects: u32) -> Self {
        Self {
            previous_values: false,
            ..Self::every_change_told(seed, objects)
        }
    }

    /// Every tenth event is lost.
    pub fn lossy(seed: u64, objects: u32) -> Self {
        Self {
            lost_per_mille: 100,
            ..Self::every_change_told(seed, objects)
        }
    }

    /// Three honest reads of each object while it is busy.
    pub fn read_while_busy(seed: u64, objects: u32) -> Self {
        Self {
            reads: 3,
            ..Self::every_change_told(seed, objects)
        }
    }

    /// Every event of every request shows the state at the request's end.
    pub fn late_snapshots(seed: u64, objects: u32) -> Self {
        Self {
            late_per_mille: 1000,
            ..Self::every_change_told(seed, objects)
        }
    }
}

/// Between two requests of a busy stretch: from at once to some seconds.
const PAUSES_US: [(i64, i64); 3] = [(5_000, 150_000), (150_000, 600_000), (600_000, 2_500_000)];

/// What reaches a reader about one object, and what is true of it at the end.
#[derive(Debug, Clone)]
pub struct BusyObject {
    /// `customer`, `invoice` or `charge`.
    pub object: &'static str,
    /// The object's id.
    pub id: Text,
    /// Events and observations in the order they arose.
    pub lines: Vec<Text>,
    /// Events that never arrived.
    pub lost: u32,
    /// Whether a line tells of the last change: an event of it that arrived, or a read after it. Else nobody could know.
    pub told: bool,
    /// The object as a read at the end would return it.
    pub truth: String,
}

/// Makes the objects of a load live.
pub fn live_busily(load: &Load) -> Vec<BusyObject> {
    let config = Config {
        created_drifts: load.created_drifts,
        billing: BillingRates::none(),
        ..Config::small(load.seed)
    };
    let mut world = World::empty(config);
    catalogue::open(&mut world, config.start_s * SECOND_US);
    let mut lives = Vec::new();
    for number in 1..=load.objects {
        let from_us = (config.start_s + 60 + i64::from(number) * 7) * SECOND_US;
        lives.push(live(&mut world, load, from_us, number));
    }
    let last_us = lives
        .iter()
        .flat_map(|life| &life.busy)
        .map(|busy| busy.1)
        .max();
    let recording = Recording::new(world, last_us.unwrap_or_default() + DAY_S * SECOND_US);
    Witness::new(load, &recording).report(&lives)
}

/// One object and the stretches of time in which it was busy.
struct Life {
    index: usize,
    busy: Vec<(i64, i64)>,
}

fn live(world: &mut World, load: &Load, from_us: i64, number: u32) -> Life {
    let client = signup::open_customer(world, from_us, number);
    let customer = world.clients[client].customer;
    let mut now_us = from_us + 3 * SECOND_US;
    let (target, index) = match world.random.below(3) {
        0 => (Target::Customer(customer), customer.index),
        1 => {
            let invoice = open_invoice(world, now_us, client);
            (Target::Invoice(invoice), invoice.index)
        }
        _ => {
            let charge = open_charge(world, now_us, client);
            (Target::Charge(charge), charge.index)
        }
    };
    let mut busy = Vec::new();
    for _ in 0..1 + world.random.below(3) {
        now_us += world
            .random
            .pick(&[SECOND_US / 2, 8 * SECOND_US, DAY_S * SECOND_US]);
        let begun_us = now_us;
        for _ in 0..2 + world.random.below(5) {
            let (low_us, high_us) = world.random.pick(&PAUSES_US);
            let pause_us = world.random.between(low_us, high_us);
            now_us = change(world, load.late_per_mille, now_us, target) + pause_us;
        }
        busy.push((begun_us, now_us));
    }
    Life { index, busy }
}

/// Sees what the load lets through.
struct Witness<'a> {
    load: &'a Load,
    recording: &'a Recording,
    random: Random,
    events: BTreeMap<&'a str, Vec<&'a Event>>,
}

impl<'a> Witness<'a> {
    fn new(load: &'a Load, recording: &'a Recording) -> Self {
        let mut events = BTreeMap::<_, Vec<_>>::new();
        for event in recording.events() {
            events.entry(&*event.object_id).or_default().push(event);
        }
        Self {
            load,
            recording,
            random: Random::new(load.seed, "witness"),
            events,
        }
    }

    fn report(mut self, lives: &[Life]) -> Vec<BusyObject> {
        lives.iter().map(|life| self.witness(life)).collect()
    }

    fn witness(&mut self, life: &Life) -> BusyObject {
        let history = &self.recording.histories.all[life.index];
        let mut dated = Vec::new();
        let mut lost = 0;
        let last_us = history.last().at_us;
        let mut told = false;
        for event in self.events.get(&**history.id()).into_iter().flatten() {
            if self.random.chance(self.load.lost_per_mille) {
                lost += 1;
                continue;
            }
            told |= event.committed_us == last_us;
            if self.load.previous_values {
                dated.push((event.emitted_us, event.body.clone()));
            } else {
                dated.push((event.emitted_us, event.without_previous_values()));
            }
        }
        for _ in 0..self.load.reads {
            let Some((state_us, line)) = self.read(life) else {
                continue;
            };
            told |= state_us >= last_us;
            dated.push((state_us, line));
        }
        dated.sort_by_key(|line| line.0);
        BusyObject {
            object: history.object(),
            id: history.id().clone(),
            lost,
            told,
            lines: dated.into_iter().map(|line| line.1).collect(),
            truth: history.last().state.render(self.recording.end_us()),
        }
    }

    /// The instant of the state that it shows, and the line.
    fn read(&mut self, life: &Life) -> Option<(i64, Text)> {
        let history = &self.recording.histories.all[life.index];
        let (begun_us, ended_us) = life.busy[self.random.index(life.busy.len())];
        let at_us = self.random.between(begun_us, ended_us);
        let stale = self.random.chance(self.load.stale_per_mille);
        let lag_us = if stale {
            self.random.between(100_000, 2 * SECOND_US)
        } else {
            0
        };
        let read = Read {
            at_us,
            elapsed_ms: self.random.between(30, 400),
            lag_us,
        };
        let line = self
            .recording
            .observe_lagging(history.object(), history.id(), read)?;
        Some((at_us - lag_us, line.into()))
    }
}
