//! Movements of what a customer is owed or owes: the balance that invoices draw on, and the cash that waits for invoices.
//! A movement of the balance has no event; the customer's own update tells that there was one.

use super::{Currency, Shape};
use crate::json::{Members, Text};

/// A movement of a customer's balance; it never changes.
#[derive(Debug, Clone)]
pub(crate) struct CustomerBalanceTransaction {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    /// Below zero: the customer is owed more.
    pub(crate) amount_minor: i64,
    pub(crate) ending_balance_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) customer: Text,
    pub(crate) kind: &'static str,
    pub(crate) invoice: Option<Text>,
    pub(crate) credit_note: Option<Text>,
    pub(crate) description: Option<Text>,
}

impl Shape for CustomerBalanceTransaction {
    fn object(&self) -> &'static str {
        "customer_balance_transaction"
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
            .null("checkout_session")
            .int("created", self.created_s)
            .text_or_null("credit_note", self.credit_note.as_deref())
            .text("currency", self.currency.code())
            .text("customer", &self.customer)
            .null("customer_account")
            .text_or_null("description", self.description.as_deref())
            .int("ending_balance", self.ending_balance_minor)
            .text_or_null("invoice", self.invoice.as_deref())
            .flag("livemode", true)
            .raw("metadata", "{}")
            .text("type", self.kind);
    }
}

/// What moved a customer's cash.
#[derive(Debug, Clone)]
pub(crate) enum CashMovement {
    /// A bank transfer came in, with its reference.
    Funded(Text),
    /// It pays a payment intent.
    Applied(Text),
    /// It is taken back from a payment intent that did not come to its end.
    Unapplied(Text),
    /// A refund puts it back.
    Refunded(Text),
}

/// A movement of the cash a customer sent ahead; it never changes.
#[derive(Debug, Clone)]
pub(crate) struct CashBalanceTransaction {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) net_amount_minor: i64,
    pub(crate) ending_balance_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) customer: Text,
    pub(crate) movement: CashMovement,
}

impl Shape for CashBalanceTransaction {
    fn object(&self) -> &'static str {
        "customer_cash_balance_transaction"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        if let CashMovement::Applied(intent) = &self.movement {
            write_reference(members, "applied_to_payment", "payment_intent", intent);
        }
        members
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .text("customer", &self.customer)
            .null("customer_account")
            .int("ending_balance", self.ending_balance_minor);
        if let CashMovement::Funded(reference) = &self.movement {
            write_transfer(members, reference);
        }
        members
            .flag("livemode", true)
            .int("net_amount", self.net_amount_minor);
        if let CashMovement::Refunded(refund) = &self.movement {
            write_reference(members, "refunded_from_payment", "refund", refund);
        }
        members.text("type", self.kind());
        if let CashMovement::Unapplied(intent) = &self.movement {
            write_reference(members, "unapplied_from_payment", "payment_intent", intent);
        }
    }
}

impl CashBalanceTransaction {
    fn kind(&self) -> &'static str {
        match self.movement {
            CashMovement::Funded(_) => "funded",
            CashMovement::Applied(_) => "applied_to_payment",
            CashMovement::Unapplied(_) => "unapplied_from_payment",
            CashMovement::Refunded(_) => "refunded_from_payment",
        }
    }
}

fn write_reference(members: &mut Members<'_>, key: &str, kind: &str, id: &str) {
    members.object(key, |members| {
        members.text(kind, id);
    });
}

fn write_transfer(members: &mut Members<'_>, reference: &str) {
    members.object("funded", |members| {
        members.object("bank_transfer", |members| {
            members
                .text("reference", reference)
                .text("type", "us_bank_transfer")
                .raw(
                    "us_bank_transfer",
                    r#"{"network":"ach","sender_name":null}"#,
                );
        });
    });
}
