//! The seam outward: one request goes, one answer comes back, as raw as it came. What an answer means, and whether to ask again, is
//! not decided here.

use bytes::Bytes;
use futures_util::future::BoxFuture;

/// One request and on whose behalf it is made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// What is asked.
    pub request: requests::Request,
    /// The connected account that is meant (`Stripe-Account`), if it isn't the key's own.
    pub account: Option<String>,
}

impl Call {
    /// Asks on behalf of the key's own account.
    #[must_use]
    pub fn own(request: requests::Request) -> Self {
        Self {
            request,
            account: None,
        }
    }
}

/// What Stripe answered. A body that did not come whole is no answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Stripe's second (`Date`).
    pub date_s: Option<i64>,
    /// The name under which Stripe's support finds the request (`Request-Id`).
    pub request_id: Option<String>,
    /// The API version in which the body is written (`Stripe-Version`).
    pub version: Option<String>,
    /// How many seconds Stripe asks to wait (`Retry-After`).
    pub retry_after_s: Option<u32>,
    /// Whether Stripe thinks that it is worth another try (`Stripe-Should-Retry`).
    pub should_retry: Option<bool>,
    /// Which limit was passed (`Stripe-Rate-Limited-Reason`).
    pub limited_by: Option<String>,
    /// The exact bytes.
    pub body: Bytes,
    /// Milliseconds from before sending until the head was there, rounded up.
    pub elapsed_ms: i64,
}

/// Why there is no answer. Whether Stripe saw the request is not known, except after [`TransportError::Connect`].
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// There is no connection.
    #[error("connect: {reason}")]
    Connect {
        /// What the network says.
        reason: String,
    },
    /// Nothing came for too long.
    #[error("wait for {awaited}: nothing came within {limit_s} s")]
    TimedOut {
        /// What was awaited.
        awaited: &'static str,
        /// The patience, in seconds.
        limit_s: u64,
    },
    /// The connection ended in the middle, or what came is no HTTP.
    #[error("read the answer: {reason}")]
    Broken {
        /// What the network says.
        reason: String,
    },
    /// The answer is longer than anything Stripe sends.
    #[error("read the answer: it is longer than {limit_bytes} bytes")]
    TooLong {
        /// The bound.
        limit_bytes: usize,
    },
}

/// Carries requests to Stripe: over HTTPS in the product, in process in tests.
pub trait Transport: Send + Sync {
    /// Sends one request, once, and gives the whole answer. Dropped, it leaves nothing behind.
    fn send<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, TransportError>>;
}
