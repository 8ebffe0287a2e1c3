//! Balances and sums of the truth against the book's: what time changes, asked at the book clock. Compares no object.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ours::Ours;
use super::{Comparison, Difference, Sums};
use crate::CompareError;

/// What differences of this module are about.
pub(super) const KINDS: [&str; 2] = [BALANCE, SUM];
const BALANCE: &str = "balance at the book clock";
const SUM: &str = "sum";

/// Available and pending by currency, as balance transactions make them at a moment.
const AT_CLOCK: &str = "
    SELECT currency,
           coalesce(sum(net_minor) FILTER (WHERE available_s <= ?2), 0),
           coalesce(sum(net_minor) FILTER (WHERE available_s > ?2), 0)
    FROM balance_transactions WHERE stream = ?1 GROUP BY currency";

/// Counts and sums by currency and category, added up over the days.
const BY_CATEGORY: &str = "
    SELECT currency || ' ' || reporting_category,
           sum(transactions), sum(amount_minor), sum(fee_minor), sum(net_minor)
    FROM balance_activity WHERE stream = ?1 AND ?2 IS NOT NULL GROUP BY currency, reporting_category";

/// What the book adds up under the ids of customers, invoices and charges: how many, and how much.
const BY_OBJECT: &str = "
    SELECT relation || ' ' || target_id || ' ' || currency, links, amount_minor
    FROM totals
    WHERE stream = ?1 AND ?2 IS NOT NULL
      AND (target_type, relation) IN (VALUES
        ('customer', 'invoiced'), ('customer', 'receivable'), ('customer', 'written_off'),
        ('customer', 'customer_balance_transaction'),
        ('invoice', 'payment'), ('invoice', 'credited_before_payment'), ('invoice', 'credited_after_payment'),
        ('charge', 'refund'), ('charge', 'dispute'), ('charge', 'inquiry'),
        ('transfer', 'transfer_reversal'), ('application_fee', 'fee_refund'))";

/// What objects of the truth add up to under the ids of others: how many, and how much.
#[derive(Default)]
pub(super) struct Accounts {
    by_object: BTreeMap<String, Vec<i64>>,
}

impl Accounts {
    /// Counts one object in.
    pub(super) fn add(&mut self, truth: &Value) {
        let status = truth["status"].as_str().unwrap_or_default();
        match (truth["object"].as_str().unwrap_or_default(), status) {
            ("invoice", "open" | "paid" | "uncollectible") => {
                self.count("invoiced", "customer", truth, "total");
                match status {
                    "open" => self.count("receivable", "customer", truth, "amount_remaining"),
                    "uncollectible" => {
                        self.count("written_off", "customer", truth, "amount_remaining")
                    }
                    _ => {}
                }
            }
            ("invoice_payment", "paid") => self.count("payment", "invoice", truth, "amount_paid"),
            ("refund", "pending" | "requires_action" | "succeeded") => {
                self.count("refund", "charge", truth, "amount")
            }
            ("dispute", "won" | "lost" | "needs_response" | "under_review") => {
                self.count("dispute", "charge", truth, "amount")
            }
            ("dispute", _) => self.count("inquiry", "charge", truth, "amount"),
            ("credit_note", "issued") => {
                let parts = [
                    ("credited_before_payment", "pre_payment_amount"),
                    ("credited_after_payment", "post_payment_amount"),
                ];
                for (relation, part) in parts {
                    self.count(relation, "invoice", truth, part);
                }
            }
            ("customer_balance_transaction", _) => {
                self.count("customer_balance_transaction", "customer", truth, "amount")
            }
            ("transfer_reversal", _) => {
                self.count("transfer_reversal", "transfer", truth, "amount")
            }
            ("fee_refund", _) => self.count("fee_refund", "fee", truth, "amount"),
            _ => {}
        }
    }

    fn count(&mut self, relation: &str, target: &str, truth: &Value, amount: &str) {
        let text = |member: &str| truth[member].as_str().unwrap_or_default();
        let name = format!("{relation} {} {}", text(target), text("currency"));
        let sums = self.by_object.entry(name).or_insert_with(|| vec![0; 2]);
        sums[0] += 1;
        sums[1] += truth[amount].as_i64().unwrap_or(0);
    }
}

/// Available and pending minor units by currency, as the truth's balance object states them.
pub(super) fn stated(balance: &Value) -> BTreeMap<String, Vec<i64>> {
    let mut sides: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (place, side) in ["available", "pending"].into_iter().enumerate() {
        for part in balance[side].as_array().into_iter().flatten() {
            let currency = part["currency"].as_str().unwrap_or_default();
            sides
                .entry(currency.to_owned())
                .or_insert_with(|| vec![0; 2])[place] = part["amount"].as_i64().unwrap_or(0);
        }
    }
    sides
}

/// Compares the balances that balance transactions make at the book clock, and their sums.
pub(super) fn compare(
    ours: &Ours<'_>,
    clock_s: i64,
    balances: &BTreeMap<String, Vec<i64>>,
    accounts: &Accounts,
    truth: &Sums,
    result: &mut Comparison,
) -> Result<(), CompareError> {
    result.balances = 2 * balances.len() as u64;
    differences(BALANCE, &ours.numbers(AT_CLOCK, clock_s)?, balances, result);
    let truth: BTreeMap<String, Vec<i64>> = truth
        .iter()
        .map(|((currency, category), numbers)| (format!("{currency} {category}"), numbers.to_vec()))
        .collect();
    result.sums = (truth.len() + accounts.by_object.len()) as u64;
    differences(
        SUM,
        &ours.numbers(BY_OBJECT, clock_s)?,
        &accounts.by_object,
        result,
    );
    differences(SUM, &ours.numbers(BY_CATEGORY, clock_s)?, &truth, result);
    Ok(())
}

fn differences(
    object: &'static str,
    ours: &BTreeMap<String, Vec<i64>>,
    truth: &BTreeMap<String, Vec<i64>>,
    result: &mut Comparison,
) {
    let names = ours
        .keys()
        .chain(truth.keys().filter(|name| !ours.contains_key(*name)));
    let shown = |numbers: Option<&Vec<i64>>| {
        let texts = numbers.into_iter().flatten().map(i64::to_string);
        texts.collect::<Vec<_>>().join(" ")
    };
    let differing = names.filter(|name| ours.get(*name) != truth.get(*name));
    result.differences.extend(differing.map(|name| Difference {
        object,
        id: name.clone(),
        member: String::new(),
        ours: shown(ours.get(name)),
        truth: shown(truth.get(name)),
        amount: None,
        by: None,
    }));
}
