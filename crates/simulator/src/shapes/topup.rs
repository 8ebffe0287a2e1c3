//! Money that the company brings from its bank into its balance.

use super::{Currency, Shape};
use crate::json::{Members, Text};

/// One state of a top-up.
#[derive(Debug, Clone)]
pub(crate) struct Topup {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) expected_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    /// None until the money is there.
    pub(crate) balance_transaction: Option<Text>,
    /// `pending`, `succeeded`, `failed`, `canceled` or `reversed`.
    pub(crate) status: &'static str,
}

impl Shape for Topup {
    fn object(&self) -> &'static str {
        "topup"
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
            .text_or_null("balance_transaction", self.balance_transaction.as_deref())
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text("description", "Top-up for payouts")
            .int("expected_availability_date", self.expected_s)
            .text_or_null("failure_code", failed.then_some("insufficient_funds"))
            .text_or_null(
                "failure_message",
                failed.then_some("The bank account holds too little."),
            )
            .null("initiated_by")
            .flag("livemode", true)
            .raw("metadata", "{}")
            .nulls(&["source", "statement_descriptor"])
            .text("status", self.status)
            .null("transfer_group");
    }
}
