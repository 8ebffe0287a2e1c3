//! Invoice payments: which payment paid how much of which invoice. Since 2025-03-31.basil the only link between the two.

use crate::schema::Key;
use crate::schema::Shape::{Alias, Flag, Id, Minor, Second, Text};

crate::schema::schema! {
    /// One payment of an invoice, keyed by the invoice and what paid it, which every API version can tell.
    "invoice_payment" in "invoice_payments", key Key::Joined(&["invoice_id", "payment_intent_id", "charge_id", "payment_record_id"]),
    required ["invoice_id", "status"], created by "", deleted by [];
    INVOICE_PAYMENT_ID "invoice_payment_id" Alias, "id", "Stripe's own id of the invoice payment (inpay_…)";
    INVOICE_ID "invoice_id" Id, "invoice", "the invoice that is paid";
    PAYMENT_TYPE "payment_type" Text, "payment.type", "payment_intent, charge or payment_record";
    PAYMENT_INTENT_ID "payment_intent_id" Id, "payment.payment_intent", "the payment intent that pays";
    CHARGE_ID "charge_id" Id, "payment.charge", "the charge that pays, where no payment intent does";
    PAYMENT_RECORD_ID "payment_record_id" Id, "payment.payment_record", "the record of a payment made outside Stripe";
    STATUS "status" Text, "status", "open, paid or canceled";
    CURRENCY "currency" Text, "currency", "the currency of its amounts";
    AMOUNT_REQUESTED_MINOR "amount_requested_minor" Minor, "amount_requested", "what was to be paid";
    AMOUNT_PAID_MINOR "amount_paid_minor" Minor, "amount_paid", "what was paid; null until then";
    IS_DEFAULT "is_default" Flag, "is_default", "whether it is the invoice's default payment";
    CREATED_S "created_s" Second, "created", "when it was made";
    PAID_S "paid_s" Second, "status_transitions.paid_at", "when it was paid";
    CANCELED_S "canceled_s" Second, "status_transitions.canceled_at", "when it was cancelled";
}
