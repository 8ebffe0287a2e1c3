//! The map from every member of Stripe's objects to the book, written by hand from Stripe's reference and the book's own
//! documentation. It looks at no schema of the reader, so that a member misread there differs here.

use super::map::Rule::{Availability, Column, Deleted, Id, Key, Keys, Kind};
use super::map::{Map, Rows, Rule};

const MODE: &str = "the stream says it";
const WHOLE: &str = "the list is whole, and its rows are compared";
const PARENT: &str = "the row names its parent";
const ADDRESS: &str = "addresses and phone numbers are no part of the books";
const PAPER: &str = "how it looks on paper or on a page moves no money";
const TAX: &str = "tax, discounts and shipping are in the totals; their parts are not kept yet";
const SETTING: &str = "a setting for what Stripe does next, not what happened";
const CARD: &str = "details of the card are no part of the books";
const PLATFORM: &str = "platforms and their connected accounts are not kept yet";
const CATALOGUE: &str = "the catalogue of prices is not kept; items and lines keep the price's id";
const OTHER: &str = "an object of a kind that the books do not hold yet";
const OLDER: &str = "says again, in an older form, what another member says";

/// Every kind of object that the books hold.
pub(super) static MAPS: [Map; 9] = [
    BALANCE,
    BALANCE_TRANSACTION,
    CHARGE,
    CUSTOMER,
    INVOICE,
    INVOICE_PAYMENT,
    PAYOUT,
    REFUND,
    SUBSCRIPTION,
];

const BALANCE: Map = Map {
    object: "balance",
    table: "balances",
    id: &[],
    kept: &[
        ("object", Kind),
        (
            "available",
            Rule::Rows(&Rows {
                table: "balance_available",
                ..BALANCE_SIDE
            }),
        ),
        (
            "pending",
            Rule::Rows(&Rows {
                table: "balance_pending",
                ..BALANCE_SIDE
            }),
        ),
    ],
    left: &[
        (MODE, &["livemode"]),
        (PLATFORM, &["connect_reserved"]),
        (
            OTHER,
            &[
                "instant_available",
                "issuing",
                "refund_and_dispute_prefunding",
            ],
        ),
    ],
};

const BALANCE_SIDE: Rows = Rows {
    table: "",
    parent: "balance_id",
    key: Some(("currency", "currency")),
    kept: &[("currency", Key), ("amount", Column("amount_minor"))],
    left: &[(
        "which cards and banks it came from is not kept",
        &["source_types"],
    )],
};

const BALANCE_TRANSACTION: Map = Map {
    object: "balance_transaction",
    table: "balance_transactions",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("available_on", Column("available_s")),
        ("balance_type", Column("balance_type")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("description", Column("description")),
        ("exchange_rate", Column("exchange_rate")),
        ("fee", Column("fee_minor")),
        ("fee_details", Rule::Rows(&FEE)),
        ("net", Column("net_minor")),
        ("reporting_category", Column("reporting_category")),
        ("source", Id("source_id")),
        ("status", Availability),
        ("type", Column("type")),
    ],
    left: &[],
};

const FEE: Rows = Rows {
    table: "balance_transaction_fees",
    parent: "balance_transaction_id",
    key: None,
    kept: &[
        ("amount", Column("amount_minor")),
        ("application", Id("application_id")),
        ("currency", Column("currency")),
        ("description", Column("description")),
        ("type", Column("type")),
    ],
    left: &[],
};

const CHARGE: Map = Map {
    object: "charge",
    table: "charges",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("amount_captured", Column("amount_captured_minor")),
        ("amount_refunded", Column("amount_refunded_minor")),
        ("application_fee_amount", Column("application_fee_minor")),
        ("balance_transaction", Id("balance_transaction_id")),
        ("captured", Column("captured")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("customer", Id("customer_id")),
        ("description", Column("description")),
        ("disputed", Column("disputed")),
        (
            "failure_balance_transaction",
            Id("failure_balance_transaction_id"),
        ),
        ("failure_code", Column("failure_code")),
        ("failure_message", Column("failure_message")),
        ("metadata", Keys("metadata")),
        ("outcome.type", Column("outcome_type")),
        ("paid", Column("paid")),
        ("payment_intent", Id("payment_intent_id")),
        ("payment_method", Column("payment_method_id")),
        ("payment_method_details.type", Column("payment_method_type")),
        ("refunded", Column("refunded")),
        ("statement_descriptor", Column("statement_descriptor")),
        ("status", Column("status")),
        ("transfer_group", Column("transfer_group")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (ADDRESS, &["billing_details", "shipping"]),
        (
            CARD,
            &["payment_method_details.card", "radar_options", "source"],
        ),
        (
            "how the network judged it is not kept",
            &[
                "fraud_details",
                "outcome.advice_code",
                "outcome.network_advice_code",
                "outcome.network_decline_code",
                "outcome.network_status",
                "outcome.reason",
                "outcome.risk_level",
                "outcome.risk_score",
                "outcome.seller_message",
            ],
        ),
        (
            PLATFORM,
            &[
                "application",
                "application_fee",
                "on_behalf_of",
                "source_transfer",
                "transfer_data",
            ],
        ),
        (
            PAPER,
            &[
                "calculated_statement_descriptor",
                "presentment_details",
                "receipt_email",
                "receipt_number",
                "receipt_url",
                "statement_descriptor_suffix",
            ],
        ),
        (OTHER, &["dispute", "review"]),
    ],
};

const CUSTOMER: Map = Map {
    object: "customer",
    table: "customers",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("deleted", Deleted),
        ("balance", Column("balance_minor")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("default_source", Id("default_source_id")),
        ("delinquent", Column("delinquent")),
        ("description", Column("description")),
        ("email", Column("email")),
        ("invoice_prefix", Column("invoice_prefix")),
        (
            "invoice_settings.default_payment_method",
            Id("default_payment_method_id"),
        ),
        ("metadata", Keys("metadata")),
        ("name", Column("name")),
        ("next_invoice_sequence", Column("next_invoice_sequence")),
        ("tax_exempt", Column("tax_exempt")),
        ("test_clock", Id("test_clock_id")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (ADDRESS, &["address", "phone", "shipping"]),
        (TAX, &["discount"]),
        (
            PAPER,
            &[
                "invoice_settings.custom_fields",
                "invoice_settings.footer",
                "invoice_settings.rendering_options",
                "preferred_locales",
            ],
        ),
    ],
};

const INVOICE: Map = Map {
    object: "invoice",
    table: "invoices",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount_due", Column("amount_due_minor")),
        ("amount_overpaid", Column("amount_overpaid_minor")),
        ("amount_paid", Column("amount_paid_minor")),
        ("amount_remaining", Column("amount_remaining_minor")),
        ("amount_shipping", Column("amount_shipping_minor")),
        ("attempt_count", Column("attempt_count")),
        ("attempted", Column("attempted")),
        ("auto_advance", Column("auto_advance")),
        (
            "automatically_finalizes_at",
            Column("automatically_finalizes_s"),
        ),
        ("billing_reason", Column("billing_reason")),
        ("collection_method", Column("collection_method")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("customer", Id("customer_id")),
        ("customer_email", Column("customer_email")),
        ("customer_name", Column("customer_name")),
        ("description", Column("description")),
        ("due_date", Column("due_s")),
        ("effective_at", Column("effective_s")),
        ("ending_balance", Column("ending_balance_minor")),
        ("lines.data", Rule::Rows(&LINE)),
        ("metadata", Keys("metadata")),
        ("next_payment_attempt", Column("next_payment_attempt_s")),
        ("number", Column("number")),
        (
            "parent.subscription_details.subscription",
            Id("subscription_id"),
        ),
        ("period_end", Column("period_end_s")),
        ("period_start", Column("period_start_s")),
        (
            "post_payment_credit_notes_amount",
            Column("post_payment_credit_notes_minor"),
        ),
        (
            "pre_payment_credit_notes_amount",
            Column("pre_payment_credit_notes_minor"),
        ),
        ("starting_balance", Column("starting_balance_minor")),
        ("status", Column("status")),
        ("status_transitions.finalized_at", Column("finalized_s")),
        (
            "status_transitions.marked_uncollectible_at",
            Column("marked_uncollectible_s"),
        ),
        ("status_transitions.paid_at", Column("paid_s")),
        ("status_transitions.voided_at", Column("voided_s")),
        ("subtotal", Column("subtotal_minor")),
        (
            "subtotal_excluding_tax",
            Column("subtotal_excluding_tax_minor"),
        ),
        ("total", Column("total_minor")),
        ("total_excluding_tax", Column("total_excluding_tax_minor")),
        ("webhooks_delivered_at", Column("webhooks_delivered_s")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (
            WHOLE,
            &[
                "lines.object",
                "lines.has_more",
                "lines.total_count",
                "lines.url",
            ],
        ),
        (
            ADDRESS,
            &[
                "customer_address",
                "customer_phone",
                "customer_shipping",
                "shipping_details",
            ],
        ),
        (
            TAX,
            &[
                "account_tax_ids",
                "automatic_tax",
                "customer_tax_exempt",
                "customer_tax_ids",
                "default_tax_rates",
                "discounts",
                "shipping_cost",
                "total_discount_amounts",
                "total_pretax_credit_amounts",
                "total_taxes",
            ],
        ),
        (
            PAPER,
            &[
                "account_country",
                "account_name",
                "custom_fields",
                "footer",
                "hosted_invoice_url",
                "invoice_pdf",
                "receipt_number",
                "rendering",
                "statement_descriptor",
            ],
        ),
        (
            SETTING,
            &[
                "default_payment_method",
                "default_source",
                "last_finalization_error",
                "payment_settings",
            ],
        ),
        (
            PLATFORM,
            &["application", "customer_account", "issuer", "on_behalf_of"],
        ),
        (OTHER, &["from_invoice", "latest_revision", "test_clock"]),
        (
            "the ids below it are compared",
            &[
                "parent.quote_details",
                "parent.subscription_details.metadata",
                "parent.type",
            ],
        ),
    ],
};

const LINE: Rows = Rows {
    table: "invoice_lines",
    parent: "invoice_id",
    key: Some(("id", "id")),
    kept: &[
        ("id", Key),
        ("amount", Column("amount_minor")),
        ("currency", Column("currency")),
        ("description", Column("description")),
        ("metadata", Keys("metadata")),
        (
            "parent.invoice_item_details.invoice_item",
            Id("invoice_item_id"),
        ),
        (
            "parent.subscription_item_details.proration",
            Column("proration"),
        ),
        (
            "parent.subscription_item_details.subscription_item",
            Id("subscription_item_id"),
        ),
        ("parent.type", Column("parent_type")),
        ("period.end", Column("period_end_s")),
        ("period.start", Column("period_start_s")),
        ("pricing.price_details.price", Id("price_id")),
        ("pricing.price_details.product", Id("product_id")),
        ("pricing.unit_amount_decimal", Column("unit_amount")),
        ("quantity", Column("quantity")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (PARENT, &["invoice", "object"]),
        (OLDER, &["quantity_decimal", "subtotal", "pricing.type"]),
        (
            TAX,
            &[
                "discount_amounts",
                "discountable",
                "discounts",
                "pretax_credit_amounts",
                "taxes",
            ],
        ),
        (
            "what a prorated line credits is not kept",
            &[
                "parent.invoice_item_details.proration",
                "parent.invoice_item_details.proration_details",
                "parent.subscription_item_details.proration_details",
            ],
        ),
        (
            "the invoice names the subscription",
            &[
                "parent.invoice_item_details.subscription",
                "parent.subscription_item_details.invoice_item",
                "parent.subscription_item_details.subscription",
            ],
        ),
    ],
};

const INVOICE_PAYMENT: Map = Map {
    object: "invoice_payment",
    table: "invoice_payments",
    id: &["invoice", "payment.payment_intent"],
    kept: &[
        ("id", Column("invoice_payment_id")),
        ("object", Kind),
        ("amount_paid", Column("amount_paid_minor")),
        ("amount_requested", Column("amount_requested_minor")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("invoice", Id("invoice_id")),
        ("is_default", Column("is_default")),
        ("payment.charge", Id("charge_id")),
        ("payment.payment_intent", Id("payment_intent_id")),
        ("payment.payment_record", Id("payment_record_id")),
        ("payment.type", Column("payment_type")),
        ("status", Column("status")),
        ("status_transitions.canceled_at", Column("canceled_s")),
        ("status_transitions.paid_at", Column("paid_s")),
    ],
    left: &[(MODE, &["livemode"])],
};

const PAYOUT: Map = Map {
    object: "payout",
    table: "payouts",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("arrival_date", Column("arrival_s")),
        ("automatic", Column("automatic")),
        ("balance_transaction", Id("balance_transaction_id")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("description", Column("description")),
        ("destination", Id("destination_id")),
        (
            "failure_balance_transaction",
            Id("failure_balance_transaction_id"),
        ),
        ("failure_code", Column("failure_code")),
        ("failure_message", Column("failure_message")),
        ("metadata", Keys("metadata")),
        ("method", Column("method")),
        ("original_payout", Id("original_payout_id")),
        ("reconciliation_status", Column("reconciliation_status")),
        ("reversed_by", Id("reversed_by_id")),
        ("source_type", Column("source_type")),
        ("statement_descriptor", Column("statement_descriptor")),
        ("status", Column("status")),
        ("type", Column("type")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (PLATFORM, &["application_fee", "application_fee_amount"]),
        (SETTING, &["payout_method"]),
        ("the bank's own reference is not kept", &["trace_id"]),
    ],
};

const REFUND: Map = Map {
    object: "refund",
    table: "refunds",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("balance_transaction", Id("balance_transaction_id")),
        ("charge", Id("charge_id")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("description", Column("description")),
        (
            "failure_balance_transaction",
            Id("failure_balance_transaction_id"),
        ),
        ("failure_reason", Column("failure_reason")),
        ("metadata", Keys("metadata")),
        ("payment_intent", Id("payment_intent_id")),
        ("pending_reason", Column("pending_reason")),
        ("reason", Column("reason")),
        ("status", Column("status")),
    ],
    left: &[
        (CARD, &["destination_details", "payment_method"]),
        ("its charge names the customer", &["customer"]),
        (
            PAPER,
            &[
                "instructions_email",
                "presentment_details",
                "receipt_number",
            ],
        ),
        (OTHER, &["next_action"]),
        (
            PLATFORM,
            &[
                "customer_account",
                "source_transfer_reversal",
                "transfer_reversal",
            ],
        ),
    ],
};

const SUBSCRIPTION: Map = Map {
    object: "subscription",
    table: "subscriptions",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("billing_cycle_anchor", Column("billing_cycle_anchor_s")),
        ("cancel_at", Column("cancel_at_s")),
        ("cancel_at_period_end", Column("cancel_at_period_end")),
        ("canceled_at", Column("canceled_s")),
        ("cancellation_details.reason", Column("cancellation_reason")),
        ("collection_method", Column("collection_method")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("customer", Id("customer_id")),
        ("days_until_due", Column("days_until_due")),
        ("default_payment_method", Id("default_payment_method_id")),
        ("description", Column("description")),
        ("ended_at", Column("ended_s")),
        ("items.data", Rule::Rows(&ITEM)),
        ("latest_invoice", Id("latest_invoice_id")),
        ("metadata", Keys("metadata")),
        ("pause_collection.behavior", Column("pause_behavior")),
        ("start_date", Column("start_s")),
        ("status", Column("status")),
        ("trial_end", Column("trial_end_s")),
        ("trial_start", Column("trial_start_s")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (
            WHOLE,
            &[
                "items.object",
                "items.has_more",
                "items.total_count",
                "items.url",
            ],
        ),
        (TAX, &["automatic_tax", "default_tax_rates", "discounts"]),
        (
            SETTING,
            &[
                "billing_cycle_anchor_config",
                "billing_mode",
                "billing_schedules",
                "billing_thresholds",
                "default_source",
                "invoice_settings",
                "managed_payments",
                "next_pending_invoice_item_invoice",
                "pause_collection.resumes_at",
                "payment_settings",
                "pending_invoice_item_interval",
                "pending_setup_intent",
                "pending_update",
                "trial_settings",
            ],
        ),
        (
            "what the customer said about leaving is not kept",
            &[
                "cancellation_details.comment",
                "cancellation_details.feedback",
            ],
        ),
        (
            PLATFORM,
            &[
                "application",
                "application_fee_percent",
                "customer_account",
                "on_behalf_of",
                "transfer_data",
            ],
        ),
        (OTHER, &["schedule", "test_clock"]),
    ],
};

const ITEM: Rows = Rows {
    table: "subscription_items",
    parent: "subscription_id",
    key: Some(("id", "id")),
    kept: &[
        ("id", Key),
        ("created", Column("created_s")),
        ("current_period_end", Column("period_end_s")),
        ("current_period_start", Column("period_start_s")),
        ("metadata", Keys("metadata")),
        ("price.currency", Column("currency")),
        ("price.id", Column("price_id")),
        ("price.product", Id("product_id")),
        ("price.recurring.interval", Column("interval")),
        ("price.recurring.interval_count", Column("interval_count")),
        ("price.unit_amount", Column("unit_amount_minor")),
        ("quantity", Column("quantity")),
    ],
    left: &[
        (PARENT, &["object", "subscription"]),
        (OLDER, &["plan"]),
        (TAX, &["discounts", "tax_rates"]),
        (SETTING, &["billing_thresholds"]),
        (
            CATALOGUE,
            &[
                "price.active",
                "price.billing_scheme",
                "price.created",
                "price.custom_unit_amount",
                "price.livemode",
                "price.lookup_key",
                "price.metadata",
                "price.nickname",
                "price.object",
                "price.recurring.meter",
                "price.recurring.trial_period_days",
                "price.recurring.usage_type",
                "price.tax_behavior",
                "price.tiers_mode",
                "price.transform_quantity",
                "price.type",
                "price.unit_amount_decimal",
            ],
        ),
    ],
};
