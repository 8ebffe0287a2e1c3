//! What the newest states say of one another.

use super::company::Company;
use super::field::{Field, Text};

/// What one object says under the id of another, ordered as its table is.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Link<'s> {
    pub(crate) target_type: &'static str,
    pub(crate) target_id: &'s str,
    pub(crate) relation: &'static str,
    pub(crate) source_type: &'static str,
    pub(crate) source_id: &'s str,
    pub(crate) currency: &'s str,
    pub(crate) amount_minor: i64,
}

/// All links, sorted.
pub(crate) fn links<'s>(company: &'s Company<'_>) -> Vec<Link<'s>> {
    let mut links = Links(Vec::new());
    links.of_invoices(company);
    links.of_payments(company);
    links.of_transactions(company);
    for (id, state) in &company.subscriptions {
        let source = ("subscription", id.as_str());
        links.leave(
            source,
            "customer",
            &state.object.customer,
            "subscription",
            None,
        );
    }
    links.0.sort_unstable();
    links.0
}

struct Links<'s>(Vec<Link<'s>>);

impl<'s> Links<'s> {
    fn leave(
        &mut self,
        (source_type, source_id): (&'static str, &'s str),
        target_type: &'static str,
        target: &'s Field<Text<'_>>,
        relation: &'static str,
        amount: Option<(&'s Field<i64>, &'s Field<Text<'_>>)>,
    ) {
        let Some(target_id) = target.text() else {
            return;
        };
        let currency = amount.and_then(|(_, currency)| currency.text());
        let amount = amount.and_then(|(amount, _)| amount.value().copied());
        self.0.push(Link {
            target_type,
            target_id,
            relation,
            source_type,
            source_id,
            currency: currency.unwrap_or(""),
            amount_minor: amount.unwrap_or(0),
        });
    }

    fn of_invoices(&mut self, company: &'s Company<'_>) {
        for (id, state) in company.invoices.iter().filter(|(_, state)| !state.deleted) {
            let one = &state.object;
            let source = ("invoice", id.as_str());
            let total = Some((&one.total, &one.currency));
            let rest = Some((&one.amount_remaining, &one.currency));
            let status = one.status.text();
            if matches!(status, Some("open" | "paid" | "uncollectible")) {
                self.leave(source, "customer", &one.customer, "invoiced", total);
            }
            match status {
                Some("open") => self.leave(source, "customer", &one.customer, "receivable", rest),
                Some("uncollectible") => {
                    self.leave(source, "customer", &one.customer, "written_off", rest);
                }
                _ => {}
            }
        }
    }

    fn of_payments(&mut self, company: &'s Company<'_>) {
        for (id, state) in &company.invoice_payments {
            let one = &state.object;
            if one.status.text() == Some("paid") {
                let source = ("invoice_payment", id.as_str());
                let amount = Some((&one.amount_paid, &one.currency));
                let intent = one.payment.then(|payment| &payment.payment_intent);
                self.leave(source, "invoice", &one.invoice, "payment", amount);
                self.leave(source, "payment_intent", intent, "payment", amount);
            }
        }
        for (id, state) in &company.charges {
            let one = &state.object;
            let source = ("charge", id.as_str());
            let amount = Some((&one.amount_captured, &one.currency));
            if one.status.text() == Some("succeeded") {
                self.leave(
                    source,
                    "payment_intent",
                    &one.payment_intent,
                    "charge",
                    amount,
                );
            }
            self.leave(
                source,
                "balance_transaction",
                &one.balance_transaction,
                "charge",
                amount,
            );
        }
    }

    fn of_transactions(&mut self, company: &'s Company<'_>) {
        for (id, state) in &company.refunds {
            let one = &state.object;
            let source = ("refund", id.as_str());
            let amount = Some((&one.amount, &one.currency));
            if !matches!(one.status.text(), Some("failed" | "canceled")) {
                self.leave(source, "charge", &one.charge, "refund", amount);
            }
            for transaction in [&one.balance_transaction, &one.failure_balance_transaction] {
                self.leave(source, "balance_transaction", transaction, "refund", amount);
            }
        }
        for (id, state) in &company.payouts {
            let one = &state.object;
            let source = ("payout", id.as_str());
            let amount = Some((&one.amount, &one.currency));
            for transaction in [&one.balance_transaction, &one.failure_balance_transaction] {
                self.leave(source, "balance_transaction", transaction, "payout", amount);
            }
        }
        for (id, state) in &company.balance_transactions {
            let one = &state.object;
            let source = ("balance_transaction", id.as_str());
            let target = match one.source.text().and_then(|id| id.split_once('_')) {
                Some(("ch" | "py", _)) => "charge",
                Some(("re" | "pyr", _)) => "refund",
                Some(("po", _)) => "payout",
                _ => continue,
            };
            let amount = Some((&one.amount, &one.currency));
            self.leave(source, target, &one.source, "balance_transaction", amount);
        }
    }
}
