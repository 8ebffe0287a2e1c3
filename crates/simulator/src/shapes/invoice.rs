//! An invoice: its sums, its standing, and the first ten of its lines, as events and reads of it embed them. The whole list
//! is known from reads of the list only.

use std::sync::Arc;

use super::line::{sum_amounts, sum_taxes, write_discount_amounts, write_pretax, write_taxes};
use super::{Currency, Line, LineTax, Metadata, Shape, write_address, write_list, write_metadata};
use crate::json::{self, Members, Text};

/// Lines that an invoice embeds; the rest is in its list of lines.
const EMBEDDED_LINES: usize = 10;

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvoiceStatus {
    Draft,
    Open,
    Paid,
    Uncollectible,
    Void,
}

/// One state of an invoice.
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
    /// What was paid of what was due; more than that is overpaid.
    pub(crate) amount_paid_minor: i64,
    pub(crate) overpaid_minor: i64,
    /// Credit notes issued before it was paid: they lower what is due.
    pub(crate) pre_notes_minor: i64,
    /// Credit notes issued on what was paid.
    pub(crate) post_notes_minor: i64,
    /// The customer's balance before this invoice: below zero is credit.
    pub(crate) starting_balance_minor: i64,
    /// The customer's balance after it was finalised.
    pub(crate) ending_balance_minor: Option<i64>,
    /// Ids of the discounts on it.
    pub(crate) discounts: Arc<[Text]>,
    /// The rates on every line, as JSON objects.
    pub(crate) tax_rates_json: Text,
    pub(crate) customer_tax_exempt: &'static str,
    pub(crate) deleted: bool,
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

impl Invoice {
    /// The sum of the lines, before discounts, credits and exclusive taxes.
    pub(crate) fn subtotal_minor(&self) -> i64 {
        self.lines.iter().map(|line| line.amount_minor).sum()
    }

    /// What the lines come to after discounts, credits and taxes.
    pub(crate) fn total_minor(&self) -> i64 {
        let lines = self.lines.iter();
        lines
            .map(|line| line.net_minor() + line.tax_minor(false))
            .sum()
    }

    /// What is due before any payment: the total with the customer's balance, less credit notes. Below the least amount
    /// that can be charged nothing is due; the balance takes it.
    pub(crate) fn due_minor(&self) -> i64 {
        let raw_minor = self.total_minor() + self.starting_balance_minor;
        let chargeable = raw_minor >= self.currency.least_charge_minor();
        if chargeable {
            raw_minor - self.pre_notes_minor
        } else {
            0
        }
    }

    /// What is still due.
    pub(crate) fn remaining_minor(&self) -> i64 {
        self.due_minor() - self.amount_paid_minor
    }

    /// The taxes of all lines, by rate.
    pub(crate) fn total_taxes(&self) -> Vec<LineTax> {
        sum_taxes(self.lines.iter().flat_map(|line| line.taxes.iter()))
    }

    fn discount_amounts(&self) -> Vec<(Text, i64)> {
        sum_amounts(self.lines.iter().flat_map(|line| line.discounts.iter()))
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
            .raw("default_tax_rates", &self.tax_rates_json)
            .text_or_null("description", self.description.as_deref())
            .texts("discounts", &self.discounts)
            .int_or_null("due_date", self.due_s)
            .int_or_null("effective_at", self.finalized_at)
            .int_or_null("ending_balance", self.ending_balance_minor)
            .nulls(&["footer", "from_invoice"]);
        self.write_addresses(members);
        members
            .raw("issuer", r#"{"type":"self"}"#)
            .nulls(&["last_finalization_error", "latest_revision"]);
        let url = format!("/v1/invoices/{}/lines", self.id);
        write_list(
            members,
            "lines",
            (&self.lines, EMBEDDED_LINES),
            &url,
            |line, members| line.write(self, members),
        );
        members.flag("livemode", true);
        write_metadata(members, &self.metadata);
        self.write_rest(members);
    }

    /// All lines, where the invoice itself shows the first ten only.
    fn whole_lists(&self) -> Vec<(&'static str, Vec<String>)> {
        if self.deleted || self.lines.len() <= EMBEDDED_LINES {
            return Vec::new();
        }
        let lines = self.lines.iter();
        let whole = lines.map(|line| json::object(|members| line.write(self, members)));
        vec![("invoice_line_list", whole.collect())]
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
        members
            .text("account_country", "US")
            .text("account_name", "Synthetic Company")
            .null("account_tax_ids")
            .int("amount_due", self.due_minor())
            .int("amount_overpaid", self.overpaid_minor)
            .int("amount_paid", self.amount_paid_minor)
            .int("amount_remaining", self.remaining_minor())
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
            .text("customer_tax_exempt", self.customer_tax_exempt)
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
        let lines = |of: fn(&Line) -> i64| self.lines.iter().map(of).sum::<i64>();
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
            .int("post_payment_credit_notes_amount", self.post_notes_minor)
            .int("pre_payment_credit_notes_amount", self.pre_notes_minor)
            .null("receipt_number")
            .object("rendering", |members| {
                members.null("amount_tax_display").object("pdf", |members| {
                    members.text_or_null("page_size", self.finalized().then_some("letter"));
                });
                members.nulls(&["template", "template_version"]);
            })
            .nulls(&["shipping_cost", "shipping_details"])
            .int("starting_balance", self.starting_balance_minor)
            .null("statement_descriptor")
            .text("status", self.status.code());
        self.write_transitions(members);
        members
            .int("subtotal", self.subtotal_minor())
            .int(
                "subtotal_excluding_tax",
                lines(Line::amount_excluding_tax_minor),
            )
            .null("test_clock")
            .int("total", total);
        let (discounts, taxes) = (self.discount_amounts(), self.total_taxes());
        write_discount_amounts(members, "total_discount_amounts", &discounts);
        let excluding_tax = lines(|line| line.net_minor() - line.tax_minor(true));
        members.int("total_excluding_tax", excluding_tax);
        let credits = sum_amounts(self.lines.iter().flat_map(|line| line.credits.iter()));
        write_pretax(members, "total_pretax_credit_amounts", &discounts, &credits);
        write_taxes(members, "total_taxes", &taxes);
        members.int("webhooks_delivered_at", self.created_s);
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
