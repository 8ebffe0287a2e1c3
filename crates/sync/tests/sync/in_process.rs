//! The simulated Stripe without a network: a transport in tokio's time, which tests let jump. Ways there and back take as long as
//! a test says; breaks and silences come as a connection would show them. The tests of `daybook` use this file too.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use simulator::{ApiAnswer, ApiRequest, Fate, Stripe};
use sync::{API_VERSION, Answer, Call, Transport, TransportError};
use tokio::time::{Instant, timeout};

/// As long as the way over HTTPS waits.
const PATIENCE: Duration = Duration::from_secs(80);

/// A served company within reach.
#[derive(Clone)]
pub(crate) struct InProcess {
    stripe: Arc<Mutex<Stripe>>,
    key: String,
    /// The virtual instant at which `began` was.
    start_us: i64,
    began: Instant,
    /// How many virtual seconds pass in one of tokio's.
    pace: i64,
    /// The shortest and the longest way, there and back each, in microseconds.
    way_us: (u64, u64),
    /// Decides how long each way is.
    random: Arc<Mutex<u64>>,
}

impl InProcess {
    /// Serves at a virtual instant, from now on in tokio's time. Ways take 2 to 20 milliseconds.
    pub(crate) fn new(stripe: Stripe, key: &str, start_us: i64) -> Self {
        Self {
            stripe: Arc::new(Mutex::new(stripe)),
            key: key.to_owned(),
            start_us,
            began: Instant::now(),
            pace: 1,
            way_us: (2_000, 20_000),
            random: Arc::new(Mutex::new(0x9E37_79B9_7F4A_7C15)),
        }
    }

    /// The same, with ways of another length (microseconds).
    pub(crate) fn with_ways(mut self, way_us: (u64, u64)) -> Self {
        self.way_us = way_us;
        self
    }

    /// The same, with so many virtual seconds in one of tokio's.
    pub(crate) fn at_pace(mut self, pace: i64) -> Self {
        self.start_us = self.now_us();
        self.began = Instant::now();
        self.pace = pace;
        self
    }

    /// The virtual instant (microseconds).
    pub(crate) fn now_us(&self) -> i64 {
        let elapsed_us = i64::try_from(self.began.elapsed().as_micros());
        self.start_us + self.pace * elapsed_us.expect("a test's span fits")
    }

    /// Looks at, or changes, the server itself.
    pub(crate) fn stripe<T>(&self, look: impl FnOnce(&mut Stripe) -> T) -> T {
        look(&mut self.stripe.lock().expect("no test panics in here"))
    }

    fn way(&self) -> Duration {
        let mut state = self.random.lock().expect("no test panics in here");
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        let (least_us, most_us) = self.way_us;
        Duration::from_micros(least_us + *state % (most_us - least_us + 1))
    }

    fn answer(&self, call: &Call) -> ApiAnswer {
        let authorization = format!("Bearer {}", self.key);
        let mut headers = vec![
            ("authorization", authorization.as_str()),
            ("stripe-version", API_VERSION),
        ];
        headers.extend(
            call.account
                .as_deref()
                .map(|account| ("stripe-account", account)),
        );
        let request = ApiRequest {
            method: "GET",
            target: &call.request.target(),
            headers: &headers,
            body: &[],
        };
        let at_us = self.now_us();
        self.stripe(|stripe| stripe.answer(&request, at_us))
    }

    async fn get(&self, call: &Call) -> Result<Answer, TransportError> {
        let sent = Instant::now();
        pass(self.way()).await;
        let answer = self.answer(call);
        let took = Duration::from_micros(
            u64::try_from(answer.took_us).expect("nothing takes less than no time"),
        );
        let back = self.way();
        let broken = |reason: &str| {
            Err(TransportError::Broken {
                reason: reason.to_owned(),
            })
        };
        if answer.fate == Fate::Stalled || sent.elapsed() + took + back > PATIENCE {
            pass(PATIENCE.saturating_sub(sent.elapsed())).await;
            return Err(TransportError::TimedOut {
                awaited: "an answer",
                limit_s: PATIENCE.as_secs(),
            });
        }
        pass(took + back).await;
        match answer.fate {
            Fate::Refused => broken("connection reset"),
            Fate::Reset { after_bytes } => {
                broken(&format!("connection reset after {after_bytes} bytes"))
            }
            Fate::Whole | Fate::Stalled => Ok(received(answer, sent)),
        }
    }
}

impl Transport for InProcess {
    fn send<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, TransportError>> {
        Box::pin(self.get(call))
    }
}

/// Lets tokio's time pass.
async fn pass(span: Duration) {
    let nothing = timeout(span, std::future::pending::<()>()).await;
    assert!(nothing.is_err(), "what is pending forever never ends");
}

fn received(answer: ApiAnswer, sent: Instant) -> Answer {
    let text = |wanted: &str| {
        let mut headers = answer.headers.iter();
        headers
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.clone())
    };
    let date = text("date").and_then(|date| httpdate::parse_http_date(&date).ok());
    let since_1970 = date.and_then(|date| date.duration_since(std::time::UNIX_EPOCH).ok());
    Answer {
        status: answer.status,
        date_s: since_1970.and_then(|span| i64::try_from(span.as_secs()).ok()),
        request_id: text("request-id"),
        version: text("stripe-version"),
        retry_after_s: text("retry-after").and_then(|text| text.parse().ok()),
        should_retry: text("stripe-should-retry").and_then(|text| text.parse().ok()),
        limited_by: text("stripe-rate-limited-reason"),
        elapsed_ms: i64::try_from(sent.elapsed().as_micros().div_ceil(1000))
            .expect("a test's span fits"),
        body: answer.body.into(),
    }
}
