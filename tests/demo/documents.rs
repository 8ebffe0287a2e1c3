//! What documents show, README first of all, held against the real thing. `DAYBOOK_BLESS=1` writes its outputs anew.

use std::fs;
use std::path::{Path, PathBuf};

use crate::told;

/// What the demo is started with in README.
const DEMO: &str = "cargo run --release -- demo";
/// How README calls the binary.
const BINARY: &str = "target/release/daybook";
/// What a digest begins with.
const FOLD: &str = "fold-";

/// A file of the repository.
pub(crate) fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name)
}

/// Holds a document against itself with what was just seen. `DAYBOOK_BLESS=1` writes it so.
pub(crate) fn hold(name: &str, document: &str, renewed: &str) {
    if std::env::var_os("DAYBOOK_BLESS").is_some() {
        fs::write(path(name), renewed).unwrap();
        return;
    }
    let lines = document.lines().zip(renewed.lines());
    let differing: Vec<_> = lines
        .filter(|(shown, seen)| shown != seen)
        .take(20)
        .collect();
    assert!(
        document == renewed,
        "{name} shows something else, `just bless` renews it: {differing:#?}"
    );
}

/// Every output in README's console blocks is what the command says, to the digest of the books: that is the same on every
/// machine. Chain hashes, which are salted, and seconds differ in each run and may.
pub(crate) fn check_readme(folder: &Path, demo: &str) {
    let readme = fs::read_to_string(path("README.md")).unwrap();
    let mut renewed = String::new();
    let mut commands = 0;
    for (index, part) in readme.split("```").enumerate() {
        if index > 0 {
            renewed.push_str("```");
        }
        let Some(block) = part.strip_prefix("console\n").filter(|_| index % 2 == 1) else {
            renewed.push_str(part);
            continue;
        };
        renewed.push_str("console\n");
        for shown in block.split("$ ").skip(1) {
            let (command, output) = shown.split_once('\n').unwrap();
            let said = run(folder, command, demo);
            // What differs only in what may differ is left as it was shown.
            let shown = |line: &str| {
                let same = output.lines().find(|shown| masked(shown) == masked(line));
                same.unwrap_or(line).to_owned()
            };
            let output = said
                .trim_end()
                .lines()
                .map(shown)
                .collect::<Vec<_>>()
                .join("\n");
            renewed.push_str(&format!("$ {command}\n{output}\n"));
            commands += 1;
        }
    }
    assert!(commands >= 4, "README shows {commands} commands");
    hold("README.md", &readme, &renewed);
}

fn run(folder: &Path, command: &str, demo: &str) -> String {
    let said = if command == DEMO {
        demo.to_owned()
    } else {
        let words: Vec<&str> = command.split_whitespace().collect();
        assert_eq!(words[0], BINARY, "{command}");
        told(folder, &words[1..])
    };
    said.replace(env!("CARGO_BIN_EXE_daybook"), BINARY)
}

/// The text with each chain hash, each number of seconds and each number of entries as one letter: a backfill divides its windows as
/// time allows, and each leaves an entry.
fn masked(text: &str) -> String {
    let is_hash = |word: &str| word.len() >= 12 && word.chars().all(|c| c.is_ascii_hexdigit());
    let mask = |line: &str| {
        let entries = line.split(' ').skip(1).map(|next| next == "entries");
        let entries = entries.chain([false]);
        let words = line.split(' ').zip(entries).map(|(word, is_entries)| {
            let bare = word
                .rsplit(':')
                .next()
                .unwrap_or(word)
                .trim_end_matches('…');
            match bare {
                _ if is_entries => "n".to_owned(),
                _ if is_hash(bare) && word.contains("/live:") => "head".to_owned(),
                _ if is_hash(bare) && !word.starts_with(FOLD) => word.replace(bare, "h"),
                _ if is_tenths(bare) => "t".to_owned(),
                _ => word.to_owned(),
            }
        });
        words.collect::<Vec<_>>().join(" ")
    };
    text.lines().map(mask).collect::<Vec<_>>().join("\n")
}

/// `4.3`, as the demo writes seconds; amounts have two decimals.
fn is_tenths(word: &str) -> bool {
    word.split_once('.').is_some_and(|(whole, tenths)| {
        tenths.len() == 1
            && (whole.to_owned() + tenths)
                .chars()
                .all(|c| c.is_ascii_digit())
    })
}
