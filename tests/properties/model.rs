//! The naive model: keeps every claim for ever, and works an object's newest state out anew from all of them each time.
//!
//! Written from docs/ORDERING.md, sentence by sentence, and apart from the fold: no pruning, no hashes, nothing kept
//! between two questions, no care for speed. It must not call anything of the fold but the name of a certainty.

mod changes;
mod ends;

use std::collections::BTreeSet;

use book::Certainty;
use facts::schema::{Field, Shape};
use facts::{Claim, Fact, GUARD_S, Origin, Record, Value};

use crate::lifecycles::is_behind;
use changes::{Change, State, after, changes, common_fields, is_rendering, renderings};
use ends::{Outcome, follow};

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
    let of_same = others.filter(|claim| stating.iter().any(|other| is_rendering(other, claim)));
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
    let near = |other: &&State| {
        let states_it = |change: &&Change<'_>| change.after == **other;
        let is_recent = |change: &Change<'_>| change.claim.hi_s > newest_s - GUARD_S;
        front.iter().any(|change| states_it(&change))
            || base.iter().filter(states_it).any(is_recent)
    };
    let others = union
        .candidates
        .iter()
        .filter(|other| **other != view.state);
    let is_near = others.filter(near).count() > 0;
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
    } else if union.certainty == Certainty::Linked && is_whole && is_near {
        union
    } else {
        view
    };
    (chosen, gap)
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

/// Whether nothing can be booked without this field.
fn is_money(field: &Field) -> bool {
    let is_other = field.name == "transfer_amount_minor";
    let is_needed = ["currency", "status", "available_s"].contains(&field.name);
    is_needed || (!is_other && matches!(field.shape, Shape::Minor))
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
    let is_unknown = |place: usize| {
        is_money(&content.schema.fields[place]) && *content.get(place) == Value::Unknown
    };
    let is_unbooked = content.schema.object == "charge"
        && said("status").text() == Some("succeeded")
        && said("captured").flag() != Some(false)
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
