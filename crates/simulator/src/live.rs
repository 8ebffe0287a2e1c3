//! A company that is followed while it lives: its lines come out in the order of arrival as virtual time passes, and of its
//! objects only what is still needed is kept. What comes out is what a recording delivered afterwards would give.

use std::collections::{BTreeMap, VecDeque};

use crate::calendar::{DAY_S, second};
use crate::config::Config;
use crate::courier::{Courier, HINDSIGHT_US, MEMORY_US};
use crate::delivery::{Counts, Delivered, Delivery};
use crate::json::Text;
use crate::observation::Past;
use crate::recording::{Event, end_us};
use crate::tally::Tally;
use crate::truth::Truth;
use crate::world::World;

/// Events after which lines are handed on.
const BATCH: usize = 512;

/// A company under way and the delivery of what it does; an iterator of lines.
pub struct Company {
    world: World,
    courier: Courier,
    tally: Tally,
    /// Events emitted at or after the instant up to which all is known.
    pending: Vec<Event>,
    /// When states were superseded, and of which object.
    superseded: VecDeque<(i64, usize)>,
    versions: usize,
    /// All lines that arrive before this instant are known.
    known_us: i64,
    end_us: Option<i64>,
}

/// How far a company under way has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The virtual instant.
    pub at_us: i64,
    /// How many objects there are.
    pub objects: u64,
    /// How many states of objects are kept.
    pub states: u64,
    /// How many lines are made and wait for their arrival.
    pub waiting: u64,
}

impl Company {
    /// A company before its first day.
    pub fn new(config: &Config, delivery: &Delivery) -> Self {
        Self {
            world: World::new(*config),
            courier: Courier::new(delivery),
            tally: Tally::default(),
            pending: Vec::new(),
            superseded: VecDeque::new(),
            versions: 0,
            known_us: i64::MIN,
            end_us: None,
        }
    }

    /// How far it has come.
    pub fn standing(&self) -> Standing {
        let count = |length| u64::try_from(length).expect("a length fits 64 bits");
        Standing {
            at_us: self.end_us.unwrap_or(self.known_us),
            objects: count(self.world.histories.all.len()),
            states: count(self.versions),
            waiting: count(self.courier.waiting() + self.pending.len()),
        }
    }

    /// The share of its days that it has lived, of a thousand.
    pub fn lived_per_mille(&self) -> u64 {
        let config = self.world.config;
        let lived_s = second(self.standing().at_us) - config.start_s;
        let share = lived_s.max(0) * 1_000 / (i64::from(config.days) * DAY_S);
        u64::try_from(share.min(1_000)).expect("between nothing and all")
    }

    /// How many lines came how, so far.
    pub fn counts(&self) -> Counts {
        self.courier.counts
    }

    /// The platform's account, as `acct_…`.
    pub fn account(&self) -> &str {
        &self.world.mint.account
    }

    /// All accounts that something belongs to: the platform first, then by id.
    pub fn accounts(&self) -> Vec<&str> {
        let connected = self.tally.accounts.keys().filter_map(Option::as_deref);
        std::iter::once(self.account()).chain(connected).collect()
    }

    /// The truth about one account, once no more lines come; none before.
    pub fn truth_of<'a>(&'a self, account: &'a str) -> Option<Truth<'a>> {
        let end_us = self.end_us?;
        Some(Truth {
            past: past(&self.world),
            tally: &self.tally,
            account,
            end_us,
        })
    }

    fn live_on(&mut self) {
        let next_us = self.world.live_on(BATCH);
        self.pending.append(&mut self.world.events);
        self.pending.sort_by_key(|event| event.emitted_us);
        let until_us = next_us.unwrap_or(i64::MAX);
        let last = self.pending.last();
        let end_us = end_us(self.world.close_us(), last);
        let known = self
            .pending
            .partition_point(|event| event.emitted_us < until_us);
        for event in self.pending.drain(..known) {
            self.tally.count(&event);
            self.courier.take_event(&event);
        }
        self.follow_changes();
        match next_us {
            Some(next_us) => {
                self.known_us = next_us - HINDSIGHT_US;
                self.courier.read_until(&past(&self.world), self.known_us);
                self.forget(next_us - MEMORY_US);
            }
            None => {
                self.known_us = i64::MAX;
                self.courier.finish(&past(&self.world), end_us);
                self.end_us = Some(end_us);
            }
        }
    }

    fn follow_changes(&mut self) {
        let changes = std::mem::take(&mut self.world.histories.changes);
        let histories = &self.world.histories;
        self.versions += changes.len();
        for change in changes {
            self.tally.follow(histories, &change);
            self.courier.take_change(histories, change);
            if change.place > 0 {
                self.superseded.push_back((change.at_us, change.index));
            }
        }
    }

    /// Forgets states that ended before an instant.
    fn forget(&mut self, before_us: i64) {
        while let Some(&(ended_us, index)) = self.superseded.front() {
            if ended_us >= before_us {
                return;
            }
            self.superseded.pop_front();
            self.versions -= self.world.histories.all[index].forget_before(before_us);
        }
    }
}

impl Iterator for Company {
    type Item = Delivered;

    fn next(&mut self) -> Option<Delivered> {
        loop {
            let arrived = self.courier.arrived(self.known_us);
            if arrived.is_some() || self.end_us.is_some() {
                return arrived;
            }
            self.live_on();
        }
    }
}

fn past(world: &World) -> Past<'_> {
    let (account, sweeps): (&Text, &BTreeMap<Text, Vec<Text>>) =
        (&world.mint.account, &world.sweeps);
    Past {
        histories: &world.histories,
        account,
        sweeps,
    }
}
