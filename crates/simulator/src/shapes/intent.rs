//! The intent to collect one invoice's money, over all its attempts. It is told by events only.

use super::{Currency, Decline, Shape};
use crate::json::{Members, Text};

/// One state of a payment intent.
#[derive(Debug, Clone)]
pub(crate) struct PaymentIntent {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) customer: Text,
    pub(crate) email: Text,
    pub(crate) invoice: Text,
    pub(crate) description: Text,
    pub(crate) secret: Text,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) last_decline: Option<(Decline, Text)>,
    pub(crate) latest_charge: Option<Text>,
    pub(crate) payment_method: Option<Text>,
    pub(crate) succeeded: bool,
    pub(crate) attempted: bool,
    pub(crate) settles_at_once: bool,
}

impl Shape for PaymentIntent {
    fn object(&self) -> &'static str {
        "payment_intent"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .int("amount", self.amount_minor)
            .int("amount_capturable", 0)
            .raw("amount_details", r#"{"tip":{}}"#)
            .int(
                "amount_received",
                if self.succeeded { self.amount_minor } else { 0 },
            )
            .nulls(&[
                "application",
                "application_fee_amount",
                "automatic_payment_methods",
            ])
            .int_or_null("canceled_at", self.canceled_at)
            .text_or_null(
                "cancellation_reason",
                self.canceled_at.map(|_| "requested_by_customer"),
            )
            .text(
                "capture_method",
                if self.settles_at_once {
                    "automatic"
                } else {
                    "automatic_async"
                },
            )
            .text(
                "client_secret",
                &format!("{}_secret_{}", self.id, self.secret),
            )
            .text("confirmation_method", "automatic")
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text("customer", &self.customer)
            .null("customer_account")
            .text("description", &self.description)
            .null("excluded_payment_method_types");
        self.write_last_error(members);
        members
            .text_or_null("latest_charge", self.latest_charge.as_deref())
            .flag("livemode", true)
            .null("managed_payments")
            .raw("metadata", "{}")
            .nulls(&["next_action", "on_behalf_of"]);
        // Absent until the first attempt, as recorded of real ones.
        if self.attempted {
            members.object("payment_details", |members| {
                members
                    .null("customer_reference")
                    .text("order_reference", &self.invoice[..25]);
            });
        }
        self.write_rest(members);
    }
}

impl PaymentIntent {
    fn write_last_error(&self, members: &mut Members<'_>) {
        let Some((decline, charge)) = &self.last_decline else {
            members.null("last_payment_error");
            return;
        };
        members.object("last_payment_error", |members| {
            members
                .text("advice_code", decline.advice_code)
                .text("charge", charge)
                .text("code", "card_declined")
                .text("decline_code", decline.code)
                .text(
                    "doc_url",
                    "https://docs.stripe.com/error-codes/card-declined",
                )
                .text("message", decline.message)
                .text("network_decline_code", decline.network_code)
                .text("type", "card_error");
        });
    }

    fn write_rest(&self, members: &mut Members<'_>) {
        members
            .text_or_null("payment_method", self.payment_method.as_deref())
            .null("payment_method_configuration_details")
            .raw(
                "payment_method_options",
                r#"{"card":{"installments":null,"mandate_options":null,"network":null,"request_three_d_secure":"automatic"}}"#,
            )
            .raw("payment_method_types", r#"["card"]"#)
            .null("processing")
            .text("receipt_email", &self.email)
            .null("review")
            .text("setup_future_usage", "off_session")
            .nulls(&["shipping", "source"])
            .nulls(&["statement_descriptor", "statement_descriptor_suffix"])
            .text("status", self.status())
            .nulls(&["transfer_data", "transfer_group"]);
    }

    fn status(&self) -> &'static str {
        match (self.succeeded, self.canceled_at) {
            (true, _) => "succeeded",
            (false, Some(_)) => "canceled",
            (false, None) if self.last_decline.is_some() => "requires_payment_method",
            (false, None) if self.payment_method.is_some() => "requires_confirmation",
            (false, None) => "requires_payment_method",
        }
    }
}
