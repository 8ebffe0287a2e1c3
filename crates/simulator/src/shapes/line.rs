//! A line of an invoice and the sums that an invoice makes of its lines: discounts, credits and taxes, each rounded per
//! line, halves up. It decides no rates and no discounts.

use std::sync::Arc;

use super::{Invoice, TaxRate};
use crate::json::{Members, Text};

/// One line of an invoice.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: Text,
    pub(crate) amount_minor: i64,
    pub(crate) unit_amount: Text,
    pub(crate) quantity: i64,
    pub(crate) description: Text,
    pub(crate) price: Text,
    pub(crate) product: Text,
    pub(crate) period_start_s: i64,
    pub(crate) period_end_s: i64,
    pub(crate) parent: LineParent,
    pub(crate) proration: bool,
    /// What each discount takes off, by the discount's id.
    pub(crate) discounts: Arc<[(Text, i64)]>,
    /// What each billing credit takes off, by the id of its balance transaction.
    pub(crate) credits: Arc<[(Text, i64)]>,
    pub(crate) taxes: Arc<[LineTax]>,
}

/// What a line bills.
#[derive(Debug, Clone)]
pub(crate) enum LineParent {
    /// An invoice item added by hand.
    InvoiceItem(Text),
    /// A subscription's item, for one period; a proration has an invoice item behind it.
    SubscriptionItem {
        subscription: Text,
        item: Text,
        invoice_item: Option<Text>,
    },
}

/// One tax on one line.
#[derive(Debug, Clone)]
pub(crate) struct LineTax {
    pub(crate) rate: Text,
    pub(crate) inclusive: bool,
    pub(crate) per_100_000: i64,
    pub(crate) amount_minor: i64,
    pub(crate) taxable_minor: i64,
}

/// `amount` × `numerator` / `denominator`, halves away from zero, as Stripe rounds each line.
pub(crate) fn share(amount: i64, numerator: i64, denominator: i64) -> i64 {
    let product = i128::from(amount) * i128::from(numerator) * 2;
    let wide = i128::from(denominator);
    let rounded = (product.abs() + wide) / (wide * 2) * product.signum();
    i64::try_from(rounded).expect("a share of an amount fits where the amount does")
}

/// The tax of a rate on a net amount of a line.
pub(crate) fn tax_on(net_minor: i64, rate: &TaxRate) -> LineTax {
    let tax = LineTax {
        rate: rate.id.clone(),
        inclusive: rate.inclusive,
        per_100_000: rate.per_100_000,
        amount_minor: 0,
        taxable_minor: 0,
    };
    tax_rerated(&tax, net_minor)
}

/// The same tax on another net amount.
pub(crate) fn tax_rerated(tax: &LineTax, net_minor: i64) -> LineTax {
    let amount_minor = tax_in(net_minor, tax.per_100_000, tax.inclusive);
    LineTax {
        amount_minor,
        taxable_minor: net_minor - if tax.inclusive { amount_minor } else { 0 },
        ..tax.clone()
    }
}

fn tax_in(amount_minor: i64, per_100_000: i64, inclusive: bool) -> i64 {
    let whole = 100_000 + if inclusive { per_100_000 } else { 0 };
    share(amount_minor, per_100_000, whole)
}

/// The sums of taxes by rate, in the order the rates first occur.
pub(crate) fn sum_taxes<'a>(taxes: impl Iterator<Item = &'a LineTax>) -> Vec<LineTax> {
    let mut sums: Vec<LineTax> = Vec::new();
    for tax in taxes {
        match sums.iter_mut().find(|sum| sum.rate == tax.rate) {
            Some(sum) => {
                sum.amount_minor += tax.amount_minor;
                sum.taxable_minor += tax.taxable_minor;
            }
            None => sums.push(tax.clone()),
        }
    }
    sums
}

/// The sums of amounts by id, in the order the ids first occur.
pub(crate) fn sum_amounts<'a>(amounts: impl Iterator<Item = &'a (Text, i64)>) -> Vec<(Text, i64)> {
    let mut sums: Vec<(Text, i64)> = Vec::new();
    for (id, amount_minor) in amounts {
        match sums.iter_mut().find(|sum| sum.0 == *id) {
            Some(sum) => sum.1 += amount_minor,
            None => sums.push((id.clone(), *amount_minor)),
        }
    }
    sums
}

impl Line {
    /// A line that bills nothing yet: one piece, no period.
    pub(crate) fn empty(id: Text, parent: LineParent) -> Self {
        Self {
            id,
            amount_minor: 0,
            unit_amount: "0".into(),
            quantity: 1,
            description: "".into(),
            price: "".into(),
            product: "".into(),
            period_start_s: 0,
            period_end_s: 0,
            parent,
            proration: false,
            discounts: [].into(),
            credits: [].into(),
            taxes: [].into(),
        }
    }

    /// What its pieces cost: tenths of a minor unit are rounded on the whole line.
    pub(crate) fn priced_minor(&self) -> i64 {
        let (whole, tenth) = self
            .unit_amount
            .split_once('.')
            .unwrap_or((&self.unit_amount, "0"));
        let tenths = |text: &str| text.parse::<i64>().expect("a price is decimal text");
        share(self.quantity * (tenths(whole) * 10 + tenths(tenth)), 1, 10)
    }

    /// What its discounts take off.
    pub(crate) fn discounted_minor(&self) -> i64 {
        self.discounts.iter().map(|one| one.1).sum()
    }

    /// What is left after discounts and billing credits; taxes are reckoned on it.
    pub(crate) fn net_minor(&self) -> i64 {
        let credited: i64 = self.credits.iter().map(|one| one.1).sum();
        self.amount_minor - self.discounted_minor() - credited
    }

    /// The taxes of one kind.
    pub(crate) fn tax_minor(&self, inclusive: bool) -> i64 {
        let of_kind = self.taxes.iter().filter(|tax| tax.inclusive == inclusive);
        of_kind.map(|tax| tax.amount_minor).sum()
    }

    /// The amount without the inclusive taxes that it would hold were there neither discount nor credit.
    pub(crate) fn amount_excluding_tax_minor(&self) -> i64 {
        let inside = self.taxes.iter().filter(|tax| tax.inclusive);
        let taxes = inside.map(|tax| tax_in(self.amount_minor, tax.per_100_000, true));
        self.amount_minor - taxes.sum::<i64>()
    }

    /// The line's object as an invoice shows it.
    pub(crate) fn write(&self, invoice: &Invoice, members: &mut Members<'_>) {
        members
            .text("id", &self.id)
            .text("object", "line_item")
            .int("amount", self.amount_minor)
            .text("currency", invoice.currency.code())
            .text("description", &self.description);
        write_discount_amounts(members, "discount_amounts", &self.discounts);
        let discounts: Vec<Text> = self.discounts.iter().map(|one| one.0.clone()).collect();
        members
            .flag("discountable", !self.proration)
            .texts("discounts", &discounts)
            .text("invoice", &invoice.id)
            .flag("livemode", true)
            .raw("metadata", "{}")
            .object("parent", |members| self.write_parent(members))
            .object("period", |members| {
                members
                    .int("end", self.period_end_s)
                    .int("start", self.period_start_s);
            });
        write_pretax(
            members,
            "pretax_credit_amounts",
            &self.discounts,
            &self.credits,
        );
        write_pricing(members, self);
        members
            .int("quantity", self.quantity)
            .text("quantity_decimal", &self.quantity.to_string())
            .int("subtotal", self.amount_minor);
        write_taxes(members, "taxes", &self.taxes);
    }

    fn write_parent(&self, members: &mut Members<'_>) {
        let credited = r#"{"credited_items":null}"#;
        match &self.parent {
            LineParent::InvoiceItem(item) => {
                members
                    .object("invoice_item_details", |members| {
                        members
                            .text("invoice_item", item)
                            .flag("proration", self.proration)
                            .raw("proration_details", credited)
                            .null("subscription");
                    })
                    .null("subscription_item_details")
                    .text("type", "invoice_item_details");
            }
            LineParent::SubscriptionItem {
                subscription,
                item,
                invoice_item,
            } => {
                members
                    .null("invoice_item_details")
                    .object("subscription_item_details", |members| {
                        members
                            .text_or_null("invoice_item", invoice_item.as_deref())
                            .flag("proration", self.proration)
                            .raw("proration_details", credited)
                            .text("subscription", subscription)
                            .text("subscription_item", item);
                    })
                    .text("type", "subscription_item_details");
            }
        }
    }
}

/// `discount_amounts` and `total_discount_amounts`.
pub(crate) fn write_discount_amounts(
    members: &mut Members<'_>,
    key: &str,
    amounts: &[(Text, i64)],
) {
    members.objects(key, amounts, |(discount, amount_minor), members| {
        members
            .int("amount", *amount_minor)
            .text("discount", discount);
    });
}

/// Discounts and billing credits in one list, as far as they take anything off.
pub(crate) fn write_pretax(
    members: &mut Members<'_>,
    key: &str,
    discounts: &[(Text, i64)],
    credits: &[(Text, i64)],
) {
    let kind = |kind| move |one: &(Text, i64)| (kind, one.0.clone(), one.1);
    let all: Vec<(&str, Text, i64)> = discounts
        .iter()
        .map(kind("discount"))
        .chain(credits.iter().map(kind("credit_balance_transaction")))
        .collect();
    members.objects(key, &all, |(kind, id, amount_minor), members| {
        members
            .int("amount", *amount_minor)
            .text(kind, id)
            .text("type", kind);
    });
}

/// `taxes` and `total_taxes`.
pub(crate) fn write_taxes(members: &mut Members<'_>, key: &str, taxes: &[LineTax]) {
    members.objects(key, taxes, |tax, members| {
        members
            .int("amount", tax.amount_minor)
            .text(
                "tax_behavior",
                if tax.inclusive {
                    "inclusive"
                } else {
                    "exclusive"
                },
            )
            .object("tax_rate_details", |members| {
                members.text("tax_rate", &tax.rate);
            })
            .text("taxability_reason", "not_available")
            .int("taxable_amount", tax.taxable_minor)
            .text("type", "tax_rate_details");
    });
}

/// What a line or item costs by the piece.
pub(crate) fn write_pricing(members: &mut Members<'_>, line: &Line) {
    members.object("pricing", |members| {
        members
            .object("price_details", |members| {
                members
                    .text("price", &line.price)
                    .text("product", &line.product);
            })
            .text("type", "price_details")
            .text("unit_amount_decimal", &line.unit_amount);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_round_halves_away_from_zero() {
        assert_eq!(share(250, 10, 100), 25);
        assert_eq!(share(25, 10, 100), 3);
        assert_eq!(share(-25, 10, 100), -3);
        assert_eq!(share(24, 10, 100), 2);
        assert_eq!(share(0, 1, 3), 0);
    }

    #[test]
    fn tax_is_inside_an_inclusive_amount_and_on_top_of_an_exclusive_one() {
        assert_eq!(tax_in(11_900, 19_000, true), 1_900);
        assert_eq!(tax_in(10_000, 19_000, false), 1_900);
        assert_eq!(tax_in(1_000, 8_875, false), 89);
    }
}
