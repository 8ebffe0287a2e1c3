//! Late snapshots: several changes of one request that all show the state at its end, found and undone together.
//!
//! What stood before is sought among what the changes found, and weighed only by what other claims state. Knows no arrival.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use facts::{Claim, Record, Value};

use crate::states::{Names, Step};

/// More states than these are not sought among.
const STARTS_MAX: usize = 16;

/// What the changes of a late snapshot share: request, second, and the state that they show.
type Shown<'c> = (&'c str, i64, usize);

/// Who states a state: the second, and the request if one did.
type Statements<'c> = BTreeMap<usize, BTreeSet<(i64, Option<&'c str>)>>;

/// Makes one change of those that show one request's end late. A request that also showed where one
/// of them began showed states in passing, and is taken at its word.
pub(crate) fn undo_together<'a>(steps: &mut [Step<'a>], names: &mut Names<'a>) {
    let mut shown: BTreeMap<Shown<'_>, Vec<usize>> = BTreeMap::new();
    let mut stated = Statements::new();
    for (place, step) in steps.iter().enumerate() {
        let request = step.claim.request.as_deref();
        let statement = (step.claim.lo_s, request);
        stated.entry(step.after).or_default().insert(statement);
        let Some(request) = request else { continue };
        if step.before.is_some() || is_update(step.claim) {
            let snapshot = (request, step.claim.lo_s, step.after);
            shown.entry(snapshot).or_default().push(place);
        }
    }
    shown.retain(|_, members| members.len() > 1);
    for (snapshot, members) in shown {
        let befores: Vec<Option<usize>> =
            members.iter().map(|&place| steps[place].before).collect();
        let beginning = beginning(snapshot, &befores, &stated, names);
        let change = members.iter().map(|&place| steps[place].change).min();
        for place in members {
            let step = &mut steps[place];
            match beginning {
                Beginning::At(start) => {
                    step.change = change.expect("a snapshot has changes");
                    step.before = Some(start).filter(|start| *start != step.after);
                }
                Beginning::AsSaid => {}
                Beginning::Untold => step.is_loose = true,
            }
        }
    }
}

/// An update without previous values changed nothing that is kept, or what its own snapshot shows changed back.
fn is_update(claim: &Claim) -> bool {
    claim.event_type.ends_with(".updated")
}

/// Where the changes to one state began.
enum Beginning {
    /// All together at this state.
    At(usize),
    /// Each where it says: its request showed states in passing.
    AsSaid,
    /// Nothing tells.
    Untold,
}

fn beginning<'a>(
    (request, second, after): Shown<'_>,
    befores: &[Option<usize>],
    stated: &Statements<'_>,
    names: &mut Names<'a>,
) -> Beginning {
    let of = |state: &usize| stated.get(state).into_iter().flatten();
    let is_shown = |state: &usize| of(state).any(|(_, by)| *state != after && *by == Some(request));
    if befores.iter().flatten().any(is_shown) {
        return Beginning::AsSaid;
    }
    let is_known = |state: &usize| {
        let is_sign = |(at_s, by): &(i64, Option<&str>)| *at_s <= second && *by != Some(request);
        of(state).any(is_sign)
    };
    let found = starts(after, befores, false, names);
    let starts = match befores.contains(&None) {
        true => starts(after, befores, true, names),
        false => found.clone(),
    };
    let known: Vec<usize> = starts.into_iter().filter(is_known).collect();
    match (found.as_slice(), known.as_slice()) {
        (_, [start]) => Beginning::At(*start),
        ([start], []) => Beginning::At(*start),
        _ => Beginning::Untold,
    }
}

/// The states that can have stood before: each field as one of the changes found it, and, if `or_end`, as it is now, for a
/// change without previous values may have found that.
fn starts<'a>(
    after: usize,
    befores: &[Option<usize>],
    or_end: bool,
    names: &mut Names<'a>,
) -> Vec<usize> {
    let end = names.record(after).clone();
    let mut starts = vec![end.clone()];
    for (place, now) in end.values.iter().enumerate() {
        let mut was: Vec<Value> = Vec::new();
        for before in befores.iter().flatten() {
            let value = names.record(*before).get(place);
            match was.iter_mut().find(|was| is_same(was, value)) {
                _ if is_same(value, now) => {}
                None => was.push(value.clone()),
                Some(was) => *was = was.clone().max(value.clone()),
            }
        }
        if was.is_empty() {
            continue;
        }
        was.extend(or_end.then(|| now.clone()));
        starts = with_each(&starts, place, &was);
        if starts.len() > STARTS_MAX {
            return Vec::new();
        }
    }
    let name = |start| names.name(Cow::Owned(start));
    starts.into_iter().map(name).collect()
}

fn with_each(records: &[Record], place: usize, values: &[Value]) -> Vec<Record> {
    let with = |record: &Record, value: &Value| {
        let mut record = record.clone();
        record.values[place] = value.clone();
        record
    };
    let of = |record| values.iter().map(move |value| with(record, value));
    records.iter().flat_map(of).collect()
}

/// Whether both values say the same, where unknown and null say nothing.
fn is_same(one: &Value, other: &Value) -> bool {
    let of_rows = |one: &[Record], other: &[Record]| {
        one.len() == other.len()
            && one
                .iter()
                .zip(other)
                .all(|(one, other)| one.same_state(other))
    };
    match (one, other) {
        (Value::List(one), Value::List(other)) => of_rows(one, other),
        _ => one == other || !(one.is_stated() || other.is_stated()),
    }
}
