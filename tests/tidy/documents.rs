//! Rules on the documents: the promised ones exist, links lead somewhere, decisions carry their day, the architecture stays short.

use crate::complaint::Complaint;
use crate::modules::{folder, joined};
use crate::repository::Files;

/// What a reader or a builder looks for.
const PROMISED: [&str; 13] = [
    ".ci/run",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "docs/ARCHITECTURE.md",
    "docs/CHANGELOG.md",
    "docs/DECISIONS.md",
    "docs/GLOSSARY.md",
    "docs/TESTING.md",
    "justfile",
    "rust-toolchain.toml",
    "tests/run",
    "tests/tidy/main.rs",
];
const ARCHITECTURE_LINES_MAX: usize = 150;

/// Every promised document is there and says something.
pub(crate) fn keeps_its_promises(files: &Files) -> Vec<Complaint> {
    let missing = PROMISED
        .iter()
        .filter(|path| files.get(**path).is_none_or(|text| text.trim().is_empty()));
    missing
        .map(|path| Complaint::of_file(path, "write it: readers look for it here"))
        .collect()
}

/// The architecture can be read in one go.
pub(crate) fn architecture_is_short(path: &str, text: &str) -> Vec<Complaint> {
    let lines = text.lines().count();
    let advice = format!(
        "{lines} lines: keep it under {ARCHITECTURE_LINES_MAX}, details belong to the code's own docs"
    );
    (lines >= ARCHITECTURE_LINES_MAX)
        .then(|| Complaint::of_file(path, advice))
        .into_iter()
        .collect()
}

/// Each entry begins with its day, none before the one above it, and gives a reason.
pub(crate) fn decisions_are_dated(path: &str, text: &str) -> Vec<Complaint> {
    let lines: Vec<&str> = text.lines().collect();
    let entries = lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| Some((index, line.strip_prefix("## ")?)));
    let mut last_day = "";
    let mut complaints = Vec::new();
    for (index, title) in entries {
        let (day, choice) = title.split_once(' ').unwrap_or((title, ""));
        let reasoned = lines[index + 1..]
            .iter()
            .find(|line| !line.trim().is_empty())
            .is_some_and(|line| !line.starts_with('#'));
        if !is_day(day) || choice.is_empty() {
            complaints.push(Complaint::at(
                path,
                index + 1,
                "begin the entry with its day: `## 2026-11-23 What was chosen`",
            ));
        } else if day < last_day {
            complaints.push(Complaint::at(
                path,
                index + 1,
                "add new entries at the end: their days rise",
            ));
        } else if !reasoned {
            complaints.push(Complaint::at(
                path,
                index + 1,
                "say why, in three to eight lines",
            ));
        }
        last_day = last_day.max(day);
    }
    complaints
}

/// Relative links lead to a file of the repository, and to a heading in it if they name one.
pub(crate) fn links_resolve(files: &Files, path: &str, text: &str) -> Vec<Complaint> {
    let broken = links(text)
        .into_iter()
        .filter(|(_, target)| !resolves(files, path, text, target));
    broken
        .map(|(line, target)| {
            Complaint::at(
                path,
                line,
                format!("`{target}` leads nowhere: mend the link"),
            )
        })
        .collect()
}

fn resolves(files: &Files, path: &str, text: &str, target: &str) -> bool {
    let (file, heading) = target
        .split_once('#')
        .map_or((target, None), |(file, heading)| (file, Some(heading)));
    let there = joined(folder(path), file);
    let is_folder = || {
        files
            .keys()
            .any(|known| known.starts_with(&format!("{}/", there.trim_end_matches('/'))))
    };
    match (file.is_empty(), heading) {
        _ if target.contains("://") || target.starts_with("mailto:") => true,
        _ if target.starts_with('/') => false,
        (true, Some(heading)) => has_heading(text, heading),
        (false, Some(heading)) => files
            .get(&there)
            .is_some_and(|other| has_heading(other, heading)),
        (_, None) => files.contains_key(&there) || is_folder(),
    }
}

/// Targets of `[text](target)` outside code, with their lines.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut links = Vec::new();
    for (index, line) in text.lines().enumerate() {
        fenced ^= line.trim_start().starts_with("```");
        let spans = line.split('`').step_by(2).filter(|_| !fenced);
        let starts = spans.flat_map(|span| {
            span.match_indices("](")
                .map(move |(at, mark)| &span[at + mark.len()..])
        });
        links.extend(starts.filter_map(|rest| Some((index + 1, rest.split_once(')')?.0))));
    }
    links
}

fn has_heading(text: &str, wanted: &str) -> bool {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .any(|line| slug(line.trim_start_matches('#').trim()) == wanted)
}

fn slug(heading: &str) -> String {
    let kept = heading.to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn is_day(day: &str) -> bool {
    let parts: Vec<&str> = day.split('-').collect();
    let [year, month, date] = parts[..] else {
        return false;
    };
    let within = |part: &str, length: usize, last: u32| {
        part.len() == length && part.parse().is_ok_and(|n: u32| (1..=last).contains(&n))
    };
    within(year, 4, 9999) && within(month, 2, 12) && within(date, 2, 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::check;

    #[test]
    fn a_missing_or_empty_document_is_refused() {
        let whole: Files = PROMISED
            .iter()
            .map(|path| ((*path).to_owned(), "words".to_owned()))
            .collect();
        assert_eq!(keeps_its_promises(&whole), []);
        for path in PROMISED {
            let mut missing = whole.clone();
            missing.remove(path);
            assert_eq!(keeps_its_promises(&missing).len(), 1, "{path}");
            let mut empty = whole.clone();
            empty.insert(path.to_owned(), "\n".to_owned());
            assert_eq!(keeps_its_promises(&empty).len(), 1, "{path}");
        }
    }

    #[test]
    fn a_long_architecture_is_refused() {
        check(
            architecture_is_short,
            "docs/ARCHITECTURE.md",
            &[&"x\n".repeat(150)],
            &[&"x\n".repeat(149)],
        );
    }

    #[test]
    fn an_undated_decision_is_refused() {
        let sound = "# Decisions\n\n## 2026-11-23 One file\n\nBecause.\n\n## 2026-11-24 Two files\n\nBecause.\n";
        let broken = [
            sound.replace("2026-11-23 ", ""),
            sound.replace("2026-11-23", "2026-13-23"),
            sound.replace("2026-11-23", "2026-11-25"),
            sound.replace(" One file", ""),
            sound.replacen("Because.\n", "", 1),
        ];
        check(
            decisions_are_dated,
            "docs/DECISIONS.md",
            &broken.each_ref().map(String::as_str),
            &[sound],
        );
    }

    #[test]
    fn a_link_that_leads_nowhere_is_refused() {
        let others = [
            ("docs/A.md", "# One word, `two`\n"),
            ("crates/a/src/lib.rs", ""),
        ];
        let files: Files = others
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        let broken = [
            "[a](B.md)",
            "x [a](A.md#two) y",
            "[a](#none)",
            "[a](../../A.md)",
            "[a](/A.md)",
        ];
        let sound = [
            "[a](A.md)",
            "[a](A.md#one-word-two)",
            "# B c\n[a](#b-c)",
            "[a](../crates/a)",
            "`[a](B.md)`",
            "```\n[a](B.md)\n```",
        ];
        check(
            |path, text| links_resolve(&files, path, text),
            "docs/C.md",
            &broken,
            &sound,
        );
    }
}
