//! Money that Stripe holds back for risk, and lets go again.

use super::{Currency, Shape};
use crate::json::{Members, Text};

/// One state of a reserve hold.
#[derive(Debug, Clone)]
pub(crate) struct ReserveHold {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) release_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
}

impl Shape for ReserveHold {
    fn object(&self) -> &'static str {
        "reserve.hold"
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
            .int("created", self.created_s)
            .text("created_by", "stripe")
            .text("currency", self.currency.code())
            .flag("livemode", true)
            .text("reason", "standalone")
            .object("release_schedule", |members| {
                members
                    .int("release_after", self.release_s)
                    .null("scheduled_release");
            })
            .nulls(&["reserve_plan", "source_charge"])
            .text("source_type", "card");
    }
}

/// The end of a hold.
#[derive(Debug, Clone)]
pub(crate) struct ReserveRelease {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) hold: Text,
}

impl Shape for ReserveRelease {
    fn object(&self) -> &'static str {
        "reserve.release"
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
            .int("created", self.created_s)
            .text("created_by", "stripe")
            .text("currency", self.currency.code())
            .flag("livemode", true)
            .text("reason", "bulk_hold_expiry")
            .int("released_at", self.created_s)
            .text("reserve_hold", &self.hold)
            .null("reserve_plan");
    }
}
