//! The objects that the books hold, one file each, in the shape of the newest API version.
//!
//! To add an object: a file here, a line in [`ALL`], and, where it moves money, its invariants in the book.

use crate::schema::Schema;

pub mod balance;
pub mod balance_transaction;
pub mod charge;
pub mod customer;
pub mod invoice;
pub mod invoice_payment;
pub mod payout;
pub mod refund;
pub mod subscription;

/// Every kind of object that the books hold.
pub static ALL: &[&Schema] = &[
    &balance::SCHEMA,
    &balance_transaction::SCHEMA,
    &charge::SCHEMA,
    &customer::SCHEMA,
    &invoice::SCHEMA,
    &invoice_payment::SCHEMA,
    &payout::SCHEMA,
    &refund::SCHEMA,
    &subscription::SCHEMA,
];

/// The schema of Stripe's `object` name, if the books hold that kind.
#[must_use]
pub fn schema(object: &str) -> Option<&'static Schema> {
    ALL.iter().copied().find(|schema| schema.object == object)
}
