//! Balance transactions: every movement of the Stripe balance. No event announces them; they are observed.
//!
//! `status` is not kept: it is `available_s <= now`, and a stored state must not change by the passing of time.

use crate::schema::Key;
use crate::schema::Shape::{Decimal, Id, List, Minor, Second, Text};

crate::schema::schema! {
    /// One movement of the Stripe balance.
    "balance_transaction" in "balance_transactions", key Key::Id,
    required ["amount_minor", "net_minor", "currency"], created by "", deleted by [];
    CREATED_S "created_s" Second, "created", "when it was entered";
    AVAILABLE_S "available_s" Second, "available_on", "when its net becomes available: a date in UTC";
    TYPE "type" Text, "type", "what moved the balance: charge, refund, payout and others";
    REPORTING_CATEGORY "reporting_category" Text, "reporting_category", "Stripe's category for accounting; splits some types";
    SOURCE_ID "source_id" Id, "source", "the object that moved the balance";
    CURRENCY "currency" Text, "currency", "the settlement currency of its amounts";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "gross: positive into the balance, negative out of it";
    FEE_MINOR "fee_minor" Minor, "fee", "fees, positive when they are taken";
    NET_MINOR "net_minor" Minor, "net", "amount less fee: what the balance moved by";
    EXCHANGE_RATE "exchange_rate" Decimal, "exchange_rate", "rate from the presentment currency, as Stripe wrote it";
    BALANCE_TYPE "balance_type" Text, "balance_type", "payments, issuing, refund_and_dispute_prefunding or risk_reserved";
    DESCRIPTION "description" Text, "description", "Stripe's note on it";
    FEE_DETAILS "fee_details" List(&fee::SCHEMA), "fee_details", "what the fee is made of";
}

/// Parts of the fees of balance transactions.
pub mod fee {
    use super::{Id, Key, Minor, Text};

    crate::schema::schema! {
        /// One part of the fee of a balance transaction.
        "fee_detail" in "balance_transaction_fees", key Key::Place,
        required [], created by "", deleted by [];
        TYPE "type" Text, "type", "stripe_fee, tax, application_fee and others";
        AMOUNT_MINOR "amount_minor" Minor, "amount", "this part of the fee";
        CURRENCY "currency" Text, "currency", "its currency";
        APPLICATION_ID "application_id" Id, "application", "the platform that took it";
        DESCRIPTION "description" Text, "description", "Stripe's note on it";
    }
}
