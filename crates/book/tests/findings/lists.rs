//! Cut lists: when the whole list is wanted, and what the lines add up to once it was read.

use book::{Folded, Link, Row, Target, Totals, link, rows_of_target};
use facts::objects::{charge, credit_note, invoice, invoice_line_list, subscription};
use facts::{Claim, ObjectKey, Origin, Record, Value};

use crate::{LIVE, claim, content, fold, list, text};

/// An open invoice of 120.00 whose lines are cut; finalised at this second, if it was.
fn cut_invoice(finalized: Value) -> Record {
    let fields = [
        (invoice::CURRENCY, text("usd")),
        (invoice::SUBTOTAL_MINOR, Value::Int(12_000)),
        (invoice::FINALIZED_S, finalized),
        (invoice::LINES, Value::Unknown),
    ];
    content(&invoice::SCHEMA, &fields)
}

/// All lines, read at this second.
fn lines_read(at_s: i64, amounts: &[i64]) -> Folded {
    let rows: Vec<[(usize, Value); 2]> = amounts
        .iter()
        .map(|amount| {
            [
                (invoice_line_list::line::AMOUNT_MINOR, Value::Int(*amount)),
                (invoice_line_list::line::CURRENCY, text("usd")),
            ]
        })
        .collect();
    let rows: Vec<&[(usize, Value)]> = rows.iter().map(<[_; 2]>::as_slice).collect();
    let lines = list(&invoice_line_list::line::SCHEMA, &rows);
    let whole = content(
        &invoice_line_list::SCHEMA,
        &[(invoice_line_list::LINES, lines)],
    );
    fold(vec![Claim {
        origin: Origin::Observation,
        ..claim("obs_1", at_s, whole)
    }])
}

/// What stands under the parent: (table, code or reason, amount at stake).
fn said(parent: &Folded, links: &[Link]) -> Vec<(&'static str, String)> {
    let mut totals = Totals::new();
    let target = Target::from(&parent.key);
    for link in links {
        assert_eq!(link.target, target);
        link::add(&mut totals, link, 1);
    }
    let word = |row: &Row<'_>| match row.cells.get(3) {
        Some(book::Cell::Text(word)) => word.to_string(),
        cell => panic!("no word: {cell:?}"),
    };
    rows_of_target(LIVE, &target, Some(parent), &totals)
        .iter()
        .map(|row| (book::TABLES[row.table].name, word(row)))
        .filter(|(table, _)| *table != "totals")
        .collect()
}

fn wanted() -> Vec<(&'static str, String)> {
    vec![("wanted", "stale_list".to_owned())]
}

#[test]
fn cut_list_is_wanted_until_it_was_read_whole() {
    let parent = fold(vec![claim("evt_1", 100, cut_invoice(Value::Null))]);
    assert_eq!(said(&parent, &[]), wanted());
    let whole = lines_read(101, &[7000, 5000]);
    assert_eq!(said(&parent, &whole.links), []);
}

#[test]
fn list_is_wanted_again_when_its_draft_may_have_changed_since() {
    let parent = fold(vec![claim("evt_1", 100, cut_invoice(Value::Null))]);
    assert_eq!(said(&parent, &lines_read(100, &[12_000]).links), []);
    assert_eq!(said(&parent, &lines_read(99, &[12_000]).links), wanted());
    assert_eq!(
        said(&parent, &lines_read(99, &[11_000]).links),
        wanted(),
        "an old list is held against nothing"
    );
}

#[test]
fn lines_of_a_finalised_invoice_stay_as_they_were_read() {
    let parent = fold(vec![claim("evt_1", 300, cut_invoice(Value::Int(200)))]);
    assert_eq!(said(&parent, &lines_read(200, &[12_000]).links), []);
    assert_eq!(said(&parent, &lines_read(199, &[12_000]).links), wanted());
}

#[test]
fn lines_read_whole_add_up_to_the_subtotal_of_an_invoice_that_cuts_them() {
    let parent = fold(vec![claim("evt_1", 100, cut_invoice(Value::Null))]);
    let short = lines_read(200, &[7000, 4000]);
    assert_eq!(
        said(&parent, &short.links),
        [("findings", "invoice_lines".to_owned())]
    );
}

#[test]
fn list_shown_whole_is_never_wanted() {
    let mut record = cut_invoice(Value::Null);
    record.values[invoice::LINES] = list(
        &invoice::line::SCHEMA,
        &[&[(invoice::line::AMOUNT_MINOR, Value::Int(12_000))]],
    );
    let parent = fold(vec![claim("evt_1", 100, record)]);
    assert_eq!(said(&parent, &[]), []);
    assert_eq!(
        said(&parent, &lines_read(50, &[1]).links),
        [],
        "what was read before it fell below ten lines counts no more"
    );
}

#[test]
fn deleted_draft_wants_no_list() {
    let parent = fold(vec![Claim {
        deleted: true,
        ..claim("evt_1", 100, cut_invoice(Value::Null))
    }]);
    assert_eq!(said(&parent, &[]), []);
}

#[test]
fn items_and_lines_of_credit_notes_are_wanted_in_the_same_way() {
    let mut cut = vec![
        content(&subscription::SCHEMA, &[]),
        content(&credit_note::SCHEMA, &[]),
    ];
    cut[0].values[subscription::ITEMS] = Value::Unknown;
    cut[1].values[credit_note::LINES] = Value::Unknown;
    for record in cut {
        let parent = fold(vec![claim("evt_1", 100, record)]);
        assert_eq!(said(&parent, &[]), wanted());
    }
}

#[test]
fn refunds_are_wanted_while_those_held_add_up_to_less_than_was_refunded() {
    let fields = [
        (charge::CURRENCY, text("usd")),
        (charge::AMOUNT_REFUNDED_MINOR, Value::Int(500)),
    ];
    let parent = fold(vec![claim("evt_1", 100, content(&charge::SCHEMA, &fields))]);
    let refund = |number: &str, amount_minor: i64| Link {
        target: Target::from(&parent.key),
        relation: "refund",
        source: Target {
            object: "refund",
            id: number.into(),
        },
        amount_minor,
        currency: "usd".into(),
    };
    let finding = ("findings", "charge_refunds".to_owned());
    let short = [wanted(), vec![finding.clone()]].concat();
    assert_eq!(said(&parent, &[]), short);
    assert_eq!(said(&parent, &[refund("re_1", 400)]), short);
    let both = [refund("re_1", 400), refund("re_2", 100)];
    assert_eq!(said(&parent, &both), []);
    let more = [refund("re_1", 400), refund("re_2", 200)];
    assert_eq!(said(&parent, &more), [finding], "a read brings no less");
}

#[test]
fn second_of_the_list_never_counts_as_money_that_is_missing() {
    let whole = lines_read(1_700_000_000, &[7000]);
    let target = Target::from(&ObjectKey {
        schema: &invoice::SCHEMA,
        id: "object_1".into(),
    });
    let mut totals = Totals::new();
    for link in &whole.links {
        link::add(&mut totals, link, 1);
    }
    let found = book::finding::findings(LIVE, &target, None, &totals);
    let found: Vec<_> = found
        .iter()
        .map(|finding| (finding.code, finding.at_stake_minor))
        .collect();
    assert_eq!(found, [("missing", 7000)]);
}
