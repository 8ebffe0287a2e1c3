//! What the company keeps of a payment made through a connected account, and gives back of it.

use super::{Currency, Shape, write_whole_list};
use crate::json::{Members, Text};

/// One state of an application fee.
#[derive(Debug, Clone)]
pub(crate) struct ApplicationFee {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    /// The connected account that it was taken from.
    pub(crate) account: Text,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) application: Text,
    pub(crate) balance_transaction: Text,
    /// The charge on the connected account.
    pub(crate) charge: Text,
    /// The charge on the company's own account, of which that one came.
    pub(crate) originating: Option<Text>,
    /// Newest first.
    pub(crate) refunds: Vec<FeeRefund>,
}

impl ApplicationFee {
    /// What was given back.
    pub(crate) fn refunded_minor(&self) -> i64 {
        self.refunds.iter().map(|one| one.amount_minor).sum()
    }
}

impl Shape for ApplicationFee {
    fn object(&self) -> &'static str {
        "application_fee"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, at_us: i64) {
        let refunded_minor = self.refunded_minor();
        members
            .text("account", &self.account)
            .int("amount", self.amount_minor)
            .int("amount_refunded", refunded_minor)
            .text("application", &self.application)
            .text("balance_transaction", &self.balance_transaction)
            .text("charge", &self.charge)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .object("fee_source", |members| {
                members.text("charge", &self.charge).text("type", "charge");
            })
            .flag("livemode", true)
            .text_or_null("originating_transaction", self.originating.as_deref())
            .flag("refunded", refunded_minor == self.amount_minor);
        let url = format!("/v1/application_fees/{}/refunds", self.id);
        write_whole_list(members, "refunds", &self.refunds, &url, |one, members| {
            members.text("id", &one.id).text("object", one.object());
            one.write(members, at_us);
        });
    }
}

/// A part of an application fee given back; it never changes.
#[derive(Debug, Clone)]
pub(crate) struct FeeRefund {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) balance_transaction: Text,
    pub(crate) fee: Text,
}

impl Shape for FeeRefund {
    fn object(&self) -> &'static str {
        "fee_refund"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members
            .int("amount", self.amount_minor)
            .text("balance_transaction", &self.balance_transaction)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text("fee", &self.fee)
            .raw("metadata", "{}");
    }
}
