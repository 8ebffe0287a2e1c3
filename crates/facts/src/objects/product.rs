//! Products: what the company sells.

use crate::schema::Key;
use crate::schema::Shape::{Flag, Id, Map, Second, Text};

crate::schema::schema! {
    /// One product, as Stripe last described it.
    "product" in "products", key Key::Id,
    required ["name"], created by "product.created", deleted by ["product.deleted"];
    CREATED_S "created_s" Second, "created", "when the product was made";
    UPDATED_S "updated_s" Second, "updated", "when it was last changed";
    NAME "name" Text, "name", "what customers see it called";
    DESCRIPTION "description" Text, "description", "what customers are told of it";
    ACTIVE "active" Flag, "active", "whether it can be sold";
    TYPE "type" Text, "type", "good or service";
    UNIT_LABEL "unit_label" Text, "unit_label", "what one of it is called";
    DEFAULT_PRICE_ID "default_price_id" Id, "default_price", "the price that it is sold at by default";
    TAX_CODE_ID "tax_code_id" Id, "tax_code", "how taxes see it";
    STATEMENT_DESCRIPTOR "statement_descriptor" Text, "statement_descriptor", "what stands on the customer's statement";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
