//! Charges: attempts to move money from a customer's payment method.

use crate::schema::Key;
use crate::schema::Shape::{Flag, Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One charge, as Stripe last described it.
    "charge" in "charges", key Key::Id,
    required ["amount_minor", "currency", "status"], created by "", deleted by [];
    CREATED_S "created_s" Second, "created", "when the charge was made";
    CUSTOMER_ID "customer_id" Id, "customer", "who was charged";
    PAYMENT_INTENT_ID "payment_intent_id" Id, "payment_intent", "the payment intent that it belongs to";
    STATUS "status" Text, "status", "pending, succeeded or failed";
    CURRENCY "currency" Text, "currency", "the currency in which the customer paid";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what was to be charged";
    AMOUNT_CAPTURED_MINOR "amount_captured_minor" Minor, "amount_captured", "what was captured of it";
    AMOUNT_REFUNDED_MINOR "amount_refunded_minor" Minor, "amount_refunded", "what has been refunded; falls back when a refund fails";
    CAPTURED "captured" Flag, "captured", "whether it was captured";
    PAID "paid" Flag, "paid", "whether it succeeded or was authorised";
    REFUNDED "refunded" Flag, "refunded", "whether all of it was refunded";
    DISPUTED "disputed" Flag, "disputed", "whether it was ever disputed";
    BALANCE_TRANSACTION_ID "balance_transaction_id" Id, "balance_transaction", "what it did to the Stripe balance; null until Stripe knows";
    FAILURE_BALANCE_TRANSACTION_ID "failure_balance_transaction_id" Id, "failure_balance_transaction", "what a later failure took back";
    FAILURE_CODE "failure_code" Text, "failure_code", "why it failed, as a code";
    FAILURE_MESSAGE "failure_message" Text, "failure_message", "why it failed, for people";
    OUTCOME_TYPE "outcome_type" Text, "outcome.type", "authorized, issuer_declined, blocked and others";
    PAYMENT_METHOD_ID "payment_method_id" Id, "payment_method", "what was charged";
    PAYMENT_METHOD_TYPE "payment_method_type" Text, "payment_method_details.type", "card and others";
    APPLICATION_FEE_MINOR "application_fee_minor" Minor, "application_fee_amount", "what the platform asked for";
    APPLICATION_FEE_ID "application_fee_id" Id, "application_fee", "the fee that the platform took";
    ON_BEHALF_OF_ID "on_behalf_of_id" Id, "on_behalf_of", "the connected account that it is made for";
    TRANSFER_ID "transfer_id" Id, "transfer", "the transfer that handed its money on";
    SOURCE_TRANSFER_ID "source_transfer_id" Id, "source_transfer", "the platform's transfer that this payment is on a connected account";
    TRANSFER_DESTINATION_ID "transfer_destination_id" Id, "transfer_data.destination", "the connected account that gets the money";
    TRANSFER_AMOUNT_MINOR "transfer_amount_minor" Minor, "transfer_data.amount", "what that account gets; null for all of it";
    STATEMENT_DESCRIPTOR "statement_descriptor" Text, "statement_descriptor", "what stands on the customer's statement";
    TRANSFER_GROUP "transfer_group" Text, "transfer_group", "what groups it with transfers";
    DESCRIPTION "description" Text, "description", "the company's own note on it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
