//! A page of Stripe's on which a customer pays once: open, completed (paid, or with the money on its way), expired.

use super::{Currency, Method, Shape};
use crate::calendar::DAY_S;
use crate::json::{Members, Text};

/// How far the payment of a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payment {
    Open,
    Expired,
    /// Completed, the money still to come, or not coming.
    Unpaid,
    Paid,
}

/// One state of a checkout session in payment mode.
#[derive(Debug, Clone)]
pub(crate) struct CheckoutSession {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) customer: Option<Text>,
    pub(crate) email: Text,
    pub(crate) name: Text,
    pub(crate) method: Method,
    pub(crate) payment: Payment,
    /// Made when the customer pays.
    pub(crate) payment_intent: Option<Text>,
}

impl Shape for CheckoutSession {
    fn object(&self) -> &'static str {
        "checkout.session"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .raw("adaptive_pricing", r#"{"enabled":false}"#)
            .nulls(&["after_expiration", "allow_promotion_codes"])
            .int("amount_subtotal", self.amount_minor)
            .int("amount_total", self.amount_minor)
            .raw(
                "automatic_tax",
                r#"{"enabled":false,"liability":null,"provider":null,"status":null}"#,
            )
            .null("billing_address_collection")
            .text("cancel_url", "https://example.com/cancel")
            .nulls(&["client_reference_id", "client_secret", "collected_information"])
            .nulls(&["consent", "consent_collection"])
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .null("currency_conversion")
            .raw("custom_fields", "[]")
            .raw(
                "custom_text",
                r#"{"after_submit":null,"shipping_address":null,"submit":null,"terms_of_service_acceptance":null}"#,
            )
            .text_or_null("customer", self.customer.as_deref())
            .nulls(&["customer_account", "customer_creation"]);
        self.write_customer(members);
        members
            .null("customer_email")
            .raw("discounts", "[]")
            .int("expires_at", self.created_s + DAY_S)
            .nulls(&["integration_identifier", "invoice"])
            .raw(
                "invoice_creation",
                r#"{"enabled":false,"invoice_data":{"account_tax_ids":null,"custom_fields":null,"description":null,"footer":null,"issuer":null,"metadata":{},"rendering_options":null}}"#,
            )
            .flag("livemode", true)
            .nulls(&["locale", "managed_payments"])
            .raw("metadata", "{}")
            .text("mode", "payment")
            .null("origin_context");
        self.write_rest(members);
    }
}

impl CheckoutSession {
    fn write_customer(&self, members: &mut Members<'_>) {
        if matches!(self.payment, Payment::Open | Payment::Expired) {
            members.null("customer_details");
            return;
        }
        members.object("customer_details", |members| {
            members
                .raw(
                    "address",
                    r#"{"city":null,"country":"US","line1":null,"line2":null,"postal_code":null,"state":null}"#,
                )
                .null("business_name")
                .text("email", &self.email)
                .null("individual_name")
                .text("name", &self.name)
                .null("phone")
                .text("tax_exempt", "none")
                .raw("tax_ids", "[]");
        });
    }

    fn write_rest(&self, members: &mut Members<'_>) {
        let (status, paid) = match self.payment {
            Payment::Open => ("open", "unpaid"),
            Payment::Expired => ("expired", "unpaid"),
            Payment::Unpaid => ("complete", "unpaid"),
            Payment::Paid => ("complete", "paid"),
        };
        members
            .text_or_null("payment_intent", self.payment_intent.as_deref())
            .null("payment_link")
            .text("payment_method_collection", "if_required")
            .null("payment_method_configuration_details")
            .raw("payment_method_options", "{}")
            .raw(
                "payment_method_types",
                &format!("[\"{}\"]", self.method.code()),
            )
            .text("payment_status", paid)
            .null("permissions")
            .raw("phone_number_collection", r#"{"enabled":false}"#)
            .nulls(&["recovered_from", "saved_payment_method_options"])
            .nulls(&["setup_intent", "shipping_address_collection"])
            .null("shipping_cost")
            .raw("shipping_options", "[]")
            .text("status", status)
            .nulls(&["submit_type", "subscription"])
            .text("success_url", "https://example.com/success")
            .raw(
                "total_details",
                r#"{"amount_discount":0,"amount_shipping":0,"amount_tax":0}"#,
            )
            .text("ui_mode", "hosted")
            .text_or_null(
                "url",
                (status == "open").then_some("https://checkout.stripe.com/c/pay"),
            )
            .null("wallet_options");
    }
}
