//! Refunds of application fees: what a platform gives back of what it earned.

use crate::schema::Key;
use crate::schema::Shape::{Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One refund of an application fee, whole or in part.
    "fee_refund" in "application_fee_refunds", key Key::Id,
    required ["application_fee_id", "amount_minor", "currency"], created by "", deleted by [];
    CREATED_S "created_s" Second, "created", "when the refund was made";
    APPLICATION_FEE_ID "application_fee_id" Id, "fee", "the application fee that is given back";
    CURRENCY "currency" Text, "currency", "the currency of its amount";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what is given back";
    BALANCE_TRANSACTION_ID "balance_transaction_id" Id, "balance_transaction", "what it did to the Stripe balance";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
