//! The model's claims as changes between states: which renderings are compared, in which fields, and what was shown late.

use std::collections::{BTreeMap, BTreeSet};

use facts::schema::Shape;
use facts::{Claim, Record, Value};

/// A state: what is compared of it, and the record that says most of those that are this state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct State {
    pub(super) plain: Record,
    pub(super) told: Record,
}

/// A claim as a change to a state, as it is compared with the others.
#[derive(Clone)]
pub(super) struct Change<'a> {
    pub(super) claim: &'a Claim,
    pub(super) id: &'a str,
    pub(super) before: Option<State>,
    pub(super) after: State,
    /// Whether it was shown late together with others, and nothing tells where they began.
    pub(super) is_loose: bool,
}

pub(super) fn after(claim: &Claim) -> &Record {
    claim
        .after
        .as_deref()
        .expect("claims without content are left out")
}

/// Each claim in the newest version that renders all of them; else each in its own newest.
pub(super) fn renderings<'a>(claims: &[&'a Claim]) -> Vec<&'a Claim> {
    let versions: BTreeSet<&str> = claims.iter().map(|claim| &*claim.version).collect();
    let renders = |version: &str, one: &Claim| {
        let mut renderings = claims.iter().filter(|claim| is_rendering(claim, one));
        renderings.any(|claim| *claim.version == *version)
    };
    let mut newest_first = versions.iter().rev();
    let shared = newest_first.find(|version| claims.iter().all(|claim| renders(version, claim)));
    let chosen = |one: &Claim| {
        shared.or_else(|| versions.iter().rev().find(|version| renders(version, one)))
    };
    let is_chosen = |claim: &&Claim| chosen(claim) == Some(&&*claim.version);
    claims.iter().copied().filter(is_chosen).collect()
}

/// Whether both are one claim, in whatever version: one id and one interval.
pub(super) fn is_rendering(one: &Claim, other: &Claim) -> bool {
    (&one.id, one.lo_s, one.hi_s) == (&other.id, other.lo_s, other.hi_s)
}

/// Which fields can be compared: all in one version, else those that every claim knows.
pub(super) fn common_fields(claims: &[&Claim]) -> impl Fn(usize) -> bool {
    let is_one = claims
        .iter()
        .all(|claim| claim.version == claims[0].version);
    let knows = |place: usize| {
        claims
            .iter()
            .all(|claim| *after(claim).get(place) != Value::Unknown)
    };
    let known: Vec<bool> = (0..after(claims[0]).values.len())
        .map(|place| is_one || knows(place))
        .collect();
    move |place| known[place]
}

/// The claims as changes between states, those of one request that show its final state undone together.
pub(super) fn changes<'a>(claims: &[&'a Claim], counts: &dyn Fn(usize) -> bool) -> Vec<Change<'a>> {
    let told = told(claims, counts);
    let state = |record: &Record| State {
        plain: plain(record, counts),
        told: told[&plain(record, counts)].clone(),
    };
    let mut changes: Vec<Change<'a>> = Vec::new();
    for claim in claims {
        let after = state(after(claim));
        let before = claim
            .before
            .as_deref()
            .map(state)
            .filter(|before| *before != after);
        changes.push(Change {
            claim,
            id: &claim.id,
            before,
            after,
            is_loose: false,
        });
    }
    let single = changes.clone();
    for change in &mut changes {
        let together = shown_late(&single, change);
        if together.len() < 2 {
            continue;
        }
        let Some(start) = began(&single, change, &together, &told) else {
            continue;
        };
        let [start] = start.as_slice() else {
            change.is_loose = true;
            continue;
        };
        change.before = Some(start.clone()).filter(|start| *start != change.after);
        change.id = together
            .iter()
            .map(|other| other.id)
            .min()
            .expect("it is one of them itself");
    }
    changes
}

/// Of the contents that are one state, the one that says most.
fn told(claims: &[&Claim], counts: &dyn Fn(usize) -> bool) -> BTreeMap<Record, Record> {
    let mut told: BTreeMap<Record, Record> = BTreeMap::new();
    let contents = |claim: &&'_ Claim| [claim.after.clone(), claim.before.clone()];
    for record in claims.iter().flat_map(contents).flatten() {
        let told = told
            .entry(plain(&record, counts))
            .or_insert_with(|| masked(&record, counts));
        *told = masked(&record, counts).max(told.clone());
    }
    told
}

/// Where the changes shown late together with this one began; nowhere when nothing tells, and none when
/// each began where it says.
fn began(
    all: &[Change<'_>],
    this: &Change<'_>,
    together: &[&Change<'_>],
    told: &BTreeMap<Record, Record>,
) -> Option<Vec<State>> {
    let is_of_request = |other: &&Change<'_>| other.claim.request == this.claim.request;
    let befores = together.iter().filter_map(|change| change.before.as_ref());
    let mut passed = all
        .iter()
        .filter(is_of_request)
        .filter(|other| other.after != this.after);
    if passed.any(|other| befores.clone().any(|before| *before == other.after)) {
        return None;
    }
    let is_known = |start: &State| {
        let mut others = all.iter().filter(|other| !is_of_request(other));
        others.any(|other| other.claim.lo_s <= this.claim.lo_s && other.after == *start)
    };
    let tell = |mut start: State| {
        start.told = told.get(&start.plain).unwrap_or(&start.told).clone();
        start
    };
    let found: Vec<State> = starts(together, false).into_iter().map(tell).collect();
    let is_mute = together.iter().any(|change| change.before.is_none());
    let known = starts(together, is_mute).into_iter().map(tell);
    let known: Vec<State> = known.filter(is_known).collect();
    match (found.len(), known.len()) {
        (_, 1) => Some(known),
        (1, 0) => Some(found),
        _ => Some(Vec::new()),
    }
}

/// The changes of one request and second, this one among them, that show one state.
fn shown_late<'c, 'a>(changes: &'c [Change<'a>], this: &Change<'a>) -> Vec<&'c Change<'a>> {
    let Some(request) = &this.claim.request else {
        return Vec::new();
    };
    let of_request = || {
        changes
            .iter()
            .filter(|other| other.claim.request.as_ref() == Some(request))
    };
    let is_change =
        |other: &Change<'_>| other.before.is_some() || other.claim.event_type.ends_with(".updated");
    if !is_change(this) {
        return Vec::new();
    }
    let is_same =
        |other: &&Change<'_>| other.claim.lo_s == this.claim.lo_s && other.after == this.after;
    of_request()
        .filter(is_same)
        .filter(|other| is_change(other))
        .collect()
}

/// The states that can have stood before all these changes: each field as one of them found it, or as it is.
fn starts(changes: &[&Change<'_>], or_end: bool) -> Vec<State> {
    let end = &changes[0].after;
    let mut starts = vec![end.clone()];
    for place in 0..end.plain.values.len() {
        let befores = changes.iter().filter_map(|change| change.before.as_ref());
        let was: BTreeSet<_> = befores
            .map(|before| (before.plain.get(place), before.told.get(place)))
            .collect();
        let mut was: BTreeMap<_, _> = was
            .into_iter()
            .filter(|(plain, _)| *plain != end.plain.get(place))
            .collect();
        if was.is_empty() {
            continue;
        }
        if or_end {
            was.insert(end.plain.get(place), end.told.get(place));
        }
        let with = |start: &State, (plain, told): (&&Value, &&Value)| {
            let mut start = start.clone();
            start.plain.values[place] = (*plain).clone();
            start.told.values[place] = (*told).clone();
            start
        };
        starts = starts
            .iter()
            .flat_map(|start| was.iter().map(move |was| with(start, was)))
            .collect();
    }
    if starts.len() > 16 {
        Vec::new()
    } else {
        starts
    }
}

/// A content with nothing in the fields that can't be compared.
fn masked(record: &Record, counts: &dyn Fn(usize) -> bool) -> Record {
    let value = |(place, value): (usize, &Value)| {
        if counts(place) {
            value.clone()
        } else {
            Value::Unknown
        }
    };
    Record {
        schema: record.schema,
        values: record.values.iter().enumerate().map(value).collect(),
    }
}

/// What counts of a content when states are compared: unknown is like null, other names and uncounted fields are nothing.
fn plain(record: &Record, counts: &dyn Fn(usize) -> bool) -> Record {
    let value = |(place, value): (usize, &Value)| match value {
        _ if matches!(record.schema.fields[place].shape, Shape::Alias) || !counts(place) => {
            Value::Unknown
        }
        Value::Unknown | Value::Null => Value::Null,
        Value::List(rows) => Value::List(rows.iter().map(|row| plain(row, &|_| true)).collect()),
        value => value.clone(),
    };
    Record {
        schema: record.schema,
        values: record.values.iter().enumerate().map(value).collect(),
    }
}
