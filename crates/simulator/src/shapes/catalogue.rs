//! What is sold: products and their prices, by the piece or in tiers.

use super::{Currency, Shape};
use crate::json::{self, Members, Text};

/// A product.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub(crate) id: Text,
    pub(crate) name: Text,
    pub(crate) created_s: i64,
    pub(crate) updated_s: i64,
    pub(crate) active: bool,
    pub(crate) deleted: bool,
}

impl Shape for Product {
    fn object(&self) -> &'static str {
        "product"
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
            .flag("active", self.active)
            .int("created", self.created_s)
            .nulls(&["default_price", "description"])
            .raw("images", "[]")
            .flag("livemode", true)
            .raw("marketing_features", "[]")
            .raw("metadata", "{}")
            .text("name", &self.name)
            .nulls(&[
                "package_dimensions",
                "shippable",
                "statement_descriptor",
                "tax_code",
            ])
            .text("type", "service")
            .null("unit_label")
            .int("updated", self.updated_s)
            .null("url");
    }
}

/// A recurring price.
#[derive(Debug, Clone)]
pub(crate) struct Price {
    pub(crate) id: Text,
    pub(crate) product: Text,
    pub(crate) product_name: &'static str,
    pub(crate) created_s: i64,
    pub(crate) currency: Currency,
    pub(crate) yearly: bool,
    pub(crate) unit_amount_minor: i64,
    /// What a piece costs where that is no whole number of minor units, as `12.5`; `unit_amount_minor` means nothing then.
    pub(crate) unit_amount_decimal: Option<Text>,
    /// Priced by tiers, which are shown when asked for only.
    pub(crate) tiered: bool,
    pub(crate) active: bool,
    pub(crate) nickname: Option<Text>,
    pub(crate) deleted: bool,
}

impl Price {
    /// The price's JSON as subscription items embed it.
    pub(crate) fn embedded(&self) -> String {
        self.render(0)
    }

    /// The older rendering of the same price, which items still carry beside it.
    pub(crate) fn plan(&self) -> String {
        json::object(|members| {
            members
                .text("id", &self.id)
                .text("object", "plan")
                .flag("active", true)
                .int("amount", self.unit_amount_minor)
                .text("amount_decimal", &self.unit_amount_minor.to_string())
                .text("billing_scheme", "per_unit")
                .int("created", self.created_s)
                .text("currency", self.currency.code())
                .text("interval", self.interval())
                .int("interval_count", 1)
                .flag("livemode", true)
                .raw("metadata", "{}")
                .nulls(&["meter", "nickname"])
                .text("product", &self.product)
                .nulls(&["tiers_mode", "transform_usage", "trial_period_days"])
                .text("usage_type", "licensed");
        })
    }

    /// What a piece costs, as decimal text in minor units.
    pub(crate) fn unit_amount_text(&self) -> Text {
        let whole = || self.unit_amount_minor.to_string().into();
        self.unit_amount_decimal.clone().unwrap_or_else(whole)
    }

    /// `month` or `year`.
    pub(crate) fn interval(&self) -> &'static str {
        if self.yearly { "year" } else { "month" }
    }
}

impl Shape for Price {
    fn object(&self) -> &'static str {
        "price"
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
        let scheme = if self.tiered { "tiered" } else { "per_unit" };
        members
            .flag("active", self.active)
            .text("billing_scheme", scheme)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .null("custom_unit_amount")
            .flag("livemode", true)
            .null("lookup_key")
            .raw("metadata", "{}")
            .text_or_null("nickname", self.nickname.as_deref())
            .text("product", &self.product)
            .object("recurring", |members| {
                members
                    .text("interval", self.interval())
                    .int("interval_count", 1)
                    .nulls(&["meter", "trial_period_days"])
                    .text("usage_type", "licensed");
            })
            .text("tax_behavior", "unspecified")
            .text_or_null("tiers_mode", self.tiered.then_some("graduated"))
            .null("transform_quantity")
            .text("type", "recurring");
        let whole = !self.tiered && self.unit_amount_decimal.is_none();
        let decimal = self.unit_amount_text();
        members
            .int_or_null("unit_amount", whole.then_some(self.unit_amount_minor))
            .text_or_null("unit_amount_decimal", (!self.tiered).then_some(&*decimal));
    }
}
