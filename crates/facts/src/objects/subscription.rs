//! Subscriptions and their items: what a customer has agreed to pay, again and again.

use crate::schema::Key;
use crate::schema::Shape::{Count, Decimal, Flag, Id, List, Map, Second, Text};

crate::schema::schema! {
    /// One subscription, as Stripe last described it.
    "subscription" in "subscriptions", key Key::Id,
    required ["customer_id", "status"], created by "customer.subscription.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the subscription was made";
    CUSTOMER_ID "customer_id" Id, "customer", "who subscribes";
    STATUS "status" Text, "status", "incomplete, incomplete_expired, trialing, active, past_due, unpaid, paused or canceled";
    CURRENCY "currency" Text, "currency", "the currency of its invoices";
    COLLECTION_METHOD "collection_method" Text, "collection_method", "charge_automatically or send_invoice";
    START_S "start_s" Second, "start_date", "when it first began";
    TRIAL_START_S "trial_start_s" Second, "trial_start", "when its trial began";
    TRIAL_END_S "trial_end_s" Second, "trial_end", "when its trial ends or ended";
    CANCEL_AT_S "cancel_at_s" Second, "cancel_at", "when it is to be cancelled";
    CANCEL_AT_PERIOD_END "cancel_at_period_end" Flag, "cancel_at_period_end", "whether it ends with the current period";
    CANCELED_S "canceled_s" Second, "canceled_at", "when its cancellation was asked for";
    ENDED_S "ended_s" Second, "ended_at", "when it ended";
    CANCELLATION_REASON "cancellation_reason" Text, "cancellation_details.reason", "why it was cancelled";
    BILLING_CYCLE_ANCHOR_S "billing_cycle_anchor_s" Second, "billing_cycle_anchor", "the moment that its periods are counted from";
    DAYS_UNTIL_DUE "days_until_due" Count, "days_until_due", "days until a sent invoice falls due";
    LATEST_INVOICE_ID "latest_invoice_id" Id, "latest_invoice", "its newest invoice";
    DEFAULT_PAYMENT_METHOD_ID "default_payment_method_id" Id, "default_payment_method", "what its invoices are paid with";
    PAUSE_BEHAVIOR "pause_behavior" Text, "pause_collection.behavior", "what happens to invoices while collection is paused";
    PAUSE_RESUMES_S "pause_resumes_s" Second, "pause_collection.resumes_at", "when collection goes on by itself";
    SCHEDULE_ID "schedule_id" Id, "schedule", "the schedule that moves it";
    PENDING_SETUP_INTENT_ID "pending_setup_intent_id" Id, "pending_setup_intent", "the setup intent that waits for the customer";
    APPLICATION_FEE_PERCENT "application_fee_percent" Decimal, "application_fee_percent", "the platform's share of its invoices in per cent, as Stripe wrote it";
    TEST_CLOCK_ID "test_clock_id" Id, "test_clock", "the test clock that it lives on";
    DESCRIPTION "description" Text, "description", "what the customer is told it is";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
    ITEMS "items" List(&item::SCHEMA), "items", "what is subscribed to";
}

/// The schema of a list of subscription items.
macro_rules! items {
    ($(#[doc = $doc:literal])+ $object:literal in $table:literal) => {
        use $crate::schema::Key;
        use $crate::schema::Shape::{Count, Decimal, Id, Map, Minor, Second, Text};

        $crate::schema::schema! {
            $(#[doc = $doc])+
            $object in $table, key Key::Id,
            required ["id"], created by "", deleted by [];
            ID "id" Text, "id", "the item's id";
            CREATED_S "created_s" Second, "created", "when the item was added";
            PRICE_ID "price_id" Id, "price.id", "the price";
            PRODUCT_ID "product_id" Id, "price.product", "the product that the price is of";
            CURRENCY "currency" Text, "price.currency", "the price's currency";
            UNIT_AMOUNT_MINOR "unit_amount_minor" Minor, "price.unit_amount", "price of one; null where that is no whole number or there are tiers";
            UNIT_AMOUNT "unit_amount" Decimal, "price.unit_amount_decimal", "price of one in minor units, with decimals, as Stripe wrote it";
            INTERVAL "interval" Text, "price.recurring.interval", "day, week, month or year";
            INTERVAL_COUNT "interval_count" Count, "price.recurring.interval_count", "intervals between invoices";
            QUANTITY "quantity" Count, "quantity", "how many";
            PERIOD_START_S "period_start_s" Second, "current_period_start", "when the current period began";
            PERIOD_END_S "period_end_s" Second, "current_period_end", "when the current period ends";
            METADATA "metadata" Map, "metadata", "the company's own keys and values";
        }
    };
}
pub(crate) use items;

/// Items of subscriptions.
pub mod item {
    super::items! {
        /// One item of a subscription: a price and how many of it.
        "subscription_item" in "subscription_items"
    }
}
