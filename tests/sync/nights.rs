//! `reconcile`, `findings` and `nightly` as somebody runs them: what they end with, what they leave, and what they say when they can't.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::thread;

use serde_json::Value;

use crate::folder::Folder;
use crate::stripe::Stripe;
use crate::whole::{COMPANY, account_of};

/// 2025-02-15, in the middle of the company's days: the first night.
const FIRST_S: i64 = 1_739_577_600;
/// 2025-02-25: the second. Stripe still lists all events since the first.
const SECOND_S: i64 = 1_740_441_600;
/// Events of these types are never made after the first night.
const UNTOLD: [&str; 8] = [
    "charge.succeeded",
    "charge.updated",
    "customer.updated",
    "invoice.created",
    "invoice.finalized",
    "invoice.updated",
    "payment_intent.created",
    "payment_intent.succeeded",
];

/// A company that was taken in and had its first night. Then days pass of which no event tells all.
pub(crate) struct Company {
    pub(crate) folder: Folder,
    pub(crate) stripe: Stripe,
}

impl Company {
    pub(crate) fn new() -> Self {
        let mut folder = Folder::new();
        let account = account_of(&folder, COMPANY);
        folder.ok(&format!("init --account {account} --live"));
        folder.hurry();
        let words = format!("--speed 0 --limits none --at {FIRST_S}");
        let stripe = Stripe::serve(&folder, COMPANY, &words);
        folder.tell("STRIPE_API_BASE", stripe.base());
        folder.tell("STRIPE_API_KEY", stripe.key());
        folder.ok("backfill");
        Self { folder, stripe }
    }

    /// Lets days pass.
    pub(crate) fn live(&self) {
        let events = fs::read_to_string(self.folder.path("sim/events.ndjson")).unwrap();
        let events = events
            .lines()
            .map(|line| -> Value { serde_json::from_str(line).unwrap() });
        let untold = events.filter(|event| {
            let is_own = event.get("account").is_none();
            let is_late = event["created"].as_i64() >= Some(FIRST_S);
            is_own && is_late && UNTOLD.iter().any(|known| event["type"] == *known)
        });
        let ids: Vec<String> = untold
            .map(|event| event["id"].as_str().unwrap().to_owned())
            .collect();
        assert!(ids.len() > 30, "{ids:?}");
        self.stripe.withhold(&ids);
        self.stripe.push_to(SECOND_S);
    }

    /// How many entries there are that are not of daybook's own, by kind, type and version.
    pub(crate) fn told(&self) -> Vec<Value> {
        let mut told = Vec::new();
        for stream in self.folder.streams() {
            let versions = self.folder.ok(&format!("versions --stream {stream}"));
            let rows = versions["versions"].as_array().unwrap().iter();
            told.extend(rows.filter(|row| row["kind"] != "control").cloned());
        }
        told
    }

    fn seq(&self) -> u64 {
        self.folder.ok("head")["seq"].as_u64().unwrap()
    }
}

/// The findings of an answer, by their names.
pub(crate) fn found(answer: &Value) -> BTreeMap<String, Value> {
    let reports = answer["reports"].as_array().unwrap().iter();
    let findings = reports.flat_map(|report| report["findings"].as_array().unwrap());
    let named = findings.map(|one| (one["id"].as_str().unwrap().to_owned(), one.clone()));
    named.collect()
}

fn states(found: &BTreeMap<String, Value>) -> BTreeSet<&str> {
    found
        .values()
        .map(|one| one["state"].as_str().unwrap())
        .collect()
}

#[test]
fn a_night_where_all_was_told_finds_nothing_and_appends_its_record_alone() {
    let company = Company::new();
    let night = company.folder.ok("nightly");
    assert!(found(&night).is_empty(), "{night}");
    let checks = night["checks"].as_array().unwrap();
    assert!(checks.len() == 3 && checks.iter().all(|check| check["verdict"] == "ok"));
    let (seq, told) = (company.seq(), company.told());
    let night = company
        .folder
        .ok("nightly --no-checks --html night.html --metrics night.prom");
    assert!(found(&night).is_empty(), "{night}");
    assert_eq!((company.seq(), company.told()), (seq + 1, told));
    assert_eq!(night["checks"], Value::Array(Vec::new()));
    let page = fs::read_to_string(company.folder.path("night.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"), "{page}");
    let figures = fs::read_to_string(company.folder.path("night.prom")).unwrap();
    assert!(figures.contains("# TYPE daybook_"), "{figures}");
}

#[test]
fn what_no_event_told_is_named_and_repaired_when_somebody_says_so() {
    let company = Company::new();
    company.folder.ok("nightly");
    company.live();
    let named = found(&company.folder.ends("reconcile", 3));
    assert!(
        named.len() > 5 && states(&named) == ["new"].into(),
        "{named:#?}"
    );
    let told = company.told();
    let dry = found(&company.folder.ends("reconcile --repair --dry-run", 3));
    assert!(states(&dry).is_subset(&["known", "new"].into()));
    let would = |one: &&Value| {
        one["held_back"]
            .as_str()
            .is_some_and(|why| why.contains("dry run"))
    };
    assert!(dry.values().filter(would).count() > 3, "{dry:#?}");
    assert_eq!(
        company.told(),
        told,
        "a dry run appends nothing that is Stripe's"
    );
    let missing = named.values().find(|one| one["class"] == "object_missing");
    let missing = missing.unwrap()["id"].as_str().unwrap();
    let repaired = found(&company.folder.ok(&format!("findings repair {missing}")));
    assert_eq!(repaired[missing]["state"], "repaired");
    let open = company.folder.ok("findings");
    assert!(open["findings"].as_array().unwrap().len() >= named.len() - 1);
    let over = company.folder.run(&format!("findings repair {missing}"));
    assert_eq!(over.status.code(), Some(1));
    let night = found(&company.folder.ok("nightly"));
    assert!(
        states(&night).is_subset(&["repaired", "gone"].into()),
        "{night:#?}"
    );
    let last = company.folder.ok("nightly");
    assert!(found(&last).is_empty(), "{last}");
    let pages = fs::read_dir(company.folder.path("daybook-data/reports")).unwrap();
    let modes = pages.map(|page| page.unwrap().metadata().unwrap().permissions().mode() & 0o777);
    assert_eq!(modes.collect::<Vec<_>>(), [0o600; 3]);
}

#[test]
fn two_runs_do_not_meet() {
    let company = Company::new();
    let lock = File::create(company.folder.path("daybook-data/reconcile.lock")).unwrap();
    (&lock)
        .write_all(b"nightly is running as process 7")
        .unwrap();
    lock.lock().unwrap();
    for line in ["nightly", "reconcile"] {
        let refused = company.folder.run(line);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(4), "{said}");
        assert!(
            said.contains("process 7") && said.contains("hint: "),
            "{said}"
        );
    }
}

/// Answers everybody at an address with what Stripe would never say; the address.
fn welcome(at: &str) -> SocketAddr {
    let listener = TcpListener::bind(at).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(
                b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 7\r\n\r\nwelcome",
            );
        }
    });
    address
}

/// Nobody at all in Stripe's place ends a run in the same way, after five minutes.
#[test]
fn a_night_that_stripe_leaves_says_how_far_it_came_and_what_is_unproven() {
    let Company { folder, stripe } = Company::new();
    folder.set(
        "requests_per_second = 25\nrequests_per_endpoint = 25\nshare_permille = 1000\n\n[reconcile]\npatience_s = 0\n",
    );
    let address = stripe.base().replace("http://", "");
    let (first, _) = stripe.asked(usize::MAX);
    let mut nightly = folder.command("nightly --json");
    let nightly = nightly.stdout(Stdio::piped()).stderr(Stdio::null());
    let nightly = nightly.spawn().unwrap();
    while stripe.asked(usize::MAX).0 < first + 60 {}
    drop(stripe);
    welcome(&address);
    let ended = nightly.wait_with_output().unwrap();
    let told: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!(ended.status.code(), Some(4), "{told:#}");
    let run = &told["reports"][0]["run"];
    assert_eq!(run["finished"], false, "{run:#}");
    assert!(run["objects"].as_u64() > Some(0), "{run:#}");
    let stopped = run["stopped"].as_str().unwrap();
    assert!(stopped.starts_with("failed to "), "{stopped}");
    let unproven = run["unproven"].as_array().unwrap();
    assert!(unproven.contains(&"balance and sums".into()), "{run:#}");
    let page = String::from_utf8(folder.run("report").stdout).unwrap();
    assert!(page.starts_with("UNFINISHED"), "{page}");
    for words in [
        "It was broken off: failed to ",
        "Nothing is lost: run it again",
    ] {
        assert!(page.contains(words), "{page}");
    }
    let doctor = String::from_utf8(folder.run("doctor").stdout).unwrap();
    assert!(doctor.contains("it was broken off"), "{doctor}");
}

#[test]
fn whoever_answers_in_stripes_place_leaves_a_night_unfinished() {
    let mut folder = Folder::new();
    let account = account_of(&folder, COMPANY);
    folder.ok(&format!("init --account {account} --live"));
    folder.hurry();
    let address = welcome("127.0.0.1:0");
    folder.tell("STRIPE_API_BASE", format!("http://{address}"));
    folder.tell("STRIPE_API_KEY", "sk_live_simulated");
    let ended = folder.run("nightly");
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(4), "{said}");
    assert!(said.contains("hint: "), "{said}");
}
