//! The intent to save a card for later payments.

use super::Shape;
use crate::json::{Members, Text};

/// One state of a setup intent.
#[derive(Debug, Clone)]
pub(crate) struct SetupIntent {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) customer: Text,
    pub(crate) secret: Text,
    /// The card, once it is saved.
    pub(crate) payment_method: Option<Text>,
    pub(crate) latest_attempt: Option<Text>,
}

impl Shape for SetupIntent {
    fn object(&self) -> &'static str {
        "setup_intent"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        let status = if self.payment_method.is_some() {
            "succeeded"
        } else {
            "requires_payment_method"
        };
        members
            .nulls(&["application", "automatic_payment_methods"])
            .null("cancellation_reason")
            .text(
                "client_secret",
                &format!("{}_secret_{}", self.id, self.secret),
            )
            .int("created", self.created_s)
            .text("customer", &self.customer)
            .null("description")
            .nulls(&["excluded_payment_method_types", "flow_directions"])
            .null("last_setup_error")
            .text_or_null("latest_attempt", self.latest_attempt.as_deref())
            .flag("livemode", true)
            .null("mandate")
            .raw("metadata", "{}")
            .nulls(&["next_action", "on_behalf_of"])
            .text_or_null("payment_method", self.payment_method.as_deref())
            .null("payment_method_configuration_details")
            .raw(
                "payment_method_options",
                r#"{"card":{"mandate_options":null,"network":null,"request_three_d_secure":"automatic"}}"#,
            )
            .raw("payment_method_types", r#"["card"]"#)
            .null("single_use_mandate")
            .text("status", status)
            .text("usage", "off_session");
    }
}
