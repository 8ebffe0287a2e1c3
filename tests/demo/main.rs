//! The demo as README promises it: at full size, with its next steps, in nothing but its own folder; and the documents'
//! commands and queries, run on the books that it makes.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, in its helpers too"
)]

mod documents;
mod questions;
mod sessions;
mod stripe;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// The program, about to run with these words.
fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
    command
        .args(words)
        .current_dir(folder)
        .env_remove("DAYBOOK_DATA")
        .env_remove("STRIPE_API_KEY")
        .env_remove("STRIPE_API_BASE");
    command
}

fn daybook(folder: &Path, words: &[&str]) -> Output {
    command(folder, words).output().unwrap()
}

/// Standard output of a run that ends with 0.
fn told(folder: &Path, words: &[&str]) -> String {
    let output = daybook(folder, words);
    let told = String::from_utf8(output.stdout).unwrap();
    let warned = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{words:?}\n{told}{warned}");
    told
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn the_full_demo_is_true_and_what_documents_show_of_it_too() {
    let folder = TempDir::new().unwrap();
    let demo = told(folder.path(), &["demo"]);
    assert_eq!(
        names(folder.path()),
        ["daybook-demo"],
        "it writes nothing else"
    );
    for part in ["chain ok", "same digest", "all equal", "found, read, equal"] {
        assert!(demo.contains(part), "{part}\n{demo}");
    }
    let deliveries = demo
        .lines()
        .find_map(|line| line.strip_prefix("delivering"))
        .unwrap();
    let deliveries = deliveries
        .split('·')
        .next()
        .unwrap()
        .chars()
        .filter(char::is_ascii_digit);
    assert!(
        deliveries.collect::<String>().parse::<u64>().unwrap() > 100_000,
        "{demo}"
    );

    let next: Vec<&str> = demo
        .lines()
        .filter_map(|line| line.strip_prefix("next:"))
        .collect();
    assert!(!next.is_empty());
    for command in next {
        let words: Vec<&str> = command.split_whitespace().collect();
        assert_eq!(words[0], env!("CARGO_BIN_EXE_daybook"));
        let said = told(folder.path(), &words[1..]);
        assert!(said.lines().count() > 2, "{command}\n{said}");
    }
    documents::check_readme(folder.path(), &demo);
    questions::check_answers(folder.path());
    questions::check_examples(folder.path());
}

#[test]
fn a_small_demo_can_be_run_again_and_answers_programs() {
    let folder = TempDir::new().unwrap();
    let words = ["demo", "--customers", "60", "--days", "120", "--json"];
    for _ in 0..2 {
        let answer: Value = serde_json::from_str(&told(folder.path(), &words)).unwrap();
        assert!(answer["deliveries"].as_u64() > Some(1_000) && answer["rejected"] == 0);
        assert!(answer["requests"].as_u64() > Some(100));
        assert!(answer["fields"].as_u64() > Some(0) && answer["differences"] == 0);
        assert_eq!(answer["is_same_in_another_order"], true);
        assert!(answer["digest"].as_str().unwrap().starts_with("fold-1:"));
        assert_eq!(answer["is_true"], true);
    }
}
