//! Rules on tests: they look at their answers, wait for nothing, read no clock, stay on the loopback, and all run.

use crate::complaint::Complaint;
use crate::habits::{is_test_file, named};
use crate::rust_text::{RustText, is_word, line_at, words};

/// No test is switched off.
pub(crate) fn runs_every_test(path: &str, text: &str) -> Vec<Complaint> {
    let code = RustText::new(text).code;
    named(
        path,
        &code,
        "#[ignore",
        "mend the test or delete it: one that never runs proves nothing",
    )
}

/// The answer of `matches!` goes into an assertion or on to whoever asks; thrown away it proves nothing.
pub(crate) fn asserts_its_matches(path: &str, text: &str) -> Vec<Complaint> {
    let code = test_part(path, text);
    let found = words(&code, "matches").filter(|at| code[at + "matches".len()..].starts_with('!'));
    found
        .filter(|at| !is_asserted(&code[..*at]) && is_kept_back(&code, *at))
        .map(|at| {
            Complaint::at(
                path,
                line_at(&code, at),
                "put `matches!` inside `assert!`: alone it proves nothing",
            )
        })
        .collect()
}

/// Tests don't wait: what they wait for is given to them.
pub(crate) fn waits_for_nothing(path: &str, text: &str) -> Vec<Complaint> {
    let code = test_part(path, text);
    let advice =
        "don't sleep in a test: wait for the thing itself, or pass the time as an argument";
    ["sleep(", "sleep_until(", "park_timeout("]
        .iter()
        .flat_map(|name| named(path, &code, name, advice))
        .collect()
}

/// Tests read no wall clock: their time is written in them.
pub(crate) fn reads_no_wall_clock(path: &str, text: &str) -> Vec<Complaint> {
    let code = test_part(path, text);
    let advice = "write the time into the test: one that reads the clock fails on some other day";
    [
        "SystemTime::now",
        "Utc::now",
        "Local::now",
        "UNIX_EPOCH.elapsed",
    ]
    .iter()
    .flat_map(|name| named(path, &code, name, advice))
    .collect()
}

/// Tests reach nothing beyond this machine.
pub(crate) fn stays_on_the_loopback(path: &str, text: &str) -> Vec<Complaint> {
    if !is_test_file(path) && !text.contains("#[cfg(test)]") {
        return Vec::new();
    }
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| addresses(line).any(|address| !address.starts_with("127.")))
        .map(|(index, _)| {
            Complaint::at(
                path,
                index + 1,
                "use 127.0.0.1: tests reach nothing beyond the loopback",
            )
        })
        .collect()
}

/// The code of a file that is test code: all of a test file, the test modules of any other.
fn test_part(path: &str, text: &str) -> String {
    let split = RustText::new(text);
    if is_test_file(path) {
        return split.code;
    }
    let tests = split.test_ranges();
    let kept = split.code.char_indices().map(|(at, c)| match c {
        '\n' => '\n',
        _ if tests.iter().any(|range| range.contains(&at)) => c,
        _ => ' ',
    });
    kept.collect()
}

/// Whether a place lies inside an assertion, at any depth.
fn is_asserted(before: &str) -> bool {
    let mut open = Vec::new();
    for (at, c) in before.char_indices() {
        match c {
            '(' | '[' | '{' => open.push(at),
            ')' | ']' | '}' => drop(open.pop()),
            _ => {}
        }
    }
    open.iter().any(|at| is_assertion(before[..*at].trim_end()))
}

/// Whether an expression's value is bound to a name or is a whole statement; a block's last value goes on.
fn is_kept_back(code: &str, at: usize) -> bool {
    let before = code[..at].trim_end();
    let is_bound = before.ends_with('=') && !before.ends_with("==");
    let is_statement = before.is_empty() || before.ends_with([';', '{', '}']);
    is_bound || is_statement && after_call(&code[at..]).is_some_and(|rest| rest.starts_with(';'))
}

/// What follows the parentheses of a call.
fn after_call(code: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let end = code.char_indices().find(|(_, c)| {
        depth = match c {
            '(' => depth + 1,
            ')' => depth.saturating_sub(1),
            _ => depth,
        };
        *c == ')' && depth == 0
    });
    end.map(|(at, _)| code[at + 1..].trim_start())
}

fn is_assertion(before: &str) -> bool {
    let name = before
        .strip_suffix('!')
        .map(|rest| rest.rsplit(|c| !is_word(c)).next().unwrap_or(rest));
    name.is_some_and(|name| name.starts_with("assert") || name.starts_with("prop_assert"))
}

/// What looks like an IPv4 address: four groups of digits.
fn addresses(line: &str) -> impl Iterator<Item = &str> {
    let tokens = line.split(|c: char| !c.is_ascii_digit() && c != '.');
    tokens.filter(|token| {
        token.split('.').count() == 4 && token.split('.').all(|group| group.parse::<u8>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::check;

    #[test]
    fn a_test_that_is_switched_off_is_refused() {
        check(
            runs_every_test,
            "tests/a.rs",
            &["#[ignore]\nfn a() {}", "#[ignore = \"slow\"]"],
            &["// #[ignore"],
        );
    }

    #[test]
    fn a_matches_that_nobody_looks_at_is_refused() {
        let broken = [
            "fn a() { matches!(b, C); }",
            "fn a() { let d = matches!(b, C); }",
            "fn a() { e(d); matches!(b, C); }",
        ];
        let sound = [
            "fn a() { assert!(matches!(b, C)); }",
            "fn a() { prop_assert!(b.iter().all(|d| { matches!(d, C) })); }",
            "fn a() { b.retain(|d| matches!(d, C)); }",
            "fn is_c(b: D) -> bool { matches!(b, C) }",
            "fn a() { assert!(b.iter().all(|d| { let e = matches!(d, C); e })); }",
        ];
        check(asserts_its_matches, "tests/a.rs", &broken, &sound);
        check(asserts_its_matches, "crates/book/src/a.rs", &[], &broken);
        let inline = format!("#[cfg(test)]\nmod tests {{ {} }}", broken[0]);
        check(asserts_its_matches, "crates/book/src/a.rs", &[&inline], &[]);
    }

    #[test]
    fn a_sleep_in_a_test_is_refused() {
        let inline = "#[cfg(test)]\nmod tests { fn a() { thread::sleep(b); } }";
        check(
            waits_for_nothing,
            "crates/daybook/src/a.rs",
            &[inline],
            &["fn a() { sleep(b) }"],
        );
        check(
            waits_for_nothing,
            "tests/a.rs",
            &["fn a() { tokio::time::sleep(b).await }"],
            &["// sleep(b)"],
        );
    }

    #[test]
    fn a_clock_in_a_test_is_refused() {
        check(
            reads_no_wall_clock,
            "tests/a.rs",
            &["let a = SystemTime::now();", "Utc::now()"],
            &["let a = UNIX_EPOCH;"],
        );
    }

    #[test]
    fn an_address_beyond_the_loopback_is_refused() {
        let far = ["10", "0", "0", "8"].join(".");
        let broken = [
            format!("connect(\"{far}:80\")"),
            format!("bind(\"{}:0\")", ["0"; 4].join(".")),
        ];
        let sound = ["bind(\"127.0.0.1:0\")", "let version = \"3.51.3\";"];
        check(
            stays_on_the_loopback,
            "tests/a.rs",
            &[&broken[0], &broken[1]],
            &sound,
        );
    }
}
