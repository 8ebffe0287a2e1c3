//! The company as Stripe's API serves it: requests in, answers out, deliveries due. Every instant is an argument, so that a
//! test runs it in virtual time and a server by any clock; it opens no socket and knows no HTTP but status, headers and body.

mod account;
mod asked;
mod caller;
mod events;
mod kinds;
mod lists;
mod losses;
mod luck;
mod page;
mod posts;
mod problem;
mod register;
mod reply;
mod route;
mod scan;
mod served;
mod signature;
mod stock;
mod stripe;
mod target;
mod terms;
mod warehouse;

pub use losses::{Loss, LossClass, Night};
pub(crate) use scan::replace_member;
pub use served::{Busiest, Served};
pub use stripe::Stripe;
pub use terms::{
    Endpoint, Faults, Grant, Key, LIVE_KEY, Limits, Odd, OddItem, Terms, WEBHOOK_SECRET,
};
pub use warehouse::Warehouse;

/// One request as the server sees it.
#[derive(Debug, Clone, Copy)]
pub struct ApiRequest<'a> {
    /// In capitals: `GET`.
    pub method: &'a str,
    /// Path and query, percent-encoded: `/v1/charges?limit=100`.
    pub target: &'a str,
    /// Names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
    /// Empty for reads.
    pub body: &'a [u8],
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Names as Stripe writes them, `Date` among them, without what the transport adds (`Content-Length`).
    pub headers: Vec<(&'static str, String)>,
    /// The whole body, also where the connection breaks in it.
    pub body: Vec<u8>,
    /// Microseconds from the request's arrival to the answer's head.
    pub took_us: i64,
    /// What becomes of it on its way.
    pub fate: Fate,
}

/// What becomes of an answer on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Whole,
    /// The head and so many bytes of the body arrive, then the connection is reset.
    Reset {
        /// Fewer than the body has.
        after_bytes: usize,
    },
    /// The connection is reset before any answer.
    Refused,
    /// Nothing ever comes.
    Stalled,
}

/// One post of an event to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// `evt_…`
    pub event_id: String,
    /// The endpoint's place in `Terms::endpoints`.
    pub endpoint: usize,
    /// From 1.
    pub number: u32,
    /// The instant it is sent.
    pub at_us: i64,
    /// Names as Stripe writes them, `Stripe-Signature` among them.
    pub headers: Vec<(&'static str, String)>,
    /// The event, pretty-printed as Stripe sends it.
    pub body: Vec<u8>,
}
