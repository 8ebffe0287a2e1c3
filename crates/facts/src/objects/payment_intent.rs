//! Payment intents: what is to be paid, through all attempts to pay it.

use crate::schema::Key;
use crate::schema::Shape::{Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One payment intent, as Stripe last described it.
    "payment_intent" in "payment_intents", key Key::Id,
    required ["amount_minor", "currency", "status"], created by "payment_intent.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when it was made";
    CUSTOMER_ID "customer_id" Id, "customer", "who is to pay";
    STATUS "status" Text, "status", "requires_payment_method, requires_confirmation, requires_action, processing, requires_capture, canceled or succeeded";
    CURRENCY "currency" Text, "currency", "the currency in which the customer pays";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what is to be paid";
    AMOUNT_CAPTURABLE_MINOR "amount_capturable_minor" Minor, "amount_capturable", "what is authorised and waits to be captured";
    AMOUNT_RECEIVED_MINOR "amount_received_minor" Minor, "amount_received", "what was paid";
    CAPTURE_METHOD "capture_method" Text, "capture_method", "automatic, automatic_async or manual";
    LATEST_CHARGE_ID "latest_charge_id" Id, "latest_charge", "the newest attempt to charge";
    PAYMENT_METHOD_ID "payment_method_id" Id, "payment_method", "what it is paid with";
    CANCELED_S "canceled_s" Second, "canceled_at", "when it was cancelled";
    CANCELLATION_REASON "cancellation_reason" Text, "cancellation_reason", "why it was cancelled";
    LAST_ERROR_CODE "last_error_code" Text, "last_payment_error.code", "why the newest attempt failed, as a code";
    LAST_ERROR_DECLINE_CODE "last_error_decline_code" Text, "last_payment_error.decline_code", "why the card's issuer declined it, as a code";
    APPLICATION_FEE_MINOR "application_fee_minor" Minor, "application_fee_amount", "what the platform asks for";
    ON_BEHALF_OF_ID "on_behalf_of_id" Id, "on_behalf_of", "the connected account that it is made for";
    TRANSFER_DESTINATION_ID "transfer_destination_id" Id, "transfer_data.destination", "the connected account that gets the money";
    TRANSFER_AMOUNT_MINOR "transfer_amount_minor" Minor, "transfer_data.amount", "what that account gets; null for all of it";
    TRANSFER_GROUP "transfer_group" Text, "transfer_group", "what groups it with transfers";
    STATEMENT_DESCRIPTOR "statement_descriptor" Text, "statement_descriptor", "what stands on the customer's statement";
    DESCRIPTION "description" Text, "description", "the company's own note on it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
