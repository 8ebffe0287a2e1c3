//! What takes money off: coupons, the codes that customers type, and a coupon's use by a customer or subscription.

use super::{Currency, Shape};
use crate::json::{Members, Text};

/// One state of a coupon.
#[derive(Debug, Clone)]
pub(crate) struct Coupon {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) name: Text,
    /// Tenths of a percent; none where an amount is taken off.
    pub(crate) per_mille: Option<i64>,
    pub(crate) amount_off: Option<(i64, Currency)>,
    pub(crate) duration: &'static str,
    pub(crate) months: Option<i64>,
    pub(crate) times_redeemed: i64,
    pub(crate) deleted: bool,
}

impl Shape for Coupon {
    fn object(&self) -> &'static str {
        "coupon"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn is_deleted(&self) -> bool {
        self.deleted
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        if self.deleted {
            members.flag("deleted", true);
            return;
        }
        members
            .int_or_null("amount_off", self.amount_off.map(|off| off.0))
            .int("created", self.created_s)
            .text_or_null("currency", self.amount_off.map(|off| off.1.code()))
            .text("duration", self.duration)
            .int_or_null("duration_in_months", self.months)
            .flag("livemode", true)
            .null("max_redemptions")
            .raw("metadata", "{}")
            .text("name", &self.name);
        match self.per_mille {
            Some(tenths) => members.raw("percent_off", &format!("{}.{}", tenths / 10, tenths % 10)),
            None => members.null("percent_off"),
        };
        members
            .null("redeem_by")
            .int("times_redeemed", self.times_redeemed)
            .flag("valid", true);
    }
}

/// One state of a code for a coupon.
#[derive(Debug, Clone)]
pub(crate) struct PromotionCode {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) code: Text,
    pub(crate) coupon: Text,
    pub(crate) active: bool,
    pub(crate) times_redeemed: i64,
}

impl Shape for PromotionCode {
    fn object(&self) -> &'static str {
        "promotion_code"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .flag("active", self.active)
            .text("code", &self.code)
            .int("created", self.created_s)
            .nulls(&["customer", "customer_account", "expires_at"])
            .flag("livemode", true)
            .null("max_redemptions")
            .raw("metadata", "{}")
            .object("promotion", |members| {
                members.text("coupon", &self.coupon).text("type", "coupon");
            })
            .raw(
                "restrictions",
                r#"{"first_time_transaction":false,"minimum_amount":null,"minimum_amount_currency":null}"#,
            )
            .int("times_redeemed", self.times_redeemed);
    }
}

/// One state of a coupon's use.
#[derive(Debug, Clone)]
pub(crate) struct Discount {
    pub(crate) id: Text,
    pub(crate) customer: Text,
    pub(crate) subscription: Option<Text>,
    pub(crate) coupon: Text,
    pub(crate) promotion_code: Option<Text>,
    pub(crate) start_s: i64,
    pub(crate) end_s: Option<i64>,
    pub(crate) deleted: bool,
}

impl Shape for Discount {
    fn object(&self) -> &'static str {
        "discount"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.start_s
    }

    fn is_deleted(&self) -> bool {
        self.deleted
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members.null("checkout_session");
        members
            .text("customer", &self.customer)
            .null("customer_account");
        if self.deleted {
            members.flag("deleted", true);
        } else {
            members.int_or_null("end", self.end_s);
        }
        members
            .nulls(&["invoice", "invoice_item"])
            .text_or_null("promotion_code", self.promotion_code.as_deref())
            .object("source", |members| {
                members.text("coupon", &self.coupon).text("type", "coupon");
            })
            .int("start", self.start_s)
            .text_or_null("subscription", self.subscription.as_deref())
            .null("subscription_item");
    }
}
