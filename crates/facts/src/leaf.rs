//! Single values read from JSON as written: each is a value, or the code of what is odd about it.
//!
//! Nothing here knows where a value stands, or what its loss costs.

use crate::record::Value;
use crate::scan::{Scanner, Text};

/// A leaf as read: a value, or the code of what is odd.
pub(crate) type Read = Result<Value, &'static str>;

/// true or false.
pub(crate) fn flag(raw: &str) -> Read {
    match raw {
        "true" => Ok(Value::Flag(true)),
        "false" => Ok(Value::Flag(false)),
        _ => Err("not_a_flag"),
    }
}

/// The greatest whole number that is believed, either side of zero: 92,000 amounts of this size still add up in 64 bits.
const WHOLE_MAX: u64 = 100_000_000_000_000;

/// A whole number: an amount, a count or a second.
pub(crate) fn whole(raw: &str) -> Read {
    match raw.parse::<i64>() {
        Ok(number) if number.unsigned_abs() <= WHOLE_MAX => Ok(Value::Int(number)),
        Ok(_) => Err("out_of_range"),
        Err(_) if !is_number(raw) => Err("not_a_number"),
        Err(_) if raw.contains(['.', 'e', 'E']) => Err("not_whole"),
        Err(_) => Err("out_of_range"),
    }
}

/// A text, its escapes undone.
#[inline]
pub(crate) fn text(text: Text<'_>) -> Read {
    match text.plain() {
        Some(plain) => Ok(Value::Text(plain.into())),
        None => text
            .decode()
            .map(|text| Value::Text(text.into()))
            .ok_or("bad_escape"),
    }
}

/// A decimal given as text.
pub(crate) fn decimal(text: Text<'_>) -> Read {
    decimal_number(&text.decode().ok_or("bad_escape")?)
}

/// A decimal is kept as written, once it is seen to be a number.
pub(crate) fn decimal_number(raw: &str) -> Read {
    if is_number(raw) {
        Ok(Value::Text(raw.into()))
    } else {
        Err("not_a_number")
    }
}

fn is_number(raw: &str) -> bool {
    let mut scan = Scanner::new(raw);
    scan.skip();
    // The scanner takes any value and steps over white space: both ends tell whether it was a number and nothing else.
    let begins = raw.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let ends = raw.ends_with(|last: char| last.is_ascii_digit());
    begins && ends && scan.end()
}

/// The entries, laid over those that they are the past of.
pub(crate) fn overlay(base: Option<&Value>, entries: Vec<(Box<str>, Option<Box<str>>)>) -> Value {
    let mut map: Vec<(Box<str>, Box<str>)> = match base {
        Some(Value::Map(newer)) => {
            let untouched = |name: &str| {
                entries
                    .binary_search_by(|(own, _)| (**own).cmp(name))
                    .is_err()
            };
            newer
                .iter()
                .filter(|(name, _)| untouched(name))
                .cloned()
                .collect()
        }
        _ => Vec::new(),
    };
    map.extend(
        entries
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    map.sort();
    Value::Map(map.into())
}
