//! Lists that Stripe cuts: an invoice whose lines come and go, shown whole or cut, and its list read whole now and then.
//!
//! Lists here hold rows that only their number tells apart. A draft's lines change, a final invoice's never do.

use std::sync::Arc;

use book::{Certainty, Folded, Register, Target, Totals, link};
use facts::objects::{invoice, invoice_line_list};
use facts::{Claim, Fact, GUARD_S, ObjectKey, Origin, Record, Schema, Value};
use proptest::prelude::*;

use crate::contents::{Told, VERSIONS};
use crate::shelf::Shelf;

/// More rows than this are not shown.
const SHOWN_MAX: i64 = 10;

#[derive(Clone, Debug)]
enum Moment {
    /// The draft has so many lines from now on.
    Lines(i64),
    Finalised,
    /// Something else of the invoice changes.
    Retried,
    /// All lines are read, which takes so many seconds.
    ListRead(i64),
    InvoiceRead(i64),
}

/// The invoice as it is at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    lines: i64,
    finalized_s: Option<i64>,
    attempts: i64,
}

/// What was said, and how many lines there are in the end.
#[derive(Clone, Debug)]
struct Life {
    facts: Told,
    lines: i64,
    end_s: i64,
}

fn moment() -> impl Strategy<Value = Moment> {
    prop_oneof![
        4 => (9..13_i64).prop_map(Moment::Lines),
        1 => Just(Moment::Finalised),
        2 => Just(Moment::Retried),
        4 => (0..3_i64).prop_map(Moment::ListRead),
        1 => (0..3_i64).prop_map(Moment::InvoiceRead),
    ]
}

fn lives() -> impl Strategy<Value = Life> {
    let wait_s = prop_oneof![Just(0_i64), Just(1), Just(4), Just(20)];
    prop::collection::vec((wait_s, moment()), 1..12).prop_map(|moments| life(&moments))
}

fn life(moments: &[(i64, Moment)]) -> Life {
    let mut at_s = 100;
    let mut now = State {
        lines: 9,
        finalized_s: None,
        attempts: 0,
    };
    let mut told = vec![event(at_s, 0, None, now)];
    for (wait_s, moment) in moments {
        at_s += wait_s;
        let before = now;
        let number = told.len();
        match *moment {
            Moment::Lines(lines) if now.finalized_s.is_none() => now.lines = lines,
            Moment::Finalised => now.finalized_s = now.finalized_s.or(Some(at_s)),
            Moment::Retried => now.attempts += 1,
            Moment::ListRead(took_s) => told.push(read(at_s, took_s, number, whole(now))),
            Moment::InvoiceRead(took_s) => told.push(read(at_s, took_s, number, shown(now))),
            Moment::Lines(_) => {}
        }
        if before != now {
            told.push(event(at_s, number, Some(before), now));
        }
    }
    Life {
        facts: Told(told),
        lines: now.lines,
        end_s: at_s,
    }
}

fn rows(schema: &'static Schema, count: i64) -> Value {
    let row = |number: i64| {
        let value = |field: &facts::Field| match field.name {
            "id" => Value::Text(format!("il_{number}").into()),
            "amount_minor" => Value::Int(100),
            "currency" => Value::Text("usd".into()),
            _ => Value::Null,
        };
        Record {
            schema,
            values: schema.fields.iter().map(value).collect(),
        }
    };
    Value::List((0..count).map(row).collect())
}

/// The invoice as Stripe shows it.
fn shown(state: State) -> Record {
    let schema = &invoice::SCHEMA;
    let mut values = vec![Value::Null; schema.fields.len()];
    values[invoice::STATUS] = Value::Text("draft".into());
    values[invoice::CURRENCY] = Value::Text("usd".into());
    values[invoice::SUBTOTAL_MINOR] = Value::Int(100 * state.lines);
    values[invoice::ATTEMPT_COUNT] = Value::Int(state.attempts);
    values[invoice::FINALIZED_S] = state.finalized_s.map_or(Value::Null, Value::Int);
    values[invoice::LINES] = match state.lines {
        ..=SHOWN_MAX => rows(&invoice::line::SCHEMA, state.lines),
        _ => Value::Unknown,
    };
    Record {
        schema,
        values: values.into(),
    }
}

/// The list as it is read whole.
fn whole(state: State) -> Record {
    let lines = rows(&invoice_line_list::line::SCHEMA, state.lines);
    Record {
        schema: &invoice_line_list::SCHEMA,
        values: [lines].into(),
    }
}

fn key(schema: &'static Schema) -> ObjectKey {
    ObjectKey {
        schema,
        id: "in_0".into(),
    }
}

fn event(at_s: i64, number: usize, before: Option<State>, after: State) -> Fact {
    let created = invoice::SCHEMA.created_by;
    let event_type = before.map_or(created, |_| "invoice.updated");
    Fact::Claim(Claim {
        object: key(&invoice::SCHEMA),
        id: format!("evt_{number}").into(),
        version: VERSIONS[0].into(),
        origin: Origin::Event,
        lo_s: at_s,
        hi_s: at_s + 1,
        event_type: event_type.into(),
        request: Some(format!("req_{number}").into()),
        deleted: false,
        after: Some(Arc::new(shown(after))),
        before: before
            .map(shown)
            .filter(|before| !before.same_state(&shown(after)))
            .map(Arc::new),
        seq: number as u64 + 1,
    })
}

fn read(at_s: i64, took_s: i64, number: usize, content: Record) -> Fact {
    Fact::Claim(Claim {
        object: key(content.schema),
        id: format!("obs_{number}").into(),
        version: VERSIONS[0].into(),
        origin: Origin::Observation,
        lo_s: at_s - took_s - GUARD_S,
        hi_s: at_s + 1,
        event_type: "".into(),
        request: None,
        deleted: false,
        after: Some(Arc::new(content)),
        before: None,
        seq: number as u64 + 1,
    })
}

fn about<'f>(facts: &'f [Fact], schema: &'static Schema) -> Vec<&'f Claim> {
    let claims = facts.iter().map(|fact| match fact {
        Fact::Claim(claim) => claim,
        Fact::Thin { .. } => panic!("nothing thin is told here"),
    });
    claims
        .filter(|claim| claim.object.schema == schema)
        .collect()
}

fn folded(facts: &[Fact], schema: &'static Schema) -> Folded {
    let mut register = Register::default();
    let claims = about(facts, schema).into_iter().cloned();
    register.extend(claims.map(Fact::Claim));
    Folded::new(key(schema), register)
}

/// What the books show: whether the list is wanted, how many lines they hold, and whether both objects are sure.
fn books(facts: &[Fact]) -> (bool, Option<usize>, bool) {
    let invoice = folded(facts, &invoice::SCHEMA);
    let list = folded(facts, &invoice_line_list::SCHEMA);
    let mut totals = Totals::new();
    for link in &list.links {
        assert_eq!(link.target, Target::from(&invoice.key));
        link::add(&mut totals, link, 1);
    }
    let view = invoice.view.as_ref().expect("it was made");
    let lines = match (view.content.get(invoice::LINES), &list.view) {
        (Value::List(rows), _) => Some(rows.len()),
        (_, Some(list)) => Some(list.content.get(invoice_line_list::LINES).rows().len()),
        _ => None,
    };
    let is_sure = [&invoice, &list]
        .into_iter()
        .flat_map(|folded| &folded.view)
        .all(|view| view.certainty != Certainty::Ambiguous);
    (invoice.lacks_list(&totals), lines, is_sure)
}

/// The specification's sentence, asked of every claim there ever was.
fn is_wanted(facts: &[Fact]) -> bool {
    let (told, reads) = (
        about(facts, &invoice::SCHEMA),
        about(facts, &invoice_line_list::SCHEMA),
    );
    let invoice = folded(facts, &invoice::SCHEMA).view.expect("it was made");
    let final_s = invoice.content.int(invoice::FINALIZED_S);
    let is_new = |read: &&Claim| {
        told.iter().all(|claim| claim.lo_s <= read.lo_s)
            || final_s.is_some_and(|final_s| final_s <= read.lo_s)
    };
    *invoice.content.get(invoice::LINES) == Value::Unknown && !reads.iter().any(is_new)
}

proptest! {
    #[test]
    fn lines_that_are_not_wanted_are_all_lines_there_are(life in lives()) {
        let (is_wanted, lines, is_sure) = books(&life.facts.0);
        if is_sure && !is_wanted {
            prop_assert_eq!(lines, usize::try_from(life.lines).ok());
        }
    }

    #[test]
    fn list_is_wanted_exactly_while_no_reading_is_newer(life in lives()) {
        let (is_wanted, ..) = books(&life.facts.0);
        prop_assert_eq!(is_wanted, self::is_wanted(&life.facts.0));
    }

    #[test]
    fn one_reading_of_the_list_after_all_else_heals_it(life in lives()) {
        let mut facts = life.facts.0;
        let state = State { lines: life.lines, finalized_s: None, attempts: 0 };
        facts.push(read(life.end_s + GUARD_S, 0, facts.len(), whole(state)));
        let (is_wanted, lines, is_sure) = books(&facts);
        prop_assert!(!is_wanted);
        if is_sure {
            prop_assert_eq!(lines, usize::try_from(life.lines).ok());
        }
    }

    #[test]
    fn lists_in_any_order_and_batches_make_the_same_rows(
        (Told(one), other) in lives().prop_flat_map(|life| {
            let facts = life.facts.0.clone();
            (Just(life.facts), Just(facts).prop_shuffle())
        }),
        batch in 1..4_usize,
    ) {
        let whole = Shelf::of(&one);
        let mut pieces = Shelf::default();
        for batch in other.chunks(batch) {
            pieces.apply(batch);
            pieces.restart();
        }
        prop_assert_eq!(whole.dump(), pieces.dump());
        prop_assert_eq!(&pieces.digest, &pieces.digest_anew());
    }
}
