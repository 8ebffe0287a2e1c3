//! What waits for an invoice, and what corrects one: which member is kept where, and which is not.

use super::{AGAIN, MODE, PAPER, PARENT, PLATFORM, SETTING, invoices};
use crate::compare::map::Rule::{Column, Deleted, Id, Key, Keys, Kind};
use crate::compare::map::{Map, Rows, Rule};

pub(super) const INVOICE_ITEM: Map = Map {
    object: "invoiceitem",
    table: "invoice_items",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("deleted", Deleted),
        ("amount", Column("amount_minor")),
        ("currency", Column("currency")),
        ("customer", Id("customer_id")),
        ("date", Column("created_s")),
        ("description", Column("description")),
        ("discountable", Column("discountable")),
        ("invoice", Id("invoice_id")),
        ("metadata", Keys("metadata")),
        ("net_amount", Column("net_amount_minor")),
        (
            "parent.subscription_details.subscription",
            Id("subscription_id"),
        ),
        (
            "parent.subscription_details.subscription_item",
            Id("subscription_item_id"),
        ),
        ("period.end", Column("period_end_s")),
        ("period.start", Column("period_start_s")),
        ("pricing.price_details.price", Id("price_id")),
        ("pricing.price_details.product", Id("product_id")),
        ("pricing.unit_amount_decimal", Column("unit_amount")),
        ("proration", Column("proration")),
        ("quantity", Column("quantity")),
        ("test_clock", Id("test_clock_id")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (
            AGAIN,
            &[
                "discounts",
                "parent.type",
                "pricing.type",
                "quantity_decimal",
            ],
        ),
        (
            "which line a prorated one credits; both amounts are kept",
            &["proration_details"],
        ),
        (SETTING, &["tax_rates"]),
        (PLATFORM, &["customer_account"]),
    ],
};

pub(super) const CREDIT_NOTE: Map = Map {
    object: "credit_note",
    table: "credit_notes",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("amount_shipping", Column("amount_shipping_minor")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("customer", Id("customer_id")),
        (
            "customer_balance_transaction",
            Id("customer_balance_transaction_id"),
        ),
        ("discount_amount", Column("discount_minor")),
        ("discount_amounts", Rule::Rows(&CREDIT_NOTE_DISCOUNT)),
        ("effective_at", Column("effective_s")),
        ("invoice", Id("invoice_id")),
        ("lines", Rule::List(&CREDIT_NOTE_LINE)),
        ("memo", Column("memo")),
        ("metadata", Keys("metadata")),
        ("number", Column("number")),
        ("out_of_band_amount", Column("out_of_band_minor")),
        ("post_payment_amount", Column("post_payment_minor")),
        ("pre_payment_amount", Column("pre_payment_minor")),
        ("reason", Column("reason")),
        ("refunds", Rule::Rows(&CREDIT_NOTE_REFUND)),
        ("status", Column("status")),
        ("subtotal", Column("subtotal_minor")),
        (
            "subtotal_excluding_tax",
            Column("subtotal_excluding_tax_minor"),
        ),
        ("total", Column("total_minor")),
        ("total_excluding_tax", Column("total_excluding_tax_minor")),
        ("total_taxes", Rule::Rows(&CREDIT_NOTE_TAX)),
        ("type", Column("type")),
        ("voided_at", Column("voided_s")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (PAPER, &["pdf"]),
        (AGAIN, &["shipping_cost", "pretax_credit_amounts"]),
        (PLATFORM, &["customer_account"]),
    ],
};

const CREDIT_NOTE_LINE: Rows = Rows {
    table: "credit_note_lines",
    parent: "credit_note_id",
    row: None,
    key: Some(("id", "id")),
    kept: &[
        ("id", Key),
        ("amount", Column("amount_minor")),
        ("description", Column("description")),
        ("discount_amount", Column("discount_minor")),
        ("discount_amounts", Rule::Rows(&CREDIT_NOTE_LINE_DISCOUNT)),
        ("invoice_line_item", Id("invoice_line_id")),
        ("metadata", Keys("metadata")),
        ("quantity", Column("quantity")),
        ("taxes", Rule::Rows(&CREDIT_NOTE_LINE_TAX)),
        ("type", Column("type")),
        ("unit_amount_decimal", Column("unit_amount")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (PARENT, &["object"]),
        (
            AGAIN,
            &["unit_amount", "pretax_credit_amounts", "tax_rates"],
        ),
    ],
};

const CREDIT_NOTE_TAX: Rows = Rows {
    table: "credit_note_taxes",
    parent: "credit_note_id",
    ..invoices::TAX
};

const CREDIT_NOTE_LINE_TAX: Rows = Rows {
    table: "credit_note_line_taxes",
    row: Some("credit_note_line_id"),
    ..CREDIT_NOTE_TAX
};

const CREDIT_NOTE_DISCOUNT: Rows = Rows {
    table: "credit_note_discounts",
    parent: "credit_note_id",
    ..invoices::DISCOUNT
};

const CREDIT_NOTE_LINE_DISCOUNT: Rows = Rows {
    table: "credit_note_line_discounts",
    row: Some("credit_note_line_id"),
    ..CREDIT_NOTE_DISCOUNT
};

const CREDIT_NOTE_REFUND: Rows = Rows {
    table: "credit_note_refunds",
    parent: "credit_note_id",
    row: None,
    key: None,
    kept: &[
        ("amount_refunded", Column("amount_refunded_minor")),
        (
            "payment_record_refund.payment_record",
            Id("payment_record_id"),
        ),
        ("refund", Id("refund_id")),
        ("type", Column("type")),
    ],
    left: &[(
        "the payment record says it",
        &["payment_record_refund.refund_group"],
    )],
};
