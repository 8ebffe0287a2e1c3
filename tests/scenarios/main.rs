//! Scenarios that a bookkeeper can read: what Stripe said, and what the book says then. Each text file is a test by its own
//! name. It knows no rule of the books: what is right stands in the files.
//!
//! `DAYBOOK_BLESS=1` writes what the book says into the files; read the difference.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, in its helpers too"
)]

mod books;
mod line;
mod money;
mod object;
mod script;
mod stripe;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

/// How many scenarios there are at least: a folder that was not found would pass as well.
const SCENARIOS_MIN: usize = 100;

/// How many scenarios are played at once.
const THREADS: usize = 8;

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    let found = paths.len();
    let (said, broken) = (paths.clone(), paths.clone());
    let mut trials: Vec<Trial> = paths.into_iter().map(trial).collect();
    trials.push(Trial::test("there_are_enough_scenarios", move || {
        if found < SCENARIOS_MIN {
            return Err(format!("{found} scenarios, fewer than {SCENARIOS_MIN}").into());
        }
        Ok(())
    }));
    trials.push(Trial::test(
        "every_kind_of_object_has_a_scenario",
        move || every_kind(&said).map_err(Failed::from),
    ));
    trials.push(Trial::test(
        "every_invariant_is_broken_in_a_scenario",
        move || every_invariant(&broken).map_err(Failed::from),
    ));
    let mut arguments = Arguments::from_args();
    // They wait for the disk more than they reckon.
    arguments.test_threads = arguments.test_threads.or(Some(THREADS));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(path: PathBuf) -> Trial {
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    Trial::test(name, move || run(&path).map_err(Failed::from))
}

/// No kind of object that the books hold is without a line in some scenario.
fn every_kind(paths: &[PathBuf]) -> Result<(), String> {
    let mut missing: BTreeSet<&str> =
        (facts::objects::ALL.iter().map(|schema| schema.object)).collect();
    for path in paths {
        let script = script::Script::parse(&fs::read_to_string(path).unwrap())?;
        for act in &script.acts {
            for line in line::lines(&act.said)? {
                missing.remove(object::schema(line.kind.as_deref(), &line.id)?.object);
            }
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("no scenario tells of {missing:?}"))
}

/// No invariant is without a finding in some scenario.
fn every_invariant(paths: &[PathBuf]) -> Result<(), String> {
    let texts: Vec<String> = paths
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let is_broken = |code: &str| {
        texts
            .iter()
            .any(|text| text.contains(&format!("  {code}  ")))
    };
    let codes = book::finding::INVARIANTS.iter().map(|(code, _)| *code);
    let whole: Vec<&str> = codes.filter(|code| !is_broken(code)).collect();
    if whole.is_empty() {
        return Ok(());
    }
    Err(format!("no scenario breaks {whole:?}"))
}

/// Plays one scenario and compares, or renews, what the book says.
fn run(path: &Path) -> Result<(), String> {
    let written = fs::read_to_string(path).unwrap();
    let script = script::Script::parse(&written)?;
    let played = books::play(&script)?;
    if played == written {
        return Ok(());
    }
    if std::env::var_os("DAYBOOK_BLESS").is_some() {
        fs::write(path, played).unwrap();
        return Ok(());
    }
    Err(difference(&written, &played))
}

/// The first lines that differ, with what stands before them.
fn difference(written: &str, played: &str) -> String {
    let (mut ours, mut theirs) = (played.lines(), written.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (theirs.next(), ours.next()) {
            (None, None) => return "the ends of the lines differ".to_owned(),
            (expected, found) if expected != found => {
                let (expected, found) = (expected.unwrap_or("(end)"), found.unwrap_or("(end)"));
                return format!(
                    "line {number}\n  written   {expected}\n  the book  {found}\nthe whole of it:\n{played}"
                );
            }
            _ => {}
        }
    }
}
