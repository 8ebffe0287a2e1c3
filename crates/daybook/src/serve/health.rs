//! How serve is: whether it lives, whether it is ready, and its numbers. Changes nothing, and says nothing that is in the log.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use ledger::{AppendError, Appender};
use serde_json::json;
use tokio::sync::oneshot;

use super::book::Bell;
use super::crowd::Crowd;
use super::metrics::{Metrics, Moment};
use super::nights::Nights;

const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// A commit of nothing takes longer only if somebody else holds the log.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is asked about.
pub(super) struct Health {
    pub(super) appender: Appender,
    pub(super) crowd: Arc<Crowd>,
    pub(super) bell: Arc<Bell>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) nights: Arc<Nights>,
    pub(super) follows: bool,
    pub(super) book_lag_max: Duration,
}

/// The process lives and answers.
pub(super) async fn lives() -> StatusCode {
    StatusCode::OK
}

/// Deliveries can be taken, and the book is not far behind.
pub(super) async fn ready(State(health): State<Arc<Health>>) -> impl IntoResponse {
    let ledger = health.try_commit().await;
    let lag = health.bell.lag();
    let is_level = !health.follows || lag.since <= health.book_lag_max;
    let status = match ledger.is_ok() && is_level {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let answer = json!({
        "ledger": ledger.map_or_else(|error| error.to_string(), |()| "writable".to_owned()),
        "book": if !health.follows { "not followed" } else if is_level { "follows" } else { "behind" },
        "book_lag_entries": lag.entries,
        "book_lag_s": lag.since.as_secs(),
    });
    (status, Json(answer))
}

/// The numbers, for Prometheus.
pub(super) async fn metrics(State(health): State<Arc<Health>>) -> impl IntoResponse {
    let nights = Arc::clone(&health.nights);
    // Reading a log and a memory is no work for the one thread that has all connections.
    let nights = tokio::task::spawn_blocking(move || nights.text()).await;
    let nights = nights.expect("numbers that can't be read are told, not a panic");
    let (waiting, lag) = (health.appender.waiting(), health.bell.lag());
    let now = Moment {
        queue_entries: waiting.entries as u64,
        queue_bytes: waiting.bytes as u64,
        connections: health.crowd.open() as u64,
        sent_away: health.crowd.sent_away(),
        log_entries: lag.log_entries,
        book_lag_entries: lag.entries,
        book_lag_s: lag.since.as_secs(),
        book_failures: lag.failures,
        is_poisoned: health.is_poisoned(),
    };
    let text = health.metrics.text(&now, &nights);
    ([(CONTENT_TYPE, METRICS_TYPE)], text)
}

impl Health {
    /// Has the writing thread begin and end a transaction with nothing in it.
    async fn try_commit(&self) -> Result<(), AppendError> {
        let (done, is_done) = oneshot::channel();
        self.appender.submit(Vec::new(), move |result| {
            // Whoever asked may be gone.
            let _ = done.send(result);
        });
        match tokio::time::timeout(PATIENCE, is_done).await {
            Ok(Ok(result)) => result.map(drop),
            Ok(Err(_)) => Err(AppendError::Died),
            Err(_) => Err(AppendError::Overloaded),
        }
    }

    fn is_poisoned(&self) -> bool {
        let end = self.appender.end();
        end.is_some_and(|end| !matches!(end, AppendError::Stopped))
    }
}
