//! Nights in which Stripe answers a request otherwise than it would: what a run must not pass over, and what it must not accuse.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use intake::Door;
use ledger::{Ledger, Source, SqliteLedger, StreamId};
use reconcile::{NightProgress, NightSettings, Report, State, Step};
use serde_json::{Value, json};
use sync::{API_VERSION, Answer, Call, Transport, TransportError};

use crate::findings::{home, live, night, settings};
use crate::home::{DAY_S, Home, MICROS};
use crate::in_process::InProcess;
use crate::virtual_time::run;

/// What becomes of an answer to a target.
type Twist = Box<dyn Fn(&str, Answer) -> Answer + Send + Sync>;

struct Twisted {
    stripe: InProcess,
    twist: Twist,
}

impl Transport for Twisted {
    fn send<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, TransportError>> {
        Box::pin(async {
            let answer = self.stripe.send(call).await?;
            Ok((self.twist)(&call.request.target(), answer))
        })
    }
}

/// Everything, also what is older.
fn whole() -> NightSettings {
    NightSettings {
        since_s: Some(0),
        ..settings()
    }
}

async fn twisted(
    home: &mut Home,
    settings: &NightSettings,
    twist: impl Fn(&str, Answer) -> Answer + Send + Sync + 'static,
) -> Report {
    let way = Arc::new(Twisted {
        stripe: home.stripe.clone(),
        twist: Box::new(twist),
    });
    let at = home.followed().remove(0);
    let (report, _) = home.night_by(way, &at, settings, &mut |_| {}).await;
    report.unwrap()
}

fn refused(answer: Answer, status: u16, error: &Value) -> Answer {
    Answer {
        status,
        should_retry: Some(false),
        body: json!({ "error": error }).to_string().into(),
        ..answer
    }
}

/// Stripe says that the item is gone behind which a page is to begin, in either way.
fn cursor_is_gone(answer: Answer, status: u16) -> Answer {
    let code = (status == 404).then_some("resource_missing");
    let error = json!({"type": "invalid_request_error", "code": code, "param": "starting_after"});
    refused(answer, status, &error)
}

/// Ends every first page of a list early, and refuses the first request for the rest.
fn cut_once(
    status: u16,
    is_meant: impl Fn(&str) -> bool + Send + Sync + 'static,
) -> impl Fn(&str, Answer) -> Answer + Send + Sync + 'static {
    let refusals: Mutex<BTreeMap<String, u64>> = Mutex::default();
    move |target, answer| {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if !is_meant(path) {
            return answer;
        }
        if query.contains("starting_after") {
            let mut refusals = refusals.lock().unwrap();
            let count = refusals.entry(path.to_owned()).or_default();
            *count += 1;
            return match *count {
                1 => cursor_is_gone(answer, status),
                _ => answer,
            };
        }
        let mut page: Value = serde_json::from_slice(&answer.body).unwrap();
        let Some(items) = page["data"].as_array_mut().filter(|items| items.len() > 1) else {
            return answer;
        };
        items.truncate(1);
        page["has_more"] = json!(true);
        Answer {
            body: page.to_string().into(),
            ..answer
        }
    }
}

#[test]
fn list_whose_cursor_is_gone_is_begun_anew() {
    run(async {
        let mut home = home(1, |_| {});
        live(&mut home, 20).await;
        assert!(night(&mut home, &settings()).await.run.is_true());
        for status in [400, 404] {
            let twist = cut_once(status, |path| path == "/v1/charges");
            let report = twisted(&mut home, &whole(), twist).await;
            assert_eq!(report.run.unproven, Vec::<String>::new());
            assert!(report.run.is_true());
        }
    });
}

#[test]
fn list_under_a_parent_whose_cursor_is_gone_is_begun_anew() {
    run(async {
        let mut home = home(1, |_| {});
        live(&mut home, 20).await;
        let calm = night(&mut home, &settings()).await.run;
        assert!(calm.is_true());
        let whole = whole();
        let undisturbed = night(&mut home, &whole).await.run;
        for status in [400, 404] {
            let twist = cut_once(status, |path| path.starts_with("/v1/customers/cus_"));
            let disturbed = twisted(&mut home, &whole, twist).await.run;
            assert!(disturbed.is_true(), "{:?}", disturbed.unproven);
            assert!(disturbed.objects >= undisturbed.objects);
        }
    });
}

#[test]
fn preview_list_that_stripe_fails_to_show_is_no_list_that_it_does_not_offer() {
    run(async {
        let mut home = home(1, |_| {});
        live(&mut home, 20).await;
        assert!(night(&mut home, &settings()).await.run.is_true());
        let fails = |target: &str, answer| {
            let error = json!({"type": "api_error", "message": "something went wrong"});
            match target.starts_with("/v1/reserve/holds?") {
                true => refused(answer, 500, &error),
                false => answer,
            }
        };
        let run = twisted(&mut home, &whole(), fails).await.run;
        assert!(!run.is_true() && !run.unproven.is_empty(), "{run:#?}");
    });
}

/// A customer who has another name at Stripe than the simulator says.
struct Renamed {
    id: String,
    name: Mutex<&'static str>,
    seen: Mutex<Value>,
}

impl Renamed {
    /// Gives the name to the customer, wherever he is shown; an empty one leaves him his own.
    fn show(&self, target: &str, answer: Answer) -> Answer {
        let path = target.split('?').next().unwrap_or_default();
        let own = format!("/v1/customers/{}", self.id);
        if path != "/v1/customers" && path != own {
            return answer;
        }
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
        let customer = match body["data"].is_array() {
            true => body["data"]
                .as_array_mut()
                .and_then(|all| all.iter_mut().find(|one| one["id"] == *self.id)),
            false => Some(&mut body),
        };
        let Some(customer) = customer else {
            return answer;
        };
        let name = *self.name.lock().unwrap();
        if !name.is_empty() {
            customer["name"] = json!(name);
        }
        *self.seen.lock().unwrap() = customer.clone();
        Answer {
            body: body.to_string().into(),
            ..answer
        }
    }

    /// Gives him yet another name, of which an event tells.
    fn rename(&self, home: &(StreamId, PathBuf), name: &'static str, at_s: i64) {
        *self.name.lock().unwrap() = name;
        let mut customer = self.seen.lock().unwrap().clone();
        customer["name"] = json!(name);
        let event = json!({
            "id": "evt_renamed", "object": "event", "api_version": API_VERSION, "created": at_s,
            "type": "customer.updated", "livemode": true, "pending_webhooks": 0, "request": null,
            "data": {"object": customer},
        });
        let (own, ledger) = home;
        let door = Door::new(own, Source::Webhook);
        let body = event.to_string().into_bytes();
        let entry = door.delivered(body, at_s * MICROS).unwrap();
        let mut ledger = SqliteLedger::open(ledger).unwrap();
        ledger.append(&[entry.as_new_entry()]).unwrap();
    }
}

#[test]
fn what_moves_between_its_last_look_and_its_repair_is_no_defect_of_ours() {
    run(async {
        let mut home = home(1, |_| {});
        live(&mut home, 20).await;
        assert!(night(&mut home, &settings()).await.run.is_true());
        let name = |home: &Home, id: &str| -> String {
            let sql = "SELECT coalesce(name, '') FROM customers WHERE id = ?1";
            let book = home.book();
            let name = book.connection().query_row(sql, [id], |row| row.get(0));
            name.unwrap()
        };
        let sql = "SELECT min(id) FROM customers WHERE deleted = 0";
        let id = home
            .book()
            .connection()
            .query_row(sql, [], |row| row.get(0));
        let renamed = Arc::new(Renamed {
            id: id.unwrap(),
            name: Mutex::new("Without an event"),
            seen: Mutex::default(),
        });
        let shown = Arc::clone(&renamed);
        let way = Arc::new(Twisted {
            stripe: home.stripe.clone(),
            twist: Box::new(move |target, answer| shown.show(target, answer)),
        });
        let (stripe, place) = (home.stripe.clone(), (home.own.clone(), home.ledger_path()));
        let (teller, mut is_told) = (Arc::clone(&renamed), false);
        let mut watch = move |progress: &NightProgress| {
            if progress.step == Step::Repair && !is_told {
                teller.rename(&place, "With an event", stripe.now_us() / MICROS + 1);
                is_told = true;
            }
        };
        let at = home.followed().remove(0);
        let (report, _) = home.night_by(way, &at, &whole(), &mut watch).await;
        let report = report.unwrap();
        assert_eq!(name(&home, &renamed.id), "With an event");
        let states: Vec<_> = report
            .findings
            .iter()
            .map(|one| (one.state, one.finding.cause))
            .collect();
        assert!(
            states.iter().all(|(state, _)| *state == State::Repaired),
            "{states:?}"
        );
        assert!(!states.is_empty() && report.run.is_true());
    });
}

#[test]
fn of_what_entries_tell_behind_a_runs_plan_the_next_run_looks() {
    run(async {
        let mut home = home(1, |_| {});
        live(&mut home, 20).await;
        // The sweep begins with the oldest, and the newest are read anyway.
        let sql = "SELECT id FROM customers WHERE deleted = 0 AND created_s < ?1 ORDER BY created_s DESC LIMIT 1";
        let until_s = home.now_us() / MICROS - 5 * DAY_S;
        let book = home.book();
        let id = book
            .connection()
            .query_row(sql, [until_s], |row| row.get(0));
        let renamed = Arc::new(Renamed {
            id: id.unwrap(),
            name: Mutex::default(),
            seen: Mutex::default(),
        });
        let way = || {
            let shown = Arc::clone(&renamed);
            Arc::new(Twisted {
                stripe: home.stripe.clone(),
                twist: Box::new(move |target, answer| shown.show(target, answer)),
            })
        };
        let ways = [way(), way(), way()];
        let at = home.followed().remove(0);
        let mut findings = Vec::new();
        for (number, way) in ways.into_iter().enumerate() {
            let (stripe, place) = (home.stripe.clone(), (home.own.clone(), home.ledger_path()));
            let (teller, mut is_told) = (Arc::clone(&renamed), number != 1);
            let mut watch = move |progress: &NightProgress| {
                if progress.step == Step::Balance && !is_told {
                    teller.rename(&place, "With an event", stripe.now_us() / MICROS + 1);
                    is_told = true;
                }
            };
            let (report, _) = home.night_by(way, &at, &settings(), &mut watch).await;
            let report = report.unwrap();
            assert!(report.run.is_true(), "{:?}", report.findings);
            findings = report.findings;
            live(&mut home, 1).await;
            if number == 1 {
                *renamed.name.lock().unwrap() = "Without an event";
            }
        }
        let found: Vec<_> = findings
            .iter()
            .filter(|one| one.finding.object_id == renamed.id)
            .map(|one| one.state)
            .collect();
        assert_eq!(found, [State::Repaired]);
    });
}
