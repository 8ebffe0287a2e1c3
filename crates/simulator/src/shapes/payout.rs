//! Money paid out to an account's bank, by itself every day or by hand; or drawn from the bank, where it is negative.

use super::{Currency, Shape};
use crate::json::{Members, Text};

/// One state of a payout.
#[derive(Debug, Clone)]
pub(crate) struct Payout {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) arrival_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) destination: Text,
    pub(crate) balance_transaction: Text,
    pub(crate) failure_balance_transaction: Option<Text>,
    pub(crate) automatic: bool,
    pub(crate) instant: bool,
    pub(crate) reconciled: bool,
    /// `pending`, `in_transit`, `paid`, `failed` or `canceled`.
    pub(crate) status: &'static str,
    pub(crate) trace_id: Option<Text>,
}

impl Shape for Payout {
    fn object(&self) -> &'static str {
        "payout"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        let failed = self.status == "failed";
        members
            .int("amount", self.amount_minor)
            .nulls(&["application_fee", "application_fee_amount"])
            .int("arrival_date", self.arrival_s)
            .flag("automatic", self.automatic)
            .text("balance_transaction", &self.balance_transaction)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text("description", "STRIPE PAYOUT")
            .text("destination", &self.destination)
            .text_or_null(
                "failure_balance_transaction",
                self.failure_balance_transaction.as_deref(),
            )
            .text_or_null("failure_code", failed.then_some("could_not_process"))
            .text_or_null(
                "failure_message",
                failed.then_some("The bank could not process this transfer."),
            )
            .flag("livemode", true)
            .raw("metadata", "{}")
            .text("method", if self.instant { "instant" } else { "standard" })
            .nulls(&["original_payout", "payout_method"])
            .text("reconciliation_status", self.reconciliation())
            .null("reversed_by")
            .text("source_type", "card")
            .null("statement_descriptor")
            .text("status", self.status)
            .object("trace_id", |members| {
                let status = if self.trace_id.is_some() {
                    "supported"
                } else {
                    "pending"
                };
                members
                    .text("status", status)
                    .text_or_null("value", self.trace_id.as_deref());
            })
            .text("type", "bank_account");
    }
}

impl Payout {
    fn reconciliation(&self) -> &'static str {
        match (self.automatic, self.reconciled) {
            (false, _) => "not_applicable",
            (true, false) => "in_progress",
            (true, true) => "completed",
        }
    }
}
