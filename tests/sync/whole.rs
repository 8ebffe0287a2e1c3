//! A small account taken in from its first day: read, told by webhooks, followed, and in the end equal to the truth.

use std::fs;

use crate::folder::Folder;
use crate::served::Served;
use crate::stripe::Stripe;

/// The company, in words of `simulate`.
pub(crate) const COMPANY: &str = "--seed 4 --customers 12 --days 60";
/// The day it opens, before anything happens. What ended before anybody listened (a discount, a card taken away) no list shows.
const OPENING: &str = "2025-01-01";
/// Virtual time is another than that of the machine that checks signatures.
const TOLERANCE: &str = "--tolerance-s 4000000000";

/// The company's account, which its seed alone decides.
pub(crate) fn account_of(folder: &Folder, company: &str) -> String {
    let told = folder.ok(&format!("simulate --out sim {company} --force"));
    told["account"].as_str().unwrap().to_owned()
}

/// Holds every book of the folder against what the simulation says is true.
pub(crate) fn expect_truth(folder: &Folder, stripe: &Stripe) {
    fs::write(folder.path("truth.json"), stripe.truth()).unwrap();
    let streams = folder.streams();
    assert!(streams.len() > 2, "{streams:?}");
    for stream in streams {
        folder.ok(&format!("check --truth truth.json --stream {stream}"));
    }
}

#[test]
fn an_account_told_by_webhooks_and_read_is_true_in_the_end() {
    let mut folder = Folder::new();
    let account = account_of(&folder, COMPANY);
    folder.ok(&format!("init --account {account} --live"));
    folder.hurry();
    folder.tell("STRIPE_WEBHOOK_SECRET", "whsec_simulated");
    let serve = format!("serve --listen 127.0.0.1:0 {TOLERANCE} --json");
    let serve = Served::start(&mut folder.command(&serve));
    let words = format!(
        "--speed 0 --at {OPENING} --limits none --webhook http://{}/webhooks/stripe",
        serve.address()
    );
    let stripe = Stripe::serve(&folder, COMPANY, &words);
    folder.tell("STRIPE_API_BASE", stripe.base());
    folder.tell("STRIPE_API_KEY", stripe.key());
    folder.ok("backfill");
    folder.ok("follow");
    stripe.push_to_end();
    let posted = stripe.seen()["posted"].clone();
    assert!(posted["accepted"].as_u64() > Some(100), "{posted}");
    assert_eq!(posted["refused"], 0);
    let read = folder.ok("follow");
    assert!(
        read["streams"][0]["gap_from_s"].as_i64().is_some(),
        "{read}"
    );
    folder.ok("project");
    expect_truth(&folder, &stripe);
}
