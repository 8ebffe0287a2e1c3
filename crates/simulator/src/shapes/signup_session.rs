//! A page of Stripe's on which a customer buys a subscription.

use super::{Currency, Shape};
use crate::calendar::DAY_S;
use crate::json::{Members, Text};

/// One state of a checkout session in subscription mode.
#[derive(Debug, Clone)]
pub(crate) struct SignupSession {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) customer: Text,
    pub(crate) email: Text,
    pub(crate) name: Text,
    pub(crate) currency: Currency,
    pub(crate) status: &'static str,
    pub(crate) invoice: Option<Text>,
    pub(crate) subscription: Option<Text>,
    /// Subtotal, total, discount and tax of what was bought, minor units.
    pub(crate) sums: (i64, i64, i64, i64),
}

impl Shape for SignupSession {
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
            .int("amount_subtotal", self.sums.0)
            .int("amount_total", self.sums.1)
            .raw(
                "automatic_tax",
                r#"{"enabled":false,"liability":null,"provider":null,"status":null}"#,
            )
            .null("billing_address_collection")
            .text("cancel_url", "https://example.com/cancel")
            .nulls(&["client_reference_id", "client_secret"])
            .nulls(&["collected_information", "consent", "consent_collection"])
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .null("currency_conversion")
            .raw("custom_fields", "[]")
            .raw(
                "custom_text",
                r#"{"after_submit":null,"shipping_address":null,"submit":null,"terms_of_service_acceptance":null}"#,
            )
            .text("customer", &self.customer)
            .nulls(&["customer_account", "customer_creation"]);
        self.write_customer(members);
        members
            .null("customer_email")
            .raw("discounts", "[]")
            .int("expires_at", self.created_s + DAY_S)
            .null("integration_identifier")
            .text_or_null("invoice", self.invoice.as_deref())
            .null("invoice_creation")
            .flag("livemode", true)
            .nulls(&["locale", "managed_payments"])
            .raw("metadata", "{}")
            .text("mode", "subscription")
            .nulls(&["origin_context", "payment_intent", "payment_link"])
            .text("payment_method_collection", "always")
            .null("payment_method_configuration_details")
            .raw("payment_method_options", "{}")
            .raw("payment_method_types", r#"["card"]"#);
        self.write_rest(members);
    }
}

impl SignupSession {
    fn write_customer(&self, members: &mut Members<'_>) {
        members.object("customer_details", |members| {
            members
                .null("address")
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
        let paid = self.status == "complete";
        members
            .text("payment_status", if paid { "paid" } else { "unpaid" })
            .null("permissions")
            .raw("phone_number_collection", r#"{"enabled":false}"#)
            .null("recovered_from")
            .raw(
                "saved_payment_method_options",
                r#"{"allow_redisplay_filters":["always"],"payment_method_remove":"disabled","payment_method_save":null}"#,
            )
            .nulls(&["setup_intent", "shipping_address_collection", "shipping_cost"])
            .raw("shipping_options", "[]")
            .text("status", self.status)
            .null("submit_type")
            .text_or_null("subscription", self.subscription.as_deref())
            .text("success_url", "https://example.com/welcome")
            .object("total_details", |members| {
                members
                    .int("amount_discount", self.sums.2)
                    .int("amount_shipping", 0)
                    .int("amount_tax", self.sums.3);
            })
            .text("ui_mode", "hosted_page");
        let page = format!("https://checkout.stripe.com/c/pay/{}", self.id);
        members
            .text_or_null("url", (self.status == "open").then_some(&*page))
            .null("wallet_options");
    }
}
