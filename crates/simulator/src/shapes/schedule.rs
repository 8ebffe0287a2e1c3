//! A subscription schedule: which prices a subscription will have from when to when.

use std::sync::Arc;

use super::{Currency, Shape};
use crate::json::{Members, Text};

/// One state of a schedule.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) customer: Text,
    pub(crate) currency: Currency,
    pub(crate) subscription: Option<Text>,
    pub(crate) released_subscription: Option<Text>,
    pub(crate) phases: Arc<[SchedulePhase]>,
    pub(crate) current: Option<usize>,
    pub(crate) end_behavior: &'static str,
    pub(crate) canceled_at: Option<i64>,
    pub(crate) completed_at: Option<i64>,
    pub(crate) released_at: Option<i64>,
}

/// One phase of a schedule.
#[derive(Debug, Clone)]
pub(crate) struct SchedulePhase {
    pub(crate) start_s: i64,
    pub(crate) end_s: i64,
    /// Price and quantity of each item.
    pub(crate) items: Arc<[(Text, i64)]>,
}

impl Schedule {
    fn status(&self) -> &'static str {
        let ends = [
            (self.canceled_at, "canceled"),
            (self.released_at, "released"),
            (self.completed_at, "completed"),
        ];
        let ended = ends.iter().find(|end| end.0.is_some());
        ended.map_or("active", |end| end.1)
    }

    fn write_phase(&self, phase: &SchedulePhase, members: &mut Members<'_>) {
        members
            .raw("add_invoice_items", "[]")
            .nulls(&["application_fee_percent", "billing_cycle_anchor"])
            .nulls(&["billing_thresholds", "collection_method"])
            .text("currency", self.currency.code())
            .null("default_payment_method")
            .raw("default_tax_rates", "[]")
            .null("description")
            .raw("discounts", "[]")
            .int("end_date", phase.end_s)
            .null("invoice_settings")
            .objects("items", &phase.items, |(price, quantity), members| {
                members
                    .null("billing_thresholds")
                    .raw("discounts", "[]")
                    .raw("metadata", "{}")
                    .text("plan", price)
                    .text("price", price)
                    .int("quantity", *quantity)
                    .raw("tax_rates", "[]");
            })
            .raw("metadata", "{}")
            .null("on_behalf_of")
            .text("proration_behavior", "none")
            .int("start_date", phase.start_s)
            .nulls(&["transfer_data", "trial_end"]);
    }
}

impl Shape for Schedule {
    fn object(&self) -> &'static str {
        "subscription_schedule"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .null("application")
            .raw(
                "billing_mode",
                r#"{"flexible":{"proration_discounts":"included"},"type":"flexible"}"#,
            )
            .int_or_null("canceled_at", self.canceled_at)
            .int_or_null("completed_at", self.completed_at)
            .int("created", self.created_s);
        match self.current.map(|index| &self.phases[index]) {
            Some(phase) => members.object("current_phase", |members| {
                members
                    .int("end_date", phase.end_s)
                    .int("start_date", phase.start_s);
            }),
            None => members.null("current_phase"),
        };
        members
            .text("customer", &self.customer)
            .null("customer_account")
            .raw(
                "default_settings",
                r#"{"application_fee_percent":null,"automatic_tax":{"disabled_reason":null,"enabled":false,"liability":null},"billing_cycle_anchor":"automatic","billing_thresholds":null,"collection_method":"charge_automatically","default_payment_method":null,"description":null,"invoice_settings":{"account_tax_ids":null,"custom_fields":null,"days_until_due":null,"description":null,"footer":null,"issuer":{"type":"self"}},"on_behalf_of":null,"transfer_data":null}"#,
            )
            .text("end_behavior", self.end_behavior)
            .flag("livemode", true)
            .raw("metadata", "{}")
            .objects("phases", &self.phases, |phase, members| {
                self.write_phase(phase, members);
            })
            .int_or_null("released_at", self.released_at)
            .text_or_null("released_subscription", self.released_subscription.as_deref())
            .text("status", self.status())
            .text_or_null("subscription", self.subscription.as_deref())
            .null("test_clock");
    }
}
