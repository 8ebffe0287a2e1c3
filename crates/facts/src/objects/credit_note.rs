//! Credit notes: what an invoice asked for too much, before it was paid or after.

use crate::schema::Key;
use crate::schema::Shape::{Id, List, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One credit note, as Stripe last described it.
    "credit_note" in "credit_notes", key Key::Id,
    required ["invoice_id", "status", "total_minor", "currency"], created by "credit_note.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the credit note was made";
    EFFECTIVE_S "effective_s" Second, "effective_at", "the date of issue that is printed on it";
    NUMBER "number" Text, "number", "the number printed on it";
    CUSTOMER_ID "customer_id" Id, "customer", "who is credited";
    INVOICE_ID "invoice_id" Id, "invoice", "the invoice that it corrects";
    STATUS "status" Text, "status", "issued or void";
    TYPE "type" Text, "type", "pre_payment, post_payment or mixed";
    REASON "reason" Text, "reason", "duplicate, fraudulent, order_change or product_unsatisfactory";
    CURRENCY "currency" Text, "currency", "the currency of its amounts";
    SUBTOTAL_MINOR "subtotal_minor" Minor, "subtotal", "sum of the lines before discounts and tax";
    SUBTOTAL_EXCLUDING_TAX_MINOR "subtotal_excluding_tax_minor" Minor, "subtotal_excluding_tax", "the subtotal without tax";
    TOTAL_MINOR "total_minor" Minor, "total", "what is credited, after discounts and tax";
    TOTAL_EXCLUDING_TAX_MINOR "total_excluding_tax_minor" Minor, "total_excluding_tax", "the total without tax";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what is credited, tax included";
    AMOUNT_SHIPPING_MINOR "amount_shipping_minor" Minor, "amount_shipping", "shipping, as part of the total";
    DISCOUNT_MINOR "discount_minor" Minor, "discount_amount", "discounts that the lines had";
    PRE_PAYMENT_MINOR "pre_payment_minor" Minor, "pre_payment_amount", "the part that lowers what remains to be paid";
    POST_PAYMENT_MINOR "post_payment_minor" Minor, "post_payment_amount", "the part that gives back what was paid";
    OUT_OF_BAND_MINOR "out_of_band_minor" Minor, "out_of_band_amount", "what was given back outside Stripe";
    CUSTOMER_BALANCE_TRANSACTION_ID "customer_balance_transaction_id" Id, "customer_balance_transaction", "the credit that it gave to the customer balance";
    VOIDED_S "voided_s" Second, "voided_at", "when it was voided";
    MEMO "memo" Text, "memo", "the memo printed on it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
    LINES "lines" List(&line::SCHEMA), "lines", "what is credited";
    TAXES "taxes" List(&tax::SCHEMA), "total_taxes", "the tax in it, by rate";
    DISCOUNTS "discounts" List(&discount::SCHEMA), "discount_amounts", "the discounts in it";
    REFUNDS "refunds" List(&refund::SCHEMA), "refunds", "the refunds that pay it out";
}

/// The schema of a list of credit note lines, whose lists in turn have these.
macro_rules! lines {
    ($(#[doc = $doc:literal])+ $object:literal in $table:literal, $tax:ident $discount:ident) => {
        use super::{$discount, $tax};
        use $crate::schema::Key;
        use $crate::schema::Shape::{Count, Decimal, Id, List, Map, Minor, Text};

        $crate::schema::schema! {
            $(#[doc = $doc])+
            $object in $table, key Key::Id,
            required ["id"], created by "", deleted by [];
            ID "id" Text, "id", "the line's id";
            TYPE "type" Text, "type", "invoice_line_item or custom_line_item";
            INVOICE_LINE_ID "invoice_line_id" Id, "invoice_line_item", "the invoice's line that it credits";
            DESCRIPTION "description" Text, "description", "what is printed on the line";
            QUANTITY "quantity" Count, "quantity", "how many";
            UNIT_AMOUNT "unit_amount" Decimal, "unit_amount_decimal", "price of one in minor units, with decimals, as Stripe wrote it";
            AMOUNT_MINOR "amount_minor" Minor, "amount", "what is credited, before discounts and exclusive tax";
            DISCOUNT_MINOR "discount_minor" Minor, "discount_amount", "discounts that the line had";
            METADATA "metadata" Map, "metadata", "the company's own keys and values";
            TAXES "taxes" List(&$tax::SCHEMA), "taxes", "the tax on it, by rate";
            DISCOUNTS "discounts" List(&$discount::SCHEMA), "discount_amounts", "the discounts on it";
        }
    };
}
pub(crate) use lines;

/// Lines of credit notes.
pub mod line {
    super::lines! {
        /// One line of a credit note.
        "credit_note_line_item" in "credit_note_lines", line_tax line_discount
    }
}

/// Tax in credit notes.
pub mod tax {
    super::super::parts::tax! {
        /// The tax of one rate in a credit note.
        "credit_note_tax" in "credit_note_taxes"
    }
}

/// Tax on lines of credit notes.
pub mod line_tax {
    super::super::parts::tax! {
        /// The tax of one rate on a line of a credit note.
        "credit_note_line_tax" in "credit_note_line_taxes"
    }
}

/// Discounts in credit notes.
pub mod discount {
    super::super::parts::discount! {
        /// What one discount takes off a credit note.
        "credit_note_discount" in "credit_note_discounts"
    }
}

/// Discounts on lines of credit notes.
pub mod line_discount {
    super::super::parts::discount! {
        /// What one discount takes off a line of a credit note.
        "credit_note_line_discount" in "credit_note_line_discounts"
    }
}

/// How credit notes are paid out.
pub mod refund {
    use super::{Id, Key, Minor, Text};

    crate::schema::schema! {
        /// One refund that pays out a credit note.
        "credit_note_refund" in "credit_note_refunds", key Key::Place,
        required [], created by "", deleted by [];
        TYPE "type" Text, "type", "refund or payment_record_refund";
        REFUND_ID "refund_id" Id, "refund", "the refund, where Stripe makes it";
        PAYMENT_RECORD_ID "payment_record_id" Id, "payment_record_refund.payment_record", "the record of the payment, where it was paid outside Stripe";
        AMOUNT_REFUNDED_MINOR "amount_refunded_minor" Minor, "amount_refunded", "how much of the refund belongs to the credit note";
    }
}
