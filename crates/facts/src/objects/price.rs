//! Prices: what a product costs, once or again and again.

use crate::schema::Key;
use crate::schema::Shape::{Count, Decimal, Flag, Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One price of a product, as Stripe last described it.
    "price" in "prices", key Key::Id,
    required ["product_id", "currency"], created by "price.created", deleted by ["price.deleted"];
    CREATED_S "created_s" Second, "created", "when the price was made";
    PRODUCT_ID "product_id" Id, "product", "the product that it is a price of";
    NICKNAME "nickname" Text, "nickname", "the company's own name of it";
    LOOKUP_KEY "lookup_key" Text, "lookup_key", "the company's own key of it, which can move to another price";
    ACTIVE "active" Flag, "active", "whether it can be used for something new";
    TYPE "type" Text, "type", "one_time or recurring";
    BILLING_SCHEME "billing_scheme" Text, "billing_scheme", "per_unit or tiered";
    TIERS_MODE "tiers_mode" Text, "tiers_mode", "graduated or volume, where it is tiered";
    CURRENCY "currency" Text, "currency", "the currency of its amounts";
    UNIT_AMOUNT_MINOR "unit_amount_minor" Minor, "unit_amount", "what one costs; null where that is no whole number or there are tiers";
    UNIT_AMOUNT "unit_amount" Decimal, "unit_amount_decimal", "what one costs in minor units, with decimals, as Stripe wrote it";
    TAX_BEHAVIOR "tax_behavior" Text, "tax_behavior", "inclusive, exclusive or unspecified";
    INTERVAL "interval" Text, "recurring.interval", "day, week, month or year";
    INTERVAL_COUNT "interval_count" Count, "recurring.interval_count", "intervals between invoices";
    USAGE_TYPE "usage_type" Text, "recurring.usage_type", "licensed or metered";
    METER_ID "meter_id" Id, "recurring.meter", "the meter that counts its usage";
    DIVIDE_BY "divide_by" Count, "transform_quantity.divide_by", "what the quantity is divided by before it is priced";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
