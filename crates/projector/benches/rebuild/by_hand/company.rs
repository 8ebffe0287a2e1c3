//! The newest state of every object, with what its columns say about how it was learned.

use std::collections::HashMap;
use std::error::Error;

use facts::schema::Key;
use serde_json::value::RawValue;

use super::entry::{event, observation};
use super::plan::{Plan, plans};
use super::read::{Object, OfKind};
use super::value::{Record, Value, follows, is_same};

/// Seconds by which a read, or what is said in passing, may have been told an older state.
const GUARD_S: i64 = 5;

/// How sure a state is, by what its last second showed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// One state.
    Exact,
    /// Several, joined by their previous values.
    Linked,
    /// Several, of which one does not say what was before.
    Hinted,
}

/// The newest state of one object.
pub(crate) struct State<'a> {
    pub(crate) values: Record<'a>,
    pub(crate) version: &'a str,
    pub(crate) certainty: Certainty,
    /// Whether its last second did not begin where the second before had ended.
    pub(crate) gap: bool,
    pub(crate) deleted: bool,
    /// Whether its last second told of nothing but its making.
    only_made: bool,
    /// Whether it was met by itself, not only within others.
    pub(crate) seen: bool,
    /// The second at which the newest word about it begins.
    pub(crate) newest_s: i64,
    /// The last second, or the seconds of a read; those that overlap can't be told apart by time.
    lo_s: i64,
    hi_s: i64,
}

/// The states of one kind of object, by id.
pub(crate) type States<'a> = HashMap<String, State<'a>>;

/// Everything that the log told.
pub(crate) struct Company<'a> {
    pub(crate) plans: HashMap<&'static str, Plan>,
    states: HashMap<&'static str, States<'a>>,
}

/// What all that one entry says has in common.
#[derive(Clone, Copy)]
struct Source<'a> {
    version: &'a str,
    deleted: bool,
    /// Whether it tells of the making of the object.
    makes: bool,
    lo_s: i64,
    hi_s: i64,
    /// By how much what is said in passing may be older.
    guard_s: i64,
    origin: Origin,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Event,
    Read,
    Inside,
}

impl<'a> Company<'a> {
    pub(crate) fn new() -> Self {
        let plans = plans();
        let states = plans.keys().map(|kind| (*kind, States::new())).collect();
        Company { plans, states }
    }

    /// The states of the objects of this kind.
    pub(crate) fn of(&self, kind: &str) -> &States<'a> {
        &self.states[kind]
    }

    pub(crate) fn take_event(
        &mut self,
        type_: &str,
        version: &'a str,
        created_s: i64,
        body: &'a str,
    ) -> Result<(), Box<dyn Error>> {
        let Some(plan) = self.plans.get(kind_of(type_)) else {
            return Ok(());
        };
        let event = event(plan, body)?;
        let source = Source {
            version,
            deleted: type_.ends_with(".deleted") && plan.schema.deleted_by.contains(&type_),
            makes: type_ == plan.schema.created_by,
            lo_s: created_s,
            hi_s: created_s + 1,
            guard_s: GUARD_S,
            origin: Origin::Event,
        };
        let previous = event.previous.map(|previous| previous.values);
        take(&mut self.states, plan, event.object, previous, source)
            .into_iter()
            .try_for_each(|inside| self.take_inside(inside, source))
    }

    pub(crate) fn take_observation(
        &mut self,
        version: &'a str,
        body: &'a str,
    ) -> Result<(), Box<dyn Error>> {
        let Some(read) = observation(&self.plans, body)? else {
            return Ok(());
        };
        let source = Source {
            version,
            deleted: read.object.deleted,
            makes: false,
            lo_s: read.date_s - (read.elapsed_ms + 999) / 1000 - GUARD_S,
            hi_s: read.date_s + 1,
            guard_s: 0,
            origin: Origin::Read,
        };
        let plan = &self.plans[read.kind];
        take(&mut self.states, plan, read.object, None, source)
            .into_iter()
            .try_for_each(|inside| self.take_inside(inside, source))
    }

    /// An object within another.
    fn take_inside(
        &mut self,
        inside: &'a RawValue,
        parent: Source<'a>,
    ) -> Result<(), Box<dyn Error>> {
        #[derive(serde::Deserialize)]
        struct Kind<'a> {
            object: &'a str,
        }
        let kind: Kind<'a> = serde_json::from_str(inside.get())?;
        let Some(plan) = self.plans.get(kind.object) else {
            return Ok(());
        };
        let source = Source {
            lo_s: parent.lo_s - parent.guard_s,
            deleted: false,
            makes: false,
            origin: Origin::Inside,
            ..parent
        };
        let mut json = serde_json::Deserializer::from_str(inside.get());
        let object = serde::de::DeserializeSeed::deserialize(OfKind(plan), &mut json)?;
        take(&mut self.states, plan, object, None, source)
            .into_iter()
            .try_for_each(|inside| self.take_inside(inside, source))
    }
}

/// The kind of object of which events of this type speak.
fn kind_of(type_: &str) -> &str {
    match type_.rsplit_once('.').map_or(type_, |(object, _)| object) {
        _ if type_ == "invoice.upcoming" => "",
        "customer.subscription" => "subscription",
        "customer.discount" => "discount",
        "charge.dispute" => "dispute",
        "charge.refund" => "refund",
        "application_fee.refund" => "fee_refund",
        object => object,
    }
}

/// Later entries tell newer states: the log came in order. Gives the objects within this one.
fn take<'a>(
    states: &mut HashMap<&'static str, States<'a>>,
    plan: &Plan,
    object: Object<'a>,
    previous: Option<Record<'a>>,
    source: Source<'a>,
) -> Vec<&'a RawValue> {
    let id = key(plan, &object);
    let state = State {
        values: object.values,
        version: source.version,
        certainty: Certainty::Exact,
        gap: false,
        deleted: source.deleted,
        only_made: source.makes,
        seen: source.origin != Origin::Inside,
        newest_s: source.lo_s,
        lo_s: source.lo_s,
        hi_s: source.hi_s,
    };
    let states = states
        .get_mut(plan.schema.object)
        .expect("every kind has its states");
    match states.get_mut(&id) {
        // What is read of a deleted object is a stub: what it last was, others said.
        Some(old) if object.deleted => old.deleted = true,
        Some(old) => replace(plan, old, state, previous, source.origin),
        None => drop(states.insert(id, state)),
    }
    object.inside
}

fn replace<'a>(
    plan: &Plan,
    old: &mut State<'a>,
    mut state: State<'a>,
    previous: Option<Record<'a>>,
    origin: Origin,
) {
    let overlaps = state.lo_s < old.hi_s;
    let is_new = !is_same(plan, &state.values, &old.values);
    if !is_new {
        say_most(&mut state.values, &mut old.values);
    }
    let joins = match &previous {
        // One change may be told by two events.
        Some(_) if overlaps && !is_new => true,
        Some(previous) if !follows(plan, &state.values, previous, &state.values) => {
            follows(plan, &state.values, previous, &old.values)
        }
        _ => !(overlaps && is_new && origin == Origin::Event),
    };
    // The making of an object, told beside a later state, leaves nothing untold.
    let is_told = joins || (previous.is_none() && old.only_made);
    let mut certainty = Certainty::Exact;
    if overlaps && is_new {
        let is_bare = origin == Origin::Event && !joins;
        certainty = if is_bare {
            Certainty::Hinted
        } else {
            Certainty::Linked
        };
    }
    if overlaps {
        certainty = certainty.max(old.certainty);
    }
    *old = State {
        certainty,
        gap: !is_told || (overlaps && old.gap),
        deleted: state.deleted || old.deleted,
        only_made: state.only_made && (!overlaps || old.only_made),
        seen: state.seen || old.seen,
        newest_s: state.newest_s.max(old.newest_s),
        lo_s: state.lo_s.min(if overlaps { old.lo_s } else { i64::MAX }),
        hi_s: state.hi_s.max(if overlaps { old.hi_s } else { i64::MIN }),
        ..state
    };
}

/// What is null to the one and absent to the other is null.
fn say_most<'a>(new: &mut Record<'a>, old: &mut Record<'a>) {
    for (new, old) in new.iter_mut().zip(old) {
        if *new == Value::Absent {
            *new = std::mem::take(old);
        }
    }
}

/// What an object is known by.
fn key(plan: &Plan, object: &Object<'_>) -> String {
    match plan.schema.key {
        Key::Single(name) => name.to_owned(),
        Key::Joined(names) => {
            let text = |name: &&str| object.values[plan.schema.at(name)].text();
            let first = text(&names[0]).unwrap_or_default();
            let other = names[1..].iter().find_map(text).unwrap_or_default();
            format!("{first}/{other}")
        }
        Key::Id | Key::Place => object.id.as_deref().unwrap_or_default().to_owned(),
    }
}
