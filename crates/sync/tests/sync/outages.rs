//! No network, or somebody else in Stripe's place: a backfill ends soon with what is wrong, and the next one goes on.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use simulator::Terms;
use sync::{Answer, ApiError, Call, Selection, SyncError, Transport, TransportError};
use tokio::time::Instant;

use crate::backfill::{Place, company};
use crate::in_process::InProcess;
use crate::virtual_time::{pass, run};

/// What is wrong for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outage {
    /// No way leads to Stripe.
    Unreachable,
    /// Whoever answers says yes to everything, in HTML.
    Garbage,
}

impl Outage {
    /// Whether an error tells of this.
    pub(crate) fn is_named(self, error: &ApiError) -> bool {
        match self {
            Self::Unreachable => matches!(error, ApiError::Unreachable { .. }),
            Self::Garbage => matches!(error, ApiError::Garbled { .. }),
        }
    }
}

/// The way to Stripe, with an outage.
pub(crate) struct Interrupted {
    inner: InProcess,
    outage: Outage,
    began: Instant,
    /// Its first second and the one after its last, from now on.
    lasts_s: Range<u64>,
}

impl Interrupted {
    pub(crate) fn new(inner: &InProcess, outage: Outage, from_s: u64, until_s: u64) -> Self {
        Self {
            inner: inner.clone(),
            outage,
            began: Instant::now(),
            lasts_s: from_s..until_s,
        }
    }
}

impl Transport for Interrupted {
    fn send<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, TransportError>> {
        if !self.lasts_s.contains(&self.began.elapsed().as_secs()) {
            return self.inner.send(call);
        }
        Box::pin(async {
            pass(Duration::from_millis(3)).await;
            match self.outage {
                Outage::Unreachable => Err(TransportError::Connect {
                    reason: "network is unreachable".to_owned(),
                }),
                Outage::Garbage => Ok(Answer {
                    status: 200,
                    date_s: None,
                    request_id: None,
                    version: None,
                    retry_after_s: None,
                    should_retry: None,
                    limited_by: None,
                    body: "<html><h1>Sign in to the hotel's network</h1></html>".into(),
                    elapsed_ms: 3,
                }),
            }
        })
    }
}

#[test]
fn backfill_ends_soon_without_network_and_the_next_one_goes_on() {
    let recording = company();
    let undisturbed = run(async {
        let place = Place::of(&recording, Terms::plain(1));
        place.backfill(Selection::all(true)).await.unwrap();
        place.objects()
    });
    for outage in [Outage::Unreachable, Outage::Garbage] {
        run(async {
            let place = Place::of(&recording, Terms::plain(1));
            let way = Arc::new(Interrupted::new(&place.served, outage, 1, 3_600));
            let (mut ends, mut held) = (0_u64, 0);
            let report = loop {
                let began = Instant::now();
                match place.backfill_over(way.clone(), Selection::all(true)).await {
                    Ok(report) => break report,
                    Err(SyncError::Api(error)) if outage.is_named(&error) => ends += 1,
                    Err(error) => panic!("{error}"),
                }
                assert!(began.elapsed() < Duration::from_secs(330));
                let objects = place.objects().len();
                assert!(objects > 0 && objects >= held, "what was read stays");
                held = objects;
                pass(Duration::from_secs(60)).await;
            };
            assert!(ends > 5 && held < undisturbed.len(), "{ends} {held}");
            assert!(report.is_whole(), "{report:?}");
            assert_eq!(place.objects(), undisturbed);
            let pages: BTreeMap<String, u64> =
                place.served.stripe(|stripe| stripe.served().pages.clone());
            let again: u64 = pages.values().map(|times| times - 1).sum();
            assert!(again <= 64, "{again} pages were read again");
        });
    }
}
