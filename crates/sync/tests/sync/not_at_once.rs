//! A failure of which Stripe says that repeating the request is no use: it is not repeated at once, nor does it cost a run what it
//! was to read. Backfill asks anew later; what it gives up then is told, and the next run reads it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use simulator::{Stripe, Terms, Warehouse};
use sync::{Answer, Call, Report, Selection, Transport, TransportError};
use tokio::time::Instant;

use crate::backfill::Place;
use crate::in_process::InProcess;
use crate::virtual_time::run;

/// A Stripe that can't list charges so many times, and says each time not to ask again.
struct Failing {
    stripe: InProcess,
    left: AtomicUsize,
    asked: Mutex<Vec<Instant>>,
}

impl Transport for Failing {
    fn send<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, TransportError>> {
        if call.request.path() != "/v1/charges" {
            return self.stripe.send(call);
        }
        self.asked.lock().unwrap().push(Instant::now());
        let fewer = |left: usize| left.checked_sub(1);
        let counted = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer);
        Box::pin(async move {
            let answer = self.stripe.send(call).await?;
            Ok(match counted {
                Ok(_) => Answer {
                    status: 500,
                    should_retry: Some(false),
                    body: r#"{"error":{"type":"api_error","message":"Not now."}}"#.into(),
                    ..answer
                },
                Err(_) => answer,
            })
        })
    }
}

/// A company with ten charges and ten customers, and a folder for it.
fn place() -> Place {
    let warehouse = Warehouse::of_each(10);
    let (account, end_us) = (warehouse.account.clone(), warehouse.until_s * 1_000_000);
    let stripe = Stripe::of_warehouse(warehouse, Terms::plain(1));
    Place::new(stripe, &account, end_us)
}

/// Reads charges and customers while charges fail so often. Gives the report, and how many seconds passed before each new try.
async fn read(place: &Place, failures: usize) -> (Report, Vec<u64>) {
    let failing = Arc::new(Failing {
        stripe: place.served.clone(),
        left: AtomicUsize::new(failures),
        asked: Mutex::default(),
    });
    let names = ["charge", "customer"].map(str::to_owned);
    let selection = Selection::only(&names).unwrap();
    let report = place.backfill_over(failing.clone(), selection).await;
    let asked = failing.asked.lock().unwrap();
    let pauses = asked.windows(2).map(|two| (two[1] - two[0]).as_secs());
    (report.unwrap(), pauses.collect())
}

fn read_of(report: &Report, kind: &str) -> (u64, Option<String>) {
    let of = report.types.iter().find(|of| of.kind == kind).unwrap();
    (of.objects, of.skipped.clone())
}

#[test]
fn failure_not_to_be_repeated_is_asked_anew_seconds_later() {
    run(async {
        let (report, pauses) = read(&place(), 2).await;
        assert!(report.is_whole(), "{report:?}");
        assert_eq!(read_of(&report, "charge"), (10, None));
        assert_eq!(pauses, [5, 10]);
    });
}

#[test]
fn failure_that_stays_costs_its_kind_in_this_run_and_the_next_reads_it() {
    run(async {
        let place = place();
        let (report, pauses) = read(&place, 6).await;
        assert_eq!(pauses, [5, 10, 20, 40, 80]);
        let (charges, why) = read_of(&report, "charge");
        let why = why.expect("it is told that a kind is missing");
        assert!(charges == 0 && why.contains("Not now."), "{why}");
        assert_eq!(read_of(&report, "customer"), (10, None));
        assert!(!report.is_whole());
        let (report, pauses) = read(&place, 0).await;
        assert!(report.is_whole() && pauses.is_empty(), "{report:?}");
        assert_eq!(read_of(&report, "charge"), (10, None));
    });
}
