//! What reading and joining promise of any entries: no panic, the same answer twice, and a register that sees neither the
//! order of its facts nor how they were shared out. Judges no content.
//!
//! An input is a line that chooses the columns, and then a body a line.

use std::collections::BTreeMap;

use book::{Folded, Register, Target};
use facts::{EntryText, Envelope, Fact, Kind, ObjectKey, Reading, objects};

const KINDS: [Kind; 4] = [
    Kind::Event,
    Kind::Notification,
    Kind::Observation,
    Kind::Control,
];
/// Types that something is decided by, and one of each other sort.
const TYPES: [&str; 8] = [
    "charge.refunded",
    "customer.deleted",
    "customer.subscription.deleted",
    "invoice.deleted",
    "invoice.paid",
    "invoice.upcoming",
    "payout.updated",
    "",
];
/// Versions on both sides of the changes that Stripe made.
const VERSIONS: [&str; 8] = [
    "",
    "2015-10-16",
    "2017-04-06",
    "2020-08-27",
    "2022-11-15",
    "2024-06-20",
    "2025-03-31.basil",
    "2026-07-29.dahlia",
];
/// More says nothing new, and the notices must stay few whatever the input.
const NOTICES_MAX: usize = 101;
/// Joins are tried in several ways, so that many lines cost many times as much.
const LINES_MAX: usize = 16;

/// Any entries of one stream.
pub(crate) fn check(input: &[u8]) {
    let mut lines = input.split(|byte| *byte == b'\n');
    let choices = lines.next().unwrap_or_default();
    let mut facts: BTreeMap<ObjectKey, Vec<Fact>> = BTreeMap::new();
    for (body, seq) in lines.take(LINES_MAX).zip(1..) {
        let envelope = facts::envelope(body).ok();
        let reading = read(&entry(choices, envelope.as_ref(), body, seq));
        for fact in reading.facts {
            facts.entry(fact.object().clone()).or_default().push(fact);
        }
    }
    for (key, facts) in facts {
        joins_any_way(&key, &facts);
    }
}

/// The columns as the log would hold them; where there is no envelope, or the input says so, as it chooses them.
fn entry<'a>(
    choices: &[u8],
    envelope: Option<&'a Envelope>,
    body: &'a [u8],
    seq: u64,
) -> EntryText<'a> {
    let choice = |at: usize| usize::from(choices.get(at).copied().unwrap_or(0));
    let follows = choice(0) < 128;
    let envelope = envelope.filter(|_| follows);
    let offset_s =
        i64::try_from(choice(3)).expect("a byte fits") * i64::try_from(seq).expect("a line fits");
    EntryText {
        kind: envelope.map_or(KINDS[choice(0) % KINDS.len()], |envelope| envelope.kind),
        id: envelope.map_or("evt_chosen", |envelope| &envelope.id),
        type_: envelope.map_or(TYPES[choice(1) % TYPES.len()], |envelope| &envelope.type_),
        api_version: match envelope {
            Some(envelope) => envelope.api_version.as_deref(),
            None => {
                Some(VERSIONS[choice(2) % VERSIONS.len()]).filter(|version| !version.is_empty())
            }
        },
        created_s: envelope.map_or(1_735_689_600 + offset_s, |envelope| envelope.created_s),
        seq,
        body,
    }
}

fn read(entry: &EntryText<'_>) -> Reading {
    let reading = facts::read(entry);
    assert_eq!(reading, facts::read(entry), "a second look sees the same");
    assert!(reading.notices.len() <= NOTICES_MAX);
    for fact in &reading.facts {
        let object = fact.object();
        let held = objects::schema(object.schema.object);
        assert!(held.is_some_and(|held| std::ptr::eq(held, object.schema)));
        if let Fact::Claim(claim) = fact {
            assert!(
                claim.after.is_some() || claim.deleted,
                "a claim says something"
            );
            assert_eq!(claim.seq, entry.seq);
        }
    }
    reading
}

/// One object's facts, joined in halves, backwards, twice and by way of the stored form: one register, and it folds.
fn joins_any_way(key: &ObjectKey, facts: &[Fact]) {
    let whole = register(facts.iter().cloned());
    let (early, late) = facts.split_at(facts.len() / 2);
    let join = |one: &[Fact], other: &[Fact]| {
        let mut joined = register(one.iter().cloned());
        joined.join(register(other.iter().cloned()));
        joined
    };
    assert_eq!(join(early, late), whole);
    assert_eq!(join(late, early), whole);
    assert_eq!(join(facts, facts), whole);
    assert_eq!(register(facts.iter().rev().cloned()), whole);
    let stored = book::stored::encode(&whole);
    assert_eq!(book::stored::decode(key, &stored), Ok(whole.clone()));
    folds(key, whole);
}

fn register(facts: impl Iterator<Item = Fact>) -> Register {
    let mut register = Register::default();
    register.extend(facts);
    register
}

fn folds(key: &ObjectKey, register: Register) {
    let folded = Folded::new(key.clone(), register);
    let target = Target::from(key);
    let rows = folded.rows("acct_1/live", &target);
    assert!(rows.len() >= folded.links.len());
}
