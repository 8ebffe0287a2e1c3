//! The way to Stripe over the network: pooled connections, TLS, timeouts, a bound on bodies. It sends once and decides nothing.

use std::error::Error;
use std::future::Future;
use std::net::IpAddr;
use std::time::{Duration, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use http::header::{AUTHORIZATION, DATE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use http::uri::{Authority, Scheme, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use thiserror::Error;
use tokio::time::{Instant, timeout};

use crate::key::Key;
use crate::transport::{Answer, Call, Transport, TransportError};

/// The API version in which everything is asked for: the newest whose shape `facts` knows.
pub const API_VERSION: &str = "2026-07-29.dahlia";

/// Where Stripe is, unless somebody says otherwise.
pub const STRIPE_BASE: &str = "https://api.stripe.com";

const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// As long as Stripe's own libraries wait.
const HEAD_LIMIT: Duration = Duration::from_secs(80);
const BODY_LIMIT: Duration = Duration::from_secs(80);
/// A page of a hundred of the longest invoices is a few megabytes.
const BODY_BYTES_MAX: usize = 64 << 20;

/// Where requests go: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    scheme: Scheme,
    authority: Authority,
}

/// Why a text is no address to send a key to.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum BaseError {
    /// It is not scheme, host and port alone.
    #[error("it is no address like {STRIPE_BASE}")]
    Address,
    /// A live key would go over the network for all to read.
    #[error("a key of live mode is sent over http to this machine only")]
    Clear,
}

impl Base {
    /// Reads an address for a key. Without TLS, keys of live mode go no further than this machine.
    pub fn parse(text: &str, key: &Key) -> Result<Self, BaseError> {
        let uri = text.trim().parse::<Uri>().map_err(|_| BaseError::Address)?;
        let parts = uri.into_parts();
        let bare = parts.path_and_query.is_none_or(|path| path.as_str() == "/");
        let (Some(scheme), Some(authority), true) = (parts.scheme, parts.authority, bare) else {
            return Err(BaseError::Address);
        };
        if authority.as_str().contains('@') || scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(BaseError::Address);
        }
        if scheme == Scheme::HTTP && key.livemode && !is_here(authority.host()) {
            return Err(BaseError::Clear);
        }
        Ok(Self { scheme, authority })
    }
}

fn is_here(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Stripe over HTTPS.
pub struct Https {
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    base: Base,
    key: Key,
}

impl Https {
    /// Prepares the way; nothing is connected yet.
    #[must_use]
    pub fn new(base: Base, key: Key) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_LIMIT));
        let tls = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(60))
            .build(tls);
        Self { client, base, key }
    }

    async fn get(&self, call: &Call) -> Result<Answer, TransportError> {
        let request = self.request(call)?;
        let sent = Instant::now();
        let answered = within(
            HEAD_LIMIT,
            "the head of an answer",
            self.client.request(request),
        );
        let (head, body) = answered
            .await?
            .map_err(|error| {
                let reason = reasons(&error);
                if error.is_connect() {
                    TransportError::Connect { reason }
                } else {
                    TransportError::Broken { reason }
                }
            })?
            .into_parts();
        let elapsed_us = sent.elapsed().as_micros();
        let body = within(BODY_LIMIT, "the rest of an answer", whole(body)).await??;
        let text = |name: &str| text(&head.headers, name);
        Ok(Answer {
            status: head.status.as_u16(),
            date_s: text(DATE.as_str()).and_then(|date| second(&date)),
            request_id: text("request-id"),
            version: text("stripe-version"),
            retry_after_s: text(RETRY_AFTER.as_str()).and_then(|seconds| seconds.parse().ok()),
            should_retry: text("stripe-should-retry").and_then(|word| word.parse().ok()),
            limited_by: text("stripe-rate-limited-reason"),
            body,
            elapsed_ms: i64::try_from(elapsed_us.div_ceil(1000)).unwrap_or(i64::MAX),
        })
    }

    fn request(&self, call: &Call) -> Result<http::Request<Empty<Bytes>>, TransportError> {
        let broken = |error: http::Error| TransportError::Broken {
            reason: error.to_string(),
        };
        let uri = Uri::builder()
            .scheme(self.base.scheme.clone())
            .authority(self.base.authority.clone())
            .path_and_query(call.request.target())
            .build()
            .map_err(broken)?;
        let mut authorization = HeaderValue::try_from(format!("Bearer {}", self.key.expose()))
            .expect("a key holds letters, digits and underscores");
        authorization.set_sensitive(true);
        let mut request = http::Request::get(uri)
            .header(AUTHORIZATION, authorization)
            .header("stripe-version", API_VERSION)
            .header(USER_AGENT, concat!("daybook/", env!("CARGO_PKG_VERSION")));
        if let Some(account) = &call.account {
            request = request.header("stripe-account", account);
        }
        request.body(Empty::new()).map_err(broken)
    }
}

impl Transport for Https {
    fn send<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, TransportError>> {
        Box::pin(self.get(call))
    }
}

/// Reads a body to its end, or to its bound.
async fn whole(mut body: Incoming) -> Result<Bytes, TransportError> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| TransportError::Broken {
            reason: reasons(&error),
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > BODY_BYTES_MAX {
            return Err(TransportError::TooLong {
                limit_bytes: BODY_BYTES_MAX,
            });
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.freeze())
}

async fn within<T>(
    limit: Duration,
    awaited: &'static str,
    work: impl Future<Output = T>,
) -> Result<T, TransportError> {
    timeout(limit, work)
        .await
        .map_err(|_| TransportError::TimedOut {
            awaited,
            limit_s: limit.as_secs(),
        })
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    value.to_str().ok().map(str::to_owned)
}

/// The second of a `Date`.
fn second(date: &str) -> Option<i64> {
    let date = httpdate::parse_http_date(date).ok()?;
    i64::try_from(date.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// An error with its causes: the outermost one alone says `client error (Connect)`.
fn reasons(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        told.push_str(": ");
        told.push_str(&error.to_string());
        cause = error.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str, key: &str) -> Result<Base, BaseError> {
        Base::parse(text, &Key::parse(key).expect("a key"))
    }

    #[test]
    fn live_key_is_not_sent_in_the_clear_beyond_this_machine() {
        for here in [
            "http://127.0.0.1:12111",
            "http://localhost:1",
            "http://[::1]:80/",
            STRIPE_BASE,
        ] {
            assert!(base(here, "sk_live_1").is_ok(), "{here}");
        }
        assert_eq!(
            base("http://stripe.example.com:80", "rk_live_1"),
            Err(BaseError::Clear)
        );
        assert_eq!(
            base("http://localhost.example.com:80", "rk_live_1"),
            Err(BaseError::Clear)
        );
        assert!(base("http://stripe.example.com:80", "rk_test_1").is_ok());
    }

    #[test]
    fn address_has_scheme_and_host_and_nothing_else() {
        for odd in [
            "",
            "api.stripe.com",
            "https://",
            "https://example.com/v1",
            "ftp://example.com",
            "https://example.com:b@example.org",
            "https://example.com?y",
        ] {
            assert_eq!(base(odd, "sk_test_1"), Err(BaseError::Address), "{odd}");
        }
    }

    #[test]
    fn date_is_a_second() {
        assert_eq!(second("Thu, 01 Jan 1970 00:01:00 GMT"), Some(60));
        assert_eq!(second("yesterday"), None);
    }
}
