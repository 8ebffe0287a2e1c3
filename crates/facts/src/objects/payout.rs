//! Payouts: money sent from the Stripe balance to the company's bank.

use crate::schema::Key;
use crate::schema::Shape::{Flag, Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One payout, as Stripe last described it.
    "payout" in "payouts", key Key::Id,
    required ["amount_minor", "currency", "status"], created by "payout.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the payout was made";
    ARRIVAL_S "arrival_s" Second, "arrival_date", "the date in UTC on which the bank is expected to have it";
    STATUS "status" Text, "status", "pending, in_transit, paid, failed or canceled";
    CURRENCY "currency" Text, "currency", "the currency of its amount";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what is sent; negative when the bank is debited";
    AUTOMATIC "automatic" Flag, "automatic", "whether Stripe's schedule made it";
    METHOD "method" Text, "method", "standard or instant";
    TYPE "type" Text, "type", "bank_account or card";
    DESTINATION_ID "destination_id" Id, "destination", "where it goes";
    SOURCE_TYPE "source_type" Text, "source_type", "which balance it draws on: card, fpx or bank_account";
    BALANCE_TRANSACTION_ID "balance_transaction_id" Id, "balance_transaction", "what it did to the Stripe balance";
    FAILURE_BALANCE_TRANSACTION_ID "failure_balance_transaction_id" Id, "failure_balance_transaction", "what a failure gave back";
    FAILURE_CODE "failure_code" Text, "failure_code", "why it failed, as a code";
    FAILURE_MESSAGE "failure_message" Text, "failure_message", "why it failed, for people";
    ORIGINAL_PAYOUT_ID "original_payout_id" Id, "original_payout", "the payout that this one reverses";
    REVERSED_BY_ID "reversed_by_id" Id, "reversed_by", "the payout that reverses this one";
    RECONCILIATION_STATUS "reconciliation_status" Text, "reconciliation_status", "whether Stripe can itemise it: not_applicable, in_progress or completed";
    APPLICATION_FEE_ID "application_fee_id" Id, "application_fee", "the fee that the platform took";
    APPLICATION_FEE_MINOR "application_fee_minor" Minor, "application_fee_amount", "what the platform asked for";
    STATEMENT_DESCRIPTOR "statement_descriptor" Text, "statement_descriptor", "what stands on the bank statement";
    DESCRIPTION "description" Text, "description", "a note on it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
