//! The comparer shown to fail: each member that it compares is changed in turn, objects and rows are dropped and added,
//! and each time it must say so.

mod document;
mod faults;
mod imported;
mod lacking;
mod seeds;
mod years;

use std::collections::BTreeSet;

use book::TABLES;
use serde_json::{Value, json};
use simulator::Config;
use tempfile::TempDir;

use self::imported::Imported;
use super::map::{Map, Rows, Rule};
use super::objects::MAPS;
use super::{Comparison, Sums, Truth};
use crate::failure::Failure;
use crate::folder::Folder;

/// A small company with everything in it, imported, projected and made sure.
struct Company {
    imported: Imported,
    objects: Vec<Value>,
    sums: Sums,
    folder: TempDir,
}

impl Company {
    fn new() -> Self {
        let company = Self::without_last_projection();
        company.imported.project().unwrap();
        company
    }

    /// The book lacks the event that was withheld at first; the log has it.
    fn without_last_projection() -> Self {
        let folder = TempDir::new().unwrap();
        let config = Config {
            customers: 60,
            days: 365,
            ..Config::small(2)
        };
        let data = Folder::new(&folder.path().join("data"));
        let mut imported = Imported::new(data, simulator::simulate(&config), 2).unwrap();
        imported.import().unwrap();
        imported.project().unwrap();
        imported.read_wanted().unwrap();
        imported.project().unwrap();
        imported.deliver_withheld().unwrap();
        Self {
            objects: imported.true_objects().collect(),
            sums: imported.true_sums(),
            imported,
            folder,
        }
    }

    fn compare(&self, objects: &[Value], sums: &Sums) -> Result<Comparison, Failure> {
        self.imported.compare_with(Truth {
            objects: &mut objects.iter().cloned(),
            sums: sums.clone(),
        })
    }

    /// The comparison of an object fails once `change` has been made to the truth about it. Alone: thousands of comparisons
    /// of a whole company take minutes.
    fn check(
        &self,
        what: &str,
        place: usize,
        change: impl FnOnce(&mut Value),
    ) -> Option<Comparison> {
        let mut object = self.objects[place].clone();
        change(&mut object);
        assert_ne!(object, self.objects[place], "{what}: nothing was changed");
        seen(what, self.imported.compare_objects(&[object]))
    }

    /// The comparison of everything fails once `change` has been made to the truth.
    fn check_whole(&self, what: &str, change: impl FnOnce(&mut Vec<Value>)) -> Option<Comparison> {
        let mut objects = self.objects.clone();
        change(&mut objects);
        assert_ne!(objects, self.objects, "{what}: nothing was changed");
        seen(what, self.compare(&objects, &self.sums))
    }

    /// The place of an object of this kind that has something at `path`, or else of any.
    fn place_of(&self, object: &str, path: &str) -> usize {
        let is_alive = |value: &Value| value["object"] == object && value["deleted"] != true;
        let has = |value: &Value| {
            !value
                .pointer(&pointer(path))
                .unwrap_or(&Value::Null)
                .is_null()
        };
        let best = self
            .objects
            .iter()
            .position(|value| is_alive(value) && has(value));
        best.or_else(|| self.objects.iter().position(is_alive))
            .unwrap_or_else(|| panic!("the company has no {object}"))
    }

    /// The place of an object that has rows in this list, and where in it they stand.
    fn place_with_rows(&self, list: &ListPath) -> (usize, String) {
        let objects = self.objects.iter().enumerate();
        objects
            .filter(|(_, value)| value["object"] == list.map.object)
            .find_map(|(place, value)| Some((place, rows_within(value, &list.steps)?)))
            .unwrap_or_else(|| panic!("no {} has rows in {:?}", list.map.object, list.steps))
    }
}

/// What came of a comparison that must fail; a member that no map lists stops it, which is a failure too.
fn seen(what: &str, comparison: Result<Comparison, Failure>) -> Option<Comparison> {
    let comparison = comparison.ok()?;
    assert!(
        !comparison.differences.is_empty(),
        "{what} was changed and nothing differs"
    );
    Some(comparison)
}

/// A list of rows that the comparer knows.
struct ListPath {
    map: &'static Map,
    /// The paths of the lists that lead to it, from the object inwards, and whether each is a list object.
    steps: Vec<(&'static str, bool)>,
    rows: &'static Rows,
}

/// Every list, those within rows behind the lists that hold them.
fn lists() -> Vec<ListPath> {
    let mut lists = Vec::new();
    for map in &MAPS {
        push_lists(&mut lists, map, map.kept, &[]);
    }
    lists
}

/// Lists that no simulated company fills: the lines of long invoices are neither discounted nor paid with credits. Their
/// members are those of other invoices' lines.
const NEVER_SHOWN: [(&str, &str); 2] = [
    ("invoice_line_list", "discount_amounts"),
    ("invoice_line_list", "pretax_credit_amounts"),
];

/// Every list that the simulated company fills.
fn shown_lists() -> impl Iterator<Item = ListPath> {
    lists().into_iter().filter(|list| {
        let (path, _) = list.steps.last().unwrap();
        !NEVER_SHOWN.contains(&(list.map.object, path))
    })
}

fn push_lists(
    lists: &mut Vec<ListPath>,
    map: &'static Map,
    kept: &'static [(&'static str, Rule)],
    above: &[(&'static str, bool)],
) {
    for (path, rule) in kept {
        let (Rule::Rows(rows) | Rule::List(rows)) = *rule else {
            continue;
        };
        let mut steps = above.to_vec();
        steps.push((path, matches!(rule, Rule::List(_))));
        lists.push(ListPath {
            map,
            steps: steps.clone(),
            rows,
        });
        push_lists(lists, map, rows.kept, &steps);
    }
}

/// Where the array of a list stands in a value, if it is whole and has rows.
fn rows_within(value: &Value, steps: &[(&'static str, bool)]) -> Option<String> {
    let ((path, is_list), inner) = steps.split_first()?;
    let mut place = pointer(path);
    let mut found = value.pointer(&place)?;
    if *is_list {
        if found["has_more"] == true {
            return None;
        }
        found = &found["data"];
        place.push_str("/data");
    }
    let rows = found.as_array().filter(|rows| !rows.is_empty())?;
    if inner.is_empty() {
        return Some(place);
    }
    let within = |(row, value)| Some(format!("{place}/{row}{}", rows_within(value, inner)?));
    rows.iter().enumerate().find_map(within)
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

/// Changes what stands at `path`, or puts something there.
fn change(value: &mut Value, path: &str) {
    let mut at = value;
    for name in path.split('.') {
        if !at.is_object() {
            *at = json!({});
        }
        at = &mut at[name];
    }
    *at = match at.take() {
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

#[test]
fn the_books_of_a_small_company_equal_the_truth() {
    let company = Company::new();
    let comparison = company.compare(&company.objects, &company.sums).unwrap();
    assert_eq!(comparison.differences, []);
    assert_eq!(comparison.objects, company.objects.len() as u64);
    let kinds: BTreeSet<&str> = company
        .objects
        .iter()
        .filter_map(|object| object["object"].as_str())
        .collect();
    assert_eq!(
        kinds.len(),
        MAPS.len(),
        "every kind of object is there: {kinds:?}"
    );
    assert!(comparison.fields > 10 * comparison.objects);
    assert!(comparison.balances >= 4 && comparison.sums >= 4);
    assert!(
        company
            .objects
            .iter()
            .any(|object| object["deleted"] == true)
    );
}

#[test]
fn a_change_of_any_compared_member_is_seen() {
    let company = Company::new();
    for map in &MAPS {
        for (path, rule) in map.kept.iter().filter(|(_, rule)| !is_list(*rule)) {
            let what = format!("{} {path}", map.object);
            let place = company.place_of(map.object, path);
            let found = company.check(&what, place, |object| change(object, path));
            if matches!(
                rule,
                Rule::Column(_) | Rule::Decimal(_) | Rule::Keys(_) | Rule::Availability
            ) {
                let found = found.expect("a known member is compared");
                let is_named = found
                    .differences
                    .iter()
                    .any(|difference| difference.member == *path);
                assert!(is_named, "{what}: {:?}", found.differences);
            }
        }
    }
}

#[test]
fn a_change_of_any_member_of_a_row_is_seen() {
    let company = Company::new();
    for list in shown_lists() {
        let inner = list.rows.kept.iter().filter(|(_, rule)| !is_list(*rule));
        for (path, _) in inner {
            let what = format!("{} {:?} {path}", list.map.object, list.steps);
            let (place, rows) = company.place_with_rows(&list);
            company.check(&what, place, |object| {
                change(&mut object.pointer_mut(&rows).unwrap()[0], path);
            });
        }
    }
}

fn is_list(rule: Rule) -> bool {
    matches!(rule, Rule::Rows(_) | Rule::List(_))
}

#[test]
fn a_null_that_becomes_a_value_and_a_value_that_becomes_null_are_seen() {
    let company = Company::new();
    for map in &MAPS {
        let columns = map
            .kept
            .iter()
            .filter(|(_, rule)| matches!(rule, Rule::Column(_) | Rule::Id(_)));
        for (path, _) in columns {
            let what = format!("{} {path} as null or not", map.object);
            let place = company.place_of(map.object, path);
            company.check(&what, place, |object| {
                let was = object
                    .pointer(&pointer(path))
                    .cloned()
                    .unwrap_or(Value::Null);
                change(object, path);
                if !was.is_null() {
                    *object.pointer_mut(&pointer(path)).unwrap() = Value::Null;
                }
            });
        }
    }
}

#[test]
fn a_dropped_object_and_an_added_one_are_seen() {
    let company = Company::new();
    for map in &MAPS {
        let place = company.place_of(map.object, "id");
        company.check_whole(&format!("a dropped {}", map.object), |objects| {
            objects.remove(place);
        });
        // There is one balance: another can't be told from it.
        if let Some(id) = map.id.first() {
            company.check_whole(&format!("an added {}", map.object), |objects| {
                let mut added = objects[place].clone();
                change(&mut added, id);
                objects.push(added);
            });
        }
    }
}

#[test]
fn a_dropped_row_and_an_added_one_are_seen() {
    let company = Company::new();
    for list in shown_lists() {
        let what = format!("{} {:?}", list.map.object, list.steps);
        let (place, at) = company.place_with_rows(&list);
        let of = |object: &mut Value, edit: &dyn Fn(&mut Vec<Value>)| {
            edit(object.pointer_mut(&at).unwrap().as_array_mut().unwrap());
        };
        company.check(&format!("{what}: a row less"), place, |object| {
            of(object, &|rows| drop(rows.pop()))
        });
        company.check(&format!("{what}: a row more"), place, |object| {
            of(object, &|rows| {
                rows.push(rows[0].clone());
                if let Some((member, _)) = list.rows.key {
                    change(rows.last_mut().unwrap(), member);
                }
            });
        });
    }
}

#[test]
fn a_change_of_any_sum_is_seen() {
    let company = Company::new();
    for name in company.sums.keys() {
        for place in 0..4 {
            let mut sums = company.sums.clone();
            sums.get_mut(name).unwrap()[place] += 1;
            let comparison = company.compare(&company.objects, &sums).unwrap();
            assert_eq!(comparison.differences.len(), 1, "{name:?} {place}");
        }
        let mut sums = company.sums.clone();
        sums.remove(name);
        assert_eq!(
            company
                .compare(&company.objects, &sums)
                .unwrap()
                .differences
                .len(),
            1
        );
    }
}

#[test]
fn a_member_that_nobody_listed_stops_the_comparison() {
    let company = Company::new();
    let paths = [
        ("charge", "brand_new"),
        ("charge", "outcome.brand_new"),
        ("invoice", "parent.brand_new"),
    ];
    for (object, path) in paths {
        let mut objects = company.objects.clone();
        let place = company.place_of(object, path.split('.').next().unwrap());
        change(&mut objects[place], path);
        let failure = company.compare(&objects, &company.sums).unwrap_err();
        assert!(failure.to_string().contains(path), "{failure}");
    }
    let mut objects = company.objects.clone();
    objects.push(json!({"object": "brand_new", "id": "new_1"}));
    assert!(company.compare(&objects, &company.sums).is_err());
}

#[test]
fn a_log_that_was_not_projected_differs() {
    let company = Company::without_last_projection();
    let comparison = company.compare(&company.objects, &company.sums).unwrap();
    let withheld = &*company.imported.withheld().unwrap().object_id;
    assert_eq!(
        comparison.objects_differing(),
        BTreeSet::from([("invoice", withheld)])
    );
    let invoice = company
        .objects
        .iter()
        .find(|object| object["id"] == withheld)
        .unwrap();
    let customer = invoice["customer"].as_str().unwrap();
    let follow = ["receivable", "written_off"].map(|relation| format!("{relation} {customer} usd"));
    assert_eq!(
        comparison.sums_differing(),
        follow.iter().map(String::as_str).collect()
    );
}

#[test]
fn every_column_of_an_object_is_compared() {
    /// What the book says of its own knowledge, and what tells rows apart.
    const OWN: [&str; 10] = [
        "stream",
        "id",
        "place",
        "certainty",
        "gap",
        "deleted",
        "at_stake_minor",
        "unknown",
        "version",
        "known_seq",
    ];
    let lists = lists();
    let rows = lists
        .iter()
        .map(|list| (list.rows.table, list.rows.kept, Some(list.rows)));
    let maps = MAPS.iter().map(|map| (map.table, map.kept, None));
    for (name, kept, rows) in maps.chain(rows) {
        let compared: BTreeSet<&str> = kept
            .iter()
            .filter_map(|(path, rule)| match rule {
                Rule::Column(column)
                | Rule::Decimal(column)
                | Rule::Id(column)
                | Rule::Keys(column) => Some(*column),
                Rule::Key => Some(*path),
                _ => None,
            })
            .collect();
        let table = TABLES.iter().find(|table| table.name == name).unwrap();
        let columns = table.columns.iter().map(|column| column.name);
        let missed: Vec<&str> = columns
            .filter(|column| {
                let leads =
                    rows.is_some_and(|rows| *column == rows.parent || Some(*column) == rows.row);
                !OWN.contains(column) && !leads && !compared.contains(column)
            })
            .collect();
        assert!(missed.is_empty(), "{name}: {missed:?}");
    }
}

#[test]
fn what_is_left_out_has_a_reason_and_is_not_compared_as_well() {
    let lists = lists();
    let rows = lists.iter().map(|list| (list.rows.kept, list.rows.left));
    for (kept, left) in MAPS.iter().map(|map| (map.kept, map.left)).chain(rows) {
        for (reason, paths) in left {
            assert!(reason.len() > 10);
            for path in *paths {
                let is_within = |known: &str, other: &str| {
                    known == other || known.starts_with(&format!("{other}."))
                };
                assert!(
                    kept.iter().all(|(known, _)| !is_within(known, path)),
                    "{path}"
                );
            }
        }
    }
}
