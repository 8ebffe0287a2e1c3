//! What only one side has, and what objects come to together: the comparison fails for each of them too.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{Company, pointer};
use crate::compare::Difference;
use crate::compare::map::Rule;
use crate::compare::objects::MAPS;

/// Takes the member at `path` away.
fn remove(object: &mut Value, path: &str) {
    let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
    let above = match above {
        "" => object,
        above => object.pointer_mut(&pointer(above)).unwrap(),
    };
    above.as_object_mut().unwrap().remove(name);
}

/// Makes the outermost member of `path` a null.
fn empty(object: &mut Value, path: &str) {
    object[path.split('.').next().unwrap()] = Value::Null;
}

#[test]
fn a_member_that_the_truth_lacks_is_seen_in_the_book() {
    let company = Company::new();
    let mut seen = 0;
    for map in &MAPS {
        let columns = map
            .kept
            .iter()
            .filter(|(_, rule)| matches!(rule, Rule::Column(_) | Rule::Id(_) | Rule::Keys(_)));
        for (path, _) in columns {
            let place = company.place_of(map.object, path);
            let is_there = company.objects[place]
                .pointer(&pointer(path))
                .is_some_and(|value| !value.is_null());
            let first = path.split('.').next();
            // Without its id an object is another.
            if !is_there || map.id.iter().any(|id| id.split('.').next() == first) {
                continue;
            }
            for take in [remove, empty] {
                let what = format!("{} without {path}", map.object);
                let found = company
                    .check(&what, place, |object| take(object, path))
                    .expect("nothing new was put in");
                let mut members = found.differences.iter().map(|one| &*one.member);
                assert!(members.any(|member| member == *path), "{what}");
                seen += 1;
            }
        }
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn what_the_book_alone_has_or_does_not_know_is_seen() {
    let company = Company::new();
    let differing = |sql: &str| {
        let book = Connection::open(company.folder.path().join("data/book.db")).unwrap();
        book.execute_batch(sql).unwrap();
        let found = company.compare(&company.objects, &company.sums).unwrap();
        let names = |one: &Difference| (one.object, one.member.clone(), one.ours.clone());
        found.differences.iter().map(names).collect::<Vec<_>>()
    };
    let unknown = "UPDATE invoices SET unknown = 'description'
        WHERE id = (SELECT min(id) FROM invoices WHERE description IS NULL)";
    let expected = ("invoice", "description".to_owned(), "unknown".to_owned());
    let found = differing(unknown);
    assert_eq!(found, std::slice::from_ref(&expected));
    let line_of_nobody = "CREATE TEMP TABLE line AS SELECT * FROM invoice_lines LIMIT 1;
        UPDATE line SET invoice_id = 'in_nobody';
        INSERT INTO invoice_lines SELECT * FROM line";
    let surplus = ("invoice_lines", String::new(), "there".to_owned());
    assert_eq!(differing(line_of_nobody), [expected, surplus]);
}

#[test]
fn what_objects_come_to_together_is_seen_beside_them() {
    let company = Company::new();
    let cases = [
        ("balance", "", "available.0.amount", "usd"),
        ("balance", "", "pending.0.amount", "usd"),
        ("invoice", "paid", "total", "invoiced"),
        ("invoice", "open", "amount_remaining", "receivable"),
        (
            "invoice",
            "uncollectible",
            "amount_remaining",
            "written_off",
        ),
        ("invoice_payment", "paid", "amount_paid", "payment"),
        ("refund", "succeeded", "amount", "refund"),
    ];
    for (object, status, path, name) in cases {
        let is_it = |one: &Value| {
            one["object"] == object && one["status"].as_str().unwrap_or_default() == status
        };
        let place = company.objects.iter().position(is_it).unwrap();
        let found = company.check_whole(path, |objects| {
            let amount = objects[place].pointer_mut(&pointer(path)).unwrap();
            *amount = json!(amount.as_i64().unwrap() + 1);
        });
        let found = found.expect("a known member is compared");
        let sums: Vec<&str> = found
            .sums_differing()
            .into_iter()
            .map(|sum| sum.split(' ').next().unwrap())
            .collect();
        assert_eq!(sums, [name], "{object} {path}");
    }
}
