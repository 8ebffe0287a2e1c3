//! Disputes: what a customer's bank takes back, for good or until it is settled.

use crate::schema::Key;
use crate::schema::Shape::{Count, Decimal, Flag, Id, List, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One dispute of a charge, as Stripe last described it; a charge can have several.
    "dispute" in "disputes", key Key::Id,
    required ["charge_id", "amount_minor", "currency", "status"], created by "charge.dispute.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the dispute was opened";
    CHARGE_ID "charge_id" Id, "charge", "the charge that is disputed";
    PAYMENT_INTENT_ID "payment_intent_id" Id, "payment_intent", "the payment intent of that charge";
    STATUS "status" Text, "status", "warning_needs_response, warning_under_review, warning_closed, needs_response, under_review, won, lost or prevented";
    REASON "reason" Text, "reason", "why the customer disputes, as Stripe sorts it";
    NETWORK_REASON_CODE "network_reason_code" Text, "payment_method_details.card.network_reason_code", "why, as the card network codes it";
    CASE_TYPE "case_type" Text, "payment_method_details.card.case_type", "chargeback, inquiry and others";
    CURRENCY "currency" Text, "currency", "the currency of the amount";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what is disputed";
    IS_CHARGE_REFUNDABLE "is_charge_refundable" Flag, "is_charge_refundable", "whether a refund can still settle it";
    DUE_S "due_s" Second, "evidence_details.due_by", "when evidence is due";
    HAS_EVIDENCE "has_evidence" Flag, "evidence_details.has_evidence", "whether evidence was prepared";
    SUBMISSION_COUNT "submission_count" Count, "evidence_details.submission_count", "how many times evidence was submitted";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
    BALANCE_TRANSACTIONS "balance_transactions" List(&movement::SCHEMA), "balance_transactions", "what it did to the Stripe balance";
}

/// What disputes did to the Stripe balance.
pub mod movement {
    use super::{Decimal, Id, Key, Minor, Second, Text};

    crate::schema::schema! {
        /// One balance transaction of a dispute, as the dispute tells it.
        "dispute_balance_transaction" in "dispute_balance_transactions", key Key::Id,
        required ["id"], created by "", deleted by [];
        ID "id" Id, "id", "the balance transaction";
        CREATED_S "created_s" Second, "created", "when it was entered";
        AVAILABLE_S "available_s" Second, "available_on", "when its net becomes available";
        REPORTING_CATEGORY "reporting_category" Text, "reporting_category", "dispute or dispute_reversal";
        CURRENCY "currency" Text, "currency", "the settlement currency of its amounts";
        AMOUNT_MINOR "amount_minor" Minor, "amount", "gross: negative is taken, positive given back";
        FEE_MINOR "fee_minor" Minor, "fee", "the fee, positive when it is taken";
        NET_MINOR "net_minor" Minor, "net", "amount less fee";
        EXCHANGE_RATE "exchange_rate" Decimal, "exchange_rate", "rate from the dispute's currency, as Stripe wrote it";
    }
}
