//! Several processes at once on one data folder, in real time, before a Stripe that counts: to it they are one, which never asks
//! too often. Each by itself would be polite as well, so the same processes on folders of their own, who know nothing of each
//! other, must be too many; else this would prove nothing.

use std::fs;
use std::process::{Child, Stdio};
use std::thread;
use std::time::Instant;

use serde_json::Value;

use crate::folder::Folder;
use crate::space::MIDDLE;
use crate::stripe::Stripe;
use crate::whole::{COMPANY, account_of};

/// What Stripe allows in test mode, and four fifths of it are ours.
const LIMIT: u64 = 25;
const SHARE: u64 = 20;
const POLITE: &str = "requests_per_second = 25\nrequests_per_endpoint = 25\n";
/// Within the thirty days of which Stripe lists events: what is read from the lists of objects instead waits for `backfill`.
const SOON: &str = "2025-03-10";
/// What may run at once.
const AT_ONCE: [&str; 4] = ["backfill", "follow --patience 0", "doctor", "doctor"];

/// A data folder that knows the company's first half, and the whole company served with the limits of test mode.
fn half_read() -> (Folder, Stripe) {
    let mut folder = Folder::new();
    let account = account_of(&folder, COMPANY);
    folder.ok(&format!("init --account {account} --live"));
    folder.hurry();
    let words = format!("--speed 0 --limits none --at {MIDDLE}");
    let before = Stripe::serve(&folder, COMPANY, &words);
    folder.tell("STRIPE_API_BASE", before.base());
    folder.tell("STRIPE_API_KEY", before.key());
    folder.ok("backfill");
    folder.ok("follow");
    folder.set(POLITE);
    let words = format!("--speed 1 --limits sandbox --at {SOON}");
    let stripe = Stripe::serve(&folder, COMPANY, &words);
    folder.tell("STRIPE_API_BASE", stripe.base());
    (folder, stripe)
}

fn number(seen: &Value, what: &str) -> u64 {
    seen[what].as_u64().unwrap()
}

#[test]
fn processes_of_one_folder_ask_no_more_than_one_may() {
    let (folder, stripe) = half_read();
    let began = Instant::now();
    let children = AT_ONCE.map(|line| (line, quiet(&folder, line, "daybook-data")));
    for (line, mut child) in children {
        let status = child.wait().unwrap();
        assert!(status.success(), "{line}: {status}");
    }
    let span_ms = u64::try_from(began.elapsed().as_millis()).unwrap();
    let seen = stripe.seen();
    let (requests, most) = (number(&seen, "requests"), number(&seen, "in_a_second"));
    println!(
        "{} processes: {requests} requests in {span_ms} ms, {most} in the fullest second",
        AT_ONCE.len()
    );
    assert_eq!(number(&seen, "over_limit"), 0, "{seen}");
    assert_eq!(seen["statuses"]["429"], Value::Null, "{seen}");
    assert!(most <= LIMIT && most * 4 >= SHARE * 3, "{most} in a second");
    folder.ok("verify");
}

#[test]
fn processes_that_know_nothing_of_each_other_ask_too_much() {
    let (folder, stripe) = half_read();
    let mut children = Vec::new();
    for (number, line) in AT_ONCE.into_iter().enumerate() {
        let data = format!("data-{number}");
        fs::create_dir(folder.path(&data)).unwrap();
        for entry in fs::read_dir(folder.path("daybook-data")).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                let copy = folder.path(&data).join(entry.file_name());
                fs::copy(entry.path(), copy).unwrap();
            }
        }
        children.push(quiet(&folder, line, &data));
    }
    let over = || number(&stripe.seen(), "over_limit");
    let runs = |child: &mut Child| child.try_wait().unwrap().is_none();
    while over() == 0 && children.iter_mut().any(runs) {
        thread::yield_now();
    }
    for mut child in children {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(over() > 0, "{}", stripe.seen());
}

/// The program with these words on a data folder, not heard.
fn quiet(folder: &Folder, line: &str, data: &str) -> Child {
    let mut command = folder.command(line);
    let command = command.env("DAYBOOK_DATA", folder.path(data));
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null()).spawn().unwrap()
}
