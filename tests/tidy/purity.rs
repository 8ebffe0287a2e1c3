//! Rules on the pure crates: no floats, no printing, and one clippy file that bans the rest.

use crate::complaint::Complaint;
use crate::habits::{is_test_file, word};
use crate::repository::Files;
use crate::rust_text::{RustText, is_word, line_at};

/// The crates whose results are a function of their arguments alone.
pub(crate) const PURE: [&str; 3] = ["book", "facts", "simulator"];

/// What the clippy file of a pure crate must name at the least.
const BANNED: [&str; 14] = [
    "\"std::collections::HashMap\"",
    "\"std::collections::HashSet\"",
    "\"f32\"",
    "\"f64\"",
    "\"std::time::SystemTime::now\"",
    "\"std::time::Instant::now\"",
    "\"std::env::var\"",
    "\"std::fs::File\"",
    "\"std::fs::read\"",
    "\"std::net::TcpStream\"",
    "\"std::process::Command\"",
    "\"serde_json::Value::as_f64\"",
    "\"serde_json::Number::as_f64\"",
    "\"serde_json::Number::from_f64\"",
];

/// Whether a path lies in a pure crate.
pub(crate) fn is_pure(path: &str) -> bool {
    PURE.iter().any(|name| {
        path.strip_prefix("crates/")
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with('/'))
    })
}

/// No float type in a pure crate, tests included.
pub(crate) fn names_no_float_type(path: &str, text: &str) -> Vec<Complaint> {
    let code = RustText::new(text).code;
    let advice = "use integers in minor units, and keep decimals as text: floats round";
    [
        word(path, &code, "f32", advice),
        word(path, &code, "f64", advice),
    ]
    .concat()
}

/// No float literal in a pure crate: the type of `1.5` needs no name.
pub(crate) fn writes_no_float(path: &str, text: &str) -> Vec<Complaint> {
    let code = RustText::new(text).code;
    let advice = "write an integer, or a decimal as text: floats round";
    numbers(&code)
        .filter(|(_, number)| is_float(number))
        .map(|(at, _)| Complaint::at(path, line_at(&code, at), advice))
        .collect()
}

/// Only the shell prints.
pub(crate) fn prints_nothing(path: &str, text: &str) -> Vec<Complaint> {
    if is_test_file(path) || path.contains("/benches/") || path.contains("/examples/") {
        return Vec::new();
    }
    let split = RustText::new(text);
    let tests = split.test_ranges();
    let printing = ["print", "println", "eprint", "eprintln"]
        .iter()
        .flat_map(|name| {
            let found = crate::rust_text::words(&split.code, name);
            found
                .filter(|at| split.code[at + name.len()..].starts_with('!'))
                .collect::<Vec<_>>()
        });
    printing
        .filter(|at| !tests.iter().any(|range| range.contains(at)))
        .map(|at| {
            Complaint::at(
                path,
                line_at(text, at),
                "return the text: only the shell prints",
            )
        })
        .collect()
}

/// Every pure crate has the same clippy file, and it bans what it should.
pub(crate) fn shares_one_clippy_file(files: &Files) -> Vec<Complaint> {
    let path = |name: &str| format!("crates/{name}/clippy.toml");
    let Some(first) = files.get(&path(PURE[0])) else {
        return vec![Complaint::of_file(
            &path(PURE[0]),
            "a pure crate needs its clippy file",
        )];
    };
    let differing = PURE
        .iter()
        .map(|name| path(name))
        .filter(|other| files.get(other) != Some(first));
    let same = format!(
        "make it a copy of {}: the pure crates live under one rule",
        path(PURE[0])
    );
    let missing = BANNED.iter().filter(|banned| {
        !first
            .lines()
            .any(|line| !line.starts_with('#') && line.contains(*banned))
    });
    differing
        .map(|other| Complaint::of_file(&other, same.as_str()))
        .chain(
            missing.map(|banned| Complaint::of_file(&path(PURE[0]), format!("ban {banned} again"))),
        )
        .collect()
}

/// Every literal that begins with a digit, and where.
fn numbers(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut end = 0;
    code.char_indices().filter_map(move |(at, c)| {
        let before = code[..at].chars().next_back();
        let begins = at >= end
            && c.is_ascii_digit()
            && !before.is_some_and(|c| is_word(c) || is_field_dot(&code[..at], c));
        begins.then(|| {
            end = at + number_length(&code[at..]);
            (at, &code[at..end])
        })
    })
}

/// Tells the dot of `pair.0` from the dots of `1..2`.
fn is_field_dot(before: &str, last: char) -> bool {
    last == '.' && !before.ends_with("..")
}

/// A number runs over its digits and suffix, and over a point that no name and no second point follows.
fn number_length(rest: &str) -> usize {
    let whole = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    let Some(after) = rest[whole..].strip_prefix('.') else {
        return whole;
    };
    match after.chars().next() {
        Some('.') => whole,
        Some(c) if is_word(c) && !c.is_ascii_digit() => whole,
        _ => whole + 1 + after.find(|c| !is_word(c)).unwrap_or(after.len()),
    }
}

fn is_float(number: &str) -> bool {
    let based = ["0x", "0o", "0b"]
        .iter()
        .any(|prefix| number.starts_with(prefix));
    let digits = number.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
    let exponent = digits.starts_with(['e', 'E'])
        && digits[1..].starts_with(|c: char| c.is_ascii_digit() || c == '_');
    !based
        && (digits.starts_with('.')
            || exponent
            || digits.starts_with("f32")
            || digits.starts_with("f64"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::check;

    #[test]
    fn a_float_type_is_refused() {
        let sound = ["// f64", "let a = \"f64\";", "let f640 = 1;"];
        check(
            names_no_float_type,
            "crates/book/src/a.rs",
            &["fn a(b: f64) {}", "b as f32"],
            &sound,
        );
    }

    #[test]
    fn a_float_literal_is_refused() {
        let broken = [
            "let a = 1.5;",
            "a(2.)",
            "1e9",
            "1_000.0",
            "3f64",
            "0.1",
            "..1.5",
            "2E5",
        ];
        let sound = [
            "a.0.1",
            "1..2",
            "1..=2",
            "7.max(b)",
            "0x1e5",
            "\"1.5\"",
            "// 1.5",
            "1_000_i64",
            "a1.b",
            "[0; 32]",
            "1u8",
        ];
        check(writes_no_float, "crates/book/src/a.rs", &broken, &sound);
    }

    #[test]
    fn printing_from_a_pure_crate_is_refused() {
        let sound = [
            "write!(a, \"b\")",
            "#[cfg(test)]\nmod tests { fn a() { println!(\"b\"); } }",
        ];
        check(
            prints_nothing,
            "crates/book/src/a.rs",
            &["println!(\"a\")", "eprint!(\"a\")"],
            &sound,
        );
        check(
            prints_nothing,
            "crates/book/tests/a.rs",
            &[],
            &["println!(\"a\")"],
        );
    }

    #[test]
    fn clippy_files_that_differ_or_ban_less_are_refused() {
        let all = BANNED
            .map(|banned| format!("{{ path = {banned} }}\n"))
            .concat();
        let same: Files = PURE
            .iter()
            .map(|name| (format!("crates/{name}/clippy.toml"), all.clone()))
            .collect();
        assert_eq!(shares_one_clippy_file(&same), []);
        for name in PURE {
            let mut differing = same.clone();
            differing
                .get_mut(&format!("crates/{name}/clippy.toml"))
                .unwrap()
                .push('\n');
            assert!(!shares_one_clippy_file(&differing).is_empty(), "{name}");
            let mut missing = same.clone();
            missing.remove(&format!("crates/{name}/clippy.toml"));
            assert!(!shares_one_clippy_file(&missing).is_empty(), "{name}");
        }
        for banned in BANNED {
            let less: Files = same
                .iter()
                .map(|(path, text)| (path.clone(), text.replace(banned, "\"\"")))
                .collect();
            assert!(!shares_one_clippy_file(&less).is_empty(), "{banned}");
        }
    }

    #[test]
    fn only_pure_crates_are_pure() {
        assert!(
            is_pure("crates/book/src/lib.rs")
                && !is_pure("crates/bookshelf/src/lib.rs")
                && !is_pure("crates/ledger/src/lib.rs")
        );
    }
}
