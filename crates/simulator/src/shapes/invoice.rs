//! An invoice with its lines embedded, the items behind manual lines, and the record that joins an invoice to a payment.

use std::sync::Arc;

use super::{Currency, Metadata, Shape, write_address, write_metadata, write_whole_list};
use crate::json::{Members, Text};

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvoiceStatus {
    Draft,
    Open,
    Paid,
    Uncollectible,
    Void,
}

/// One state of an invoice. Without tax, discounts or credit: total = subtotal = the sum of the lines.
#[derive(Debug, Clone)]
pub(crate) struct Invoice {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) customer: Text,
    pub(crate) customer_number: u32,
    pub(crate) customer_email: Text,
    pub(crate) customer_name: Text,
    pub(crate) customer_phone: Option<Text>,
    pub(crate) currency: Currency,
    pub(crate) billing_reason: &'static str,
    pub(crate) subscription: Option<Text>,
    pub(crate) description: Option<Text>,
    pub(crate) lines: Arc<[Line]>,
    pub(crate) status: InvoiceStatus,
    pub(crate) number: Option<Text>,
    pub(crate) hosted: Text,
    pub(crate) sent_by_mail: bool,
    pub(crate) auto_advance: bool,
    pub(crate) attempted: bool,
    pub(crate) attempt_count: i64,
    pub(crate) amount_paid_minor: i64,
    pub(crate) automatically_finalizes_at: Option<i64>,
    pub(crate) next_payment_attempt: Option<i64>,
    pub(crate) due_s: Option<i64>,
    pub(crate) period_start_s: i64,
    pub(crate) period_end_s: i64,
    pub(crate) finalized_at: Option<i64>,
    pub(crate) marked_uncollectible_at: Option<i64>,
    pub(crate) paid_at: Option<i64>,
    pub(crate) voided_at: Option<i64>,
    pub(crate) metadata: Metadata,
}

/// One line of an invoice.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: Text,
    pub(crate) amount_minor: i64,
    pub(crate) unit_amount_minor: i64,
    pub(crate) quantity: i64,
    pub(crate) description: Text,
    pub(crate) price: Text,
    pub(crate) product: Text,
    pub(crate) period_start_s: i64,
    pub(crate) period_end_s: i64,
    pub(crate) parent: LineParent,
}

/// What a line bills.
#[derive(Debug, Clone)]
pub(crate) enum LineParent {
    /// An invoice item added by hand.
    InvoiceItem(Text),
    /// A subscription's item, for one period.
    SubscriptionItem { subscription: Text, item: Text },
}

impl Invoice {
    /// The sum of the lines.
    pub(crate) fn total_minor(&self) -> i64 {
        self.lines.iter().map(|line| line.amount_minor).sum()
    }

    fn finalized(&self) -> bool {
        self.finalized_at.is_some()
    }
}

impl Shape for Invoice {
    fn object(&self) -> &'static str {
        "invoice"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        self.write_amounts(members);
        members
            .raw(
                "automatic_tax",
                r#"{"disabled_reason":null,"enabled":false,"liability":null,"provider":null,"status":null}"#,
            )
            .int_or_null("automatically_finalizes_at", self.automatically_finalizes_at)
            .text("billing_reason", self.billing_reason)
            .text("collection_method", self.collection_method())
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .null("custom_fields");
        self.write_customer(members);
        members
            .nulls(&["default_payment_method", "default_source"])
            .raw("default_tax_rates", "[]")
            .text_or_null("description", self.description.as_deref())
            .raw("discounts", "[]")
            .int_or_null("due_date", self.due_s)
            .int_or_null("effective_at", self.finalized_at)
            .int_or_null("ending_balance", self.finalized().then_some(0))
            .nulls(&["footer", "from_invoice"]);
        self.write_addresses(members);
        members
            .raw("issuer", r#"{"type":"self"}"#)
            .nulls(&["last_finalization_error", "latest_revision"]);
        let url = format!("/v1/invoices/{}/lines", self.id);
        write_whole_list(members, "lines", &self.lines, &url, |line, members| {
            line.write(self, members);
        });
        members.flag("livemode", true);
        write_metadata(members, &self.metadata);
        self.write_rest(members);
    }
}

impl Invoice {
    fn collection_method(&self) -> &'static str {
        if self.sent_by_mail {
            "send_invoice"
        } else {
            "charge_automatically"
        }
    }

    fn write_amounts(&self, members: &mut Members<'_>) {
        let due = self.total_minor();
        members
            .text("account_country", "US")
            .text("account_name", "Synthetic Company")
            .null("account_tax_ids")
            .int("amount_due", due)
            .int("amount_overpaid", 0)
            .int("amount_paid", self.amount_paid_minor)
            .int("amount_remaining", due - self.amount_paid_minor)
            .int("amount_shipping", 0)
            .null("application")
            .int("attempt_count", self.attempt_count)
            .flag("attempted", self.attempted)
            .flag("auto_advance", self.auto_advance);
    }

    fn write_customer(&self, members: &mut Members<'_>) {
        members
            .text("customer", &self.customer)
            .null("customer_account");
        write_address(members, "customer_address", self.customer_number);
        members
            .text("customer_email", &self.customer_email)
            .text("customer_name", &self.customer_name)
            .text_or_null("customer_phone", self.customer_phone.as_deref())
            .null("customer_shipping")
            .text("customer_tax_exempt", "none")
            .raw("customer_tax_ids", "[]");
    }

    fn write_addresses(&self, members: &mut Members<'_>) {
        if !self.finalized() {
            members.null("hosted_invoice_url").null("invoice_pdf");
            return;
        }
        let page = format!("https://invoice.stripe.com/i/{}?s=ap", self.hosted);
        let pdf = format!("https://pay.stripe.com/invoice/{}/pdf?s=ap", self.hosted);
        members
            .text("hosted_invoice_url", &page)
            .text("invoice_pdf", &pdf);
    }

    fn write_rest(&self, members: &mut Members<'_>) {
        let total = self.total_minor();
        members
            .int_or_null("next_payment_attempt", self.next_payment_attempt)
            .text_or_null("number", self.number.as_deref())
            .null("on_behalf_of");
        self.write_parent(members);
        members
            .raw(
                "payment_settings",
                r#"{"default_mandate":null,"payment_method_options":null,"payment_method_types":null}"#,
            )
            .int("period_end", self.period_end_s)
            .int("period_start", self.period_start_s)
            .int("post_payment_credit_notes_amount", 0)
            .int("pre_payment_credit_notes_amount", 0)
            .null("receipt_number")
            .object("rendering", |members| {
                members.null("amount_tax_display").object("pdf", |members| {
                    members.text_or_null("page_size", self.finalized().then_some("letter"));
                });
                members.nulls(&["template", "template_version"]);
            })
            .nulls(&["shipping_cost", "shipping_details"])
            .int("starting_balance", 0)
            .null("statement_descriptor")
            .text("status", self.status.code());
        self.write_transitions(members);
        members
            .int("subtotal", total)
            .int("subtotal_excluding_tax", total)
            .null("test_clock")
            .int("total", total)
            .raw("total_discount_amounts", "[]")
            .int("total_excluding_tax", total)
            .raw("total_pretax_credit_amounts", "[]")
            .raw("total_taxes", "[]")
            .int("webhooks_delivered_at", self.created_s);
    }

    fn write_parent(&self, members: &mut Members<'_>) {
        let Some(subscription) = &self.subscription else {
            members.null("parent");
            return;
        };
        members.object("parent", |members| {
            members
                .null("quote_details")
                .object("subscription_details", |members| {
                    members
                        .raw("metadata", "{}")
                        .text("subscription", subscription);
                })
                .text("type", "subscription_details");
        });
    }

    fn write_transitions(&self, members: &mut Members<'_>) {
        members.object("status_transitions", |members| {
            members
                .int_or_null("finalized_at", self.finalized_at)
                .int_or_null("marked_uncollectible_at", self.marked_uncollectible_at)
                .int_or_null("paid_at", self.paid_at)
                .int_or_null("voided_at", self.voided_at);
        });
    }
}

impl InvoiceStatus {
    /// The status on the wire.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Uncollectible => "uncollectible",
            Self::Void => "void",
        }
    }
}

impl Line {
    fn write(&self, invoice: &Invoice, members: &mut Members<'_>) {
        members
            .text("id", &self.id)
            .text("object", "line_item")
            .int("amount", self.amount_minor)
            .text("currency", invoice.currency.code())
            .text("description", &self.description)
            .raw("discount_amounts", "[]")
            .flag("discountable", true)
            .raw("discounts", "[]")
            .text("invoice", &invoice.id)
            .flag("livemode", true)
            .raw("metadata", "{}")
            .object("parent", |members| self.parent.write(members))
            .object("period", |members| {
                members
                    .int("end", self.period_end_s)
                    .int("start", self.period_start_s);
            })
            .raw("pretax_credit_amounts", "[]");
        write_pricing(members, &self.price, &self.product, self.unit_amount_minor);
        members
            .int("quantity", self.quantity)
            .text("quantity_decimal", &self.quantity.to_string())
            .int("subtotal", self.amount_minor)
            .raw("taxes", "[]");
    }
}

impl LineParent {
    fn write(&self, members: &mut Members<'_>) {
        match self {
            Self::InvoiceItem(item) => {
                members
                    .object("invoice_item_details", |members| {
                        members
                            .text("invoice_item", item)
                            .flag("proration", false)
                            .raw("proration_details", r#"{"credited_items":null}"#)
                            .null("subscription");
                    })
                    .null("subscription_item_details")
                    .text("type", "invoice_item_details");
            }
            Self::SubscriptionItem { subscription, item } => {
                members
                    .null("invoice_item_details")
                    .object("subscription_item_details", |members| {
                        members
                            .null("invoice_item")
                            .flag("proration", false)
                            .raw("proration_details", r#"{"credited_items":null}"#)
                            .text("subscription", subscription)
                            .text("subscription_item", item);
                    })
                    .text("type", "subscription_item_details");
            }
        }
    }
}

fn write_pricing(members: &mut Members<'_>, price: &str, product: &str, unit_amount_minor: i64) {
    members.object("pricing", |members| {
        members
            .object("price_details", |members| {
                members.text("price", price).text("product", product);
            })
            .text("type", "price_details")
            .text("unit_amount_decimal", &unit_amount_minor.to_string());
    });
}

/// An amount added to an invoice by hand; told by one event only.
#[derive(Debug, Clone)]
pub(crate) struct InvoiceItem {
    pub(crate) id: Text,
    pub(crate) customer: Text,
    pub(crate) invoice: Text,
    pub(crate) currency: Currency,
    pub(crate) created_s: i64,
    pub(crate) line: Line,
}

impl Shape for InvoiceItem {
    fn object(&self) -> &'static str {
        "invoiceitem"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        let line = &self.line;
        members
            .int("amount", line.amount_minor)
            .text("currency", self.currency.code())
            .text("customer", &self.customer)
            .null("customer_account")
            .int("date", self.created_s)
            .text("description", &line.description)
            .flag("discountable", true)
            .raw("discounts", "[]")
            .text("invoice", &self.invoice)
            .flag("livemode", true)
            .raw("metadata", "{}")
            .int("net_amount", line.amount_minor)
            .null("parent")
            .object("period", |members| {
                members
                    .int("end", line.period_end_s)
                    .int("start", line.period_start_s);
            });
        write_pricing(members, &line.price, &line.product, line.unit_amount_minor);
        members
            .flag("proration", false)
            .int("quantity", line.quantity)
            .text("quantity_decimal", &line.quantity.to_string())
            .raw("tax_rates", "[]")
            .null("test_clock");
    }
}

/// One state of the record that says which payment intent pays which invoice.
#[derive(Debug, Clone)]
pub(crate) struct InvoicePayment {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_requested_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) invoice: Text,
    pub(crate) payment_intent: Text,
    pub(crate) paid_at: Option<i64>,
    pub(crate) canceled_at: Option<i64>,
}

impl Shape for InvoicePayment {
    fn object(&self) -> &'static str {
        "invoice_payment"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        let status = match (self.paid_at, self.canceled_at) {
            (Some(_), _) => "paid",
            (None, Some(_)) => "canceled",
            (None, None) => "open",
        };
        members
            .int_or_null(
                "amount_paid",
                self.paid_at.map(|_| self.amount_requested_minor),
            )
            .int("amount_requested", self.amount_requested_minor)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text("invoice", &self.invoice)
            .flag("is_default", true)
            .flag("livemode", true)
            .object("payment", |members| {
                members
                    .text("payment_intent", &self.payment_intent)
                    .text("type", "payment_intent");
            })
            .text("status", status)
            .object("status_transitions", |members| {
                members
                    .int_or_null("canceled_at", self.canceled_at)
                    .int_or_null("paid_at", self.paid_at);
            });
    }
}
