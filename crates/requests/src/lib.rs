//! What is asked of Stripe, as async-stripe's builders put it: a path and a query. Nothing is sent here, and no answer is read.
//!
//! The one crate that names async-stripe, so that its 600,000 lines are compiled once and nothing else depends on a release
//! candidate. Only GETs are made here: daybook changes nothing at Stripe's.

#[macro_use]
mod page;
mod listing;
mod nested;
mod request;
mod single;

pub use listing::{LISTINGS, Listing, Offer, listing};
pub use nested::{NESTED, Nested, nested};
pub use page::Page;
pub use request::Request;
pub use single::{
    EventPage, TYPES_MAX, account, balance, event, events, notification, retrieve,
    webhook_endpoints,
};
