//! Setup intents: how a payment method came to be saved for later.

use crate::schema::Key;
use crate::schema::Shape::{Id, Map, Second, Text};

crate::schema::schema! {
    /// One setup intent, as Stripe last described it.
    "setup_intent" in "setup_intents", key Key::Id,
    required ["status"], created by "setup_intent.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when it was made";
    CUSTOMER_ID "customer_id" Id, "customer", "whose payment method is saved";
    STATUS "status" Text, "status", "requires_payment_method, requires_confirmation, requires_action, processing, canceled or succeeded";
    USAGE "usage" Text, "usage", "off_session or on_session";
    PAYMENT_METHOD_ID "payment_method_id" Id, "payment_method", "what is saved";
    CANCELLATION_REASON "cancellation_reason" Text, "cancellation_reason", "why it was cancelled";
    LAST_ERROR_CODE "last_error_code" Text, "last_setup_error.code", "why the newest attempt failed, as a code";
    DESCRIPTION "description" Text, "description", "the company's own note on it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
