//! One attempt to take money: authorised, taken at once or later, pending for days, refused, or moved from a platform.

use super::{Card, Currency, Metadata, Method, Shape, write_address, write_metadata};
use crate::json::{Members, Text};

/// Why a bank refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decline {
    pub(crate) code: &'static str,
    pub(crate) network_code: &'static str,
    pub(crate) advice_code: &'static str,
    pub(crate) message: &'static str,
}

/// How far the money of a charge has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The bank holds it for the company.
    Authorized,
    /// On its way; the bank may still refuse.
    Pending,
    Captured,
    Failed,
}

/// What ties a charge to other accounts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connection {
    pub(crate) application: Option<Text>,
    pub(crate) application_fee: Option<Text>,
    pub(crate) application_fee_minor: Option<i64>,
    /// On a connected account: the transfer that it was made by.
    pub(crate) source_transfer: Option<Text>,
    /// The transfer that it made.
    pub(crate) transfer: Option<Text>,
    /// The account that gets it, and how much of it where not all.
    pub(crate) destination: Option<(Text, Option<i64>)>,
    pub(crate) transfer_group: Option<Text>,
}

/// One state of a charge.
#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub(crate) id: Text,
    /// The account it was made on, by its place.
    pub(crate) purse: usize,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) amount_captured_minor: i64,
    pub(crate) amount_refunded_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) balance_transaction: Option<Text>,
    pub(crate) failure_balance_transaction: Option<Text>,
    pub(crate) customer: Option<Text>,
    pub(crate) customer_number: u32,
    pub(crate) email: Text,
    pub(crate) name: Text,
    pub(crate) description: Text,
    pub(crate) decline: Option<Decline>,
    /// The newest dispute; once there was one, the charge stays disputed.
    pub(crate) dispute: Option<Text>,
    pub(crate) progress: Progress,
    pub(crate) payment_intent: Option<Text>,
    pub(crate) payment_method: Option<Text>,
    pub(crate) method: Method,
    pub(crate) card: Card,
    /// The second until which an authorised charge can be captured.
    pub(crate) capture_before: Option<i64>,
    pub(crate) network_transaction: Text,
    pub(crate) receipt: Text,
    pub(crate) risk_score: i64,
    pub(crate) connection: Connection,
    pub(crate) metadata: Metadata,
}

impl Charge {
    /// Whether the bank gave or promised the money.
    pub(crate) fn paid(&self) -> bool {
        matches!(self.progress, Progress::Authorized | Progress::Captured)
    }

    /// What refunds have left of it.
    pub(crate) fn refundable_minor(&self) -> i64 {
        self.amount_minor - self.amount_refunded_minor
    }

    fn status(&self) -> &'static str {
        match self.progress {
            Progress::Authorized | Progress::Captured => "succeeded",
            Progress::Pending => "pending",
            Progress::Failed => "failed",
        }
    }
}

impl Shape for Charge {
    fn object(&self) -> &'static str {
        "charge"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        let connection = &self.connection;
        members
            .int("amount", self.amount_minor)
            .int("amount_captured", self.amount_captured_minor)
            .int("amount_refunded", self.amount_refunded_minor)
            .text_or_null("application", connection.application.as_deref())
            .text_or_null("application_fee", connection.application_fee.as_deref())
            .int_or_null("application_fee_amount", connection.application_fee_minor)
            .text_or_null("balance_transaction", self.balance_transaction.as_deref())
            .object("billing_details", |members| {
                write_address(members, "address", self.customer_number);
                members
                    .text("email", &self.email)
                    .text("name", &self.name)
                    .nulls(&["phone", "tax_id"]);
            })
            .text("calculated_statement_descriptor", "SYNTHETIC COMPANY")
            .flag("captured", self.progress == Progress::Captured)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text_or_null("customer", self.customer.as_deref())
            .text("description", &self.description)
            .text_or_null("dispute", self.dispute.as_deref())
            .flag("disputed", self.dispute.is_some())
            .text_or_null(
                "failure_balance_transaction",
                self.failure_balance_transaction.as_deref(),
            )
            .text_or_null("failure_code", self.decline.map(|_| self.failure_code()))
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
        self.write_payment(members);
        self.write_rest(members);
    }
}

impl Charge {
    fn failure_code(&self) -> &'static str {
        if self.method.is_card() {
            "card_declined"
        } else {
            "insufficient_funds"
        }
    }

    fn write_outcome(&self, members: &mut Members<'_>) {
        let refused = self.decline.filter(|_| self.method.is_card());
        let (status, kind, message) = if refused.is_some() {
            let message = "The bank did not return any further details with this decline.";
            ("declined_by_network", "issuer_declined", message)
        } else {
            ("approved_by_network", "authorized", "Payment complete.")
        };
        members
            .text_or_null("advice_code", refused.map(|decline| decline.advice_code))
            .null("network_advice_code")
            .text_or_null(
                "network_decline_code",
                refused.map(|decline| decline.network_code),
            )
            .text("network_status", status)
            .text_or_null("reason", refused.map(|decline| decline.code))
            .text("risk_level", "normal")
            .int("risk_score", self.risk_score)
            .text("seller_message", message)
            .text("type", kind);
    }

    fn write_payment(&self, members: &mut Members<'_>) {
        members
            .flag("paid", self.paid())
            .text_or_null("payment_intent", self.payment_intent.as_deref())
            .text_or_null("payment_method", self.payment_method.as_deref())
            .object("payment_method_details", |members| {
                self.method.write(members, self);
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
    }

    fn write_rest(&self, members: &mut Members<'_>) {
        let connection = &self.connection;
        members
            .flag(
                "refunded",
                self.paid() && self.amount_refunded_minor == self.amount_minor,
            )
            .nulls(&["review", "shipping", "source"])
            .text_or_null("source_transfer", connection.source_transfer.as_deref())
            .nulls(&["statement_descriptor", "statement_descriptor_suffix"])
            .text("status", self.status());
        // Only a charge that made a transfer has the member.
        if let Some(transfer) = &connection.transfer {
            members.text("transfer", transfer);
        }
        super::transfer::write_destination(members, connection.destination.as_ref());
        members.text_or_null("transfer_group", connection.transfer_group.as_deref());
    }
}
