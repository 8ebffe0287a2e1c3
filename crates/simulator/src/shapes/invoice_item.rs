//! An amount that waits for an invoice or stands on a draft: added by hand, or left by a change of a subscription. Its
//! making and its deletion have events; that it was edited, or swept into an invoice, has none.

use super::line::write_pricing;
use super::{Currency, Line, Shape};
use crate::json::{Members, Text};

/// One state of an invoice item.
#[derive(Debug, Clone)]
pub(crate) struct InvoiceItem {
    pub(crate) id: Text,
    pub(crate) customer: Text,
    pub(crate) invoice: Option<Text>,
    /// The subscription and its item, for a proration.
    pub(crate) subscription: Option<(Text, Text)>,
    pub(crate) currency: Currency,
    pub(crate) created_s: i64,
    pub(crate) line: Line,
    pub(crate) deleted: bool,
}

impl Shape for InvoiceItem {
    fn object(&self) -> &'static str {
        "invoiceitem"
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
        let line = &self.line;
        members
            .int("amount", line.amount_minor)
            .text("currency", self.currency.code())
            .text("customer", &self.customer)
            .null("customer_account")
            .int("date", self.created_s)
            .text("description", &line.description)
            .flag("discountable", !line.proration)
            .raw("discounts", "[]")
            .text_or_null("invoice", self.invoice.as_deref())
            .flag("livemode", true)
            .raw("metadata", "{}")
            .int("net_amount", line.amount_minor);
        self.write_parent(members);
        members.object("period", |members| {
            members
                .int("end", line.period_end_s)
                .int("start", line.period_start_s);
        });
        write_pricing(members, line);
        members.flag("proration", line.proration);
        if line.proration {
            members.raw("proration_details", r#"{"discount_amounts":[]}"#);
        }
        members
            .int("quantity", line.quantity)
            .text("quantity_decimal", &line.quantity.to_string())
            .raw("tax_rates", "[]")
            .null("test_clock");
    }
}

impl InvoiceItem {
    fn write_parent(&self, members: &mut Members<'_>) {
        let Some((subscription, item)) = &self.subscription else {
            members.null("parent");
            return;
        };
        members.object("parent", |members| {
            members
                .object("subscription_details", |members| {
                    members
                        .text("subscription", subscription)
                        .text("subscription_item", item);
                })
                .text("type", "subscription_details");
        });
    }
}
