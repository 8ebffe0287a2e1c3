//! Top-ups: money that the company sends to its Stripe balance.

use crate::schema::Key;
use crate::schema::Shape::{Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One top-up, as Stripe last described it.
    "topup" in "topups", key Key::Id,
    required ["amount_minor", "currency", "status"], created by "topup.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the top-up was made";
    EXPECTED_S "expected_s" Second, "expected_availability_date", "when it is expected to be available";
    STATUS "status" Text, "status", "pending, succeeded, failed, canceled or reversed";
    CURRENCY "currency" Text, "currency", "the currency of its amount";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what is sent";
    BALANCE_TRANSACTION_ID "balance_transaction_id" Id, "balance_transaction", "what it did to the Stripe balance";
    FAILURE_CODE "failure_code" Text, "failure_code", "why it failed, as a code";
    FAILURE_MESSAGE "failure_message" Text, "failure_message", "why it failed, for people";
    SOURCE_ID "source_id" Id, "source", "where the money comes from";
    TRANSFER_GROUP "transfer_group" Text, "transfer_group", "what groups it with transfers";
    STATEMENT_DESCRIPTOR "statement_descriptor" Text, "statement_descriptor", "what stands on the bank statement";
    DESCRIPTION "description" Text, "description", "the company's own note on it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
