//! Invoices, their lines and payments: which member is kept where, and which is not.

use super::{ADDRESS, AGAIN, EXPLAINED, MODE, PAPER, PARENT, PLATFORM, SETTING, WHOLE};
use crate::compare::map::Rule::{Column, Deleted, Id, Key, Keys, Kind};
use crate::compare::map::{Map, Rows, Rule};

pub(super) const INVOICE: Map = Map {
    object: "invoice",
    table: "invoices",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("deleted", Deleted),
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
        ("from_invoice.invoice", Id("from_invoice_id")),
        ("latest_revision", Id("latest_revision_id")),
        ("lines", Rule::List(&LINE)),
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
        ("test_clock", Id("test_clock_id")),
        ("total", Column("total_minor")),
        ("total_discount_amounts", Rule::Rows(&DISCOUNT)),
        ("total_excluding_tax", Column("total_excluding_tax_minor")),
        ("total_pretax_credit_amounts", Rule::Rows(&PRETAX_CREDIT)),
        ("total_taxes", Rule::Rows(&TAX)),
        ("webhooks_delivered_at", Column("webhooks_delivered_s")),
    ],
    left: &[
        (MODE, &["livemode"]),
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
            "who is taxed how; the tax itself is kept",
            &[
                "account_tax_ids",
                "automatic_tax",
                "customer_tax_exempt",
                "customer_tax_ids",
                "default_tax_rates",
            ],
        ),
        (
            AGAIN,
            &[
                "discounts",
                "parent.type",
                "shipping_cost",
                "from_invoice.action",
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
                "payment_settings",
            ],
        ),
        (
            PLATFORM,
            &["application", "customer_account", "issuer", "on_behalf_of"],
        ),
        ("quotes move no money", &["parent.quote_details"]),
        (EXPLAINED, &["last_finalization_error"]),
        (
            "a copy of the subscription's, as it was when the invoice was made",
            &["parent.subscription_details.metadata"],
        ),
    ],
};

/// The members of a line, with the tables of the lists in it.
macro_rules! line_members {
    ($tax:ident $discount:ident $credit:ident) => {
        &[
            ("id", Key),
            ("amount", Column("amount_minor")),
            ("currency", Column("currency")),
            ("description", Column("description")),
            ("discount_amounts", Rule::Rows(&$discount)),
            ("discountable", Column("discountable")),
            ("metadata", Keys("metadata")),
            (
                "parent.invoice_item_details.invoice_item",
                Id("invoice_item_id"),
            ),
            (
                "parent.invoice_item_details.proration",
                Column("item_proration"),
            ),
            (
                "parent.invoice_item_details.subscription",
                Id("item_subscription_id"),
            ),
            (
                "parent.subscription_item_details.proration",
                Column("proration"),
            ),
            (
                "parent.subscription_item_details.subscription",
                Id("subscription_id"),
            ),
            (
                "parent.subscription_item_details.subscription_item",
                Id("subscription_item_id"),
            ),
            ("parent.type", Column("parent_type")),
            ("period.end", Column("period_end_s")),
            ("period.start", Column("period_start_s")),
            ("pretax_credit_amounts", Rule::Rows(&$credit)),
            ("pricing.price_details.price", Id("price_id")),
            ("pricing.price_details.product", Id("product_id")),
            ("pricing.unit_amount_decimal", Column("unit_amount")),
            ("quantity", Column("quantity")),
            ("subtotal", Column("subtotal_minor")),
            ("taxes", Rule::Rows(&$tax)),
        ]
    };
}

const LINE_LEFT: &[(&str, &[&str])] = &[
    (MODE, &["livemode"]),
    (PARENT, &["invoice", "object"]),
    (
        AGAIN,
        &[
            "discounts",
            "quantity_decimal",
            "pricing.type",
            "parent.subscription_item_details.invoice_item",
        ],
    ),
    (
        "which line a prorated one credits; both amounts are kept",
        &[
            "parent.invoice_item_details.proration_details",
            "parent.subscription_item_details.proration_details",
        ],
    ),
];

const LINE: Rows = Rows {
    table: "invoice_lines",
    parent: "invoice_id",
    row: None,
    key: Some(("id", "id")),
    kept: line_members!(LINE_TAX LINE_DISCOUNT LINE_PRETAX_CREDIT),
    left: LINE_LEFT,
};

pub(super) const INVOICE_LINE_LIST: Map = Map {
    object: "invoice_line_list",
    table: "invoice_line_lists",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("data", Rule::Rows(&LISTED_LINE)),
    ],
    left: &[(WHOLE, &["has_more"])],
};

const LISTED_LINE: Rows = Rows {
    table: "listed_invoice_lines",
    kept: line_members!(LISTED_LINE_TAX LISTED_LINE_DISCOUNT LISTED_LINE_PRETAX_CREDIT),
    ..LINE
};

const LISTED_LINE_TAX: Rows = Rows {
    table: "listed_invoice_line_taxes",
    ..LINE_TAX
};

const LISTED_LINE_DISCOUNT: Rows = Rows {
    table: "listed_invoice_line_discounts",
    ..LINE_DISCOUNT
};

const LISTED_LINE_PRETAX_CREDIT: Rows = Rows {
    table: "listed_invoice_line_pretax_credits",
    ..LINE_PRETAX_CREDIT
};

const LINE_TAX: Rows = Rows {
    table: "invoice_line_taxes",
    row: Some("invoice_line_id"),
    ..TAX
};

const LINE_DISCOUNT: Rows = Rows {
    table: "invoice_line_discounts",
    row: Some("invoice_line_id"),
    ..DISCOUNT
};

const LINE_PRETAX_CREDIT: Rows = Rows {
    table: "invoice_line_pretax_credits",
    row: Some("invoice_line_id"),
    ..PRETAX_CREDIT
};

pub(super) const TAX: Rows = Rows {
    table: "invoice_taxes",
    parent: "invoice_id",
    row: None,
    key: None,
    kept: &[
        ("amount", Column("amount_minor")),
        ("tax_behavior", Column("tax_behavior")),
        ("tax_rate_details.tax_rate", Id("tax_rate_id")),
        ("taxability_reason", Column("taxability_reason")),
        ("taxable_amount", Column("taxable_minor")),
        ("type", Column("type")),
    ],
    left: &[],
};

pub(super) const DISCOUNT: Rows = Rows {
    table: "invoice_discounts",
    parent: "invoice_id",
    row: None,
    key: None,
    kept: &[
        ("amount", Column("amount_minor")),
        ("discount", Id("discount_id")),
    ],
    left: &[],
};

const PRETAX_CREDIT: Rows = Rows {
    table: "invoice_pretax_credits",
    parent: "invoice_id",
    row: None,
    key: None,
    kept: &[
        ("amount", Column("amount_minor")),
        (
            "credit_balance_transaction",
            Id("credit_balance_transaction_id"),
        ),
        ("discount", Id("discount_id")),
        ("type", Column("type")),
    ],
    left: &[],
};

pub(super) const INVOICE_PAYMENT: Map = Map {
    object: "invoice_payment",
    table: "invoice_payments",
    id: &[
        "invoice",
        "payment.payment_intent|payment.charge|payment.payment_record",
    ],
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
