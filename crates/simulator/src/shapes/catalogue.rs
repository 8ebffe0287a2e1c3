//! What is sold: products and their prices. Prices never change here; their JSON is made once.

use super::{Currency, Shape};
use crate::json::{self, Members, Text};

/// A product.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub(crate) id: Text,
    pub(crate) name: &'static str,
    pub(crate) created_s: i64,
}

impl Shape for Product {
    fn object(&self) -> &'static str {
        "product"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .flag("active", true)
            .int("created", self.created_s)
            .nulls(&["default_price", "description"])
            .raw("images", "[]")
            .flag("livemode", true)
            .raw("marketing_features", "[]")
            .raw("metadata", "{}")
            .text("name", self.name)
            .nulls(&[
                "package_dimensions",
                "shippable",
                "statement_descriptor",
                "tax_code",
            ])
            .text("type", "service")
            .null("unit_label")
            .int("updated", self.created_s)
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

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .flag("active", true)
            .text("billing_scheme", "per_unit")
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .null("custom_unit_amount")
            .flag("livemode", true)
            .null("lookup_key")
            .raw("metadata", "{}")
            .null("nickname")
            .text("product", &self.product)
            .object("recurring", |members| {
                members
                    .text("interval", self.interval())
                    .int("interval_count", 1)
                    .nulls(&["meter", "trial_period_days"])
                    .text("usage_type", "licensed");
            })
            .text("tax_behavior", "unspecified")
            .nulls(&["tiers_mode", "transform_quantity"])
            .text("type", "recurring")
            .int("unit_amount", self.unit_amount_minor)
            .text("unit_amount_decimal", &self.unit_amount_minor.to_string());
    }
}
