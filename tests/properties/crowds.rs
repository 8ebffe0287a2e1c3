//! Ten thousand claims in one second: whatever they are, the answer comes at once and is the right one.
//!
//! Nothing is timed here; a fold whose work grows with the square of the claims makes these tests hang.

use std::sync::Arc;

use book::{Certainty, Register, View, resolve};
use facts::objects::{customer, invoice};
use facts::schema::Schema;
use facts::{Claim, Fact, ObjectKey, Origin, Record, Value};

use crate::contents::VERSIONS;

const CROWD: i64 = 10_000;

fn content(schema: &'static Schema, place: usize, value: Value) -> Arc<Record> {
    let mut record = Record {
        schema,
        values: vec![Value::Null; schema.fields.len()].into(),
    };
    record.values[place] = value;
    Arc::new(record)
}

fn claim(number: i64, before: Option<Arc<Record>>, after: Arc<Record>) -> Claim {
    Claim {
        object: ObjectKey {
            schema: after.schema,
            id: "object_0".into(),
        },
        id: format!("evt_{number}").into(),
        version: VERSIONS[0].into(),
        origin: Origin::Event,
        lo_s: 100,
        hi_s: 101,
        event_type: "object.updated".into(),
        request: Some(format!("req_{number}").into()),
        deleted: false,
        after: Some(after),
        before,
        seq: number.unsigned_abs(),
    }
}

fn answer(claims: impl Iterator<Item = Claim>) -> View {
    let mut register = Register::default();
    register.extend(claims.map(Fact::Claim));
    resolve(&register).expect("there are claims")
}

fn balance(number: i64) -> Arc<Record> {
    content(
        &customer::SCHEMA,
        customer::BALANCE_MINOR,
        Value::Int(number),
    )
}

fn attempts(number: i64) -> Arc<Record> {
    content(&invoice::SCHEMA, invoice::ATTEMPT_COUNT, Value::Int(number))
}

#[test]
fn crowd_of_unjoined_states_is_unsure_by_their_spread() {
    let view = answer((0..CROWD).map(|number| claim(number, None, balance(number))));
    assert_eq!(
        (view.certainty, view.at_stake_minor),
        (Certainty::Ambiguous, CROWD - 1)
    );
}

#[test]
fn crowd_of_states_that_only_rise_ends_at_the_highest() {
    let view = answer((0..CROWD).map(|number| claim(number, None, attempts(number))));
    assert_eq!(
        (view.certainty, view.content),
        (Certainty::Hinted, attempts(CROWD - 1))
    );
}

#[test]
fn crowd_of_changes_is_followed_to_its_end() {
    let change = |number| claim(number, Some(balance(number)), balance(number + 1));
    let view = answer((0..CROWD).map(change));
    assert_eq!(
        (view.certainty, view.content),
        (Certainty::Linked, balance(CROWD))
    );
}

#[test]
fn crowd_of_changes_of_one_request_is_followed_to_its_end() {
    let change = |number| Claim {
        request: Some("req_0".into()),
        ..claim(number, Some(balance(number)), balance(number + 1))
    };
    assert_eq!(answer((0..CROWD).map(change)).content, balance(CROWD));
}

#[test]
fn crowd_in_two_versions_is_followed_to_its_end() {
    let change = |number: i64| Claim {
        version: VERSIONS[(number % 2).unsigned_abs() as usize].into(),
        ..claim(number, Some(balance(number)), balance(number + 1))
    };
    let view = answer((0..CROWD).map(change));
    assert_eq!(
        (view.certainty, view.content),
        (Certainty::Linked, balance(CROWD))
    );
}

#[test]
fn crowd_of_beginnings_of_one_late_snapshot_is_unsure() {
    let change = |number| Claim {
        request: Some("req_0".into()),
        ..claim(number, Some(balance(number)), balance(-1))
    };
    let view = answer(
        (0..CROWD)
            .map(change)
            .chain([claim(CROWD, None, balance(-2))]),
    );
    assert_eq!(view.certainty, Certainty::Ambiguous);
}
