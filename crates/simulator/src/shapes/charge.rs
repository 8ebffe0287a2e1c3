//! One attempt to take money from a card, and the card.

use super::{Currency, Metadata, Shape, write_address, write_metadata};
use crate::json::{Members, Text};

/// The card paid with.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) brand: &'static str,
    pub(crate) funding: &'static str,
    pub(crate) last4: Text,
    pub(crate) fingerprint: Text,
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
}

/// Why a bank refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decline {
    pub(crate) code: &'static str,
    pub(crate) network_code: &'static str,
    pub(crate) advice_code: &'static str,
    pub(crate) message: &'static str,
}

/// One state of a charge.
#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) amount_refunded_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) balance_transaction: Option<Text>,
    pub(crate) customer: Text,
    pub(crate) customer_number: u32,
    pub(crate) email: Text,
    pub(crate) name: Text,
    pub(crate) description: Text,
    pub(crate) decline: Option<Decline>,
    pub(crate) payment_intent: Text,
    pub(crate) payment_method: Text,
    pub(crate) card: Card,
    pub(crate) network_transaction: Text,
    pub(crate) receipt: Text,
    pub(crate) risk_score: i64,
    pub(crate) metadata: Metadata,
}

impl Charge {
    fn paid(&self) -> bool {
        self.decline.is_none()
    }
}

impl Shape for Charge {
    fn object(&self) -> &'static str {
        "charge"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        let paid = self.paid();
        members
            .int("amount", self.amount_minor)
            .int("amount_captured", if paid { self.amount_minor } else { 0 })
            .int("amount_refunded", self.amount_refunded_minor)
            .nulls(&["application", "application_fee", "application_fee_amount"])
            .text_or_null("balance_transaction", self.balance_transaction.as_deref())
            .object("billing_details", |members| {
                write_address(members, "address", self.customer_number);
                members
                    .text("email", &self.email)
                    .text("name", &self.name)
                    .nulls(&["phone", "tax_id"]);
            })
            .text("calculated_statement_descriptor", "SYNTHETIC COMPANY")
            .flag("captured", paid)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text("customer", &self.customer)
            .text("description", &self.description)
            .null("dispute")
            .flag("disputed", false)
            .null("failure_balance_transaction")
            .text_or_null("failure_code", self.decline.map(|_| "card_declined"))
            .text_or_null(
                "failure_message",
                self.decline.map(|decline| decline.message),
            )
            .raw("fraud_details", "{}")
            .flag("livemode", true);
        write_metadata(members, &self.metadata);
        members
            .null("on_behalf_of")
            .object("outcome", |members| self.write_outcome(members));
        self.write_rest(members);
    }
}

impl Charge {
    fn write_outcome(&self, members: &mut Members<'_>) {
        let decline = self.decline;
        let status = if decline.is_some() {
            "declined_by_network"
        } else {
            "approved_by_network"
        };
        let message = match decline {
            Some(_) => "The bank did not return any further details with this decline.",
            None => "Payment complete.",
        };
        members
            .text_or_null("advice_code", decline.map(|decline| decline.advice_code))
            .null("network_advice_code")
            .text_or_null(
                "network_decline_code",
                decline.map(|decline| decline.network_code),
            )
            .text("network_status", status)
            .text_or_null("reason", decline.map(|decline| decline.code))
            .text("risk_level", "normal")
            .int("risk_score", self.risk_score)
            .text("seller_message", message)
            .text(
                "type",
                if decline.is_some() {
                    "issuer_declined"
                } else {
                    "authorized"
                },
            );
    }

    fn write_rest(&self, members: &mut Members<'_>) {
        members
            .flag("paid", self.paid())
            .text("payment_intent", &self.payment_intent)
            .text("payment_method", &self.payment_method)
            .object("payment_method_details", |members| {
                members
                    .object("card", |members| self.write_card(members))
                    .text("type", "card");
            })
            .text("receipt_email", &self.email)
            .null("receipt_number");
        // Only money taken has a receipt; each refund makes a new address of it.
        if self.paid() {
            let at = &self.receipt;
            members.text(
                "receipt_url",
                &format!("https://pay.stripe.com/receipts/invoices/{at}"),
            );
        } else {
            members.null("receipt_url");
        }
        members
            .flag(
                "refunded",
                self.paid() && self.amount_refunded_minor == self.amount_minor,
            )
            .nulls(&["review", "shipping", "source", "source_transfer"])
            .nulls(&["statement_descriptor", "statement_descriptor_suffix"])
            .text("status", if self.paid() { "succeeded" } else { "failed" })
            .nulls(&["transfer_data", "transfer_group"]);
    }

    fn write_card(&self, members: &mut Members<'_>) {
        let card = &self.card;
        let authorized = self.paid().then_some(self.amount_minor);
        members
            .int_or_null("amount_authorized", authorized)
            .text_or_null("authorization_code", self.paid().then(|| &self.network_transaction[..6]))
            .text("brand", card.brand)
            .raw(
                "checks",
                r#"{"address_line1_check":"pass","address_postal_code_check":"pass","cvc_check":null}"#,
            )
            .text("country", "US")
            .int("exp_month", card.exp_month)
            .int("exp_year", card.exp_year)
            .raw("extended_authorization", r#"{"status":"disabled"}"#)
            .text("fingerprint", &card.fingerprint)
            .text("funding", card.funding)
            .raw("incremental_authorization", r#"{"status":"unavailable"}"#)
            .null("installments")
            .text("last4", &card.last4)
            .null("mandate")
            .raw("multicapture", r#"{"status":"unavailable"}"#)
            .text("network", card.brand)
            .raw("network_token", r#"{"used":false}"#)
            .text("network_transaction_id", &self.network_transaction)
            .object("overcapture", |members| {
                members
                    .int("maximum_amount_capturable", self.amount_minor)
                    .text("status", "unavailable");
            })
            .text("regulated_status", "unregulated")
            .nulls(&["three_d_secure", "transaction_link_id", "wallet"]);
    }
}
