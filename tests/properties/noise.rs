//! Claims of every sort, thrown together without a history behind them: what no fold may break on, however absurd.
//!
//! Seconds lie close together and contents have few values, so that ties, loops and conflicts abound.

use std::sync::Arc;

use facts::{Claim, Fact, Origin};
use proptest::prelude::*;

use crate::contents::{self, DIALS, Digits, KINDS, Told, UNREADABLE, VERSIONS};

/// What one fact is to be.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) sort: Sort,
    second: i64,
    width_s: i64,
    after: Digits,
    /// Dials that the change turned, with what they showed before.
    turned: Vec<(usize, u8)>,
    event_type: usize,
    request: Option<u8>,
    version: usize,
    copy: Option<(Copy, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Event,
    Read,
    Embedded,
    Thin,
    Deletion,
}

/// How a fact takes after an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Copy {
    /// The same again.
    Duplicate,
    /// The same event in another API version.
    Rendering,
    /// The same event id and version with another content.
    Conflict,
    /// The same event id in another version and at another second.
    Redated,
    /// The same content under another id at another second: there and back again.
    Return,
}

/// Facts about the one object of this kind.
pub(crate) fn about(kind: usize) -> impl Strategy<Value = Told> {
    prop::collection::vec(draft(), 1..14).prop_map(move |drafts| Told(facts(kind, &drafts, 0)))
}

/// Facts about objects of several kinds, which refer to each other.
pub(crate) fn about_several() -> impl Strategy<Value = Told> {
    let drafts = prop::collection::vec((0..KINDS.len(), draft()), 1..24);
    drafts.prop_map(|drafts| {
        let of_kind = |kind: usize| -> Vec<Fact> {
            let own = drafts.iter().filter(|(of, _)| *of == kind);
            facts(
                kind,
                &own.map(|(_, draft)| draft.clone()).collect::<Vec<_>>(),
                100 * kind as u64,
            )
        };
        Told((0..KINDS.len()).flat_map(of_kind).collect())
    })
}

pub(crate) fn draft() -> impl Strategy<Value = Draft> {
    let sort = prop_oneof![
        12 => Just(Sort::Event),
        3 => Just(Sort::Read),
        2 => Just(Sort::Embedded),
        1 => Just(Sort::Thin),
        1 => Just(Sort::Deletion),
    ];
    let turned = prop::collection::vec((0..DIALS, 0..3_u8), 0..3);
    let copy = prop_oneof![
        1 => Just(Copy::Duplicate),
        1 => Just(Copy::Rendering),
        1 => Just(Copy::Conflict),
        1 => Just(Copy::Redated),
        2 => Just(Copy::Return),
    ];
    let copy = prop::option::weighted(0.3, (copy, 0..16_usize));
    let request = prop::option::weighted(0.6, 0..2_u8);
    let version = prop_oneof![6 => Just(0_usize), 1 => Just(1)];
    let place = (100..105_i64, 0..4_i64, 0..4_usize);
    (sort, place, digits(), turned, request, version, copy).prop_map(
        |(sort, (second, width_s, event_type), after, turned, request, version, copy)| Draft {
            sort,
            second,
            width_s,
            after,
            turned,
            event_type,
            request,
            version,
            copy,
        },
    )
}

fn digits() -> impl Strategy<Value = Digits> {
    let digit = prop_oneof![30 => Just(0_u8), 14 => Just(1), 7 => Just(2), 3 => Just(3), 1 => Just(UNREADABLE)];
    prop::array::uniform5(digit)
}

/// The facts that these drafts come to; entries are numbered on from `seq`.
pub(crate) fn facts(kind: usize, drafts: &[Draft], seq: u64) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    for (draft, seq) in drafts.iter().zip(seq + 1..) {
        let fact = fact(kind, draft, seq);
        let earlier = draft
            .copy
            .and_then(|(copy, of)| Some((copy, facts.get(of)?.clone())));
        facts.push(match (fact, earlier) {
            (Fact::Claim(own), Some((copy, Fact::Claim(other)))) => {
                Fact::Claim(taken_after(own, other, copy))
            }
            (own, _) => own,
        });
    }
    facts
}

fn fact(kind: usize, draft: &Draft, seq: u64) -> Fact {
    let object = contents::key(kind);
    if draft.sort == Sort::Thin {
        return Fact::Thin {
            object,
            created_s: draft.second,
            seq,
        };
    }
    let mut before = draft.after;
    draft
        .turned
        .iter()
        .for_each(|&(dial, was)| before[dial] = was);
    let content = |digits: Digits| Arc::new(contents::content(kind, digits, draft.version));
    let is_change = draft.sort == Sort::Event && content(before) != content(draft.after);
    let (lo_s, hi_s, id) = match draft.sort {
        Sort::Read => (
            draft.second - draft.width_s,
            draft.second + 1,
            format!("obs_{seq}"),
        ),
        Sort::Embedded => (
            draft.second - 5,
            draft.second + 1,
            format!("evt_{seq}/data.object.of"),
        ),
        _ => (draft.second, draft.second + 1, format!("evt_{seq}")),
    };
    let created_by = object.schema.created_by;
    let types = [
        created_by,
        "object.updated",
        "object.changed",
        "object.updated",
    ];
    let event_type = match draft.sort {
        Sort::Read => "",
        Sort::Event => types[draft.event_type],
        _ => "object.deleted",
    };
    Fact::Claim(Claim {
        object,
        id: id.into(),
        version: VERSIONS[draft.version].into(),
        origin: match draft.sort {
            Sort::Read => Origin::Observation,
            Sort::Embedded => Origin::Embedded,
            _ => Origin::Event,
        },
        lo_s,
        hi_s,
        event_type: event_type.into(),
        request: draft
            .request
            .filter(|_| draft.sort == Sort::Event)
            .map(|request| format!("req_{request}").into()),
        deleted: draft.sort == Sort::Deletion,
        after: (draft.sort != Sort::Deletion || draft.width_s > 1).then(|| content(draft.after)),
        before: is_change.then(|| content(before)),
        seq,
    })
}

fn taken_after(own: Claim, other: Claim, copy: Copy) -> Claim {
    match copy {
        Copy::Duplicate => Claim {
            seq: own.seq,
            ..other
        },
        Copy::Rendering if own.version != other.version => Claim {
            version: own.version,
            after: own.after.or(other.after.clone()),
            before: own.before,
            seq: own.seq,
            ..other
        },
        Copy::Rendering | Copy::Conflict => Claim {
            after: own.after.or(other.after.clone()),
            before: own.before,
            version: other.version.clone(),
            seq: own.seq,
            ..other
        },
        Copy::Redated => Claim {
            id: other.id,
            ..own
        },
        Copy::Return if own.origin != Origin::Event => own,
        Copy::Return => Claim {
            before: other.after,
            after: other.before.or(own.after),
            version: other.version,
            ..own
        },
    }
}
