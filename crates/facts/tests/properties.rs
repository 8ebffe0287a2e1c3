//! What holds for all bodies: nothing panics, JSON is told as serde_json tells it, the content hash sees contents alone,
//! and undoing gives back what was.

use facts::objects::{self, customer};
use facts::schema::{Schema, Shape};
use facts::{Claim, EntryText, EnvelopeError, Fact, Kind, Record, bare, envelope, items, read};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::FileFailurePersistence;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};

/// JSON as written: texts and numbers are raw.
#[derive(Clone, Debug)]
enum Wire {
    Plain(String),
    Row(Vec<Wire>),
    Hash(Vec<(String, Wire)>),
}

fn raw_text() -> impl Strategy<Value = String> {
    let parts = select(vec![
        "a",
        "id",
        "object",
        "data",
        " ",
        "{",
        "]",
        ",",
        ":",
        "\\\"",
        "\\\\",
        "\\n",
        "\\u00e9",
        "\\ud83d\\ude00",
        "\\ud800",
        "é",
        "😀",
        "pending_webhooks",
        "account",
        "/",
        "total",
        "12345678",
    ]);
    prop::collection::vec(parts, 0..5).prop_map(|parts| parts.concat())
}

fn wire() -> impl Strategy<Value = Wire> {
    let plain = prop_oneof![
        select(vec![
            "null",
            "true",
            "false",
            "-0",
            "1.50",
            "1e9",
            "2E-7",
            "9223372036854775808"
        ])
        .prop_map(String::from),
        any::<i64>().prop_map(|number| number.to_string()),
        raw_text().prop_map(|text| format!("\"{text}\"")),
    ];
    plain
        .prop_map(Wire::Plain)
        .prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Wire::Row),
                prop::collection::vec((raw_text(), inner), 0..4).prop_map(Wire::Hash),
            ]
        })
}

impl Wire {
    /// Writes the JSON, with white space wherever `space` gives some.
    fn write(&self, out: &mut String, space: &mut dyn FnMut() -> &'static str) {
        match self {
            Wire::Plain(raw) => out.push_str(raw),
            Wire::Row(rows) => {
                out.push('[');
                for (place, row) in rows.iter().enumerate() {
                    out.push_str(if place > 0 { "," } else { "" });
                    out.push_str(space());
                    row.write(out, space);
                    out.push_str(space());
                }
                out.push(']');
            }
            Wire::Hash(members) => {
                out.push('{');
                out.push_str(space());
                for (place, (name, value)) in members.iter().enumerate() {
                    out.push_str(if place > 0 { "," } else { "" });
                    out.push_str(space());
                    out.push_str(&format!("\"{name}\""));
                    out.push_str(space());
                    out.push(':');
                    out.push_str(space());
                    value.write(out, space);
                    out.push_str(space());
                }
                out.push('}');
            }
        }
    }

    fn dense(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, &mut || "");
        out
    }
}

const SPACES: [&str; 6] = [
    "",
    " ",
    "\n",
    "\t\r\n",
    "          ",
    "\n                   ",
];

/// Members that make an event of a hash.
fn event_members() -> Vec<(String, Wire)> {
    [
        ("object", "\"event\""),
        ("id", "\"evt_1\""),
        ("type", "\"x\""),
        ("created", "5"),
    ]
    .map(|(name, value)| (name.to_owned(), Wire::Plain(value.to_owned())))
    .into()
}

/// Names that an event may carry any value under, not volatile and not typed.
fn free_members() -> impl Strategy<Value = Vec<(String, Wire)>> {
    prop::collection::vec(
        (raw_text().prop_map(|name| format!("x{name}")), wire()),
        0..6,
    )
}

fn hash_of(body: &str) -> [u8; 32] {
    envelope(body.as_bytes())
        .unwrap_or_else(|error| panic!("{error}: {body}"))
        .content_hash
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::with_cases(400)
    })]

    #[test]
    fn the_content_hash_is_blind_to_spaces_and_volatile_members(
        free in free_members(),
        order in any::<u64>(),
        volatile in prop::collection::vec((select(vec!["pending_webhooks", "account", "pending\\u005fwebhooks"]), any::<Index>()), 0..2),
        spaces in prop::collection::vec(select(SPACES.to_vec()), 1..40),
    ) {
        let mut members = event_members();
        members.extend(free);
        let split = usize::try_from(order % members.len() as u64).expect("small");
        members.rotate_left(split);
        let expected: [u8; 32] = Sha256::digest(Wire::Hash(members.clone()).dense()).into();
        for (place, (name, index)) in volatile.into_iter().enumerate() {
            // `account` is typed, so each may stand once at most and must be a text.
            let name = if place == 0 { name } else { "pending_webhooks" };
            let value = Wire::Plain("\"acct_1\"".into());
            members.insert(index.index(members.len() + 1), (name.into(), value));
        }
        let mut turn = 0;
        let mut body = String::new();
        Wire::Hash(members).write(&mut body, &mut || {
            turn += 1;
            spaces[turn % spaces.len()]
        });
        prop_assert_eq!(hash_of(&body), expected, "{}", body);
    }

    #[test]
    fn the_content_hash_sees_every_other_change(
        free in free_members(),
        other in free_members(),
    ) {
        let with = |free: &[(String, Wire)]| {
            let members = event_members().into_iter().chain(free.iter().cloned()).collect();
            Wire::Hash(members).dense()
        };
        let (one, two) = (with(&free), with(&other));
        prop_assert_eq!(hash_of(&one) == hash_of(&two), one == two);
    }

    #[test]
    fn json_is_what_serde_json_takes_for_json(
        wire in wire(),
        cut in any::<Index>(),
        byte in select(b"\"\\{}[],:0-.e+ \n\x01aut".to_vec()),
        change in 0..4,
    ) {
        let mut body = wire.dense().into_bytes();
        let at = cut.index(body.len());
        match change {
            0 => {}
            1 => body[at] = byte,
            2 => body.truncate(at),
            _ => body.insert(at, byte),
        }
        let Ok(text) = std::str::from_utf8(&body) else {
            return Ok(());
        };
        let is_json = serde_json::from_str::<&RawValue>(text).is_ok();
        match envelope(&body) {
            Err(EnvelopeError::NotJson { .. }) => prop_assert!(!is_json, "{}", text),
            _ => prop_assert!(is_json, "{}", text),
        }
    }

    #[test]
    fn nothing_panics_on_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        touch(&bytes);
    }

    #[test]
    fn nothing_panics_on_broken_events(
        seed in any::<u64>(),
        changes in prop::collection::vec((any::<Index>(), select(b"\"\\{}[],:0-.e+ nu9\xff".to_vec())), 0..4),
    ) {
        let mut random = Random(seed);
        let schema = random.pick(objects::ALL);
        let (older, newer) = (object(schema, &mut random), object(schema, &mut random));
        let mut body = event(&older, &newer).into_bytes();
        for (index, byte) in changes {
            let at = index.index(body.len());
            body[at] = byte;
        }
        touch(&body);
    }

    #[test]
    fn undoing_gives_back_what_was(seed in any::<u64>()) {
        let mut random = Random(seed);
        let schema = random.pick(objects::ALL);
        let older = object(schema, &mut random);
        let newer = changed(schema, &older, &mut random);
        let body = event(&older, &newer);
        let claim = only_claim(&body);
        let was = only_claim(&event(&older, &older)).after.expect("whole");
        let is = claim.after.expect("whole");
        match &claim.before {
            Some(before) => {
                prop_assert!(before.same_state(&was), "{body}\n{before:#?}\n{was:#?}");
                prop_assert!(!before.same_state(&is), "{body}");
            }
            None => prop_assert!(is.same_state(&was), "{body}"),
        }
    }
}

fn touch(body: &[u8]) {
    let _ = envelope(body);
    for kind in [
        Kind::Event,
        Kind::Observation,
        Kind::Notification,
        Kind::Control,
    ] {
        let reading = read(&entry(kind, body));
        let again = read(&entry(kind, body));
        assert_eq!(reading, again);
    }
    if let Ok(text) = std::str::from_utf8(body) {
        let _ = (items(text).map(Iterator::count), bare(text));
    }
}

fn entry(kind: Kind, body: &[u8]) -> EntryText<'_> {
    EntryText {
        kind,
        id: "entry_1",
        type_: "x",
        api_version: Some("2026-09-30.endive"),
        created_s: 1000,
        seq: 1,
        body,
    }
}

fn only_claim(body: &str) -> Claim {
    let reading = read(&entry(Kind::Event, body.as_bytes()));
    match &reading.facts[..] {
        [Fact::Claim(claim)] => claim.clone(),
        _ => panic!("one claim expected of {body}: {reading:?}"),
    }
}

/// A small generator: proptest gives the seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// A random whole object of this kind, as JSON.
fn object(schema: &Schema, random: &mut Random) -> Json {
    let mut object = Map::new();
    for field in schema.fields {
        let required = schema.required.contains(&field.name);
        if required || random.below(4) > 0 {
            let value = value(field.shape, random);
            insert(&mut object, field.path, value);
        }
    }
    object.insert("id".into(), json!("obj_1"));
    object.insert("object".into(), json!(schema.object));
    Json::Object(object)
}

/// The object with some members set anew, dropped, or whole hashes made null.
fn changed(schema: &Schema, older: &Json, random: &mut Random) -> Json {
    let mut newer = older.as_object().expect("a hash").clone();
    for _ in 0..random.below(6) {
        let field = &schema.fields[random.below(schema.fields.len())];
        if field.path == "id" {
            continue;
        }
        let top = field.path.split('.').next().expect("one part");
        let required = schema.required.contains(&field.name);
        match random.below(5) {
            0 if !required => {
                newer.remove(top);
            }
            1 if field.path != top => {
                newer.insert(top.into(), Json::Null);
            }
            _ => {
                let value = value(field.shape, random);
                insert(&mut newer, field.path, value);
            }
        }
    }
    Json::Object(newer)
}

fn insert(object: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => {
            object.insert(path.into(), value);
        }
        Some((top, rest)) => {
            let below = object.entry(top).or_insert_with(|| json!({}));
            if !below.is_object() {
                *below = json!({});
            }
            insert(below.as_object_mut().expect("just made"), rest, value);
        }
    }
}

fn value(shape: Shape, random: &mut Random) -> Json {
    if random.below(6) == 0 {
        return Json::Null;
    }
    let odd = random.below(20) == 0;
    match shape {
        Shape::Map => map(random),
        Shape::List(rows) => list(rows, random),
        _ if odd => random.pick(&[true, false]).into(),
        Shape::Flag => random.pick(&[true, false]).into(),
        Shape::Count | Shape::Minor | Shape::Second => random.below(3).into(),
        Shape::Text | Shape::Id | Shape::Alias => random.pick(&["", "a", "b \"é\""]).into(),
        Shape::Decimal => random.pick(&["1.5", "2"]).into(),
    }
}

fn map(random: &mut Random) -> Json {
    let mut map = Map::new();
    for name in ["a", "b", "c"] {
        if random.below(2) == 0 {
            map.insert(name.into(), random.pick(&["1", "2"]).into());
        }
    }
    Json::Object(map)
}

fn list(schema: &Schema, random: &mut Random) -> Json {
    let rows: Vec<Json> = (0..random.below(3))
        .map(|row| {
            let mut object = object(schema, random);
            object[schema.fields[0].path] = json!(format!("row_{row}"));
            object
        })
        .collect();
    match random.below(2) {
        0 => json!({"object": "list", "data": rows, "has_more": false}),
        _ => Json::Array(rows),
    }
}

/// Stripe's way of telling what a change changed: the old values, hash by hash, arrays whole, null for what was absent.
fn previous(older: &Map<String, Json>, newer: &Map<String, Json>) -> Map<String, Json> {
    let mut previous = Map::new();
    for name in older.keys().chain(newer.keys()) {
        let (old, new) = (older.get(name), newer.get(name));
        if old == new {
            continue;
        }
        let told = match (old, new) {
            (Some(Json::Object(old)), Some(Json::Object(new))) => {
                Json::Object(self::previous(old, new))
            }
            _ => old.cloned().unwrap_or(Json::Null),
        };
        previous.insert(name.clone(), told);
    }
    previous
}

fn event(older: &Json, newer: &Json) -> String {
    let (old, new) = (
        older.as_object().expect("a hash"),
        newer.as_object().expect("a hash"),
    );
    json!({
        "id": "entry_1",
        "object": "event",
        "data": {"object": newer, "previous_attributes": previous(old, new)},
    })
    .to_string()
}

#[test]
fn the_generated_changes_cover_edges_and_none() {
    let mut random = Random(1);
    let (mut edges, mut none) = (0, 0);
    for _ in 0..2000 {
        let schema = random.pick(objects::ALL);
        let older = object(schema, &mut random);
        let newer = changed(schema, &older, &mut random);
        match only_claim(&event(&older, &newer)).before {
            Some(_) => edges += 1,
            None => none += 1,
        }
    }
    assert!(edges > 500 && none > 200, "{edges} edges, {none} without");
}

#[test]
fn an_unknown_content_is_the_same_state_as_an_empty_object() {
    let body = event(
        &json!({}),
        &json!({"id":"cus_1","object":"customer","created":null}),
    );
    let after = only_claim(&body).after.expect("whole");
    assert!(after.same_state(&Record::unknown(&customer::SCHEMA)));
}
