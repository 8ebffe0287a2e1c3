//! The doctor before a served Stripe: a good key, a wrong one, none.

use serde_json::Value;

use crate::folder::Folder;
use crate::stripe::Stripe;
use crate::whole::{COMPANY, account_of};

/// The signs of a run that ends so.
fn signs(folder: &Folder, exit: i32) -> Vec<Value> {
    let output = folder.run("doctor --json");
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(exit), "{told}");
    let told: Value = serde_json::from_str(&told).unwrap();
    told["checks"].as_array().unwrap().clone()
}

/// What the signs say of one thing.
fn word(signs: &[Value], check: &str) -> Vec<String> {
    let of_check = signs.iter().filter(|sign| sign["check"] == check);
    of_check
        .map(|sign| sign["result"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn doctor_tells_a_good_key_from_a_wrong_one_and_none_and_shows_neither() {
    let mut folder = Folder::new();
    let account = account_of(&folder, COMPANY);
    folder.ok(&format!("init --account {account} --live"));
    let stripe = Stripe::serve(&folder, COMPANY, "--speed 0");
    folder.tell("STRIPE_API_BASE", stripe.base());
    assert_eq!(word(&signs(&folder, 3), "permissions"), ["unasked"]);
    folder.tell("STRIPE_API_KEY", "sk_live_0123456789abcdefghij");
    let wrong = signs(&folder, 3);
    assert_eq!(word(&wrong, "key"), ["advice", "wrong"]);
    assert!(
        !wrong
            .iter()
            .any(|sign| sign.to_string().contains("0123456789"))
    );
    folder.tell("STRIPE_API_KEY", stripe.key());
    let good = signs(&folder, 0);
    for check in ["folder", "log", "mode", "account", "permissions", "events"] {
        assert_eq!(word(&good, check), ["fine"], "{check} in {good:?}");
    }
    assert_eq!(word(&good, "night"), ["advice"], "{good:?}");
}
