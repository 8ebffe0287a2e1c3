//! What becomes of a request that doesn't go well: what is asked again, how long it waits, and when it is given up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use requests::{LISTINGS, Page};
use simulator::{Faults, Grant, Stripe, Terms, Warehouse};
use sync::{Answer, Api, ApiError, Call, Limits, Patience, Transport, TransportError};
use tokio::time::Instant;

use crate::governor::error;
use crate::in_process::InProcess;
use crate::virtual_time::{governor, run};

/// Answers from a list, then always with the last of it; notes when it was asked.
struct Scripted {
    answers: Mutex<VecDeque<Result<Answer, &'static str>>>,
    asked: Mutex<Vec<Instant>>,
}

impl Transport for Scripted {
    fn send<'a>(&'a self, _: &'a Call) -> BoxFuture<'a, Result<Answer, TransportError>> {
        self.asked.lock().unwrap().push(Instant::now());
        let mut answers = self.answers.lock().unwrap();
        let next = if answers.len() > 1 {
            answers.pop_front().unwrap()
        } else {
            answers[0].clone()
        };
        let answer = next.map_err(|reason| TransportError::Connect {
            reason: reason.to_owned(),
        });
        Box::pin(async { answer })
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        date_s: Some(1_750_000_000),
        request_id: Some("req_7".to_owned()),
        version: None,
        retry_after_s: None,
        should_retry: None,
        limited_by: None,
        body: body.to_owned().into(),
        elapsed_ms: 3,
    }
}

const GOOD: &str = r#"{"object":"list","data":[]}"#;

/// Asks once of such a server. Gives what came, how often it was asked, and how long after the first time last.
fn ask(answers: Vec<Result<Answer, &'static str>>) -> (Result<Answer, ApiError>, usize, Duration) {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let governor = governor(folder.path(), Limits::TEST, Instant::now(), 1);
        let scripted = Arc::new(Scripted {
            answers: Mutex::new(answers.into()),
            asked: Mutex::new(Vec::new()),
        });
        let api = Api::new(scripted.clone(), governor, Patience::default(), 11);
        let result = api.get(&Call::own(requests::balance())).await;
        let asked = scripted.asked.lock().unwrap().clone();
        (result, asked.len(), *asked.last().unwrap() - asked[0])
    })
}

#[test]
fn what_may_pass_is_asked_again_with_growing_pauses() {
    let gone = || Err("connection refused");
    let (result, asked, span) = ask(vec![
        gone(),
        gone(),
        Ok(answer(500, "{}")),
        Ok(answer(502, "<html>")),
        Ok(answer(200, GOOD)),
    ]);
    assert_eq!(result.unwrap().body, GOOD);
    assert_eq!(asked, 5);
    // Waits of 0.5, 1, 2 and 4 s, of each half at least.
    assert!((3_750..7_800).contains(&span.as_millis()), "{span:?}");
}

#[test]
fn retry_after_is_waited_for() {
    let limited = Answer {
        retry_after_s: Some(20),
        ..answer(429, "{}")
    };
    let (result, asked, span) = ask(vec![Ok(limited), Ok(answer(200, GOOD))]);
    assert_eq!((result.unwrap().status, asked), (200, 2));
    assert!((20..22).contains(&span.as_secs()), "{span:?}");
}

#[test]
fn stripes_word_on_asking_again_is_obeyed() {
    let no = Answer {
        should_retry: Some(false),
        ..answer(500, r#"{"error":{"type":"api_error","message":"no"}}"#)
    };
    let (result, asked, _) = ask(vec![Ok(no)]);
    assert!(
        matches!(result, Err(ApiError::Refused { status: 500, .. })),
        "{result:?}"
    );
    assert_eq!(asked, 1);
    let yes = Answer {
        should_retry: Some(true),
        ..answer(400, "{}")
    };
    let (result, asked, _) = ask(vec![Ok(yes), Ok(answer(200, GOOD))]);
    assert_eq!((result.unwrap().status, asked), (200, 2));
}

#[test]
fn hour_without_network_ends_in_minutes_and_says_why() {
    let (result, asked, span) = ask(vec![Err("no route to host")]);
    let error = result.unwrap_err();
    assert!(error.is_final());
    assert!(error.to_string().contains("no route to host"), "{error}");
    assert!((10..=16).contains(&asked), "{asked}");
    assert!((120..=300).contains(&span.as_secs()), "{span:?}");
}

#[test]
fn pause_that_outlasts_our_patience_is_not_begun() {
    let later = Answer {
        retry_after_s: Some(3_600),
        ..answer(503, "{}")
    };
    let (result, asked, span) = ask(vec![Ok(later)]);
    assert!(
        matches!(result, Err(ApiError::Unreachable { attempts: 1, .. })),
        "{result:?}"
    );
    assert_eq!((asked, span), (1, Duration::ZERO));
}

#[test]
fn garbage_is_asked_again_and_then_named() {
    let (result, asked, _) = ask(vec![Ok(answer(200, "<html>welcome to the airport"))]);
    let error = result.unwrap_err();
    assert!(
        matches!(error, ApiError::Garbled { attempts: 4, .. }),
        "{error:?}"
    );
    assert!(
        error.is_final() && error.to_string().contains("req_7"),
        "{error}"
    );
    assert_eq!(asked, 4);
    let (result, _, _) = ask(vec![
        Ok(answer(200, r#"{"object":"li"#)),
        Ok(answer(200, GOOD)),
    ]);
    assert_eq!(result.unwrap().body, GOOD);
}

#[test]
fn what_asking_again_cannot_mend_is_asked_once() {
    let told = |code: &str| {
        format!(r#"{{"error":{{"type":"a_new_error","code":"{code}","message":"No."}}}}"#)
    };
    for (status, code, is_final) in [
        (401, "", true),
        (403, "", true),
        (404, "resource_missing", false),
        (400, "parameter_unknown", false),
    ] {
        let (result, asked, _) = ask(vec![Ok(answer(status, &told(code)))]);
        let error = result.unwrap_err();
        assert_eq!((asked, error.is_final()), (1, is_final), "{error:?}");
        assert!(error.to_string().contains("No. (req_7)"), "{error}");
    }
}

/// An API over a company of a hundred objects a type, on terms.
fn company(folder: &std::path::Path, terms: Terms, key: &str) -> (InProcess, Api) {
    let warehouse = Warehouse::of_each(100);
    let start_us = warehouse.until_s * 1_000_000;
    let stripe = InProcess::new(Stripe::of_warehouse(warehouse, terms), key, start_us);
    let governor = governor(folder, Limits::LIVE, Instant::now(), 1);
    let api = Api::new(Arc::new(stripe.clone()), governor, Patience::default(), 5);
    (stripe, api)
}

#[test]
fn lively_server_answers_everything_in_the_end() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let mut terms = Terms::plain(17);
        terms.faults = Faults {
            failed_no_retry: 0,
            ..Faults::lively()
        };
        let (stripe, api) = company(folder.path(), terms, simulator::LIVE_KEY);
        let mut asking = Vec::new();
        for number in 0..400 {
            let api = api.clone();
            let call = Call::own(LISTINGS[number % 6].page(&Page {
                limit: 100,
                ..Page::default()
            }));
            asking.push(tokio::spawn(async move {
                api.get(&call).await.map(|answer| answer.request_id)
            }));
        }
        for one in asking {
            assert!(one.await.unwrap().unwrap().is_some());
        }
        let served = stripe.stripe(|stripe| stripe.served().clone());
        assert!(served.all.requests > 420, "{:?}", served.statuses);
        assert_eq!(served.over_limit, 0);
    });
}

#[test]
fn key_that_is_wrong_or_too_narrow_is_told_at_once() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let charges = Call::own(requests::listing("charge").unwrap().page(&Page::default()));
        let (stripe, api) = company(folder.path(), Terms::plain(1), "sk_live_0123456789abcdef");
        let wrong = error(&api, &charges).await;
        assert!(
            matches!(wrong, ApiError::Unauthorized { .. })
                && !wrong.to_string().contains("0123456789"),
            "{wrong}"
        );
        assert_eq!(stripe.stripe(|stripe| stripe.served().all.requests), 1);

        let mut terms = Terms::plain(1);
        terms.keys[0].grant = Grant::AllBut(vec!["rak_charge_read"]);
        let (_, api) = company(folder.path(), terms, simulator::LIVE_KEY);
        let narrow = error(&api, &charges).await;
        assert!(
            matches!(&narrow, ApiError::Forbidden { permission: Some(named), .. } if named == "rak_charge_read"),
            "{narrow:?}"
        );
    });
}

#[test]
fn missing_object_comes_with_the_answer_that_says_so() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let (_, api) = company(folder.path(), Terms::plain(1), simulator::LIVE_KEY);
        let call = Call::own(requests::retrieve("charge", "ch_none", None).unwrap());
        match error(&api, &call).await {
            ApiError::Absent { answer, complaint } => {
                assert_eq!(
                    (answer.status, complaint.param.as_deref()),
                    (404, Some("id"))
                );
                assert!(answer.date_s.is_some() && answer.request_id.is_some());
            }
            other => panic!("{other:?}"),
        }
    });
}
