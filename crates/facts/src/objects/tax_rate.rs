//! Tax rates: what is added to, or contained in, an amount.

use crate::schema::Key;
use crate::schema::Shape::{Decimal, Flag, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One tax rate, as Stripe last described it.
    "tax_rate" in "tax_rates", key Key::Id,
    required ["percentage"], created by "tax_rate.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the rate was made";
    DISPLAY_NAME "display_name" Text, "display_name", "what customers see it called";
    DESCRIPTION "description" Text, "description", "the company's own note on it";
    PERCENTAGE "percentage" Decimal, "percentage", "its share in per cent, as Stripe wrote it";
    EFFECTIVE_PERCENTAGE "effective_percentage" Decimal, "effective_percentage", "the share in per cent that is due in fact, where Stripe reckoned it";
    INCLUSIVE "inclusive" Flag, "inclusive", "whether amounts contain it";
    RATE_TYPE "rate_type" Text, "rate_type", "percentage or flat_amount";
    CURRENCY "currency" Text, "flat_amount.currency", "the currency of a flat amount";
    FLAT_AMOUNT_MINOR "flat_amount_minor" Minor, "flat_amount.amount", "what is due, where that is a flat amount";
    TAX_TYPE "tax_type" Text, "tax_type", "vat, sales_tax and others";
    COUNTRY "country" Text, "country", "the country that levies it";
    STATE "state" Text, "state", "the state that levies it";
    JURISDICTION "jurisdiction" Text, "jurisdiction", "who levies it, as shown to customers";
    ACTIVE "active" Flag, "active", "whether it can be used for something new";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
