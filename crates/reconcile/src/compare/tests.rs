//! The comparer with a defect put into it: whichever member it skips, changing each member in turn shows which. The whole proof of the
//! comparer, with rows dropped and added, stands in `daybook`, where a company's deliveries are.

use std::cell::Cell;

use projector::OpenBook;
use serde_json::{Value, json};

use super::map::{Map, Rows, Rule};
use super::objects::MAPS;
use super::{Comparison, compare_objects};
use crate::tests::Sample;

thread_local! {
    static SKIPPED: Cell<Option<(&'static str, &'static str)>> = const { Cell::new(None) };
}

/// Whether the comparer of this thread is to overlook a member, in an object or in a row of it.
pub(super) fn is_skipped(object: &str, path: &str) -> bool {
    SKIPPED.get() == Some((object, path))
}

/// One member of the company's objects that is compared, and where one stands.
struct Member {
    object: &'static str,
    path: &'static str,
    /// An object that has it.
    place: usize,
    /// Where in the object the hash is from which the path goes.
    within: String,
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

/// Every compared member of every kind that the company shows, those of rows within objects too.
fn members(sample: &Sample) -> Vec<Member> {
    let mut members = Vec::new();
    for map in &MAPS {
        push(&mut members, sample, map, map.kept, &[]);
    }
    members
}

fn push(
    members: &mut Vec<Member>,
    sample: &Sample,
    map: &'static Map,
    kept: &'static [(&'static str, Rule)],
    lists: &[(&'static str, bool)],
) {
    for (path, rule) in kept {
        match *rule {
            Rule::Rows(rows) => below(members, sample, map, rows, (lists, (path, false))),
            Rule::List(rows) => below(members, sample, map, rows, (lists, (path, true))),
            // By these the object or the row is found.
            Rule::Key | Rule::Kind => {}
            _ if lists.is_empty()
                && map.id.iter().any(|id| id.split('|').any(|id| id == *path)) => {}
            _ => {
                if let Some((place, within)) = stands(sample, map.object, lists, path) {
                    let object = map.object;
                    members.push(Member {
                        object,
                        path,
                        place,
                        within,
                    });
                }
            }
        }
    }
}

fn below(
    members: &mut Vec<Member>,
    sample: &Sample,
    map: &'static Map,
    rows: &'static Rows,
    (lists, list): (&[(&'static str, bool)], (&'static str, bool)),
) {
    let lists: Vec<_> = lists.iter().copied().chain([list]).collect();
    push(members, sample, map, rows.kept, &lists);
}

/// An object with a first row in these lists, preferably one that has something at the path, and where the row stands.
fn stands(
    sample: &Sample,
    object: &str,
    lists: &[(&str, bool)],
    path: &str,
) -> Option<(usize, String)> {
    let objects = sample.objects.iter().enumerate();
    let alive = objects.filter(|(_, value)| value["object"] == object && value["deleted"] != true);
    let rows = alive.filter_map(|(place, value)| Some((place, value, first_row(value, lists)?)));
    let mut any = None;
    for (place, value, within) in rows {
        let at = format!("{within}{}", pointer(path));
        if value.pointer(&at).is_some_and(|value| !value.is_null()) {
            return Some((place, within));
        }
        any.get_or_insert((place, within));
    }
    any
}

fn first_row(value: &Value, lists: &[(&str, bool)]) -> Option<String> {
    let mut within = String::new();
    for (path, is_list) in lists {
        within.push_str(&pointer(path));
        if *is_list {
            if value.pointer(&within)?["has_more"] == true {
                return None;
            }
            within.push_str("/data");
        }
        within.push_str("/0");
        value.pointer(&within)?;
    }
    Some(within)
}

/// Another value in its place.
fn change(value: &mut Value) {
    *value = match value.take() {
        Value::Bool(flag) => json!(!flag),
        Value::Number(number) => json!(number.as_i64().map_or(7, |number| number + 1)),
        Value::String(text) => json!(format!("{text}x")),
        Value::Null => json!("x"),
        Value::Object(mut members) => {
            members.insert("x".to_owned(), json!("x"));
            members.into()
        }
        Value::Array(_) => panic!("lists are changed row by row"),
    };
}

/// Whether the comparer sees that this member is another.
fn sees(sample: &Sample, book: &OpenBook, member: &Member) -> bool {
    let mut object = sample.objects[member.place].clone();
    let mut at = object.pointer_mut(&member.within).unwrap();
    for name in member.path.split('.') {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[name];
    }
    change(at);
    let objects = std::iter::once(object);
    let Comparison {
        differences,
        unlisted,
        ..
    } = compare_objects(book, &sample.stream, objects).unwrap();
    !differences.is_empty() || !unlisted.is_empty()
}

#[test]
fn changing_each_member_in_turn_is_seen_and_catches_a_comparer_that_skips_it() {
    let sample = Sample::of_everything();
    let (book, members) = (sample.book(), members(&sample));
    assert!(members.len() > 400, "only {} members", members.len());
    for member in &members {
        let Member { object, path, .. } = member;
        assert!(
            sees(&sample, &book, member),
            "{object} {path} is not compared"
        );
        SKIPPED.set(Some((object, path)));
        assert!(
            !sees(&sample, &book, member),
            "{object} {path} is not what was skipped"
        );
        SKIPPED.set(None);
    }
}

#[test]
fn amounts_differ_by_money_in_their_own_currency_and_nothing_else_does() {
    let sample = Sample::of_everything();
    for member in members(&sample) {
        let Member { object, path, .. } = member;
        let value = &sample.objects[member.place];
        let hash = value.pointer(&member.within).unwrap();
        let Some(old) = hash.pointer(&pointer(path)).and_then(Value::as_i64) else {
            continue;
        };
        let mut other = value.clone();
        *other
            .pointer_mut(&format!("{}{}", member.within, pointer(path)))
            .unwrap() = json!(old + 3);
        let found = sample.differences(&other);
        let found = found
            .iter()
            .find(|found| found.member.ends_with(path))
            .unwrap();
        let last = path.rsplit('.').next().unwrap();
        let words = [
            "amount", "fee", "net", "total", "balance", "value", "tax", "monetary",
        ];
        match &found.by {
            Some(by) => {
                assert_eq!(by.minor, 3, "{object} {path}");
                assert_eq!(by.currency.len(), 3, "{object} {path}");
                assert!(
                    words.iter().any(|word| path.contains(word)),
                    "{object} {path}"
                );
            }
            None => assert!(!last.starts_with("amount"), "{object} {path}"),
        }
    }
}
