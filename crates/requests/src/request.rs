//! One GET: where, and what is asked. It is text; who asks, and with which key, is not known here.

use stripe_client_core::{RequestBuilder, StripeMethod};

/// One GET of Stripe's: where, and what is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    path: String,
    query: String,
}

/// First segments that are no list by themselves: what follows them names it.
const NAMESPACES: [&str; 5] = ["billing", "checkout", "core", "reserve", "test_helpers"];

impl Request {
    /// Takes what one of async-stripe's builders gives.
    pub(crate) fn of(built: RequestBuilder) -> Self {
        assert!(
            matches!(built.method, StripeMethod::Get) && built.body.is_none(),
            "only lists and retrievals are built here, and both are GETs without a body"
        );
        Self {
            path: format!("/v1{}", built.path),
            query: built.query.unwrap_or_default(),
        }
    }

    /// A request of Stripe's second API, of which async-stripe knows nothing.
    pub(crate) fn second_api(path: &str) -> Self {
        Self {
            path: format!("/v2{path}"),
            query: String::new(),
        }
    }

    /// The path, percent-encoded: `/v1/charges`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query, percent-encoded and without its question mark; empty if nothing is asked.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// Path and query as they stand in a request's first line.
    #[must_use]
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    /// The request as observations keep it: `GET /v1/charges?limit=100`.
    #[must_use]
    pub fn line(&self) -> String {
        format!("GET {}", self.target())
    }

    /// The path with every id replaced by `:id`: what Stripe's limit per endpoint counts
    /// (<https://docs.stripe.com/rate-limits>).
    #[must_use]
    pub fn endpoint(&self) -> String {
        let mut endpoint = String::with_capacity(self.path.len());
        let mut names_next = true;
        for segment in self.path.split('/').skip(2) {
            let shown = if names_next { segment } else { ":id" };
            names_next = NAMESPACES.contains(&segment) && endpoint.is_empty() || !names_next;
            endpoint.push('/');
            endpoint.push_str(shown);
        }
        let api = self.path.split('/').nth(1).unwrap_or_default();
        format!("/{api}{endpoint}")
    }
}

/// An id as one segment of a path. Coupons, products and prices may carry ids of people's own making, and async-stripe puts an id
/// into a path as it is.
pub(crate) fn segment(id: &str) -> String {
    let only_dots = id.bytes().all(|byte| byte == b'.');
    let mut encoded = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'.' if only_dots => encoded.push_str("%2E"),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(path: &str) -> String {
        Request::of(RequestBuilder::new(StripeMethod::Get, path)).endpoint()
    }

    #[test]
    fn endpoint_is_the_path_without_its_ids() {
        assert_eq!(endpoint("/charges"), "/v1/charges");
        assert_eq!(endpoint("/charges/ch_1"), "/v1/charges/:id");
        assert_eq!(endpoint("/coupons/coupons"), "/v1/coupons/:id");
        assert_eq!(endpoint("/invoices/in_1/lines"), "/v1/invoices/:id/lines");
        assert_eq!(
            endpoint("/transfers/tr_1/reversals/trr_1"),
            "/v1/transfers/:id/reversals/:id"
        );
        assert_eq!(endpoint("/checkout/sessions"), "/v1/checkout/sessions");
        assert_eq!(
            endpoint("/checkout/sessions/cs_1"),
            "/v1/checkout/sessions/:id"
        );
        assert_eq!(endpoint("/coupons/billing"), "/v1/coupons/:id");
        let second = Request::second_api("/core/events/evt_1");
        assert_eq!(second.endpoint(), "/v2/core/events/:id");
    }

    #[test]
    fn id_of_somebodys_making_stays_one_segment() {
        assert_eq!(segment("ch_1"), "ch_1");
        assert_eq!(segment("50% off/§?#"), "50%25%20off%2F%C2%A7%3F%23");
        assert_eq!(segment(".."), "%2E%2E");
        assert_eq!(segment("v1.2"), "v1.2");
    }
}
