//! A credit note: what an issued invoice is lowered by, with lines and taxes of its own. Where the money goes after a
//! payment is told by its parts; it moves none itself.

use std::sync::Arc;

use super::line::{sum_amounts, sum_taxes, write_discount_amounts, write_pretax, write_taxes};
use super::{Currency, LineTax, Shape, write_whole_list};
use crate::json::{Members, Text};

/// One state of a credit note.
#[derive(Debug, Clone)]
pub(crate) struct CreditNote {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) number: Text,
    pub(crate) customer: Text,
    pub(crate) invoice: Text,
    pub(crate) currency: Currency,
    pub(crate) lines: Arc<[NoteLine]>,
    /// What it takes off an invoice that is still to be paid.
    pub(crate) pre_payment_minor: i64,
    /// What goes back by refund: amount and the refund's id.
    pub(crate) refunds: Arc<[(i64, Text)]>,
    /// What went to the customer's balance.
    pub(crate) customer_balance_transaction: Option<Text>,
    pub(crate) out_of_band_minor: i64,
    pub(crate) reason: Option<&'static str>,
    pub(crate) memo: Option<Text>,
    pub(crate) voided_at: Option<i64>,
    pub(crate) pdf: Text,
}

/// One line of a credit note, for one line of the invoice.
#[derive(Debug, Clone)]
pub(crate) struct NoteLine {
    pub(crate) id: Text,
    pub(crate) invoice_line: Text,
    pub(crate) description: Text,
    pub(crate) amount_minor: i64,
    pub(crate) discounts: Arc<[(Text, i64)]>,
    pub(crate) taxes: Arc<[LineTax]>,
    /// The rates of its taxes as JSON objects.
    pub(crate) tax_rates_json: Text,
}

impl NoteLine {
    fn discounted_minor(&self) -> i64 {
        self.discounts.iter().map(|one| one.1).sum()
    }

    /// What the line comes to with its exclusive taxes.
    pub(crate) fn total_minor(&self) -> i64 {
        self.amount_minor - self.discounted_minor() + self.tax_minor(false)
    }

    fn tax_minor(&self, inclusive: bool) -> i64 {
        let of_kind = self.taxes.iter().filter(|tax| tax.inclusive == inclusive);
        of_kind.map(|tax| tax.amount_minor).sum()
    }

    fn write(&self, members: &mut Members<'_>) {
        members
            .text("id", &self.id)
            .text("object", "credit_note_line_item")
            .int("amount", self.amount_minor)
            .text("description", &self.description)
            .int("discount_amount", self.discounted_minor());
        write_discount_amounts(members, "discount_amounts", &self.discounts);
        members
            .text("invoice_line_item", &self.invoice_line)
            .flag("livemode", true)
            .raw("metadata", "{}");
        write_pretax(members, "pretax_credit_amounts", &self.discounts, &[]);
        members
            .null("quantity")
            .raw("tax_rates", &self.tax_rates_json);
        write_taxes(members, "taxes", &self.taxes);
        members
            .text("type", "invoice_line_item")
            .nulls(&["unit_amount", "unit_amount_decimal"]);
    }
}

impl CreditNote {
    /// What the invoice is lowered by in all.
    pub(crate) fn total_minor(&self) -> i64 {
        self.lines.iter().map(NoteLine::total_minor).sum()
    }

    /// What it gives back of what was paid.
    pub(crate) fn post_payment_minor(&self) -> i64 {
        self.total_minor() - self.pre_payment_minor
    }

    fn kind(&self) -> &'static str {
        match (self.pre_payment_minor, self.post_payment_minor()) {
            (_, 0) => "pre_payment",
            (0, _) => "post_payment",
            _ => "mixed",
        }
    }

    fn write_sums(&self, members: &mut Members<'_>) {
        let sum = |of: fn(&NoteLine) -> i64| self.lines.iter().map(of).sum::<i64>();
        let subtotal = sum(|line| line.amount_minor);
        let inside = sum(|line| line.tax_minor(true));
        let excluding_tax = subtotal - sum(NoteLine::discounted_minor) - inside;
        members
            .int("subtotal", subtotal)
            .int("subtotal_excluding_tax", subtotal - inside)
            .int("total", self.total_minor())
            .int("total_excluding_tax", excluding_tax);
        let taxes = sum_taxes(self.lines.iter().flat_map(|line| line.taxes.iter()));
        write_taxes(members, "total_taxes", &taxes);
    }

    fn write_refunds(&self, members: &mut Members<'_>) {
        members.objects(
            "refunds",
            &self.refunds,
            |(amount_minor, refund), members| {
                members
                    .int("amount_refunded", *amount_minor)
                    .null("payment_record_refund")
                    .text("refund", refund)
                    .text("type", "refund");
            },
        );
    }
}

impl Shape for CreditNote {
    fn object(&self) -> &'static str {
        "credit_note"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        let discounts = sum_amounts(self.lines.iter().flat_map(|line| line.discounts.iter()));
        members
            .int("amount", self.total_minor())
            .int("amount_shipping", 0)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text("customer", &self.customer)
            .null("customer_account")
            .text_or_null(
                "customer_balance_transaction",
                self.customer_balance_transaction.as_deref(),
            )
            .int("discount_amount", discounts.iter().map(|one| one.1).sum());
        write_discount_amounts(members, "discount_amounts", &discounts);
        members
            .int("effective_at", self.created_s)
            .text("invoice", &self.invoice);
        let url = format!("/v1/credit_notes/{}/lines", self.id);
        write_whole_list(members, "lines", &self.lines, &url, NoteLine::write);
        let out_of_band = (self.out_of_band_minor != 0).then_some(self.out_of_band_minor);
        members
            .flag("livemode", true)
            .text_or_null("memo", self.memo.as_deref())
            .raw("metadata", "{}")
            .text("number", &self.number)
            .int_or_null("out_of_band_amount", out_of_band)
            .text(
                "pdf",
                &format!("https://pay.stripe.com/credit_notes/{}/pdf?s=ap", self.pdf),
            )
            .int("post_payment_amount", self.post_payment_minor())
            .int("pre_payment_amount", self.pre_payment_minor);
        write_pretax(members, "pretax_credit_amounts", &discounts, &[]);
        members.text_or_null("reason", self.reason);
        self.write_refunds(members);
        let status = if self.voided_at.is_some() {
            "void"
        } else {
            "issued"
        };
        members.null("shipping_cost").text("status", status);
        self.write_sums(members);
        members
            .text("type", self.kind())
            .int_or_null("voided_at", self.voided_at);
    }
}
