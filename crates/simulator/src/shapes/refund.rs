//! A refund of a card payment, in full or in part.

use super::{Currency, Shape};
use crate::json::{Members, Text};

/// One state of a refund.
#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) charge: Text,
    pub(crate) customer: Text,
    pub(crate) payment_intent: Text,
    pub(crate) payment_method: Text,
    pub(crate) balance_transaction: Text,
    pub(crate) failure_balance_transaction: Option<Text>,
    pub(crate) reason: Option<&'static str>,
    pub(crate) reference: Option<Text>,
}

impl Refund {
    /// Whether the customer's bank sent the money back.
    pub(crate) fn failed(&self) -> bool {
        self.failure_balance_transaction.is_some()
    }
}

impl Shape for Refund {
    fn object(&self) -> &'static str {
        "refund"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .int("amount", self.amount_minor)
            .text("balance_transaction", &self.balance_transaction)
            .text("charge", &self.charge)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text("customer", &self.customer)
            .null("customer_account")
            .object("destination_details", |members| {
                members
                    .object("card", |members| self.write_card(members))
                    .text("type", "card");
            });
        // Only a failed refund has these two members at all.
        if let Some(failure) = &self.failure_balance_transaction {
            members
                .text("failure_balance_transaction", failure)
                .text("failure_reason", "expired_or_canceled_card");
        }
        members
            .raw("metadata", "{}")
            .text("payment_intent", &self.payment_intent)
            .text("payment_method", &self.payment_method)
            .text_or_null("reason", self.reason)
            .nulls(&["receipt_number", "source_transfer_reversal"])
            .text("status", if self.failed() { "failed" } else { "succeeded" })
            .null("transfer_reversal");
    }
}

impl Refund {
    fn write_card(&self, members: &mut Members<'_>) {
        // A reference not yet known is absent, not null.
        if let Some(reference) = &self.reference {
            members.text("reference", reference);
        }
        let status = if self.reference.is_some() {
            "available"
        } else {
            "pending"
        };
        members
            .text("reference_status", status)
            .text("reference_type", "acquirer_reference_number")
            .text("type", "refund");
    }
}
