//! What a subscription will become, and how customers come to it: which member is kept where, and which is not.

use super::{ADDRESS, AGAIN, MODE, PLATFORM, SETTING};
use crate::compare::map::Rule::{Column, Deleted, Id, Key, Keys, Kind};
use crate::compare::map::{Map, Rows, Rule};

pub(super) const SUBSCRIPTION_SCHEDULE: Map = Map {
    object: "subscription_schedule",
    table: "subscription_schedules",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("canceled_at", Column("canceled_s")),
        ("completed_at", Column("completed_s")),
        ("created", Column("created_s")),
        ("current_phase.end_date", Column("current_phase_end_s")),
        ("current_phase.start_date", Column("current_phase_start_s")),
        ("customer", Id("customer_id")),
        ("end_behavior", Column("end_behavior")),
        ("metadata", Keys("metadata")),
        ("phases", Rule::Rows(&PHASE)),
        ("released_at", Column("released_s")),
        ("released_subscription", Id("released_subscription_id")),
        ("status", Column("status")),
        ("subscription", Id("subscription_id")),
        ("test_clock", Id("test_clock_id")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (SETTING, &["billing_mode", "default_settings"]),
        (PLATFORM, &["application", "customer_account"]),
    ],
};

const PHASE: Rows = Rows {
    table: "subscription_schedule_phases",
    parent: "subscription_schedule_id",
    row: None,
    key: None,
    kept: &[
        ("collection_method", Column("collection_method")),
        ("currency", Column("currency")),
        ("end_date", Column("end_s")),
        ("items", Rule::Rows(&PHASE_ITEM)),
        ("metadata", Keys("metadata")),
        ("proration_behavior", Column("proration_behavior")),
        ("start_date", Column("start_s")),
        ("trial_end", Column("trial_end_s")),
    ],
    left: &[
        (
            SETTING,
            &[
                "add_invoice_items",
                "automatic_tax",
                "billing_cycle_anchor",
                "billing_thresholds",
                "default_payment_method",
                "default_tax_rates",
                "description",
                "discounts",
                "invoice_settings",
            ],
        ),
        (
            PLATFORM,
            &["application_fee_percent", "on_behalf_of", "transfer_data"],
        ),
    ],
};

const PHASE_ITEM: Rows = Rows {
    table: "subscription_schedule_phase_items",
    parent: "subscription_schedule_id",
    row: Some("phase"),
    key: None,
    kept: &[
        ("metadata", Keys("metadata")),
        ("price", Id("price_id")),
        ("quantity", Column("quantity")),
    ],
    left: &[
        (AGAIN, &["plan"]),
        (SETTING, &["billing_thresholds", "discounts", "tax_rates"]),
    ],
};

pub(super) const CHECKOUT_SESSION: Map = Map {
    object: "checkout.session",
    table: "checkout_sessions",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount_subtotal", Column("subtotal_minor")),
        ("amount_total", Column("total_minor")),
        ("client_reference_id", Column("client_reference_id")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("customer", Id("customer_id")),
        ("expires_at", Column("expires_s")),
        ("invoice", Id("invoice_id")),
        ("metadata", Keys("metadata")),
        ("mode", Column("mode")),
        ("payment_intent", Id("payment_intent_id")),
        ("payment_link", Id("payment_link_id")),
        ("payment_status", Column("payment_status")),
        ("setup_intent", Id("setup_intent_id")),
        ("status", Column("status")),
        ("subscription", Id("subscription_id")),
        ("total_details.amount_discount", Column("discount_minor")),
        ("total_details.amount_shipping", Column("shipping_minor")),
        ("total_details.amount_tax", Column("tax_minor")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (
            ADDRESS,
            &[
                "billing_address_collection",
                "collected_information",
                "customer_details",
                "customer_email",
                "phone_number_collection",
                "shipping_address_collection",
                "shipping_details",
            ],
        ),
        ("a secret, never kept", &["client_secret"]),
        (
            AGAIN,
            &[
                "discounts",
                "shipping_cost",
                "shipping_options",
                "total_details.breakdown",
            ],
        ),
        (
            "what the page looks like and asks moves no money",
            &[
                "after_expiration",
                "allow_promotion_codes",
                "cancel_url",
                "consent",
                "consent_collection",
                "custom_fields",
                "custom_text",
                "customer_creation",
                "locale",
                "origin_context",
                "permissions",
                "recovered_from",
                "recovery",
                "return_url",
                "redirect_on_completion",
                "submit_type",
                "success_url",
                "tax_id_collection",
                "ui_mode",
                "url",
                "wallet_options",
                "integration_identifier",
                "branding_settings",
                "name_collection",
                "optional_items",
            ],
        ),
        (
            SETTING,
            &[
                "automatic_tax",
                "invoice_creation",
                "managed_payments",
                "payment_method_collection",
                "payment_method_configuration_details",
                "payment_method_options",
                "payment_method_types",
                "excluded_payment_method_types",
                "saved_payment_method_options",
                "adaptive_pricing",
                "subscription_data",
            ],
        ),
        (
            "what the customer saw in another currency; what was charged is kept",
            &["currency_conversion", "presentment_details"],
        ),
        (PLATFORM, &["customer_account"]),
    ],
};

pub(super) const TEST_CLOCK: Map = Map {
    object: "test_helpers.test_clock",
    table: "test_clocks",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("deleted", Deleted),
        ("created", Column("created_s")),
        ("deletes_after", Column("deletes_s")),
        ("frozen_time", Column("frozen_s")),
        ("name", Column("name")),
        ("status", Column("status")),
    ],
    left: &[(MODE, &["livemode"]), (AGAIN, &["status_details"])],
};
