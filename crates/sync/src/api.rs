//! Asking Stripe, politely and stubbornly: every request waits for the governor, is repeated as long as it is worth it, and ends in
//! an answer with status 200 or in an error that says what to do. What the answer means is not known here.

mod complaint;
mod error;
mod verdict;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::governor::{Governor, Permit};
use crate::random::Random;
use crate::transport::{Answer, Call, Transport, TransportError};

pub use complaint::Complaint;
pub use error::ApiError;

use verdict::{Scope, Trouble, Verdict, judge};

/// How often, and for how long, a request is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often it is sent.
    pub attempts_max: u32,
    /// How often an answer may be nothing that Stripe would say.
    pub garbled_max: u32,
    /// From its first sending to its last, waiting for the governor included.
    pub span: Duration,
    /// The first wait; each further one is twice as long.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
}

impl Default for Patience {
    /// Five minutes: long enough for what passes by itself, short enough for somebody who looks on.
    fn default() -> Self {
        Self {
            attempts_max: 16,
            garbled_max: 4,
            span: Duration::from_secs(300),
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// A request that will be repeated.
#[derive(Debug)]
pub struct Retry<'a> {
    /// What was asked.
    pub call: &'a Call,
    /// How often it has been sent.
    pub attempt: u32,
    /// How long it waits now, in milliseconds.
    pub wait_ms: u64,
    /// What was wrong, with the request's id if Stripe gave one.
    pub reason: &'a str,
}

/// Who is told of repetitions.
pub type Listener = Arc<dyn Fn(&Retry<'_>) + Send + Sync>;

/// Stripe's API, for reading. Copies share the governor.
#[derive(Clone)]
pub struct Api {
    transport: Arc<dyn Transport>,
    governor: Governor,
    patience: Patience,
    random: Arc<Random>,
    listener: Option<Listener>,
    sent: Arc<AtomicU64>,
}

impl Api {
    /// Asks through a transport. `seed` decides the random part of waiting.
    #[must_use]
    pub fn new(
        transport: Arc<dyn Transport>,
        governor: Governor,
        patience: Patience,
        seed: u64,
    ) -> Self {
        Self {
            transport,
            governor,
            patience,
            random: Arc::new(Random::new(seed)),
            listener: None,
            sent: Arc::default(),
        }
    }

    /// Tells somebody of every repetition.
    #[must_use]
    pub fn with_listener(mut self, listener: Listener) -> Self {
        self.listener = Some(listener);
        self
    }

    /// How many requests were sent by it and its copies, repeated ones as often as they were.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// The governor that its requests wait for.
    #[must_use]
    pub fn governor(&self) -> &Governor {
        &self.governor
    }

    /// Asks until there is an answer: status 200, and a body that is JSON.
    pub async fn get(&self, call: &Call) -> Result<Answer, ApiError> {
        let began = Instant::now();
        let endpoint = call.request.endpoint();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let permit = self.governor.admit(&endpoint).await?;
            let trouble = match self.send(call, permit).await {
                Verdict::Good(answer) => return Ok(answer),
                Verdict::Final(error) => return Err(error),
                Verdict::Again(trouble) => trouble,
            };
            let pause = trouble.retry_after_s.map_or(Duration::ZERO, |wait_s| {
                Duration::from_secs(u64::from(wait_s))
            });
            match trouble.slows {
                Scope::Endpoint => self
                    .governor
                    .slow_down(Some(&endpoint), pause.min(self.patience.longest_wait))?,
                Scope::Everything => self
                    .governor
                    .slow_down(None, pause.min(self.patience.longest_wait))?,
                Scope::Request => {}
            }
            let wait = self.wait(attempt).max(pause);
            if self.gives_up(&trouble, attempt, began.elapsed() + wait) {
                return Err(trouble.last(attempt, began.elapsed()));
            }
            if let Some(listener) = &self.listener {
                let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                listener(&Retry {
                    call,
                    attempt,
                    wait_ms,
                    reason: &trouble.reason,
                });
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Sends once, and tells the governor when the request was seen at the latest.
    async fn send(&self, call: &Call, permit: Permit) -> Verdict {
        let sending = Instant::now();
        self.sent.fetch_add(1, Ordering::Relaxed);
        match self.transport.send(call).await {
            Ok(answer) => {
                // The body came after the head. A millisecond is kept back, for the transport began a little later than we.
                let head =
                    Duration::from_millis(u64::try_from(answer.elapsed_ms).unwrap_or_default() + 1);
                permit.answered(sending.elapsed().saturating_sub(head));
                judge(answer)
            }
            Err(error) => {
                if matches!(error, TransportError::Connect { .. }) {
                    permit.unsent();
                }
                Verdict::Again(Trouble::of(&error))
            }
        }
    }

    fn gives_up(&self, trouble: &Trouble, attempt: u32, until: Duration) -> bool {
        let attempts_max = if trouble.garbled {
            self.patience.garbled_max
        } else {
            self.patience.attempts_max
        };
        attempt >= attempts_max || until > self.patience.span
    }

    /// Half of a doubling span for sure, and a random part of the other half.
    fn wait(&self, attempt: u32) -> Duration {
        let doubled = self
            .patience
            .first_wait
            .saturating_mul(1 << (attempt - 1).min(16));
        let span = doubled.min(self.patience.longest_wait);
        let half_us = u64::try_from(span.as_micros() / 2).unwrap_or(u64::MAX);
        Duration::from_micros(half_us + self.random.below(half_us))
    }
}
