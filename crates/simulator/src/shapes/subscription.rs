//! A subscription with its items embedded. Periods stand on the items, as since 2025-03-31.

use std::sync::Arc;

use super::{Currency, Metadata, Shape, write_metadata, write_whole_list};
use crate::json::{Members, Text};

/// One state of a subscription.
#[derive(Debug, Clone)]
pub(crate) struct Subscription {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) customer: Text,
    pub(crate) currency: Currency,
    pub(crate) status: &'static str,
    pub(crate) items: Arc<[SubscriptionItem]>,
    pub(crate) cancel_at: Option<i64>,
    pub(crate) cancel_at_period_end: bool,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) cancellation_reason: Option<&'static str>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) latest_invoice: Option<Text>,
    /// The second that its periods are counted from.
    pub(crate) anchor_s: i64,
    /// When a trial began and ends.
    pub(crate) trial: Option<(i64, i64)>,
    /// What becomes of its invoices while collection is paused.
    pub(crate) paused: Option<&'static str>,
    pub(crate) schedule: Option<Text>,
    /// Ids of the discounts on it.
    pub(crate) discounts: Arc<[Text]>,
    /// The rates on its invoices, as JSON objects.
    pub(crate) tax_rates_json: Text,
    pub(crate) metadata: Metadata,
}

/// One item of a subscription.
#[derive(Debug, Clone)]
pub(crate) struct SubscriptionItem {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) price: Text,
    pub(crate) price_json: Text,
    pub(crate) plan_json: Text,
    pub(crate) product: Text,
    pub(crate) product_name: &'static str,
    pub(crate) unit_amount_minor: i64,
    pub(crate) quantity: i64,
    pub(crate) period_start_s: i64,
    pub(crate) period_end_s: i64,
}

impl Shape for Subscription {
    fn object(&self) -> &'static str {
        "subscription"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .nulls(&["application", "application_fee_percent"])
            .raw(
                "automatic_tax",
                r#"{"disabled_reason":null,"enabled":false,"liability":null}"#,
            )
            .int("billing_cycle_anchor", self.anchor_s)
            .null("billing_cycle_anchor_config")
            .object("billing_mode", |members| {
                members
                    .raw("flexible", r#"{"proration_discounts":"included"}"#)
                    .text("type", "flexible")
                    .int("updated_at", self.created_s);
            })
            .raw("billing_schedules", "[]")
            .null("billing_thresholds");
        self.write_cancellation(members);
        members
            .text("collection_method", "charge_automatically")
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text("customer", &self.customer)
            .nulls(&["customer_account", "days_until_due"])
            .nulls(&["default_payment_method", "default_source"])
            .raw("default_tax_rates", &self.tax_rates_json)
            .null("description")
            .texts("discounts", &self.discounts)
            .int_or_null("ended_at", self.ended_at)
            .raw(
                "invoice_settings",
                r#"{"account_tax_ids":null,"custom_fields":null,"description":null,"footer":null,"issuer":{"type":"self"}}"#,
            );
        let url = format!("/v1/subscription_items?subscription={}", self.id);
        write_whole_list(members, "items", &self.items, &url, |item, members| {
            item.write(&self.id, members);
        });
        members
            .text_or_null("latest_invoice", self.latest_invoice.as_deref())
            .flag("livemode", true)
            .null("managed_payments");
        write_metadata(members, &self.metadata);
        self.write_rest(members);
    }
}

impl Subscription {
    fn write_cancellation(&self, members: &mut Members<'_>) {
        members
            .int_or_null("cancel_at", self.cancel_at)
            .flag("cancel_at_period_end", self.cancel_at_period_end)
            .int_or_null("canceled_at", self.canceled_at)
            .object("cancellation_details", |members| {
                members
                    .nulls(&["comment", "feedback"])
                    .text_or_null("reason", self.cancellation_reason);
            });
    }

    fn write_rest(&self, members: &mut Members<'_>) {
        members.nulls(&["next_pending_invoice_item_invoice", "on_behalf_of"]);
        match self.paused {
            Some(behavior) => members.object("pause_collection", |members| {
                members.text("behavior", behavior).null("resumes_at");
            }),
            None => members.null("pause_collection"),
        };
        members
            .raw(
                "payment_settings",
                r#"{"payment_method_options":null,"payment_method_types":null,"save_default_payment_method":"off"}"#,
            )
            .nulls(&["pending_invoice_item_interval", "pending_setup_intent", "pending_update"])
            .text_or_null("schedule", self.schedule.as_deref())
            .int("start_date", self.created_s)
            .text("status", self.status)
            .nulls(&["test_clock", "transfer_data"])
            .int_or_null("trial_end", self.trial.map(|trial| trial.1))
            .raw(
                "trial_settings",
                r#"{"end_behavior":{"missing_payment_method":"create_invoice"}}"#,
            )
            .int_or_null("trial_start", self.trial.map(|trial| trial.0));
    }
}

impl SubscriptionItem {
    fn write(&self, subscription: &str, members: &mut Members<'_>) {
        members
            .text("id", &self.id)
            .text("object", "subscription_item")
            .null("billing_thresholds")
            .int("created", self.created_s)
            .int("current_period_end", self.period_end_s)
            .int("current_period_start", self.period_start_s)
            .raw("discounts", "[]")
            .raw("metadata", "{}")
            .raw("plan", &self.plan_json)
            .raw("price", &self.price_json)
            .int("quantity", self.quantity)
            .text("subscription", subscription)
            .raw("tax_rates", "[]");
    }
}
