//! Application fees: what a platform earns on the payments of its connected accounts.

use crate::schema::Key;
use crate::schema::Shape::{Flag, Id, Minor, Second, Text};

crate::schema::schema! {
    /// One application fee, as Stripe last described it.
    "application_fee" in "application_fees", key Key::Id,
    required ["amount_minor", "currency"], created by "application_fee.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the fee was taken";
    ACCOUNT_ID "account_id" Id, "account", "the connected account that pays it";
    APPLICATION_ID "application_id" Id, "application", "the platform's application";
    CHARGE_ID "charge_id" Id, "charge", "the charge that it was taken from";
    ORIGINATING_TRANSACTION_ID "originating_transaction_id" Id, "originating_transaction", "the platform's charge behind it, where there is one";
    CURRENCY "currency" Text, "currency", "the currency of its amounts";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what the platform earns";
    AMOUNT_REFUNDED_MINOR "amount_refunded_minor" Minor, "amount_refunded", "what was given back of it";
    REFUNDED "refunded" Flag, "refunded", "whether all of it was given back";
    BALANCE_TRANSACTION_ID "balance_transaction_id" Id, "balance_transaction", "what it did to the Stripe balance";
}
