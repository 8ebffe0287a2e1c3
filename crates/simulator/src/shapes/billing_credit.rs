//! Billing credits: grants, and the ledger of what was granted, used, expired and voided.

use super::{Currency, Shape};
use crate::json::{Members, Text};

/// One state of a grant.
#[derive(Debug, Clone)]
pub(crate) struct CreditGrant {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) updated_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) category: &'static str,
    pub(crate) customer: Text,
    pub(crate) name: Text,
    pub(crate) expires_at: Option<i64>,
    pub(crate) voided_at: Option<i64>,
}

impl Shape for CreditGrant {
    fn object(&self) -> &'static str {
        "billing.credit_grant"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        write_amount(members, self.amount_minor, self.currency);
        members
            .raw(
                "applicability_config",
                r#"{"scope":{"price_type":"metered"}}"#,
            )
            .text("category", self.category)
            .int("created", self.created_s)
            .text("customer", &self.customer)
            .null("customer_account")
            .int("effective_at", self.created_s)
            .int_or_null("expires_at", self.expires_at)
            .flag("livemode", true)
            .raw("metadata", "{}")
            .text("name", &self.name)
            .int("priority", 50)
            .null("test_clock")
            .int("updated", self.updated_s)
            .int_or_null("voided_at", self.voided_at);
    }
}

/// What moved a grant.
#[derive(Debug, Clone)]
pub(crate) enum CreditMovement {
    Granted,
    /// Used on a line of an invoice.
    Applied {
        invoice: Text,
        line: Text,
    },
    /// Given back by an invoice that was voided.
    InvoiceVoided {
        invoice: Text,
        line: Text,
    },
    Expired,
    Voided,
}

/// A movement of a grant; it never changes.
#[derive(Debug, Clone)]
pub(crate) struct CreditBalanceTransaction {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) grant: Text,
    pub(crate) movement: CreditMovement,
}

impl Shape for CreditBalanceTransaction {
    fn object(&self) -> &'static str {
        "billing.credit_balance_transaction"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, _at_us: i64) {
        members.int("created", self.created_s);
        let credit = self.is_credit();
        if credit {
            members.object("credit", |members| self.write_side(members));
        } else {
            members.null("credit");
        }
        members.text("credit_grant", &self.grant);
        if credit {
            members.null("debit");
        } else {
            members.object("debit", |members| self.write_side(members));
        }
        members
            .int("effective_at", self.created_s)
            .flag("livemode", true)
            .null("test_clock")
            .text("type", if credit { "credit" } else { "debit" });
    }
}

impl CreditBalanceTransaction {
    fn is_credit(&self) -> bool {
        matches!(
            self.movement,
            CreditMovement::Granted | CreditMovement::InvoiceVoided { .. }
        )
    }

    fn write_side(&self, members: &mut Members<'_>) {
        write_amount(members, self.amount_minor, self.currency);
        let (key, place) = match &self.movement {
            CreditMovement::Granted => ("credits_application_invoice_voided", None),
            CreditMovement::InvoiceVoided { invoice, line } => {
                ("credits_application_invoice_voided", Some((invoice, line)))
            }
            CreditMovement::Applied { invoice, line } => ("credits_applied", Some((invoice, line))),
            CreditMovement::Expired | CreditMovement::Voided => ("credits_applied", None),
        };
        match place {
            Some((invoice, line)) => members.object(key, |members| {
                members
                    .text("invoice", invoice)
                    .text("invoice_line_item", line);
            }),
            None => members.null(key),
        };
        members.text("type", self.kind());
    }

    fn kind(&self) -> &'static str {
        match self.movement {
            CreditMovement::Granted => "credits_granted",
            CreditMovement::Applied { .. } => "credits_applied",
            CreditMovement::InvoiceVoided { .. } => "credits_application_invoice_voided",
            CreditMovement::Expired => "credits_expired",
            CreditMovement::Voided => "credits_voided",
        }
    }
}

fn write_amount(members: &mut Members<'_>, amount_minor: i64, currency: Currency) {
    members.object("amount", |members| {
        members
            .object("monetary", |members| {
                members
                    .text("currency", currency.code())
                    .int("value", amount_minor);
            })
            .text("type", "monetary");
    });
}
