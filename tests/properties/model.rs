//! The naive model: keeps every claim for ever, and works an object's newest state out anew from all of them each time.
//!
//! Written from docs/ORDERING.md, sentence by sentence, and apart from the fold: no pruning, no hashes, nothing kept
//! between two questions, no care for speed. It must not call anything of the fold but the name of a certainty.

use std::collections::{BTreeMap, BTreeSet};

use book::Certainty;
use facts::schema::Shape;
use facts::{Claim, Fact, GUARD_S, Origin, Record, Value};

use crate::lifecycles::{is_behind, is_later};

/// What is known of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) deleted: bool,
    pub(crate) answer: Option<Answer>,
    pub(crate) wanted: BTreeSet<&'static str>,
}

/// The newest state, and how sure it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) content: Record,
    pub(crate) version: Box<str>,
    pub(crate) certainty: Certainty,
    pub(crate) gap: bool,
    pub(crate) at_stake_minor: i64,
}

/// A state: what is compared of it, and the record that says most of those that are this state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    plain: Record,
    told: Record,
}

/// A claim as a change to a state, as it is compared with the others.
#[derive(Clone)]
struct Change<'a> {
    claim: &'a Claim,
    id: &'a str,
    before: Option<State>,
    after: State,
    /// Whether it was shown late together with others, and nothing tells where they began.
    is_loose: bool,
}

/// Some changes that hang together: its states with how often each was entered more than left, and where it ended.
struct Group {
    scores: BTreeMap<State, i64>,
    ends: Vec<State>,
    starts: Vec<State>,
}

struct Outcome {
    state: State,
    certainty: Certainty,
    candidates: Vec<State>,
    starts: Vec<State>,
    is_split: bool,
    begins_at_creation: bool,
}

/// What all these facts about one object come to.
pub(crate) fn recompute(facts: &[Fact]) -> Known {
    let mut claims: Vec<&Claim> = Vec::new();
    let mut thin_s = None;
    for fact in facts {
        match fact {
            Fact::Claim(claim) => claims.push(claim),
            Fact::Thin { created_s, .. } => thin_s = thin_s.max(Some(*created_s)),
        }
    }
    let deleted = claims.iter().any(|claim| claim.deleted);
    claims.retain(|claim| claim.after.is_some() && claim.lo_s < claim.hi_s);
    let (front, older) = newest(&claims);
    let answer = (!front.is_empty()).then(|| answer(&front, &newest(&older).0));
    let newest_s = claims.iter().map(|claim| claim.lo_s).max();
    let wanted = match deleted {
        true => BTreeSet::new(),
        false => wanted(
            &claims,
            answer.as_ref(),
            thin_s.is_some() && newest_s <= thin_s,
        ),
    };
    Known {
        deleted,
        answer,
        wanted,
    }
}

/// The claims that no other is newer than, and the rest.
fn newest<'a>(claims: &[&'a Claim]) -> (Vec<&'a Claim>, Vec<&'a Claim>) {
    let is_older = |one: &Claim| claims.iter().any(|other| one.hi_s <= other.lo_s);
    claims.iter().partition(|claim| !is_older(claim))
}

fn answer(front: &[&Claim], base: &[&Claim]) -> Answer {
    let both = [front, base].concat();
    let compared = renderings(&both);
    let changes = changes(&compared, &common_fields(&compared));
    let of = |layer: &[&Claim]| -> Vec<Change<'_>> {
        let is_in =
            |change: &&Change<'_>| layer.iter().any(|claim| std::ptr::eq(*claim, change.claim));
        changes.iter().filter(is_in).cloned().collect()
    };
    let (mut outcome, gap) = decide(&of(front), &of(base));
    let stating: Vec<&Claim> = changes
        .iter()
        .filter(|change| change.after == outcome.state)
        .map(|change| change.claim)
        .collect();
    let newest = stating
        .iter()
        .map(|claim| &claim.version)
        .max()
        .expect("a state is stated");
    let told: Vec<&Claim> = stating
        .iter()
        .copied()
        .filter(|claim| claim.version == *newest)
        .collect();
    let finer = self::changes(&told, &|_| true);
    if finer.iter().any(|change| change.after != finer[0].after) {
        let inner = follow(&finer, None);
        outcome.candidates = match inner.certainty {
            Certainty::Ambiguous => inner.candidates,
            _ => outcome.candidates,
        };
        outcome.certainty = outcome.certainty.min(inner.certainty);
        let changes = finer.iter().filter(|change| change.after == inner.state);
        return shown(
            changes.map(|change| change.claim).collect(),
            &both,
            &compared,
            &outcome,
            gap,
        );
    }
    shown(stating, &both, &compared, &outcome, gap)
}

/// The newest rendering of those claims; between equal states the one that says most.
fn shown(
    stating: Vec<&Claim>,
    held: &[&Claim],
    compared: &[&Claim],
    outcome: &Outcome,
    gap: bool,
) -> Answer {
    let is_compared = |claim: &Claim| compared.contains(&claim);
    let others = held.iter().copied().filter(|claim| !is_compared(claim));
    let of_same = others.filter(|claim| stating.iter().any(|other| other.id == claim.id));
    let newest = of_same
        .chain(stating.iter().copied())
        .max_by_key(|claim| (&claim.version, &claim.after));
    let newest = newest.expect("a state is stated by a claim");
    Answer {
        content: after(newest).clone(),
        version: newest.version.clone(),
        certainty: outcome.certainty,
        gap,
        at_stake_minor: if outcome.certainty == Certainty::Ambiguous {
            stake(&outcome.candidates)
        } else {
            0
        },
    }
}

fn after(claim: &Claim) -> &Record {
    claim
        .after
        .as_deref()
        .expect("claims without content are left out")
}

/// Each claim in the newest version that renders all of them; else each in its own newest.
fn renderings<'a>(claims: &[&'a Claim]) -> Vec<&'a Claim> {
    let versions: BTreeSet<&str> = claims.iter().map(|claim| &*claim.version).collect();
    let renders = |version: &str, id: &str| {
        claims
            .iter()
            .any(|claim| *claim.id == *id && *claim.version == *version)
    };
    let shared = versions
        .iter()
        .rev()
        .find(|version| claims.iter().all(|claim| renders(version, &claim.id)));
    let chosen =
        |id: &str| shared.or_else(|| versions.iter().rev().find(|version| renders(version, id)));
    claims
        .iter()
        .copied()
        .filter(|claim| chosen(&claim.id) == Some(&&*claim.version))
        .collect()
}

/// Which fields can be compared: all in one version, else those that every claim knows.
fn common_fields(claims: &[&Claim]) -> impl Fn(usize) -> bool {
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
fn changes<'a>(claims: &[&'a Claim], counts: &dyn Fn(usize) -> bool) -> Vec<Change<'a>> {
    let mut told: BTreeMap<Record, Record> = BTreeMap::new();
    for record in claims
        .iter()
        .flat_map(|claim| claim.after.iter().chain(&claim.before))
    {
        let told = told
            .entry(plain(record, counts))
            .or_insert_with(|| masked(record, counts));
        *told = masked(record, counts).max(told.clone());
    }
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
        let by_request = |other: &&Change<'_>| other.claim.request == change.claim.request;
        let mut befores = together.iter().filter_map(|change| change.before.as_ref());
        let mut shown = single
            .iter()
            .filter(by_request)
            .filter(|other| other.after != change.after);
        if shown.any(|other| befores.clone().any(|before| *before == other.after)) {
            continue;
        }
        let is_known = |start: &State| {
            let mut others = single.iter().filter(|other| !by_request(other));
            others.any(|other| other.claim.lo_s <= change.claim.lo_s && other.after == *start)
        };
        let tell = |mut start: State| {
            start.told = told.get(&start.plain).unwrap_or(&start.told).clone();
            start
        };
        let found: Vec<State> = starts(&together, false).into_iter().map(tell).collect();
        let is_mute = together.iter().any(|change| change.before.is_none());
        let known = starts(&together, is_mute).into_iter().map(tell);
        let known: Vec<State> = known.filter(is_known).collect();
        let start = match (found.as_slice(), known.as_slice()) {
            (_, [start]) => start,
            ([_], []) if befores.any(is_known) => continue,
            ([start], []) => start,
            _ => {
                change.is_loose = true;
                continue;
            }
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

/// The changes of one request and second, this one among them, that show one state; none when the request left it again.
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
    if !is_change(this) || of_request().any(|other| other.before.as_ref() == Some(&this.after)) {
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

/// The front's answer, or that of both layers where the front's alone would go back in time; and whether there is a gap.
fn decide(front: &[Change<'_>], base: &[Change<'_>]) -> (Outcome, bool) {
    let past = (!base.is_empty()).then(|| follow(base, None));
    let sure = past
        .as_ref()
        .filter(|past| past.certainty != Certainty::Ambiguous);
    let view = follow(front, sure.map(|past| &past.state));
    let begins = view.starts.first().map(|start| match &past {
        None => view.begins_at_creation,
        Some(past) if past.certainty == Certainty::Ambiguous => past.candidates.contains(start),
        Some(past) => past.state == *start,
    });
    let gap = view.is_split || view.starts.len() > 1 || begins == Some(false);
    let is_left_since = |read: &Claim| {
        base.iter().any(|change| {
            change.before.as_ref() == Some(&view.state) && change.claim.hi_s > read.lo_s
        })
    };
    let is_last_read = |change: &Change<'_>| {
        change.claim.origin == Origin::Observation
            && change.after == view.state
            && !is_left_since(change.claim)
    };
    let Some(past) =
        past.filter(|_| (begins != Some(true) || gap) && !front.iter().any(is_last_read))
    else {
        return (view, gap);
    };
    let union = follow(&[front, base].concat(), None);
    let was_left = view.state != past.state
        && base
            .iter()
            .any(|change| change.before.as_ref() == Some(&view.state));
    let is_whole = !union.is_split && union.starts.len() <= 1;
    let newest_s = front
        .iter()
        .map(|change| change.claim.lo_s)
        .max()
        .unwrap_or(0);
    let states_union = |change: &&Change<'_>| change.after == union.state;
    let is_near = front.iter().any(|change| states_union(&change))
        || base
            .iter()
            .filter(states_union)
            .any(|change| change.claim.hi_s > newest_s - GUARD_S);
    let chosen = if is_behind(&view.state.told, &past.state.told) {
        union
    } else if was_left && is_near {
        let mut candidates = union.candidates.clone();
        candidates.push(view.state.clone());
        match union.certainty {
            Certainty::Linked => union,
            _ => Outcome {
                certainty: Certainty::Ambiguous,
                candidates,
                ..union
            },
        }
    } else if union.certainty == Certainty::Linked
        && is_whole
        && is_near
        && union.state != view.state
    {
        union
    } else {
        view
    };
    (chosen, gap)
}

/// Where these changes ended, when they began at `start` if that is known.
fn follow(changes: &[Change<'_>], start: Option<&State>) -> Outcome {
    let is_creation =
        |change: &Change<'_>| *change.claim.event_type == *change.claim.object.schema.created_by;
    let made: BTreeSet<&State> = changes
        .iter()
        .filter(|change| !change.claim.event_type.is_empty() && is_creation(change))
        .map(|change| &change.after)
        .collect();
    let groups = groups(changes, start, &made);
    let said: BTreeSet<&State> = changes.iter().map(|change| &change.after).collect();
    let only_made = |group: &Group| {
        let mut states = changes
            .iter()
            .filter(|change| group.scores.contains_key(&change.after));
        group.scores.len() == 1
            && states.all(|change| !change.claim.event_type.is_empty() && is_creation(change))
    };
    let later: Vec<&Group> = groups.iter().filter(|group| !only_made(group)).collect();
    let standing = if later.is_empty() {
        groups.iter().collect()
    } else {
        later
    };
    let ends: Vec<State> = standing
        .into_iter()
        .flat_map(|group| group.ends.clone())
        .collect();
    let is_last = |end: &&State| !ends.iter().any(|other| is_later(&other.told, &end.told));
    let mut candidates: Vec<State> = ends.iter().filter(is_last).cloned().collect();
    if candidates.is_empty() {
        candidates = ends.clone();
    }
    let is_loose = changes.iter().any(|change| change.is_loose);
    let is_certain = groups.iter().all(|group| group.ends.len() == 1) && !is_loose;
    let certainty = match (said.len(), groups.len(), candidates.len()) {
        (1, ..) => Certainty::Exact,
        (_, 1, _) if is_certain => Certainty::Linked,
        (_, _, 1) if is_certain => Certainty::Hinted,
        _ => Certainty::Ambiguous,
    };
    let state = match said.iter().next() {
        Some(state) if said.len() == 1 => (*state).clone(),
        _ => heaviest(changes, &candidates),
    };
    let candidates = if certainty == Certainty::Exact {
        vec![state.clone()]
    } else {
        candidates
    };
    let starts: Vec<State> = groups
        .iter()
        .flat_map(|group| group.starts.clone())
        .collect();
    let begins_at_creation = starts.iter().all(|start| made.contains(start));
    Outcome {
        state,
        certainty,
        candidates,
        starts,
        is_split: groups.len() > 1,
        begins_at_creation,
    }
}

fn groups(changes: &[Change<'_>], start: Option<&State>, made: &BTreeSet<&State>) -> Vec<Group> {
    let mut groups: Vec<BTreeSet<&State>> = Vec::new();
    let mut times: BTreeMap<(&State, &State), BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for change in changes {
        let states: BTreeSet<&State> = change.before.iter().chain([&change.after]).collect();
        let (joined, apart): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|group| !group.is_disjoint(&states));
        groups = apart;
        groups.push(joined.into_iter().flatten().chain(states).collect());
        if let Some(before) = &change.before {
            let by_type = times.entry((before, &change.after)).or_default();
            by_type
                .entry(&change.claim.event_type)
                .or_default()
                .insert(change.id);
        }
    }
    let score = |state: &State| -> i64 {
        let times_of = |by_type: &BTreeMap<&str, BTreeSet<&str>>| {
            by_type.values().map(BTreeSet::len).max().unwrap_or(0)
        };
        let gained = |(edge, by_type): (&(&State, &State), &_)| {
            (i64::from(edge.1 == state) - i64::from(edge.0 == state)) * times_of(by_type) as i64
        };
        times.iter().map(gained).sum()
    };
    let of_group = |states: BTreeSet<&State>| {
        group(
            states
                .into_iter()
                .map(|state| (state.clone(), score(state)))
                .collect(),
            start,
            made,
        )
    };
    groups.into_iter().map(of_group).collect()
}

fn group(scores: BTreeMap<State, i64>, start: Option<&State>, made: &BTreeSet<&State>) -> Group {
    let with = |is: &dyn Fn(i64) -> bool| -> Vec<State> {
        scores
            .iter()
            .filter(|(_, score)| is(**score))
            .map(|(state, _)| state.clone())
            .collect()
    };
    let (ends, starts) = (with(&|score| score > 0), with(&|score| score < 0));
    let all = with(&|_| true);
    if !ends.is_empty() || all.len() == 1 {
        let ends = if ends.is_empty() { all } else { ends };
        return Group {
            scores,
            ends,
            starts,
        };
    }
    let created: Vec<State> = all
        .iter()
        .filter(|state| made.contains(state))
        .cloned()
        .collect();
    match (
        start.filter(|start| all.contains(start)),
        created.as_slice(),
    ) {
        (Some(turn), _) | (None, [turn]) => Group {
            ends: vec![turn.clone()],
            starts: vec![turn.clone()],
            scores,
        },
        _ => Group {
            ends: all,
            starts: Vec::new(),
            scores,
        },
    }
}

/// What is shown when nothing decides: a read, the object's own claim, one with a before, the later, the greater hash.
fn heaviest(changes: &[Change<'_>], candidates: &[State]) -> State {
    let weight = |change: &Change<'_>| {
        let claim = change.claim;
        (
            claim.origin == Origin::Observation,
            claim.origin != Origin::Embedded,
            claim.before.is_some(),
            claim.hi_s,
        )
    };
    let of_state = |state: &&State| {
        let stating = changes.iter().filter(|change| change.after == **state);
        (stating.map(weight).max(), state.plain.state_hash())
    };
    candidates
        .iter()
        .max_by_key(of_state)
        .expect("changes end somewhere")
        .clone()
}

/// By how much the candidates differ in the amount that differs most.
fn stake(candidates: &[State]) -> i64 {
    let spread = |place: usize| {
        let amounts = candidates
            .iter()
            .map(|state| state.told.get(place).int().unwrap_or(0));
        amounts
            .clone()
            .max()
            .unwrap_or(0)
            .saturating_sub(amounts.min().unwrap_or(0))
    };
    let fields = candidates[0].told.schema.fields.iter().enumerate();
    fields
        .filter(|(_, field)| matches!(field.shape, Shape::Minor))
        .map(|(place, _)| spread(place))
        .max()
        .unwrap_or(0)
}

fn wanted(claims: &[&Claim], answer: Option<&Answer>, is_thin: bool) -> BTreeSet<&'static str> {
    let mut reasons: BTreeSet<&'static str> = is_thin.then_some("thin").into_iter().collect();
    let Some(Answer {
        content, certainty, ..
    }) = answer
    else {
        return reasons;
    };
    let said = |name: &str| content.get(content.schema.at(name));
    let is_money = |place: usize| {
        let field = &content.schema.fields[place];
        matches!(field.shape, Shape::Minor) || ["currency", "status"].contains(&field.name)
    };
    let is_unknown = |place: usize| is_money(place) && *content.get(place) == Value::Unknown;
    let is_unbooked = content.schema.object == "charge"
        && said("status").text() == Some("succeeded")
        && said("balance_transaction_id").text().is_none();
    let found = [
        ("ambiguous", *certainty == Certainty::Ambiguous),
        ("bt_null", is_unbooked),
        (
            "embedded_only",
            claims.iter().all(|claim| claim.origin == Origin::Embedded),
        ),
        ("unknown_field", (0..content.values.len()).any(is_unknown)),
    ];
    reasons.extend(
        found
            .into_iter()
            .filter(|(_, is)| *is)
            .map(|(reason, _)| reason),
    );
    reasons
}
