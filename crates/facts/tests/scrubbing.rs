//! What holds for whatever is scrubbed: no four bytes of a value survive, and what is left depends on no value at all.

use facts::scrub;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A body with places for values: how it is made, and how long each value is.
#[derive(Clone, Debug)]
enum Shape {
    /// What stays.
    Kept(&'static str),
    /// A text of letters, of digits, or a number, so many bytes long.
    Letters(usize),
    Digits(usize),
    Number(usize),
    /// A text behind a beginning that stays.
    Behind(&'static str, usize),
    List(Vec<Shape>),
    Object(Vec<(&'static str, Shape)>),
    /// Members with names that users made, so many bytes long.
    Users(&'static str, Vec<(usize, Shape)>),
}

const STARTS: [&str; 7] = [
    "cus_",
    "sub_sched_",
    "/v1/charges/ch_",
    "GET /v1/invoices/in_",
    "/v1/customers?",
    "https://pay.stripe.com/receipts/payment/",
    "https://invoice.stripe.com/i/",
];

fn shape() -> impl Strategy<Value = Shape> {
    let value = prop_oneof![
        select(vec!["true", "null", "0", "\"paid\"", "\"event\"", "\"\""]).prop_map(Shape::Kept),
        (4..90_usize).prop_map(Shape::Letters),
        (4..20_usize).prop_map(Shape::Digits),
        (4..18_usize).prop_map(Shape::Number),
        (select(STARTS.to_vec()), 4..40_usize)
            .prop_map(|(start, bytes)| Shape::Behind(start, bytes)),
    ];
    value.prop_recursive(5, 40, 6, |inner| {
        let names = select(vec!["id", "object", "data", "email", "amount"]);
        let maps = select(vec!["metadata", "payload"]);
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Shape::List),
            vec((names, inner.clone()), 0..6).prop_map(Shape::Object),
            (maps, vec((4..60_usize, inner), 0..4))
                .prop_map(|(map, members)| Shape::Users(map, members)),
        ]
    })
}

/// A body being written, with every value that must not survive.
struct Body {
    text: String,
    values: Vec<String>,
    state: u64,
}

impl Body {
    fn of(shape: &Shape, seed: u64) -> Self {
        let mut body = Self {
            text: String::new(),
            values: Vec::new(),
            state: seed,
        };
        body.write(shape);
        body
    }

    fn write(&mut self, shape: &Shape) {
        match shape {
            Shape::Kept(text) => self.text.push_str(text),
            // No capital and no sign of these stands in any name or word that stays.
            Shape::Letters(bytes) => self.quoted("", *bytes, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ@+"),
            Shape::Digits(bytes) => self.quoted("", *bytes, b"0123456789"),
            Shape::Number(bytes) => {
                let number = self.value(*bytes, b"123456789");
                self.text.push_str(&number);
            }
            Shape::Behind(start, bytes) => {
                self.quoted(start, *bytes, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ6789")
            }
            Shape::List(items) => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.text.push_str(if index == 0 { "" } else { "," });
                    self.write(item);
                }
                self.text.push(']');
            }
            Shape::Object(members) => {
                self.text.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    self.text.push_str(if index == 0 { "" } else { ", " });
                    self.text.push_str(&format!("\"{name}\": "));
                    self.write(value);
                }
                self.text.push('}');
            }
            Shape::Users(map, members) => {
                self.text.push_str(&format!("{{\"{map}\":{{"));
                for (index, (bytes, value)) in members.iter().enumerate() {
                    self.text.push_str(if index == 0 { "" } else { "," });
                    self.quoted("", *bytes, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ@+");
                    self.text.push(':');
                    self.write(value);
                }
                self.text.push_str("}}");
            }
        }
    }

    fn quoted(&mut self, start: &str, bytes: usize, letters: &[u8]) {
        let value = self.value(bytes, letters);
        self.text.push_str(&format!("\"{start}{value}\""));
    }

    fn value(&mut self, bytes: usize, letters: &[u8]) -> String {
        let next = |_| {
            self.state = self
                .state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(letters[(self.state >> 33) as usize % letters.len()])
        };
        let value: String = (0..bytes).map(next).collect();
        self.values.push(value.clone());
        value
    }
}

proptest! {
    #[test]
    fn no_four_bytes_of_a_value_survive(shape in shape(), seed in any::<u64>()) {
        let body = Body::of(&shape, seed);
        let left = scrub(body.text.as_bytes());
        prop_assert!(!left.is_empty(), "{}", body.text);
        for value in &body.values {
            for piece in value.as_bytes().windows(4) {
                prop_assert!(!left.windows(4).any(|four| four == piece), "{value} of {}", body.text);
            }
        }
    }

    #[test]
    fn what_is_left_depends_on_no_value(shape in shape(), seeds in any::<[u64; 2]>()) {
        let [one, other] = seeds.map(|seed| Body::of(&shape, seed));
        prop_assert_eq!(scrub(one.text.as_bytes()), scrub(other.text.as_bytes()));
    }

    #[test]
    fn any_bytes_at_all_are_scrubbed_or_left_out(bytes in vec(any::<u8>(), 0..200), text in "\\PC{0,80}") {
        for body in [bytes, text.clone().into_bytes(), format!("{{\"a\":{text}}}").into_bytes()] {
            let is_json = serde_json::from_slice::<&serde_json::value::RawValue>(&body).is_ok();
            prop_assert!(is_json || scrub(&body).is_empty());
        }
    }
}

#[test]
fn deep_nesting_is_scrubbed_in_little_memory() {
    let deep = format!("{}1735689600{}", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(scrub(deep.as_bytes()).len(), deep.len());
    assert_eq!(scrub("[".repeat(200_000).as_bytes()), b"");
}
