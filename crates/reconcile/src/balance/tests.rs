//! A company whose Stripe answers as a test says: balances that stand still, move, and lack a transaction that comes to light late.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use ledger::SqliteLedger;
use serde_json::{Value, json};
use sync::{
    API_VERSION, Answer, Api, Call, Desk, Follow, FollowSettings, Followed, Governor, Host, Keeper,
    Limits, Patience, Transport, TransportError,
};
use tokio::time::Instant;

use super::{Cleared, Clearing, clear};
use crate::tests::Sample;
use crate::{Amount, Cause, Class};

/// What Stripe answers: balances one after the other, the last again and again; transactions from a read of the balance on.
struct Script {
    balances: VecDeque<Value>,
    transactions: Vec<(u64, Value)>,
    reads: u64,
}

struct Scripted {
    script: Mutex<Script>,
    start_s: i64,
    began: Instant,
}

impl Scripted {
    fn answer(&self, path: &str) -> (u16, Value) {
        let mut script = self.script.lock().unwrap();
        let list = |data: Vec<Value>| {
            let list = json!({"object": "list", "url": path, "has_more": false, "data": data});
            (200, list)
        };
        match path {
            "/v1/balance" => {
                script.reads += 1;
                let next = script.balances.front().cloned().unwrap();
                if script.balances.len() > 1 {
                    script.balances.pop_front();
                }
                (200, next)
            }
            "/v1/balance_transactions" => {
                let reads = script.reads;
                let seen = script
                    .transactions
                    .iter()
                    .filter(|(from, _)| *from <= reads);
                list(seen.map(|(_, value)| value.clone()).collect())
            }
            "/v1/events" => list(Vec::new()),
            _ => {
                let error = json!({"type": "invalid_request_error", "code": "resource_missing"});
                (404, json!({ "error": error }))
            }
        }
    }
}

impl Transport for Scripted {
    fn send<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, TransportError>> {
        let (status, body) = self.answer(call.request.path());
        let passed_s = i64::try_from(self.began.elapsed().as_secs()).unwrap();
        let answer = Answer {
            status,
            date_s: Some(self.start_s + passed_s),
            request_id: Some("req_b".to_owned()),
            version: Some(API_VERSION.to_owned()),
            retry_after_s: None,
            should_retry: None,
            limited_by: None,
            body: body.to_string().into(),
            elapsed_ms: 10,
        };
        Box::pin(async move { Ok(answer) })
    }
}

/// A moment at which nothing becomes available.
fn start_s(sample: &Sample) -> i64 {
    sample.now_s() + 3_600
}

/// The balance of the company's transactions, with so much more available in a currency.
fn balance(sample: &Sample, currency: &str, more_minor: i64) -> Value {
    let mut sides: [BTreeMap<String, i64>; 2] = Default::default();
    let objects = sample.objects.iter();
    for moved in objects.filter(|known| known["object"] == "balance_transaction") {
        let is_pending = moved["available_on"].as_i64().unwrap() > start_s(sample);
        let currency = moved["currency"].as_str().unwrap().to_owned();
        let sum = sides[usize::from(is_pending)].entry(currency).or_default();
        *sum += moved["net"].as_i64().unwrap();
    }
    *sides[0].entry(currency.to_owned()).or_default() += more_minor;
    let part = |(currency, amount)| json!({"currency": currency, "amount": amount});
    let [available, pending] = sides.map(|side| side.into_iter().map(part).collect::<Vec<_>>());
    json!({"object": "balance", "livemode": true, "available": available, "pending": pending})
}

fn asked(
    sample: &Sample,
    balances: Vec<Value>,
    transactions: Vec<(u64, Value)>,
    is_known: bool,
) -> Cleared {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let script = Script {
            balances: balances.into(),
            transactions,
            reads: 0,
        };
        let api = api(sample, script);
        let at = Followed {
            stream: sample.stream.clone(),
            account: None,
        };
        let clearing = Clearing {
            api: &api,
            data: sample.path(),
            at: &at,
            patience_s: 300,
            is_known: &|_| is_known,
        };
        clear(&clearing, &mut follow(sample, api.clone()))
            .await
            .unwrap()
    })
}

fn api(sample: &Sample, script: Script) -> Api {
    let began = Instant::now();
    let stripe = Scripted {
        script: Mutex::new(script),
        start_s: start_s(sample),
        began,
    };
    let host = Host {
        now_ns: Arc::new(move || 1 + u64::try_from(began.elapsed().as_nanos()).unwrap()),
        lives: |_| true,
        pid: 1,
    };
    let requests = sample.path().join("requests");
    let governor = Governor::open(&requests, Limits::LIVE, host, 1).unwrap();
    Api::new(Arc::new(stripe), governor, Patience::default(), 1)
}

fn follow(sample: &Sample, api: Api) -> Follow {
    let path = sample.path();
    let keeper = Keeper::open(&path.join("sync.db")).unwrap();
    for name in ["events", "balance_transactions"] {
        let set = keeper.set_cursor(&sample.stream, name, start_s(sample));
        set.unwrap();
    }
    let ledger = SqliteLedger::open(&path.join("ledger.db")).unwrap();
    let rejects = path.join("rejects");
    let desk = Desk::new(Box::new(ledger), keeper, rejects, Arc::new(|| 0));
    let settings = FollowSettings {
        patience_s: 0,
        ..FollowSettings::default()
    };
    let stop = Arc::new(AtomicBool::new(false));
    Follow::new(api, desk, path.to_owned(), settings, stop)
}

#[test]
fn a_balance_that_its_transactions_make_is_clear_at_the_first_look() {
    let sample = Sample::new();
    let cleared = asked(&sample, vec![balance(&sample, "usd", 0)], Vec::new(), false);
    assert!(cleared.is_settled);
    assert_eq!((cleared.findings, cleared.requests), (Vec::new(), 2));
    let mut lines = cleared.balances.iter();
    assert!(lines.clone().any(|line| line.theirs_minor != 0));
    assert!(lines.all(|line| line.ours_minor == line.theirs_minor));
    assert!(cleared.sums > cleared.balances.len() as u64);
}

#[test]
fn a_balance_that_stands_still_and_differs_is_a_finding_in_its_currency() {
    let sample = Sample::new();
    for (is_known, requests) in [(false, 10), (true, 2)] {
        let balances = vec![balance(&sample, "usd", 500)];
        let cleared = asked(&sample, balances, Vec::new(), is_known);
        assert!(cleared.is_settled);
        assert_eq!(
            cleared.requests, requests,
            "what is known is not waited for"
        );
        assert_eq!(cleared.findings.len(), 1);
        let finding = &cleared.findings[0];
        assert_eq!(finding.class, Class::BalanceDiffers);
        assert_eq!(finding.cause, Cause::Unknown);
        assert_eq!(finding.object_id, "usd available");
        assert_eq!(finding.at_stake, [Amount::new(500, "usd")]);
        assert_eq!(finding.request_id.as_deref(), Some("req_b"));
        assert!(!finding.evidence.is_empty());
    }
}

#[test]
fn a_balance_that_always_moves_is_neither_clear_nor_a_finding() {
    let sample = Sample::new();
    let balances = (1..=20).map(|step| balance(&sample, "usd", step));
    let cleared = asked(&sample, balances.collect(), Vec::new(), false);
    assert!(!cleared.is_settled);
    assert_eq!(cleared.findings, []);
    assert_eq!(cleared.balances, []);
    assert_eq!(cleared.requests, 10, "five tries");
}

#[test]
fn an_answer_that_is_no_balance_settles_nothing() {
    let sample = Sample::new();
    let mut half = balance(&sample, "usd", 0);
    half.as_object_mut().unwrap().remove("pending");
    for odd in [json!({}), json!({"object": "balance"}), half] {
        let cleared = asked(&sample, vec![odd], Vec::new(), false);
        assert!(!cleared.is_settled);
        assert_eq!(cleared.balances, []);
    }
}

#[test]
fn a_difference_that_is_another_each_time_moves_too() {
    let sample = Sample::new();
    let steps = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5];
    let balances = steps.map(|step| balance(&sample, "usd", step)).to_vec();
    let cleared = asked(&sample, balances, Vec::new(), false);
    assert!(!cleared.is_settled);
    assert_eq!(cleared.findings, []);
}

#[test]
fn a_transaction_that_comes_to_light_late_is_waited_for() {
    let sample = Sample::new();
    let mut late = sample.any("balance_transaction");
    let at_s = start_s(&sample) - 30;
    late["id"] = json!("txn_late");
    late["created"] = json!(at_s);
    late["available_on"] = json!(at_s);
    // It is of no charge, whose own sum it would break.
    late["source"] = Value::Null;
    let currency = late["currency"].as_str().unwrap();
    let stated = balance(&sample, currency, late["net"].as_i64().unwrap());
    let cleared = asked(&sample, vec![stated], vec![(4, late.clone())], false);
    assert!(cleared.is_settled);
    assert_eq!(cleared.findings, []);
    assert_eq!(cleared.requests, 6);
}
