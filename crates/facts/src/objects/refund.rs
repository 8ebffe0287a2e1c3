//! Refunds: money given back on a charge.

use crate::schema::Key;
use crate::schema::Shape::{Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One refund, as Stripe last described it.
    "refund" in "refunds", key Key::Id,
    required ["amount_minor", "currency"], created by "refund.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the refund was made";
    CHARGE_ID "charge_id" Id, "charge", "the charge that is refunded";
    PAYMENT_INTENT_ID "payment_intent_id" Id, "payment_intent", "the payment intent of that charge";
    STATUS "status" Text, "status", "pending, requires_action, succeeded, failed or canceled";
    CURRENCY "currency" Text, "currency", "the currency of the charge";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what is refunded";
    REASON "reason" Text, "reason", "duplicate, fraudulent, requested_by_customer or expired_uncaptured_charge";
    BALANCE_TRANSACTION_ID "balance_transaction_id" Id, "balance_transaction", "what it did to the Stripe balance";
    FAILURE_BALANCE_TRANSACTION_ID "failure_balance_transaction_id" Id, "failure_balance_transaction", "what a failure gave back";
    FAILURE_REASON "failure_reason" Text, "failure_reason", "why it failed";
    PENDING_REASON "pending_reason" Text, "pending_reason", "why it is pending";
    TRANSFER_REVERSAL_ID "transfer_reversal_id" Id, "transfer_reversal", "what took the money back from the connected account";
    SOURCE_TRANSFER_REVERSAL_ID "source_transfer_reversal_id" Id, "source_transfer_reversal", "the platform's transfer reversal that this refund is on a connected account";
    DESTINATION_TYPE "destination_type" Text, "destination_details.type", "what the money goes back to";
    DESCRIPTION "description" Text, "description", "the company's own note on it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
