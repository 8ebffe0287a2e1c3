//! A customer and the card kept for it. All people are plainly synthetic.

use super::{Card, Currency, Discount, Metadata, Shape, write_address, write_metadata};
use crate::json::{Members, Text};

/// One state of a customer.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) id: Text,
    pub(crate) number: u32,
    pub(crate) created_s: i64,
    pub(crate) name: Text,
    pub(crate) email: Text,
    pub(crate) description: Option<Text>,
    pub(crate) phone: Option<Text>,
    pub(crate) currency: Option<Currency>,
    pub(crate) default_payment_method: Option<Text>,
    pub(crate) delinquent: bool,
    /// Below zero: the customer is owed; above: owes, beside its invoices.
    pub(crate) balance_minor: i64,
    /// The coupon's use on everything it buys.
    pub(crate) discount: Option<Discount>,
    pub(crate) tax_exempt: &'static str,
    pub(crate) invoice_prefix: Text,
    pub(crate) metadata: Metadata,
    pub(crate) deleted: bool,
}

impl Shape for Customer {
    fn object(&self) -> &'static str {
        "customer"
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

    fn write(&self, members: &mut Members<'_>, at_us: i64) {
        if self.deleted {
            members.flag("deleted", true);
            return;
        }
        let shown = self.discount.as_ref();
        let discount = shown.map_or("null".to_owned(), |discount| discount.render(at_us));
        write_address(members, "address", self.number);
        members
            .int("balance", self.balance_minor)
            .int("created", self.created_s)
            .text_or_null("currency", self.currency.map(Currency::code))
            .null("default_source")
            .flag("delinquent", self.delinquent)
            .text_or_null("description", self.description.as_deref())
            .raw("discount", &discount)
            .text("email", &self.email)
            .text("invoice_prefix", &self.invoice_prefix)
            .object("invoice_settings", |members| {
                members
                    .null("custom_fields")
                    .text_or_null(
                        "default_payment_method",
                        self.default_payment_method.as_deref(),
                    )
                    .nulls(&["footer", "rendering_options"]);
            })
            .flag("livemode", true);
        write_metadata(members, &self.metadata);
        members
            .text("name", &self.name)
            .int("next_invoice_sequence", 1)
            .text_or_null("phone", self.phone.as_deref())
            .raw("preferred_locales", r#"["en"]"#)
            .null("shipping")
            .text("tax_exempt", self.tax_exempt)
            .null("test_clock");
    }
}

/// A card attached to a customer.
#[derive(Debug, Clone)]
pub(crate) struct PaymentMethod {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    /// None once it is detached.
    pub(crate) customer: Option<Text>,
    pub(crate) email: Text,
    pub(crate) name: Text,
    pub(crate) number: u32,
    pub(crate) card: Card,
}

impl Shape for PaymentMethod {
    fn object(&self) -> &'static str {
        "payment_method"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .text("allow_redisplay", "always")
            .object("billing_details", |members| {
                write_address(members, "address", self.number);
                members
                    .text("email", &self.email)
                    .text("name", &self.name)
                    .nulls(&["phone", "tax_id"]);
            })
            .object("card", |members| self.write_card(members))
            .int("created", self.created_s)
            .text_or_null("customer", self.customer.as_deref())
            .null("customer_account")
            .flag("livemode", true)
            .raw("metadata", "{}")
            .text("type", "card");
    }
}

impl PaymentMethod {
    fn write_card(&self, members: &mut Members<'_>) {
        let card = &self.card;
        members
            .text("brand", card.brand)
            .raw(
                "checks",
                r#"{"address_line1_check":"pass","address_postal_code_check":"pass","cvc_check":"pass"}"#,
            )
            .text("country", "US")
            .text("display_brand", card.brand)
            .int("exp_month", card.exp_month)
            .int("exp_year", card.exp_year)
            .text("fingerprint", &card.fingerprint)
            .text("funding", card.funding)
            .null("generated_from")
            .text("last4", &card.last4)
            .object("networks", |members| {
                members.raw("available", &format!("[\"{}\"]", card.brand)).null("preferred");
            })
            .text("regulated_status", "unregulated")
            .raw("three_d_secure_usage", r#"{"supported":true}"#)
            .null("wallet");
    }
}
