//! What a rule says when it is broken, and how rules are demanded of the repository and tried on broken text.
//! Must not know any rule.

use std::fmt;

/// One breach of one rule: where it is and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// File, relative to the repository's root.
    pub(crate) path: String,
    /// Line from 1; 0 means the file as a whole.
    pub(crate) line: usize,
    /// What to do, in one sentence.
    pub(crate) advice: String,
}

impl Complaint {
    /// A complaint about one line.
    pub(crate) fn at(path: &str, line: usize, advice: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            advice: advice.into(),
        }
    }

    /// A complaint about a whole file.
    pub(crate) fn of_file(path: &str, advice: impl Into<String>) -> Self {
        Self::at(path, 0, advice)
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: {}", self.path, self.advice),
            line => write!(out, "{}:{line}: {}", self.path, self.advice),
        }
    }
}

/// Fails, naming every complaint, unless there is none.
pub(crate) fn demand(complaints: impl IntoIterator<Item = Complaint>) {
    let lines: Vec<String> = complaints
        .into_iter()
        .map(|complaint| complaint.to_string())
        .collect();
    assert!(
        lines.is_empty(),
        "{} breaches:\n  {}\n",
        lines.len(),
        lines.join("\n  ")
    );
}

/// Shows that a rule bites: each broken text draws a complaint, each sound one draws none.
pub(crate) fn check(
    rule: impl Fn(&str, &str) -> Vec<Complaint>,
    path: &str,
    broken: &[&str],
    sound: &[&str],
) {
    for text in broken {
        assert!(
            !rule(path, text).is_empty(),
            "the rule let this pass in {path}:\n{text}"
        );
    }
    for text in sound {
        assert_eq!(
            rule(path, text),
            [],
            "the rule refused this in {path}:\n{text}"
        );
    }
}

#[test]
fn a_complaint_names_file_and_line() {
    assert_eq!(
        Complaint::at("a.rs", 7, "mend it").to_string(),
        "a.rs:7: mend it"
    );
    assert_eq!(
        Complaint::of_file("a.rs", "mend it").to_string(),
        "a.rs: mend it"
    );
}

#[test]
#[should_panic(expected = "1 breaches:\n  a.rs:7: mend it")]
fn a_demand_with_complaints_fails_and_lists_them() {
    demand([Complaint::at("a.rs", 7, "mend it")]);
}
