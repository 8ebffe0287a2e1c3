//! What the doctor sees, of a data folder in every state and of a simulated Stripe on every term.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use ledger::{Ledger, Source, StreamId};
use reconcile::{Run, run_note};
use serde_json::json;
use simulator::{Grant, Key, Stripe, Terms, Warehouse};
use sync::{Api, Governor, Host, Limits, Patience};
use tokio::time::Instant;

use super::stripe::endpoint;
use super::{Sign, Subject, Word, ask_stripe, look_at_home};
use crate::folder::Folder;
use crate::in_process::InProcess;

const KEY: &str = "rk_live_simulated";
const ACCOUNT: &str = "acct_1Warehouse000000";
/// 2025-03-02T12:00:00Z
const NOW_S: i64 = 1_740_916_800;

/// Asks a Stripe on these terms for a folder of this account and mode; our clock is so many seconds ahead.
fn ask(terms: Terms, account: &str, livemode: bool, ahead_s: i64) -> Vec<Sign> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let folder = tempfile::tempdir().expect("a folder");
        let began = Instant::now();
        let host = Host {
            now_ns: Arc::new(move || {
                1 + u64::try_from(began.elapsed().as_nanos()).expect("a short test")
            }),
            lives: |_| true,
            pid: 1,
        };
        let governor = Governor::open(&folder.path().join("requests"), Limits::LIVE, host, 1)
            .expect("a governor");
        let warehouse = Warehouse::of_each(5);
        let start_us = warehouse.until_s * 1_000_000;
        let stripe = InProcess::new(Stripe::of_warehouse(warehouse, terms), KEY, start_us);
        let patience = Patience {
            attempts_max: 3,
            ..Patience::default()
        };
        let api = Api::new(Arc::new(stripe.clone()), governor, patience, 1);
        let subject = Subject {
            stream: &StreamId::new(account, livemode).expect("a stream"),
            livemode: true,
            restricted: true,
            is_stripe: true,
            now_s: &|| stripe.now_us() / 1_000_000 + ahead_s,
        };
        ask_stripe(&api, &subject).await
    })
}

fn terms(grant: Grant) -> Terms {
    let key = Key {
        grant,
        ..Key::secret(KEY)
    };
    Terms {
        keys: vec![key],
        ..Terms::plain(1)
    }
}

/// What is not fine, as lines.
fn ills(signs: &[Sign]) -> Vec<String> {
    let ill = signs.iter().filter(|sign| sign.word != Word::Fine);
    ill.map(|sign| format!("{} {} {}", sign.word.text(), sign.check, sign.says))
        .collect()
}

#[test]
fn good_key_is_fine() {
    let signs = ask(terms(Grant::All), ACCOUNT, true, 0);
    assert_eq!(
        ills(&signs),
        ["advice endpoints there is no webhook endpoint: Stripe posts nothing"]
    );
    let read = signs
        .iter()
        .find(|sign| sign.check == "permissions")
        .expect("it was asked");
    assert!(
        read.says.contains("kinds of objects can be read"),
        "{}",
        read.says
    );
}

#[test]
fn narrow_key_is_told_every_permission_that_it_lacks() {
    let lacking = vec![
        "rak_dispute_read",
        "rak_invoice_read",
        "rak_event_read",
        "rak_webhook_read",
        "rak_balance_read",
        "rak_accounts_kyc_basic_read",
    ];
    let signs = ask(terms(Grant::AllBut(lacking)), ACCOUNT, true, 0);
    // The refusal itself names the account.
    assert!(signs.contains(&Sign::fine("account", ACCOUNT)));
    let remedies = signs.iter().filter(|sign| sign.word == Word::Wrong);
    let remedies = remedies
        .map(|sign| sign.remedy.clone().expect("a remedy"))
        .collect::<std::collections::BTreeSet<_>>();
    let expected = ["balance", "dispute", "event", "invoice"]
        .map(|name| format!("give the key rak_{name}_read in Stripe's Dashboard"));
    assert_eq!(remedies.into_iter().collect::<Vec<_>>(), expected);
    assert!(
        !ills(&signs)
            .iter()
            .any(|ill| ill.starts_with("wrong permissions charge"))
    );
    assert!(
        ills(&signs)
            .iter()
            .any(|ill| ill.starts_with("advice endpoints the key may not read them"))
    );
}

#[test]
fn revoked_key_ends_the_asking() {
    let mut terms = terms(Grant::All);
    terms.keys[0].revoked_us = Some(0);
    let signs = ask(terms, ACCOUNT, true, 0);
    let ills = ills(&signs);
    assert!(
        ills[0].starts_with("wrong key failed to use the key: Expired API Key"),
        "{ills:?}"
    );
    assert_eq!(
        ills[1],
        "unasked permissions nothing can be read before that is mended"
    );
}

#[test]
fn key_of_another_account_or_mode_is_seen() {
    let other = ills(&ask(terms(Grant::All), "acct_other", true, 0));
    assert_eq!(
        other[0],
        format!("wrong account the key is of {ACCOUNT}, and the data folder is for acct_other")
    );
    let test = ills(&ask(terms(Grant::All), ACCOUNT, false, 0));
    assert_eq!(
        test[0],
        format!("wrong mode the key is of live mode, and the stream is {ACCOUNT}/test")
    );
}

#[test]
fn clock_that_is_off_is_seen() {
    let seen = |ahead_s| ills(&ask(terms(Grant::All), ACCOUNT, true, ahead_s)).remove(0);
    assert_eq!(seen(20), "advice clock 20 seconds ahead of Stripe's");
    assert!(seen(-120).starts_with("wrong clock 1"), "{}", seen(-120));
    assert!(seen(-120).ends_with("seconds behind Stripe's"));
}

#[test]
fn endpoint_that_is_disabled_or_picky_or_too_new_is_told() {
    let seen = |value| ills(&[endpoint(&value)]).pop().unwrap_or_default();
    let url = "https://example.com/hook";
    assert_eq!(
        seen(
            json!({"url": url, "status": "enabled", "enabled_events": ["*"], "api_version": null})
        ),
        ""
    );
    assert!(
        seen(json!({"url": url, "status": "disabled", "enabled_events": ["*"]}))
            .contains("is disabled")
    );
    assert!(
        seen(json!({"url": url, "status": "enabled", "enabled_events": ["a", "b"]}))
            .contains("gets 2 types only")
    );
    let newer = json!({"url": url, "status": "enabled", "enabled_events": ["*"], "api_version": "2031-01-01.later"});
    assert!(seen(newer).starts_with("advice versions"));
    assert!(seen(json!({"url": "\u{1b}[31m"})).find('\u{1b}').is_none());
}

/// A data folder of this account.
fn home() -> (tempfile::TempDir, Folder) {
    let place = tempfile::tempdir().expect("a folder");
    let folder = Folder::new(&place.path().join("data"));
    fs::create_dir(folder.path()).expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).expect("its mode");
    let stream = StreamId::new(ACCOUNT, true).expect("a stream");
    drop(folder.create(&stream, 1).expect("a ledger"));
    (place, folder)
}

#[test]
fn new_folder_lacks_a_book_and_a_night_only() {
    let (_place, folder) = home();
    let ills = ills(&look_at_home(&folder, NOW_S))
        .into_iter()
        .filter(|ill| !ill.contains(" disk "))
        .collect::<Vec<_>>();
    assert_eq!(
        ills,
        [
            "advice book there is none yet",
            "advice night book and Stripe were never held against each other"
        ]
    );
    assert!(!folder.path().join("reconcile.db").exists());
}

/// What is seen of nights that ended so many seconds ago.
fn nights(ended: &[(i64, Run)]) -> Sign {
    let (_place, folder) = home();
    let stream = StreamId::new(ACCOUNT, true).expect("a stream");
    let mut log = folder.ledger().expect("a ledger");
    for (number, (ago_s, run)) in ended.iter().enumerate() {
        let run = Run {
            run: format!("run {number}"),
            ended_s: NOW_S - ago_s,
            ..run.clone()
        };
        let note = run_note(&run);
        let entry = intake::control(&stream, note.type_, note.body, Source::Sync, (NOW_S, 0));
        log.append(&[entry.as_new_entry()]).expect("room");
    }
    let mut signs = look_at_home(&folder, NOW_S).into_iter();
    signs.find(|sign| sign.check == "night").expect("a sign")
}

#[test]
fn last_night_is_told_with_its_age_and_how_it_ended() {
    const HOUR_S: i64 = 3_600;
    let whole = Run {
        finished: true,
        balance_settled: true,
        ..Run::default()
    };
    let mut open = whole.clone();
    open.truth.open = 1;
    let part = Run {
        only: vec!["charge".to_owned()],
        ..whole.clone()
    };
    let good = nights(&[(5 * HOUR_S, whole.clone())]);
    assert_eq!(
        good,
        Sign::fine(
            "night",
            "the last one ended 5 h 0 min ago, at 2025-03-02T07:00:00Z: all was true"
        )
    );
    let is_advice = |sign: &Sign, says: &str, remedy: &str| {
        assert_eq!(sign.word, Word::Advice, "{sign:?}");
        assert!(sign.says.ends_with(says), "{sign:?}");
        assert!(sign.remedy.as_deref().expect("a remedy").contains(remedy));
    };
    let kept = nights(&[(36 * HOUR_S, whole.clone())]);
    assert_eq!(kept.word, Word::Fine);
    // A look at one kind is no night.
    let late = nights(&[(36 * HOUR_S + 1, whole.clone()), (60, part)]);
    is_advice(&late, "at 2025-02-28T23:59:59Z: all was true", "timer");
    let left = nights(&[(72 * HOUR_S, whole.clone()), (HOUR_S, open.clone())]);
    is_advice(
        &left,
        "findings were left; the last true one 3 days ago",
        "daybook findings",
    );
    let doubtful = Run {
        balance_settled: false,
        ..whole
    };
    let doubtful = nights(&[(HOUR_S, doubtful)]);
    is_advice(
        &doubtful,
        "not all was proven; none was ever true",
        "daybook report",
    );
    let broken = nights(&[(HOUR_S, Run::default())]);
    is_advice(
        &broken,
        "it was broken off; none was ever true",
        "daybook nightly",
    );
}

#[test]
fn folder_that_everybody_reads_is_told() {
    let (_place, folder) = home();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("its mode");
    let ills = ills(&look_at_home(&folder, NOW_S));
    assert!(
        ills[0].starts_with("wrong folder every user may look into it")
            && ills[0].ends_with("0755"),
        "{ills:?}"
    );
}

#[test]
fn folder_without_settings_or_ledger_is_told() {
    let (_place, folder) = home();
    fs::remove_file(folder.ledger_path()).expect("it was there");
    assert!(
        ills(&look_at_home(&folder, NOW_S))
            .iter()
            .any(|ill| ill.starts_with("wrong log"))
    );
    fs::remove_file(folder.settings_path()).expect("it was there");
    let ills = ills(&look_at_home(&folder, NOW_S));
    assert!(
        ills[0].contains("is no data folder") && ills.len() == 1,
        "{ills:?}"
    );
}
