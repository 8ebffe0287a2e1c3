//! Invoice items: amounts that wait for an invoice, or stand on one.

use crate::schema::Key;
use crate::schema::Shape::{Count, Decimal, Flag, Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One invoice item, as Stripe last described it.
    "invoiceitem" in "invoice_items", key Key::Id,
    required ["customer_id", "amount_minor", "currency"], created by "invoiceitem.created", deleted by ["invoiceitem.deleted"];
    CREATED_S "created_s" Second, "date", "when the item was made";
    CUSTOMER_ID "customer_id" Id, "customer", "who is to pay";
    INVOICE_ID "invoice_id" Id, "invoice", "the invoice that it stands on; null while it waits for one";
    SUBSCRIPTION_ID "subscription_id" Id, "parent.subscription_details.subscription", "the subscription that made it";
    SUBSCRIPTION_ITEM_ID "subscription_item_id" Id, "parent.subscription_details.subscription_item", "the subscription item that made it";
    DESCRIPTION "description" Text, "description", "what is printed on the line";
    CURRENCY "currency" Text, "currency", "the currency of its amounts";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what it asks for, negative for a credit";
    NET_AMOUNT_MINOR "net_amount_minor" Minor, "net_amount", "the amount less the discounts that a proration carries";
    QUANTITY "quantity" Count, "quantity", "how many";
    UNIT_AMOUNT "unit_amount" Decimal, "pricing.unit_amount_decimal", "price of one in minor units, with decimals, as Stripe wrote it";
    PRICE_ID "price_id" Id, "pricing.price_details.price", "the price";
    PRODUCT_ID "product_id" Id, "pricing.price_details.product", "the product";
    PRORATION "proration" Flag, "proration", "whether a change of a subscription made it";
    DISCOUNTABLE "discountable" Flag, "discountable", "whether discounts apply to it";
    PERIOD_START_S "period_start_s" Second, "period.start", "start of the service period";
    PERIOD_END_S "period_end_s" Second, "period.end", "end of the service period";
    TEST_CLOCK_ID "test_clock_id" Id, "test_clock", "the test clock that it lives on";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
