//! The record that joins an invoice to what pays it: a payment intent, or money that came past Stripe.

use super::{Currency, Shape};
use crate::json::{Members, Text};

/// One state of the record.
#[derive(Debug, Clone)]
pub(crate) struct InvoicePayment {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_requested_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) invoice: Text,
    /// The kind of payment, as `payment_intent` or `payment_record`.
    pub(crate) kind: &'static str,
    /// The id of the payment, of that kind.
    pub(crate) payment: Text,
    /// Whether it is the one that the invoice made for itself.
    pub(crate) is_default: bool,
    pub(crate) paid_at: Option<i64>,
    pub(crate) canceled_at: Option<i64>,
}

impl Shape for InvoicePayment {
    fn object(&self) -> &'static str {
        "invoice_payment"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        let status = match (self.paid_at, self.canceled_at) {
            (Some(_), _) => "paid",
            (None, Some(_)) => "canceled",
            (None, None) => "open",
        };
        members
            .int_or_null(
                "amount_paid",
                self.paid_at.map(|_| self.amount_requested_minor),
            )
            .int("amount_requested", self.amount_requested_minor)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text("invoice", &self.invoice)
            .flag("is_default", self.is_default)
            .flag("livemode", true)
            .object("payment", |members| {
                members
                    .text(self.kind, &self.payment)
                    .text("type", self.kind);
            })
            .text("status", status)
            .object("status_transitions", |members| {
                members
                    .int_or_null("canceled_at", self.canceled_at)
                    .int_or_null("paid_at", self.paid_at);
            });
    }
}
