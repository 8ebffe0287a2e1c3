//! A tax rate: on top of a price, or inside it.

use super::Shape;
use crate::json::{Members, Text};

/// One state of a tax rate.
#[derive(Debug, Clone)]
pub(crate) struct TaxRate {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) country: &'static str,
    pub(crate) display_name: &'static str,
    pub(crate) tax_type: &'static str,
    pub(crate) description: Option<Text>,
    pub(crate) inclusive: bool,
    /// Thousandths of a percent.
    pub(crate) per_100_000: i64,
    pub(crate) active: bool,
}

impl TaxRate {
    /// The percentage as a decimal number without trailing zeros.
    fn percentage(&self) -> String {
        let text = format!("{}.{:03}", self.per_100_000 / 1000, self.per_100_000 % 1000);
        let text = text.trim_end_matches('0');
        text.strip_suffix('.')
            .map_or(text.to_owned(), |whole| format!("{whole}.0"))
    }
}

impl Shape for TaxRate {
    fn object(&self) -> &'static str {
        "tax_rate"
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
            .text("country", self.country)
            .int("created", self.created_s)
            .text_or_null("description", self.description.as_deref())
            .text("display_name", self.display_name)
            .raw("effective_percentage", &self.percentage())
            .null("flat_amount")
            .flag("inclusive", self.inclusive)
            .text("jurisdiction", self.country)
            .text("jurisdiction_level", "country")
            .flag("livemode", true)
            .raw("metadata", "{}")
            .raw("percentage", &self.percentage())
            .text("rate_type", "percentage")
            .null("state")
            .text("tax_type", self.tax_type);
    }
}
