//! The demo as README promises it: at full size, with its next steps, in nothing but its own folder.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, in its helpers too"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn daybook(folder: &Path, line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_daybook"))
        .args(line.split_whitespace())
        .current_dir(folder)
        .env_remove("DAYBOOK_DATA")
        .output()
        .unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_full_demo_is_true_and_its_next_steps_work() {
    let folder = TempDir::new().unwrap();
    let output = daybook(folder.path(), "demo");
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        names(folder.path()),
        ["daybook-demo"],
        "it writes nothing else"
    );
    for part in [
        "chain ok",
        "same digest",
        "all equal",
        "found, delivered, equal",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    let deliveries = told
        .lines()
        .find_map(|line| line.strip_prefix("delivering"))
        .unwrap();
    let deliveries: String = deliveries
        .split('·')
        .next()
        .unwrap()
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    assert!(deliveries.parse::<u64>().unwrap() > 100_000, "{told}");

    let next: Vec<&str> = told
        .lines()
        .filter_map(|line| line.strip_prefix("next:"))
        .collect();
    assert!(!next.is_empty());
    for command in next {
        let mut words = command.split_whitespace();
        let program = words.next().unwrap();
        assert_eq!(program, env!("CARGO_BIN_EXE_daybook"));
        let output = Command::new(program)
            .args(words)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{command}\n{said}");
        assert!(said.lines().count() > 2, "{command}\n{said}");
    }
}

#[test]
fn a_small_demo_can_be_run_again_and_answers_programs() {
    let folder = TempDir::new().unwrap();
    let line = "demo --customers 60 --days 120 --json";
    for _ in 0..2 {
        let output = daybook(folder.path(), line);
        assert_eq!(output.status.code(), Some(0));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["is_true"], true);
    }
}
