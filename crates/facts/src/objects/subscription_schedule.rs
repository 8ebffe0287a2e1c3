//! Subscription schedules: what a subscription will become, and when.

use crate::schema::Key;
use crate::schema::Shape::{Count, Id, List, Map, Second, Text};

crate::schema::schema! {
    /// One subscription schedule, as Stripe last described it.
    "subscription_schedule" in "subscription_schedules", key Key::Id,
    required ["customer_id", "status"], created by "subscription_schedule.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the schedule was made";
    CUSTOMER_ID "customer_id" Id, "customer", "whose it is";
    SUBSCRIPTION_ID "subscription_id" Id, "subscription", "the subscription that it moves";
    RELEASED_SUBSCRIPTION_ID "released_subscription_id" Id, "released_subscription", "the subscription that it moved until it was released";
    STATUS "status" Text, "status", "not_started, active, completed, released or canceled";
    END_BEHAVIOR "end_behavior" Text, "end_behavior", "what becomes of the subscription at its end: release or cancel";
    CURRENT_PHASE_START_S "current_phase_start_s" Second, "current_phase.start_date", "when the present phase began";
    CURRENT_PHASE_END_S "current_phase_end_s" Second, "current_phase.end_date", "when the present phase ends";
    CANCELED_S "canceled_s" Second, "canceled_at", "when it was cancelled";
    COMPLETED_S "completed_s" Second, "completed_at", "when its last phase ended";
    RELEASED_S "released_s" Second, "released_at", "when the subscription was released from it";
    TEST_CLOCK_ID "test_clock_id" Id, "test_clock", "the test clock that it lives on";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
    PHASES "phases" List(&phase::SCHEMA), "phases", "what the subscription is at which time";
}

/// Phases of subscription schedules.
pub mod phase {
    use super::{Key, List, Map, Second, Text, phase_item};

    crate::schema::schema! {
        /// One phase of a subscription schedule.
        "subscription_schedule_phase" in "subscription_schedule_phases", key Key::Place,
        required [], created by "", deleted by [];
        START_S "start_s" Second, "start_date", "when the phase begins";
        END_S "end_s" Second, "end_date", "when the phase ends";
        TRIAL_END_S "trial_end_s" Second, "trial_end", "when the trial in it ends";
        CURRENCY "currency" Text, "currency", "the currency of its invoices";
        COLLECTION_METHOD "collection_method" Text, "collection_method", "charge_automatically or send_invoice";
        PRORATION_BEHAVIOR "proration_behavior" Text, "proration_behavior", "whether its start prorates: create_prorations, always_invoice or none";
        METADATA "metadata" Map, "metadata", "the company's own keys and values";
        ITEMS "items" List(&phase_item::SCHEMA), "items", "what is subscribed to in it";
    }
}

/// Items of the phases of subscription schedules.
pub mod phase_item {
    use super::{Count, Id, Key, Map};

    crate::schema::schema! {
        /// One item of a phase: a price and how many of it.
        "subscription_schedule_phase_item" in "subscription_schedule_phase_items", key Key::Place,
        required [], created by "", deleted by [];
        PRICE_ID "price_id" Id, "price", "the price";
        QUANTITY "quantity" Count, "quantity", "how many";
        METADATA "metadata" Map, "metadata", "the company's own keys and values";
    }
}
