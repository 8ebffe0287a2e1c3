//! What the lines of a statement come to, and what they must come to. Adds; finds no reason for a difference.

use std::collections::BTreeMap;

use super::documents::{Documents, Owner};
use super::{Line, given_back};

/// From a second (included) to a second (not included); none is without bound.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    pub(crate) from_s: Option<i64>,
    pub(crate) to_s: Option<i64>,
}

impl Span {
    /// Whether it has not begun yet.
    pub(crate) fn is_before(&self, at_s: i64) -> bool {
        self.from_s.is_some_and(|from_s| at_s < from_s)
    }

    /// Whether the second is in it.
    pub(crate) fn holds(&self, at_s: i64) -> bool {
        !self.is_before(at_s) && self.to_s.is_none_or(|to_s| at_s < to_s)
    }
}

/// One currency of a statement; all amounts in minor units.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sum {
    pub(crate) opening_minor: i64,
    pub(crate) debits_minor: i64,
    pub(crate) credits_minor: i64,
    /// What all lines come to, whatever the span.
    pub(crate) owed_minor: i64,
    /// What open invoices still have to be paid.
    pub(crate) open_invoices_minor: i64,
    /// The customer balance; none where it is not known.
    pub(crate) customer_balance_minor: Option<i64>,
    /// What credit notes promise and no refund has paid.
    pub(crate) refunds_owed_minor: i64,
    /// How many lines have an amount that is not known.
    pub(crate) unknown: i64,
}

impl Sum {
    /// What is owed at the end of the span.
    pub(crate) fn closing_minor(&self) -> i64 {
        let moved_minor = self.debits_minor.saturating_sub(self.credits_minor);
        self.opening_minor.saturating_add(moved_minor)
    }

    /// By how much the lines differ from what they must come to; none where that is not known.
    pub(crate) fn difference_minor(&self) -> Option<i64> {
        let must_minor = self
            .open_invoices_minor
            .saturating_add(self.customer_balance_minor?)
            .saturating_sub(self.refunds_owed_minor);
        Some(self.owed_minor.saturating_sub(must_minor))
    }

    fn add(&mut self, line: &Line, span: Span) {
        let net_minor = line.net_minor();
        self.owed_minor = self.owed_minor.saturating_add(net_minor);
        self.unknown += i64::from(!line.is_known);
        if span.is_before(line.date_s) {
            self.opening_minor = self.opening_minor.saturating_add(net_minor);
        } else if span.holds(line.date_s) {
            self.debits_minor = self.debits_minor.saturating_add(line.debit_minor);
            self.credits_minor = self.credits_minor.saturating_add(line.credit_minor);
        }
    }
}

/// The sums of every currency that lines or the customer balance are in.
pub(crate) fn sums(
    owner: &Owner,
    documents: &Documents,
    lines: &[Line],
    span: Span,
) -> BTreeMap<String, Sum> {
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    if let Some(currency) = &owner.currency {
        sums.entry(currency.clone()).or_default();
    }
    for line in lines {
        let sum = sums.entry(line.currency.clone()).or_default();
        sum.add(line, span);
    }
    for (currency, sum) in &mut sums {
        let open = documents.invoices.iter();
        let open = open.filter(|one| one.status == "open" && one.currency == *currency);
        sum.open_invoices_minor = open.fold(0, |all, one| all.saturating_add(one.remaining_minor));
        let refunds = documents.refunds.iter();
        let refunds = refunds.filter(|one| one.currency == *currency);
        sum.refunds_owed_minor = refunds.fold(0, |all, one| {
            all.saturating_add(given_back::promised_minor(one))
        });
        sum.customer_balance_minor = customer_balance_minor(owner, documents, currency);
    }
    sums
}

/// Stripe states the balance in the customer's own currency only; in another it is what its movements add up to.
fn customer_balance_minor(owner: &Owner, documents: &Documents, currency: &str) -> Option<i64> {
    if owner.currency.as_deref() == Some(currency) {
        return owner.balance_minor;
    }
    let movements = documents.movements.iter();
    let movements = movements.filter(|movement| movement.currency == currency);
    Some(movements.fold(0, |sum, one| sum.saturating_add(one.amount_minor)))
}
