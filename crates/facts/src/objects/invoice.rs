//! Invoices and their lines: what a customer is asked to pay, and for what.

use crate::schema::Key;
use crate::schema::Shape::{Count, Flag, Id, List, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One invoice, as Stripe last described it.
    "invoice" in "invoices", key Key::Id,
    required ["customer_id", "status", "total_minor", "currency"], created by "invoice.created", deleted by ["invoice.deleted"];
    CREATED_S "created_s" Second, "created", "when the invoice was made";
    NUMBER "number" Text, "number", "the number printed on it, given when it is finalised";
    CUSTOMER_ID "customer_id" Id, "customer", "who is to pay";
    CUSTOMER_NAME "customer_name" Text, "customer_name", "the customer's name as printed on it";
    CUSTOMER_EMAIL "customer_email" Text, "customer_email", "the customer's address as printed on it";
    SUBSCRIPTION_ID "subscription_id" Id, "parent.subscription_details.subscription", "the subscription that it bills";
    STATUS "status" Text, "status", "draft, open, paid, uncollectible or void";
    BILLING_REASON "billing_reason" Text, "billing_reason", "why it was made: subscription_cycle, manual and others";
    COLLECTION_METHOD "collection_method" Text, "collection_method", "charge_automatically or send_invoice";
    CURRENCY "currency" Text, "currency", "the currency of all its amounts";
    SUBTOTAL_MINOR "subtotal_minor" Minor, "subtotal", "sum of the lines before discounts and tax";
    SUBTOTAL_EXCLUDING_TAX_MINOR "subtotal_excluding_tax_minor" Minor, "subtotal_excluding_tax", "the subtotal without tax";
    TOTAL_MINOR "total_minor" Minor, "total", "what is invoiced, after discounts and tax";
    TOTAL_EXCLUDING_TAX_MINOR "total_excluding_tax_minor" Minor, "total_excluding_tax", "the total without tax";
    AMOUNT_DUE_MINOR "amount_due_minor" Minor, "amount_due", "total and the customer balance applied to it";
    AMOUNT_PAID_MINOR "amount_paid_minor" Minor, "amount_paid", "what has been paid of the amount due";
    AMOUNT_REMAINING_MINOR "amount_remaining_minor" Minor, "amount_remaining", "amount due less amount paid; stays as it was when the invoice is voided";
    AMOUNT_OVERPAID_MINOR "amount_overpaid_minor" Minor, "amount_overpaid", "what was paid too much, credited to the customer balance";
    AMOUNT_SHIPPING_MINOR "amount_shipping_minor" Minor, "amount_shipping", "shipping, as part of the total";
    STARTING_BALANCE_MINOR "starting_balance_minor" Minor, "starting_balance", "customer balance before the invoice was finalised";
    ENDING_BALANCE_MINOR "ending_balance_minor" Minor, "ending_balance", "customer balance after the invoice was finalised";
    PRE_PAYMENT_CREDIT_NOTES_MINOR "pre_payment_credit_notes_minor" Minor, "pre_payment_credit_notes_amount", "credit notes issued before payment";
    POST_PAYMENT_CREDIT_NOTES_MINOR "post_payment_credit_notes_minor" Minor, "post_payment_credit_notes_amount", "credit notes issued after payment";
    ATTEMPTED "attempted" Flag, "attempted", "whether a payment was tried";
    ATTEMPT_COUNT "attempt_count" Count, "attempt_count", "how many automatic payments were tried";
    AUTO_ADVANCE "auto_advance" Flag, "auto_advance", "whether Stripe moves the invoice on by itself";
    NEXT_PAYMENT_ATTEMPT_S "next_payment_attempt_s" Second, "next_payment_attempt", "when payment is tried next";
    AUTOMATICALLY_FINALIZES_S "automatically_finalizes_s" Second, "automatically_finalizes_at", "when the draft is to be finalised";
    DUE_S "due_s" Second, "due_date", "when payment is due";
    EFFECTIVE_S "effective_s" Second, "effective_at", "the date of issue that is printed on it";
    FINALIZED_S "finalized_s" Second, "status_transitions.finalized_at", "when it was finalised";
    PAID_S "paid_s" Second, "status_transitions.paid_at", "when it was paid";
    VOIDED_S "voided_s" Second, "status_transitions.voided_at", "when it was voided";
    MARKED_UNCOLLECTIBLE_S "marked_uncollectible_s" Second, "status_transitions.marked_uncollectible_at", "when it was written off";
    WEBHOOKS_DELIVERED_S "webhooks_delivered_s" Second, "webhooks_delivered_at", "when all endpoints had taken invoice.created";
    PERIOD_START_S "period_start_s" Second, "period_start", "start of the usage period, before the lines' own periods";
    PERIOD_END_S "period_end_s" Second, "period_end", "end of the usage period";
    DESCRIPTION "description" Text, "description", "the memo printed on it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
    TEST_CLOCK_ID "test_clock_id" Id, "test_clock", "the test clock that it lives on";
    FROM_INVOICE_ID "from_invoice_id" Id, "from_invoice.invoice", "the invoice that it revises";
    LATEST_REVISION_ID "latest_revision_id" Id, "latest_revision", "the newest invoice that revises it";
    LINES "lines" List(&line::SCHEMA), "lines", "what is invoiced";
    TAXES "taxes" List(&tax::SCHEMA), "total_taxes", "the tax in the total, by rate";
    DISCOUNTS "discounts" List(&discount::SCHEMA), "total_discount_amounts", "the discounts in the total";
    PRETAX_CREDITS "pretax_credits" List(&pretax_credit::SCHEMA), "total_pretax_credit_amounts", "what is taken off before tax: billing credits and discounts";
}

/// The schema of a list of invoice lines, whose lists in turn have these.
macro_rules! lines {
    ($(#[doc = $doc:literal])+ $object:literal in $table:literal, $tax:ident $discount:ident $credit:ident) => {
        use super::{$credit, $discount, $tax};
        use $crate::schema::Key;
        use $crate::schema::Shape::{Count, Decimal, Flag, Id, List, Map, Minor, Second, Text};

        $crate::schema::schema! {
            $(#[doc = $doc])+
            $object in $table, key Key::Id,
            required ["id"], created by "", deleted by [];
            ID "id" Text, "id", "the line's id";
            AMOUNT_MINOR "amount_minor" Minor, "amount", "amount of the line, negative for a credit";
            CURRENCY "currency" Text, "currency", "the line's currency";
            DESCRIPTION "description" Text, "description", "what is printed on the line";
            QUANTITY "quantity" Count, "quantity", "how many";
            UNIT_AMOUNT "unit_amount" Decimal, "pricing.unit_amount_decimal", "price of one in minor units, with decimals, as Stripe wrote it";
            PRICE_ID "price_id" Id, "pricing.price_details.price", "the price";
            PRODUCT_ID "product_id" Id, "pricing.price_details.product", "the product";
            PARENT_TYPE "parent_type" Text, "parent.type", "where the line comes from: invoice_item_details or subscription_item_details";
            INVOICE_ITEM_ID "invoice_item_id" Id, "parent.invoice_item_details.invoice_item", "the invoice item that it bills";
            SUBSCRIPTION_ITEM_ID "subscription_item_id" Id, "parent.subscription_item_details.subscription_item", "the subscription item that it bills";
            SUBSCRIPTION_ID "subscription_id" Id, "parent.subscription_item_details.subscription", "the subscription of that item";
            ITEM_SUBSCRIPTION_ID "item_subscription_id" Id, "parent.invoice_item_details.subscription", "the subscription that made the invoice item";
            PRORATION "proration" Flag, "parent.subscription_item_details.proration", "whether a subscription item's line bills a part of a period";
            ITEM_PRORATION "item_proration" Flag, "parent.invoice_item_details.proration", "whether an invoice item's line bills a part of a period";
            DISCOUNTABLE "discountable" Flag, "discountable", "whether discounts apply to it";
            SUBTOTAL_MINOR "subtotal_minor" Minor, "subtotal", "the amount before discounts and tax";
            PERIOD_START_S "period_start_s" Second, "period.start", "start of the service period";
            PERIOD_END_S "period_end_s" Second, "period.end", "end of the service period";
            METADATA "metadata" Map, "metadata", "the company's own keys and values";
            TAXES "taxes" List(&$tax::SCHEMA), "taxes", "the tax on it, by rate";
            DISCOUNTS "discounts" List(&$discount::SCHEMA), "discount_amounts", "the discounts on it";
            PRETAX_CREDITS "pretax_credits" List(&$credit::SCHEMA), "pretax_credit_amounts", "what is taken off it before tax";
        }
    };
}
pub(crate) use lines;

/// Lines of invoices.
pub mod line {
    super::lines! {
        /// One line of an invoice.
        "line_item" in "invoice_lines", line_tax line_discount line_pretax_credit
    }
}

/// Tax in invoices.
pub mod tax {
    super::super::parts::tax! {
        /// The tax of one rate in an invoice.
        "invoice_tax" in "invoice_taxes"
    }
}

/// Tax on lines of invoices.
pub mod line_tax {
    super::super::parts::tax! {
        /// The tax of one rate on a line of an invoice.
        "invoice_line_tax" in "invoice_line_taxes"
    }
}

/// Discounts in invoices.
pub mod discount {
    super::super::parts::discount! {
        /// What one discount takes off an invoice.
        "invoice_discount" in "invoice_discounts"
    }
}

/// Discounts on lines of invoices.
pub mod line_discount {
    super::super::parts::discount! {
        /// What one discount takes off a line of an invoice.
        "invoice_line_discount" in "invoice_line_discounts"
    }
}

/// What is taken off invoices before tax.
pub mod pretax_credit {
    super::super::parts::pretax_credit! {
        /// An amount taken off an invoice before tax.
        "invoice_pretax_credit" in "invoice_pretax_credits"
    }
}

/// What is taken off lines of invoices before tax.
pub mod line_pretax_credit {
    super::super::parts::pretax_credit! {
        /// An amount taken off a line of an invoice before tax.
        "invoice_line_pretax_credit" in "invoice_line_pretax_credits"
    }
}
