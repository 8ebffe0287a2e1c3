//! The objects that the books hold, one file each, in the shape of the newest API version.
//!
//! To add an object: a file here, a line in [`ALL`], and, where it moves money, its invariants in the book.

use crate::schema::Schema;

pub mod application_fee;
pub mod application_fee_refund;
pub mod balance;
pub mod balance_transaction;
pub mod charge;
pub mod checkout_session;
pub mod coupon;
pub mod credit_balance_transaction;
pub mod credit_grant;
pub mod credit_note;
pub mod credit_note_line_list;
pub mod customer;
pub mod customer_balance_transaction;
pub mod customer_cash_balance_transaction;
pub mod discount;
pub mod dispute;
pub mod invoice;
pub mod invoice_item;
pub mod invoice_line_list;
pub mod invoice_payment;
mod parts;
pub mod payment_intent;
pub mod payment_method;
pub mod payout;
pub mod payout_membership;
pub mod price;
pub mod product;
pub mod promotion_code;
pub mod refund;
pub mod reserve_hold;
pub mod reserve_release;
pub mod setup_intent;
pub mod subscription;
pub mod subscription_item_list;
pub mod subscription_schedule;
pub mod tax_rate;
pub mod test_clock;
pub mod topup;
pub mod transfer;
pub mod transfer_reversal;

/// Every kind of object that the books hold.
pub static ALL: &[&Schema] = &[
    &application_fee::SCHEMA,
    &application_fee_refund::SCHEMA,
    &balance::SCHEMA,
    &balance_transaction::SCHEMA,
    &charge::SCHEMA,
    &checkout_session::SCHEMA,
    &coupon::SCHEMA,
    &credit_balance_transaction::SCHEMA,
    &credit_grant::SCHEMA,
    &credit_note::SCHEMA,
    &credit_note_line_list::SCHEMA,
    &customer::SCHEMA,
    &customer_balance_transaction::SCHEMA,
    &customer_cash_balance_transaction::SCHEMA,
    &discount::SCHEMA,
    &dispute::SCHEMA,
    &invoice::SCHEMA,
    &invoice_item::SCHEMA,
    &invoice_line_list::SCHEMA,
    &invoice_payment::SCHEMA,
    &payment_intent::SCHEMA,
    &payment_method::SCHEMA,
    &payout::SCHEMA,
    &payout_membership::SCHEMA,
    &price::SCHEMA,
    &product::SCHEMA,
    &promotion_code::SCHEMA,
    &refund::SCHEMA,
    &reserve_hold::SCHEMA,
    &reserve_release::SCHEMA,
    &setup_intent::SCHEMA,
    &subscription::SCHEMA,
    &subscription_item_list::SCHEMA,
    &subscription_schedule::SCHEMA,
    &tax_rate::SCHEMA,
    &test_clock::SCHEMA,
    &topup::SCHEMA,
    &transfer::SCHEMA,
    &transfer_reversal::SCHEMA,
];

/// The schema of Stripe's `object` name, if the books hold that kind.
#[must_use]
pub fn schema(object: &str) -> Option<&'static Schema> {
    ALL.iter().copied().find(|schema| schema.object == object)
}
