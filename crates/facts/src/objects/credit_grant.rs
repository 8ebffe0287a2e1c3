//! Credit grants: credit for future usage that a customer bought or was given.

use crate::schema::Key;
use crate::schema::Shape::{Count, Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One credit grant, as Stripe last described it.
    "billing.credit_grant" in "credit_grants", key Key::Id,
    required ["customer_id", "category"], created by "billing.credit_grant.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the grant was made";
    UPDATED_S "updated_s" Second, "updated", "when it was last changed";
    CUSTOMER_ID "customer_id" Id, "customer", "who has it";
    NAME "name" Text, "name", "what it is called";
    CATEGORY "category" Text, "category", "paid or promotional";
    CURRENCY "currency" Text, "amount.monetary.currency", "the currency of its amount";
    AMOUNT_MINOR "amount_minor" Minor, "amount.monetary.value", "what was granted";
    PRIORITY "priority" Count, "priority", "which grant is used first: 0 before 100";
    EFFECTIVE_S "effective_s" Second, "effective_at", "when it can first be used";
    EXPIRES_S "expires_s" Second, "expires_at", "when what is left of it is lost";
    VOIDED_S "voided_s" Second, "voided_at", "when it was voided";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
