//! Claims with a history behind them: one object's changes in their true order, told as Stripe tells them, with losses,
//! late snapshots and reads in between. Must not order or weigh anything: it only tells what happened.

use std::sync::Arc;

use facts::{Claim, Fact, GUARD_S, Origin, Record};
use proptest::prelude::*;

use crate::contents::{self, DIALS, Digits, KINDS, Told, VERSIONS};

/// One change of the object, and how it is told.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Dials that it turns.
    turns: Vec<(usize, u8)>,
    /// Seconds since the request before; none when it belongs to the same request.
    wait_s: Option<i64>,
    /// How many events tell it, each of another type.
    events: usize,
    /// Whether they say what was before.
    says_before: bool,
    lost: bool,
    /// A read right after it, which took so many seconds.
    read_s: Option<i64>,
    /// Whether its events are also rendered in the older version.
    is_rendered_twice: bool,
}

/// What was said of an object, and what is true of it in the end.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) facts: Told,
    pub(crate) truth: Record,
    /// Whether anything arrived that was said after the last change.
    pub(crate) is_heard: bool,
}

/// How often, in a hundred times, something befalls the telling.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telling {
    /// A change that none of its events announces.
    pub(crate) lost: u32,
    /// A change whose events don't say what was before.
    pub(crate) mute: u32,
    /// A request whose events all show its end.
    pub(crate) late: u32,
    /// A read right after a change.
    pub(crate) read: u32,
    /// An event that also comes in an older version.
    pub(crate) rendered_twice: u32,
    /// A request in the same second as the one before.
    pub(crate) busy: u32,
    /// Whether states and fields only move as Stripe lets them.
    pub(crate) is_lawful: bool,
}

impl Telling {
    /// Every change is told in full, and nothing else happens.
    pub(crate) const PLAIN: Telling = Telling {
        lost: 0,
        mute: 0,
        late: 0,
        read: 0,
        rendered_twice: 0,
        busy: 20,
        is_lawful: true,
    };

    /// Everything happens, often.
    pub(crate) const HARD: Telling = Telling {
        lost: 10,
        mute: 15,
        late: 40,
        read: 20,
        rendered_twice: 10,
        busy: 60,
        is_lawful: false,
    };
}

/// Histories of the one object of this kind.
pub(crate) fn of(kind: usize, telling: Telling) -> impl Strategy<Value = History> {
    let steps = prop::collection::vec(step(telling), 1..9);
    (steps, often(telling.late))
        .prop_map(move |(steps, is_late)| history(kind, &steps, is_late, telling.is_lawful))
}

fn often(times: u32) -> impl Strategy<Value = bool> {
    (0..100_u32).prop_map(move |chance| chance >= 100 - times)
}

fn step(telling: Telling) -> impl Strategy<Value = Step> {
    let turns = prop::collection::vec((0..DIALS, 0..3_u8), 1..3);
    let is_next = prop::bool::weighted(0.6);
    let wait_s = (
        is_next,
        often(telling.busy),
        prop_oneof![Just(1_i64), Just(9)],
    );
    let wait_s = wait_s
        .prop_map(|(is_next, is_busy, wait_s)| is_next.then_some(if is_busy { 0 } else { wait_s }));
    let read_s =
        (often(telling.read), 0..3_i64).prop_map(|(reads, took_s)| reads.then_some(took_s));
    let told = (1..3_usize, often(telling.mute), often(telling.lost));
    (turns, wait_s, told, read_s, often(telling.rendered_twice)).prop_map(
        |(turns, wait_s, (events, is_mute, lost), read_s, is_rendered_twice)| Step {
            turns,
            wait_s,
            events,
            says_before: !is_mute,
            lost,
            read_s,
            is_rendered_twice,
        },
    )
}

/// A change as it happened.
struct Change<'s> {
    step: &'s Step,
    before: Digits,
    after: Digits,
    at_s: i64,
    request: usize,
}

fn history(kind: usize, steps: &[Step], is_late: bool, is_lawful: bool) -> History {
    let changes = lived(kind, steps, is_lawful);
    let mut teller = Teller {
        kind,
        facts: Vec::new(),
    };
    let made = Saying {
        at_s: 100,
        request: 0,
        shown: [0; DIALS],
        before: None,
    };
    teller.event("made", KINDS[kind].schema.created_by, &made, 0);
    for change in &changes {
        let last = changes
            .iter()
            .rfind(|other| other.request == change.request);
        let shown = if is_late {
            last.map_or(change.after, |last| last.after)
        } else {
            change.after
        };
        let mut before = shown;
        for dial in (0..DIALS).filter(|&dial| change.before[dial] != change.after[dial]) {
            before[dial] = change.before[dial];
        }
        let before = Some(before).filter(|before| change.step.says_before && *before != shown);
        for event in 0..change.step.events {
            let id = format!("{}_{event}", teller.facts.len());
            let event_type = ["object.updated", "object.changed"][event];
            let versions = if change.step.is_rendered_twice { 2 } else { 1 };
            for version in (0..versions).filter(|_| !change.step.lost) {
                let saying = Saying {
                    at_s: change.at_s,
                    request: change.request,
                    shown,
                    before,
                };
                teller.event(&id, event_type, &saying, version);
            }
        }
        if let Some(took_s) = change.step.read_s {
            teller.read(change.at_s, took_s, change.after);
        }
    }
    let end = changes.last().map_or([0; DIALS], |change| change.after);
    History {
        facts: Told(teller.facts),
        is_heard: changes
            .last()
            .is_none_or(|last| !last.step.lost || last.step.read_s.is_some()),
        truth: contents::content(kind, end, 0),
    }
}

/// The changes in their order; a step that turns nothing is none.
fn lived(kind: usize, steps: &[Step], is_lawful: bool) -> Vec<Change<'_>> {
    let (mut now, mut at_s, mut request) = ([0; DIALS], 100, 1);
    let mut changes = Vec::new();
    for step in steps {
        if let Some(wait_s) = step.wait_s {
            at_s += wait_s;
            request += 1;
        }
        let before = now;
        for &(dial, digit) in &step.turns {
            now[dial] = contents::turned(kind, dial, now[dial], digit, is_lawful);
        }
        if before != now {
            changes.push(Change {
                step,
                before,
                after: now,
                at_s,
                request,
            });
        }
    }
    changes
}

/// What the events of one change say.
struct Saying {
    at_s: i64,
    request: usize,
    shown: Digits,
    before: Option<Digits>,
}

struct Teller {
    kind: usize,
    facts: Vec<Fact>,
}

impl Teller {
    fn event(&mut self, id: &str, event_type: &str, saying: &Saying, version: usize) {
        let content = |digits| Arc::new(contents::content(self.kind, digits, version));
        let (after, before) = (content(saying.shown), saying.before.map(content));
        self.facts.push(Fact::Claim(Claim {
            object: contents::key(self.kind),
            id: format!("evt_{id}").into(),
            version: VERSIONS[version].into(),
            origin: Origin::Event,
            lo_s: saying.at_s,
            hi_s: saying.at_s + 1,
            event_type: event_type.into(),
            request: Some(format!("req_{}", saying.request).into()),
            deleted: false,
            before: before.filter(|before| *before != after),
            after: Some(after),
            seq: self.facts.len() as u64 + 1,
        }));
    }

    fn read(&mut self, at_s: i64, took_s: i64, state: Digits) {
        let seq = self.facts.len() as u64 + 1;
        self.facts.push(Fact::Claim(Claim {
            object: contents::key(self.kind),
            id: format!("obs_{seq}").into(),
            version: VERSIONS[0].into(),
            origin: Origin::Observation,
            lo_s: at_s - took_s - GUARD_S,
            hi_s: at_s + 1,
            event_type: "".into(),
            request: None,
            deleted: false,
            after: Some(Arc::new(contents::content(self.kind, state, 0))),
            before: None,
            seq,
        }));
    }
}
