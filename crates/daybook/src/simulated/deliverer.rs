//! The errands of a served simulation: events that are due are posted to one address, and what it answers is handed back. When
//! something is due, and what becomes of a refusal, is the simulator's to say.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use simulator::Attempt;

use super::served::Served;

/// Posts under way at once.
const POSTS_AT_ONCE: usize = 64;
/// Between two looks at what is due while the clock runs.
const LOOK: Duration = Duration::from_millis(50);
/// How long an endpoint may take: Stripe publishes no number.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// What was posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Posted {
    /// Posts that were answered with 2xx.
    pub(crate) accepted: u64,
    /// Posts that were answered with anything else.
    pub(crate) refused: u64,
    /// Posts that were not answered.
    pub(crate) unanswered: u64,
    /// Of all these, those that were not the first of their event.
    pub(crate) repeated: u64,
}

impl Posted {
    /// All posts.
    pub(crate) fn all(&self) -> u64 {
        self.accepted + self.refused + self.unanswered
    }

    pub(super) fn count(&mut self, attempt: &Attempt, status: Option<u16>) {
        let counted = match status {
            Some(200..=299) => &mut self.accepted,
            Some(_) => &mut self.refused,
            None => &mut self.unanswered,
        };
        *counted += 1;
        self.repeated += u64::from(attempt.number > 1);
    }
}

/// Whoever posts.
pub(super) struct Poster {
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Poster {
    pub(super) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Self { client }
    }

    /// What the endpoint answers; nothing if it doesn't.
    async fn post(&self, attempt: &Attempt, to: &str) -> Option<u16> {
        let mut request = Request::builder().method(Method::POST).uri(to);
        for (name, value) in &attempt.headers {
            request = request.header(*name, value);
        }
        let body = Full::new(Bytes::copy_from_slice(&attempt.body));
        let request = request.body(body).ok()?;
        let answered = async {
            let response = self.client.request(request).await.ok()?;
            let status = response.status().as_u16();
            // The connection is used again only when its answer was read.
            response.into_body().collect().await.ok()?;
            Some(status)
        };
        tokio::time::timeout(ANSWER_WITHIN, answered).await.ok()?
    }
}

/// Posts what is due to the endpoints' addresses, in about this order, several at once; `answered` is told what each came to.
pub(super) async fn post(
    poster: &Poster,
    urls: &[String],
    due: Vec<Attempt>,
    mut answered: impl FnMut(Attempt, Option<u16>),
) {
    let posts = stream::iter(due).map(|attempt| async move {
        let status = poster.post(&attempt, &urls[attempt.endpoint]).await;
        (attempt, status)
    });
    let mut posts = std::pin::pin!(posts.buffer_unordered(POSTS_AT_ONCE));
    while let Some((attempt, status)) = posts.next().await {
        answered(attempt, status);
    }
}

/// Posts what is due whenever time has passed, for ever.
pub(super) async fn post_when_due(served: Arc<Served>) {
    loop {
        served.post_due().await;
        if served.clock().speed() == 0 {
            served.changed().await;
        } else {
            tokio::time::sleep(LOOK).await;
        }
    }
}
