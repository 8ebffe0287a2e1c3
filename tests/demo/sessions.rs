//! The sessions of docs/SESSIONS.md, run from the first to the last in one folder. `DAYBOOK_BLESS=1` writes what they show anew,
//! with ids that are worth a look.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::documents::{self, path};
use crate::stripe::Stripe;
use crate::told;

const DOCUMENT: &str = "docs/SESSIONS.md";
const BLOCK: &str = "```console\n";
const END: &str = "```\n";

/// What a command ends with that goes on beside those after it.
const BEHIND: &str = " &";

/// Commands whose object is chosen in the books, and the query that chooses it: its first row's first cell.
const CHOSEN: [(&str, &str); 5] = [
    (
        "invoice",
        "SELECT n.invoice_id FROM credit_notes AS n JOIN credit_note_refunds AS r ON r.stream = n.stream AND r.credit_note_id = n.id
         JOIN invoices AS i ON i.stream = n.stream AND i.id = n.invoice_id
         WHERE i.status = 'paid' ORDER BY n.created_s DESC, n.invoice_id",
    ),
    (
        "customer",
        "SELECT customer_id FROM customer_statement GROUP BY customer_id ORDER BY count(*) DESC, customer_id",
    ),
    (
        "charge",
        "SELECT d.charge_id FROM disputes AS d JOIN charges AS c ON c.stream = d.stream AND c.id = d.charge_id
         WHERE d.status = 'won' AND c.amount_refunded_minor > 0 ORDER BY d.created_s DESC, d.id",
    ),
    (
        "payout",
        "SELECT payout_id FROM payout_transactions GROUP BY payout_id ORDER BY count(*) DESC, payout_id",
    ),
    (
        "timeline",
        "SELECT id FROM subscriptions WHERE status = 'canceled' ORDER BY created_s, id",
    ),
];

/// Commands that need no session: help is what every session begins with, and what runs until it is stopped docs/OPERATIONS.md
/// tells of.
const WITHOUT: [&str; 2] = ["help", "serve"];

#[test]
fn every_command_has_a_session_that_is_true() {
    let folder = TempDir::new().unwrap();
    let document = fs::read_to_string(path(DOCUMENT)).unwrap();
    let mut parts = document.split(BLOCK);
    let mut renewed = parts.next().unwrap().to_owned();
    let mut shown = BTreeSet::new();
    let mut stripe = None;
    for part in parts {
        let (block, rest) = part.split_once(END).unwrap();
        renewed.push_str(BLOCK);
        for session in block.split("$ daybook ").skip(1) {
            let (command, before) = session.split_once('\n').unwrap();
            let command = chosen(folder.path(), command);
            let said = match command.strip_suffix(BEHIND) {
                Some(words) => {
                    let words: Vec<&str> = words.split(' ').collect();
                    &*stripe.insert(Stripe::start(folder.path(), &words)).said
                }
                None => &said(folder.path(), &command, stripe.as_ref()),
            };
            renewed.push_str(&format!("$ daybook {command}\n{}", kept(said, before)));
            shown.insert(command.split(' ').next().unwrap().to_owned());
        }
        renewed.push_str(&format!("{END}{rest}"));
    }
    let commands = commands(folder.path());
    let lacking: Vec<_> = commands.difference(&shown).collect();
    assert!(
        lacking.is_empty(),
        "{DOCUMENT} has no session of {lacking:?}"
    );
    documents::hold(DOCUMENT, &document, &renewed);
}

/// The commands that `daybook --help` names.
fn commands(folder: &Path) -> BTreeSet<String> {
    let help = told(folder, &["--help"]);
    let (_, rest) = help.split_once("Commands:\n").unwrap();
    let (list, _) = rest.split_once("\n\n").unwrap();
    let named = list.lines().filter_map(|line| {
        let name = line.strip_prefix("  ")?.split(' ').next()?;
        (!name.is_empty() && !WITHOUT.contains(&name)).then(|| name.to_owned())
    });
    let named: BTreeSet<String> = named.collect();
    assert!(named.len() > 20, "{help}");
    named
}

/// The command with the object that is to be looked at.
fn chosen(folder: &Path, command: &str) -> String {
    let words: Vec<&str> = command.split(' ').collect();
    let Some((name, sql)) = CHOSEN.iter().find(|(name, _)| *name == words[0]) else {
        return command.to_owned();
    };
    let answer: Value = serde_json::from_str(&told(folder, &["query", "--json", sql])).unwrap();
    let row = answer["rows"][0].as_object();
    let row = row.unwrap_or_else(|| panic!("the company has nothing for {name}"));
    let id = row.values().next().unwrap().as_str().unwrap();
    let rest = words[2..].iter().map(|word| format!(" {word}"));
    format!("{name} {id}{}", rest.collect::<String>())
}

/// What a command line says: all of it, or its beginning if it goes on to `head`, with the exit if that is not 0.
fn said(folder: &Path, line: &str, stripe: Option<&Stripe>) -> String {
    let (command, head) = match line.split_once(" | head ") {
        Some((command, head)) => (command, Some(head)),
        None => (line, None),
    };
    // What stands between single quotes is one word.
    let quoted = command.split('\'').enumerate();
    let words = quoted.flat_map(|(index, part)| match index % 2 {
        1 => vec![part],
        _ => part.split_whitespace().collect(),
    });
    let mut run = crate::command(folder, &words.collect::<Vec<_>>());
    if let Some(stripe) = stripe {
        stripe.tell(&mut run);
    }
    let output = run.output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let mut said: String = match head.and_then(|head| head.split_once(' ')) {
        Some(("-n", lines)) => {
            let lines = lines.parse().unwrap();
            stdout.split_inclusive('\n').take(lines).collect()
        }
        Some(("-c", letters)) => stdout.chars().take(letters.parse().unwrap()).collect(),
        Some(_) => panic!("{line}"),
        None => stdout,
    };
    if !said.ends_with('\n') {
        said.push('\n');
    }
    said.push_str(&String::from_utf8(output.stderr).unwrap());
    let exit = output.status.code().unwrap();
    if exit != 0 && head.is_none() {
        said.push_str(&format!("(exit {exit})\n"));
    }
    said.replace(env!("CARGO_BIN_EXE_daybook"), "daybook")
}

/// The lines as they were shown before where they differ only in what differs from run to run, so that renewal changes nothing
/// else; `before` is the same command's.
fn kept(said: &str, before: &str) -> String {
    let mut before: Vec<&str> = before.lines().collect();
    let mut kept = String::new();
    for line in said.lines() {
        let same = before.iter().position(|old| masked(old) == masked(line));
        let line = same.map_or(line, |at| before.remove(at));
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

/// The line with what is salted, measured or of today as one letter: hashes but for the digest of books, times taken, sizes of
/// files, names of runs, and when a backup was made.
fn masked(line: &str) -> String {
    for name in ["made at ", "bytes ", "sha256 ", "disk "] {
        if line.starts_with(name) {
            return name.to_owned();
        }
    }
    let words = line.split(' ').map(|word| {
        let bare = word.rsplit(':').next().unwrap_or(word);
        let bare = bare.trim_end_matches('…');
        let is_hash = bare.len() >= 12 && bare.chars().all(|c| c.is_ascii_hexdigit());
        // A run's name begins with the millisecond.
        let is_name = bare.len() >= 13
            && bare.contains('-')
            && bare.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
        match word.starts_with("fold-") {
            false if is_hash || is_name => word.replace(bare, "h"),
            _ => word.to_owned(),
        }
    });
    let words: Vec<String> = words.collect();
    let is_unit = |at: usize| {
        words
            .get(at + 1)
            .is_some_and(|unit| match unit.trim_end_matches(',') {
                "ms" | "s" => true,
                // The demo's log: a backfill divides its windows as time allows, and each leaves an entry.
                "entries" => line.starts_with("log  "),
                _ => false,
            })
    };
    let shown = words
        .iter()
        .enumerate()
        .map(|(at, word)| match is_unit(at) {
            true => "t".to_owned(),
            false => word.clone(),
        });
    shown.collect::<Vec<_>>().join(" ")
}
