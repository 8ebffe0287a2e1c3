//! Rules on what must not stand in any Rust file: exemptions without reason, unfinished work, dead code, bare unwraps.

use crate::complaint::Complaint;
use crate::rust_text::{RustText, is_word, line_at, words};

/// Exemptions are expectations with a reason, so that they go when they are no longer needed.
pub(crate) fn exempts_nothing_silently(path: &str, text: &str) -> Vec<Complaint> {
    let code = RustText::new(text).code;
    let advice = "write `#[expect(.., reason = \"..\")]`: it goes when it is no longer needed";
    [
        named(path, &code, "#[allow", advice),
        named(path, &code, "#![allow", advice),
    ]
    .concat()
}

/// Work is finished or not there; notes about it belong to the plan, not the code.
pub(crate) fn leaves_no_notes(path: &str, text: &str) -> Vec<Complaint> {
    let comments = RustText::new(text).comments;
    let advice = "finish it or leave it out: the code holds no notes about work to come";
    ["TODO", "FIXME", "XXX", "HACK"]
        .iter()
        .flat_map(|note| word(path, &comments, note, advice))
        .collect()
}

/// A branch that is reached does its work.
pub(crate) fn finishes_its_work(path: &str, text: &str) -> Vec<Complaint> {
    let code = RustText::new(text).code;
    let advice = "write the branch, or return a typed error that says why it can't be";
    ["todo!", "unimplemented!"]
        .iter()
        .flat_map(|name| named(path, &code, name, advice))
        .collect()
}

/// Old code lives in the history.
pub(crate) fn keeps_no_dead_code(path: &str, text: &str) -> Vec<Complaint> {
    let comments = RustText::new(text).comments;
    let lines = comments.lines().enumerate();
    lines
        .filter(|(_, line)| plain_comment(line).is_some_and(is_statement))
        .map(|(index, _)| {
            Complaint::at(
                path,
                index + 1,
                "delete commented-out code: the history keeps it",
            )
        })
        .collect()
}

/// A panic says why it can't happen.
pub(crate) fn gives_reasons_for_panics(path: &str, text: &str) -> Vec<Complaint> {
    if is_test_file(path) {
        return Vec::new();
    }
    let split = RustText::new(text);
    let tests = split.test_ranges();
    let outside = |at: &usize| !tests.iter().any(|range| range.contains(at));
    let found = split
        .code
        .match_indices(".unwrap()")
        .map(|(at, _)| at)
        .filter(outside);
    let advice = "write `.expect(\"why this holds\")`, or return a typed error";
    found
        .map(|at| Complaint::at(path, line_at(text, at), advice))
        .collect()
}

/// Whether a whole file is test code, by where it stands.
pub(crate) fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/")
        || path.contains("/tests/")
        || path.ends_with("/tests.rs")
        || path.ends_with("_tests.rs")
}

/// A complaint for each place where `name` stands.
pub(crate) fn named(path: &str, code: &str, name: &str, advice: &str) -> Vec<Complaint> {
    code.match_indices(name)
        .map(|(at, _)| Complaint::at(path, line_at(code, at), advice))
        .collect()
}

/// A complaint for each place where `name` stands as a whole word.
pub(crate) fn word(path: &str, code: &str, name: &str, advice: &str) -> Vec<Complaint> {
    words(code, name)
        .map(|at| Complaint::at(path, line_at(code, at), advice))
        .collect()
}

/// The text of a `//` comment that is no documentation.
fn plain_comment(line: &str) -> Option<&str> {
    let comment = line.trim().strip_prefix("//")?;
    (!comment.starts_with(['/', '!'])).then(|| comment.trim())
}

/// Code ends like code and begins or looks like it; prose does not do both.
fn is_statement(comment: &str) -> bool {
    let openings = [
        "let ", "fn ", "pub ", "use ", "mod ", "impl ", "struct ", "enum ", "return ", "if ",
        "for ", "match ",
    ];
    let opens = openings.iter().any(|opening| comment.starts_with(opening));
    let is_call = |at: usize| comment[..at].ends_with(is_word);
    let calls = comment.contains(" = ") || comment.match_indices('(').any(|(at, _)| is_call(at));
    let alone = comment.starts_with("#[") || matches!(comment, "}" | "{" | "});" | "})" | "};");
    alone || opens && comment.ends_with(['{', ';', '}']) || calls && comment.ends_with(';')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::check;

    #[test]
    fn an_allow_is_refused() {
        let broken = ["#[allow(dead_code)]\nfn a() {}", "#![allow(dead_code)]"];
        check(
            exempts_nothing_silently,
            "a.rs",
            &broken,
            &[
                "#[expect(dead_code, reason = \"b\")]",
                "// #[allow is refused",
            ],
        );
    }

    #[test]
    fn a_note_about_work_to_come_is_refused() {
        let broken = ["// TODO: b", "/// FIXME", "a(); // XXX b", "/* HACK */"];
        check(
            leaves_no_notes,
            "a.rs",
            &broken,
            &["let a = \"TODO\";", "// TODOS"],
        );
    }

    #[test]
    fn an_unfinished_branch_is_refused() {
        check(
            finishes_its_work,
            "a.rs",
            &["fn a() { todo!() }", "_ => unimplemented!(\"b\"),"],
            &["let a = \"todo!\";"],
        );
    }

    #[test]
    fn dead_code_is_refused() {
        let broken = [
            "// let a = 1;",
            "    // a.b(c);",
            "// if a {",
            "// }",
            "// #[test]",
            "// use a::b;",
        ];
        let sound = [
            "// The head is read anew;",
            "// Two layers are kept (front and base);",
            "/// let a = 1;",
            "// if a tie stays, the read wins",
            "a(); // b = c",
        ];
        check(keeps_no_dead_code, "a.rs", &broken, &sound);
    }

    #[test]
    fn a_bare_unwrap_outside_tests_is_refused() {
        let broken = [
            "fn a() { b().unwrap(); }",
            "#[cfg(test)]\nmod tests { }\nfn a() { b().unwrap(); }",
        ];
        let sound = [
            "#[cfg(test)]\nmod tests { fn a() { b().unwrap(); } }",
            "a.unwrap_or(b)",
            "// a.unwrap()",
        ];
        check(
            gives_reasons_for_panics,
            "crates/book/src/a.rs",
            &broken,
            &sound,
        );
        check(
            gives_reasons_for_panics,
            "crates/book/src/a/tests.rs",
            &[],
            &[broken[0]],
        );
    }
}
