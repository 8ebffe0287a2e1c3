//! A refund of a payment, in full or in part: at once, after a while, after the customer's help, or never.

use super::{Currency, Method, Shape};
use crate::calendar::DAY_S;
use crate::json::{Members, Text};

/// One state of a refund.
#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) charge: Text,
    pub(crate) customer: Option<Text>,
    pub(crate) payment_intent: Option<Text>,
    pub(crate) payment_method: Option<Text>,
    pub(crate) method: Method,
    /// None while no money has moved.
    pub(crate) balance_transaction: Option<Text>,
    pub(crate) failure_balance_transaction: Option<Text>,
    pub(crate) reason: Option<&'static str>,
    pub(crate) reference: Option<Text>,
    /// Of an authorisation that was let go: nothing was paid back.
    pub(crate) releases: bool,
    /// `pending`, `requires_action`, `succeeded`, `failed` or `canceled`.
    pub(crate) status: &'static str,
    pub(crate) email: Text,
    pub(crate) transfer_reversal: Option<Text>,
    /// On a connected account: the reversal of the transfer that brought the money.
    pub(crate) source_reversal: Option<Text>,
}

impl Shape for Refund {
    fn object(&self) -> &'static str {
        "refund"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .int("amount", self.amount_minor)
            .text_or_null("balance_transaction", self.balance_transaction.as_deref())
            .text("charge", &self.charge)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text_or_null("customer", self.customer.as_deref())
            .null("customer_account")
            .object("destination_details", |members| {
                self.write_destination(members)
            });
        // A refund has these four members only where they say something.
        if let Some(failure) = &self.failure_balance_transaction {
            members.text("failure_balance_transaction", failure);
        }
        if self.status == "failed" {
            members.text("failure_reason", "expired_or_canceled_card");
        }
        let asks = self.status == "requires_action";
        if asks {
            members.text("instructions_email", &self.email);
        }
        members.raw("metadata", "{}");
        if asks {
            members.object("next_action", |members| self.write_action(members));
        }
        members
            .text_or_null("payment_intent", self.payment_intent.as_deref())
            .text_or_null("payment_method", self.payment_method.as_deref());
        if self.status == "pending" {
            members.text("pending_reason", "insufficient_funds");
        }
        members
            .text_or_null("reason", self.reason)
            .null("receipt_number")
            .text_or_null("source_transfer_reversal", self.source_reversal.as_deref())
            .text("status", self.status)
            .text_or_null("transfer_reversal", self.transfer_reversal.as_deref());
    }
}

impl Refund {
    fn write_action(&self, members: &mut Members<'_>) {
        members
            .object("display_details", |members| {
                members
                    .object("email_sent", |members| {
                        members
                            .int("email_sent_at", self.created_s)
                            .text("email_sent_to", &self.email);
                    })
                    .int("expires_at", self.created_s + 45 * DAY_S);
            })
            .text("type", "display_details");
    }

    fn write_destination(&self, members: &mut Members<'_>) {
        match self.method {
            Method::Card | Method::SecureCard => {
                members
                    .object("card", |members| self.write_card(members))
                    .text("type", "card");
            }
            Method::SepaDebit => {
                members
                    .object("eu_bank_transfer", |members| self.write_transfer(members))
                    .text("type", "eu_bank_transfer");
            }
            Method::UsBankAccount => {
                members
                    .text("type", "us_bank_transfer")
                    .object("us_bank_transfer", |members| self.write_transfer(members));
            }
            Method::StripeAccount => {}
        }
    }

    fn write_transfer(&self, members: &mut Members<'_>) {
        members
            .text_or_null("reference", self.reference.as_deref())
            .text("reference_status", self.reference_status());
    }

    fn write_card(&self, members: &mut Members<'_>) {
        if self.releases {
            members.text("type", "reversal");
            return;
        }
        // A reference not yet known is absent, not null.
        if let Some(reference) = &self.reference {
            members.text("reference", reference);
        }
        members
            .text("reference_status", self.reference_status())
            .text("reference_type", "acquirer_reference_number")
            .text("type", "refund");
    }

    fn reference_status(&self) -> &'static str {
        if self.reference.is_some() {
            "available"
        } else {
            "pending"
        }
    }
}
