//! Rules on the shape of Rust files: their name, opening, length and functions.

use crate::complaint::Complaint;
use crate::rust_text::RustText;

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

/// Files that may be longer, each with its reason.
const LONG_FILES: [(&str, &str); 0] = [];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] = [
    "common", "helper", "helpers", "manager", "misc", "shared", "util", "utils",
];

/// Every file begins with what it is for.
pub(crate) fn opens_with_its_purpose(path: &str, text: &str) -> Vec<Complaint> {
    let says = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("//! "));
    let advice = "open the file with `//! …`: what it is for and what it must not do";
    says.is_none_or(|purpose| purpose.trim().is_empty())
        .then(|| Complaint::at(path, 1, advice))
        .into_iter()
        .collect()
}

/// No file is longer than can be held in mind.
pub(crate) fn file_is_short(path: &str, text: &str) -> Vec<Complaint> {
    let lines = text.lines().count();
    let excused = LONG_FILES.iter().any(|(long, _reason)| *long == path);
    let advice = format!(
        "{lines} lines: split the file by subject (at most {FILE_LINES_MAX}), or list it in LONG_FILES with a reason"
    );
    (lines > FILE_LINES_MAX && !excused)
        .then(|| Complaint::of_file(path, advice))
        .into_iter()
        .collect()
}

/// No function is longer than a screen.
pub(crate) fn functions_are_short(path: &str, text: &str) -> Vec<Complaint> {
    let functions = RustText::new(text).functions().into_iter();
    functions
        .map(|function| (function.last_line + 1 - function.first_line, function))
        .filter(|(lines, _)| *lines > FUNCTION_LINES_MAX)
        .map(|(lines, function)| {
            let name = function.name;
            let advice = format!(
                "`{name}` has {lines} lines: give its parts names (at most {FUNCTION_LINES_MAX})"
            );
            Complaint::at(path, function.first_line, advice)
        })
        .collect()
}

/// Files and folders are named by what they hold.
pub(crate) fn file_is_a_noun(path: &str, _text: &str) -> Vec<Complaint> {
    let mut names = path
        .split('/')
        .map(|name| name.split('.').next().unwrap_or(name));
    names
        .find(|name| EMPTY_NAMES.contains(name))
        .map(|name| {
            Complaint::of_file(
                path,
                format!("`{name}` says nothing: name it after what it holds"),
            )
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::check;

    #[test]
    fn a_file_without_its_purpose_is_refused() {
        let broken = [
            "",
            "use std::fmt;\n",
            "//!\n//! late\n",
            "// purpose\n",
            "/// doc\n",
        ];
        check(
            opens_with_its_purpose,
            "a.rs",
            &broken,
            &["//! The log.\nuse std::fmt;\n"],
        );
    }

    #[test]
    fn a_long_file_is_refused() {
        check(
            file_is_short,
            "a.rs",
            &[&"x\n".repeat(501)],
            &[&"x\n".repeat(500)],
        );
    }

    #[test]
    fn a_long_function_is_refused() {
        let function = |lines: usize| format!("fn a() {{\n{}}}\n", "b();\n".repeat(lines - 2));
        let two = format!("{}{}", function(60), function(60));
        check(
            functions_are_short,
            "a.rs",
            &[&function(71), &format!("{two}{}", function(71))],
            &[&function(70), &two],
        );
    }

    #[test]
    fn a_file_with_an_empty_name_is_refused() {
        for path in [
            "crates/book/src/utils.rs",
            "tests/common/mod.rs",
            "docs/helpers.md",
        ] {
            check(file_is_a_noun, path, &[""], &[]);
        }
        check(
            file_is_a_noun,
            "crates/book/src/common_stock.rs",
            &[],
            &[""],
        );
    }
}
