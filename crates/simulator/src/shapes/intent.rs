//! The intent to collect a sum, of an invoice or not, over all its attempts.

use super::{Currency, Decline, Method, Shape};
use crate::json::{Members, Text};

/// Where an intent stands beside its success, its end and its refusals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    #[default]
    Plain,
    /// The customer is asked to prove the card theirs.
    Action,
    /// A debit is on its way.
    Processing,
    /// Authorised, to be captured.
    Capturable,
}

/// What an intent has beyond a plain collection by card.
#[derive(Debug, Clone, Default)]
pub(crate) struct IntentTerms {
    /// The account it was made on, by its place.
    pub(crate) purse: usize,
    pub(crate) phase: Stage,
    pub(crate) method: Method,
    /// Whether money is taken by a call of its own.
    pub(crate) captured_by_hand: bool,
    /// What was captured where not all.
    pub(crate) captured_minor: Option<i64>,
    /// Why it was cancelled; by the company's own request where none.
    pub(crate) cancellation_reason: Option<&'static str>,
    pub(crate) application: Option<Text>,
    pub(crate) application_fee_minor: Option<i64>,
    /// The account that gets the money, and how much of it where not all.
    pub(crate) destination: Option<(Text, Option<i64>)>,
    pub(crate) transfer_group: Option<Text>,
    /// Whether the customer failed to prove the card theirs.
    pub(crate) unproven: bool,
}

/// One state of a payment intent.
#[derive(Debug, Clone)]
pub(crate) struct PaymentIntent {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) customer: Option<Text>,
    pub(crate) email: Text,
    pub(crate) invoice: Option<Text>,
    pub(crate) description: Text,
    pub(crate) secret: Text,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) last_decline: Option<(Decline, Text)>,
    pub(crate) latest_charge: Option<Text>,
    pub(crate) payment_method: Option<Text>,
    pub(crate) succeeded: bool,
    pub(crate) attempted: bool,
    pub(crate) settles_at_once: bool,
    pub(crate) terms: IntentTerms,
}

impl Shape for PaymentIntent {
    fn object(&self) -> &'static str {
        "payment_intent"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        let capturable = self.status() == "requires_capture";
        let captured_minor = self.terms.captured_minor.unwrap_or(self.amount_minor);
        members
            .int("amount", self.amount_minor)
            .int(
                "amount_capturable",
                if capturable { self.amount_minor } else { 0 },
            )
            .raw("amount_details", r#"{"tip":{}}"#)
            .int(
                "amount_received",
                if self.succeeded { captured_minor } else { 0 },
            )
            .text_or_null("application", self.terms.application.as_deref())
            .int_or_null("application_fee_amount", self.terms.application_fee_minor)
            .null("automatic_payment_methods")
            .int_or_null("canceled_at", self.canceled_at)
            .text_or_null("cancellation_reason", self.cancellation_reason())
            .text("capture_method", self.capture_method())
            .text(
                "client_secret",
                &format!("{}_secret_{}", self.id, self.secret),
            )
            .text("confirmation_method", "automatic")
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text_or_null("customer", self.customer.as_deref())
            .null("customer_account")
            .text("description", &self.description)
            .null("excluded_payment_method_types");
        self.write_last_error(members);
        members
            .text_or_null("latest_charge", self.latest_charge.as_deref())
            .flag("livemode", true)
            .null("managed_payments")
            .raw("metadata", "{}");
        if self.status() == "requires_action" {
            members.raw(
                "next_action",
                r#"{"redirect_to_url":{"return_url":"https://example.com/return","url":"https://hooks.stripe.com/3d_secure"},"type":"redirect_to_url"}"#,
            );
        } else {
            members.null("next_action");
        }
        members.null("on_behalf_of");
        // Absent until the first attempt, as recorded of those of invoices.
        if let Some(invoice) = self.invoice.as_ref().filter(|_| self.attempted) {
            members.object("payment_details", |members| {
                members
                    .null("customer_reference")
                    .text("order_reference", &invoice[..25]);
            });
        }
        self.write_rest(members);
    }
}

impl PaymentIntent {
    fn write_last_error(&self, members: &mut Members<'_>) {
        if self.terms.unproven && self.status() == "requires_payment_method" {
            members.object("last_payment_error", |members| {
                members
                    .text("code", "payment_intent_authentication_failure")
                    .text("message", "The customer could not prove the card theirs.")
                    .text("type", "invalid_request_error");
            });
            return;
        }
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
            .null("payment_method_configuration_details");
        if self.terms.method.is_card() {
            members.raw(
                "payment_method_options",
                r#"{"card":{"installments":null,"mandate_options":null,"network":null,"request_three_d_secure":"automatic"}}"#,
            );
        } else {
            members.raw("payment_method_options", "{}");
        }
        let method = self.terms.method.code();
        members
            .raw("payment_method_types", &format!("[\"{method}\"]"))
            .null("processing")
            .text("receipt_email", &self.email)
            .null("review")
            .text_or_null(
                "setup_future_usage",
                self.invoice.as_ref().map(|_| "off_session"),
            )
            .nulls(&["shipping", "source"])
            .nulls(&["statement_descriptor", "statement_descriptor_suffix"])
            .text("status", self.status());
        super::transfer::write_destination(members, self.terms.destination.as_ref());
        members.text_or_null("transfer_group", self.terms.transfer_group.as_deref());
    }

    fn capture_method(&self) -> &'static str {
        match (self.terms.captured_by_hand, self.settles_at_once) {
            (true, _) => "manual",
            (false, true) => "automatic",
            (false, false) => "automatic_async",
        }
    }

    fn cancellation_reason(&self) -> Option<&'static str> {
        let reason = self.terms.cancellation_reason;
        self.canceled_at
            .map(|_| reason.unwrap_or("requested_by_customer"))
    }

    fn status(&self) -> &'static str {
        match (self.succeeded, self.canceled_at) {
            (true, _) => "succeeded",
            (false, Some(_)) => "canceled",
            (false, None) if self.terms.phase == Stage::Action => "requires_action",
            (false, None) if self.terms.phase == Stage::Processing => "processing",
            (false, None) if self.terms.phase == Stage::Capturable => "requires_capture",
            (false, None) if self.last_decline.is_some() => "requires_payment_method",
            (false, None) if self.payment_method.is_some() => "requires_confirmation",
            (false, None) => "requires_payment_method",
        }
    }
}
