//! One delivery: believed or not, read, appended, and answered with 200 once it is on disk. What it says is nobody's business here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use intake::{Door, Origin, Refused, Rejects};
use ledger::{AppendError, Appender, LedgerError, Outcome, OwnedEntry};
use serde_json::Value;
use tokio::sync::oneshot;

use super::book::Bell;
use super::crowd::Guest;
use super::lines::Lines;
use super::metrics::{Metrics, Reason};
use super::secrets::Secrets;
use super::signature::{Disbelief, HEADER, Signature};
use crate::folder::Folder;
use crate::shell::now_us;

/// The path that deliveries are posted to.
pub(super) const PATH: &str = "/webhooks/stripe";
/// Stripe tries again by a clock of its own; others may obey.
const RETRY_AFTER_S: u16 = 5;

/// What every delivery needs.
pub(super) struct Desk {
    pub(super) secrets: Secrets,
    pub(super) tolerance_s: u32,
    pub(super) body_bytes_max: usize,
    pub(super) body_timeout: Duration,
    pub(super) folder: Folder,
    pub(super) door: Door,
    pub(super) appender: Appender,
    pub(super) bell: Arc<Bell>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) lines: Arc<Lines>,
}

/// Why a delivery gets no 200.
struct Refusal {
    reason: Reason,
    /// Its body was not read to its end: what follows on the connection is no request.
    is_unread: bool,
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            is_unread: false,
        }
    }
}

impl From<Disbelief> for Reason {
    fn from(disbelief: Disbelief) -> Self {
        match disbelief {
            Disbelief::Unsigned => Self::Unsigned,
            Disbelief::Forged => Self::Forged,
            Disbelief::Stale => Self::Stale,
            Disbelief::Early => Self::Early,
        }
    }
}

/// Answers a delivery.
pub(super) async fn receive(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    match desk.take(request).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => {
            desk.metrics.refuse(refusal.reason);
            desk.tell(refusal.reason);
            answer(&refusal)
        }
    }
}

fn answer(refusal: &Refusal) -> Response {
    let (status, text) = match refusal.reason {
        // Whoever forges learns nothing about what was wrong.
        Reason::Unsigned | Reason::Forged | Reason::Stale | Reason::Early => {
            (StatusCode::BAD_REQUEST, "not signed as it must be\n")
        }
        Reason::Broken => (StatusCode::BAD_REQUEST, "the body can't be read\n"),
        Reason::Slow => (StatusCode::REQUEST_TIMEOUT, "the body did not come\n"),
        Reason::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too large\n"),
        Reason::Encoded => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "send it unpacked\n"),
        Reason::Overload | Reason::Unavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, "not now: send it again\n")
        }
        Reason::Poisoned | Reason::NotKept => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "not kept: send it again\n",
        ),
    };
    let mut response = (status, text).into_response();
    let headers = response.headers_mut();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
    }
    if refusal.is_unread {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

impl Desk {
    async fn take(&self, mut request: Request) -> Result<(), Refusal> {
        let guest = request
            .extensions_mut()
            .remove::<Arc<Guest>>()
            .expect("every connection puts its guest into its requests");
        let (parts, body) = request.into_parts();
        let unread = |reason| Refusal {
            reason,
            is_unread: true,
        };
        // What the head alone decides is decided before a byte of the body is held.
        let signatures = parts.headers.get_all(HEADER).iter();
        let signature = Signature::read(signatures.map(HeaderValue::as_bytes))
            .map_err(|disbelief| unread(disbelief.into()))?;
        signature
            .check_age(now_us() / 1_000_000, self.tolerance_s)
            .map_err(|disbelief| unread(disbelief.into()))?;
        if parts.headers.contains_key(CONTENT_ENCODING) {
            return Err(unread(Reason::Encoded));
        }
        let length = parts.headers.get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if length.is_some_and(|length| length > self.body_bytes_max) {
            return Err(unread(Reason::TooLarge));
        }
        let read = self.read(body, length.unwrap_or(0), &guest);
        let read = tokio::time::timeout(self.body_timeout, read).await;
        let body = read.unwrap_or(Err(Reason::Slow)).map_err(unread)?;
        guest.is_served();
        signature
            .check_body(&self.secrets.keys(), &body)
            .map_err(Reason::from)?;
        match self.door.delivered(body, now_us()) {
            Ok(entry) => self.append(entry).await?,
            Err(refused) => self.set_aside(refused).await?,
        }
        Ok(())
    }

    /// The whole body, never more than is allowed. `length` is what was announced: it is room to begin with, no more.
    async fn read(
        &self,
        mut body: axum::body::Body,
        length: usize,
        guest: &Guest,
    ) -> Result<Vec<u8>, Reason> {
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Reason::Broken)?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if bytes.len() + data.len() > self.body_bytes_max {
                return Err(Reason::TooLarge);
            }
            guest.holds(data.len()).map_err(|_| Reason::Overload)?;
            if bytes.is_empty() && data.len() == length {
                // It came in one piece, as nearly all do.
                bytes = data.into();
                continue;
            }
            bytes.extend_from_slice(&data);
        }
        Ok(bytes)
    }

    async fn append(&self, entry: OwnedEntry) -> Result<(), Reason> {
        let (created_s, recorded_us) = (entry.created_s, entry.recorded_us);
        let (id, stream) = (entry.id.clone(), entry.stream.clone());
        let (done, is_done) = oneshot::channel();
        let began = Instant::now();
        self.appender.submit(vec![entry], move |result| {
            // Whoever hung up meanwhile sends it again, and it is a duplicate then.
            let _ = done.send(result);
        });
        let result = is_done.await.unwrap_or(Err(AppendError::Died));
        let outcome = match result.as_deref() {
            Ok([outcome, ..]) => *outcome,
            Ok([]) => unreachable!("one entry has one outcome"),
            Err(error) => return Err(self.reason(error)),
        };
        self.metrics.count(outcome, began.elapsed());
        if let Outcome::Appended { seq, role } = outcome {
            self.metrics.see(created_s, recorded_us);
            self.bell.ring();
            if role == ledger::Role::Conflict {
                let details: [(_, Value); 3] = [
                    ("stream", stream.as_str().into()),
                    ("seq", seq.into()),
                    ("event", id.into()),
                ];
                self.lines
                    .say_seldom("an event came with other content than before", &details);
            }
        }
        Ok(())
    }

    /// What an append that failed means for whoever sent it.
    fn reason(&self, error: &AppendError) -> Reason {
        let reason = match error {
            AppendError::Overloaded => Reason::Overload,
            AppendError::TooLarge { .. } => Reason::TooLarge,
            AppendError::Stopped => Reason::Unavailable,
            AppendError::Poisoned { .. } | AppendError::Died => Reason::Poisoned,
            AppendError::Refused(error) => match &**error {
                LedgerError::Commit { .. } | LedgerError::Poisoned { .. } => Reason::Poisoned,
                _ => Reason::Unavailable,
            },
        };
        if matches!(reason, Reason::Poisoned | Reason::Unavailable) {
            let what = match reason {
                Reason::Poisoned => {
                    "a commit failed: nothing is taken until a restart; see `daybook verify`"
                }
                _ => "the log could not take a delivery",
            };
            let cause = std::error::Error::source(error).map(ToString::to_string);
            let because = cause.map_or(error.to_string(), |cause| format!("{error}: {cause}"));
            self.lines.say_seldom(what, &[("because", because.into())]);
        }
        reason
    }

    /// Keeps what is rightly signed and can't be read: Stripe has it said, and will only say the same again.
    async fn set_aside(&self, refused: Refused) -> Result<(), Reason> {
        let folder = self.folder.rejects_path();
        let reason = refused.reason.clone();
        let kept = tokio::task::spawn_blocking(move || {
            let source = format!("POST {PATH}");
            let origin = Origin {
                file: &source,
                line: 1,
                last_line: 1,
                item: None,
            };
            let mut rejects = Rejects::new(&folder, &now_us);
            rejects.set_aside(origin, &refused.reason, &refused.body)?;
            rejects.sync()
        });
        match kept.await {
            Ok(Ok(())) => {
                self.metrics.set_aside.inc();
                let details = [("because", reason.into())];
                self.lines
                    .say_seldom("a delivery can't be read and was kept in rejects", &details);
                Ok(())
            }
            failed => {
                let because = match failed {
                    Ok(Err(error)) => error.to_string(),
                    _ => "the work on it panicked".to_owned(),
                };
                let details = [("because", because.into())];
                self.lines
                    .say_seldom("a delivery can't be read, nor kept in rejects", &details);
                Err(Reason::NotKept)
            }
        }
    }

    fn tell(&self, reason: Reason) {
        let what = match reason {
            Reason::Unsigned | Reason::Forged => "a request was not signed with any secret",
            Reason::Stale | Reason::Early => {
                "a request was signed too long ago or in the future: does the clock run right?"
            }
            Reason::Encoded | Reason::TooLarge | Reason::Broken | Reason::Slow => {
                "a request could not be received"
            }
            Reason::Overload => "too much waits to be appended",
            // Told where it was met, with its cause.
            Reason::Unavailable | Reason::Poisoned | Reason::NotKept => return,
        };
        self.lines
            .say_seldom(what, &[("reason", reason.name().into())]);
    }
}
