//! The statement of one customer: every document that says what is owed, on its day, and what they come to in each currency.
//! It reads documents and gives lines: it asks no book, and shows nothing.
//!
//! What a customer owes stands on two accounts, the receivable of each invoice and the customer balance. The statement runs over
//! their sum, less what credit notes promise and no refund has paid. A line's debit makes it more, its credit less:
//!
//! | Document | debit | credit |
//! |---|---|---|
//! | invoice, final | total | (a negative total) |
//! | payment of it, paid | what of it had been written off | what was paid, with what was overpaid |
//! | invoice paid with no payment to show for it | the same | amount due less those payments |
//! | credit note | what it gave back outside Stripe | total |
//! | refund | amount | the part that is on no credit note |
//! | refund that failed | the part that is on no credit note | amount |
//! | invoice written off | | what it still had to be paid |
//! | invoice void | what credit notes and write-off had taken | total |
//! | credit note void | total | what it gave back outside Stripe |
//! | customer balance: adjusted, set, moved otherwise | an increase | a decrease |
//! | customer balance: applied to an invoice, or from one or a credit note | amount | amount |
//! | charge that no invoice asked for | amount | amount |
//! | dispute that takes money | amount | amount |
//!
//! The last three move nothing. What the customer balance gives to an invoice, it no longer has. A charge without an invoice is
//! a sale that was paid at once. A dispute leaves the invoice paid: its loss is an expense, not a debt of the customer's. The
//! same holds of a refund without a credit note. A credit note's own total covers its refunds and its credit to the customer
//! balance, whose movement therefore moves nothing again.
//!
//! So the last line must come to: what open invoices still have to be paid, and the customer balance, less what is promised.

mod billed;
mod documents;
mod given_back;
mod sums;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use documents::{Documents, Owner};
pub(crate) use sums::{Span, Sum, sums};

use documents::{Charge, Movement};

/// What a line is of; lines of one second stand in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Opening,
    Invoice,
    CustomerBalance,
    CreditNote,
    Payment,
    PaidOtherwise,
    WriteOff,
    Void,
    CreditNoteVoid,
    Charge,
    Refund,
    RefundFailure,
    Dispute,
}

impl Kind {
    /// Its name for programs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Invoice => "invoice",
            Self::CustomerBalance => "customer_balance",
            Self::CreditNote => "credit_note",
            Self::Payment => "payment",
            Self::PaidOtherwise => "paid_otherwise",
            Self::WriteOff => "write_off",
            Self::Void => "void",
            Self::CreditNoteVoid => "credit_note_void",
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::RefundFailure => "refund_failure",
            Self::Dispute => "dispute",
        }
    }
}

/// One line of a statement.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Unix second of the document's date.
    pub(crate) date_s: i64,
    pub(crate) kind: Kind,
    /// Stripe's id of the document.
    pub(crate) id: String,
    /// What the document is called: its number, or its id.
    pub(crate) document: String,
    pub(crate) what: String,
    pub(crate) currency: String,
    /// Both in minor units of the currency, never negative.
    pub(crate) debit_minor: i64,
    pub(crate) credit_minor: i64,
    /// Whether Stripe told all amounts that it is made of.
    pub(crate) is_known: bool,
}

impl Line {
    /// The same, with the amount as a debit, or as a credit where it is negative.
    fn moving(mut self, amount_minor: i64) -> Self {
        self.debit_minor = self.debit_minor.saturating_add(amount_minor.max(0));
        self.credit_minor = self
            .credit_minor
            .saturating_add(amount_minor.min(0).saturating_neg());
        self
    }

    /// The same, with these sides.
    fn sides(mut self, debit_minor: i64, credit_minor: i64) -> Self {
        (self.debit_minor, self.credit_minor) = (debit_minor, credit_minor);
        self
    }

    /// What it adds to what is owed.
    pub(crate) fn net_minor(&self) -> i64 {
        self.debit_minor.saturating_sub(self.credit_minor)
    }
}

/// All lines, by currency and in the order of their dates.
pub(crate) fn lines(documents: &Documents) -> Vec<Line> {
    let mut lines = billed::lines(documents);
    let numbers = numbers(documents);
    let notes: BTreeSet<&str> = documents.notes.iter().map(|note| &*note.id).collect();
    let movements = documents.movements.iter();
    lines.extend(movements.map(|movement| of_movement(movement, &numbers, &notes)));
    let billed = documents.payments.iter().flat_map(|payment| {
        let ids = [&payment.payment_intent_id, &payment.charge_id];
        ids.into_iter().flatten().map(String::as_str)
    });
    let billed: BTreeSet<&str> = billed.collect();
    let is_billed = |charge: &&Charge| {
        let intent = charge.payment_intent_id.as_deref();
        billed.contains(&*charge.id) || intent.is_some_and(|intent| billed.contains(intent))
    };
    let unbilled = documents.charges.iter().filter(|one| !is_billed(one));
    lines.extend(unbilled.map(of_charge));
    lines.extend(given_back::lines(documents));
    lines.sort_by(|one, other| order(one).cmp(&order(other)));
    lines
}

fn order(line: &Line) -> (&str, i64, Kind, &str) {
    (&line.currency, line.date_s, line.kind, &line.id)
}

/// What invoices are called, by id.
fn numbers(documents: &Documents) -> BTreeMap<&str, &str> {
    let invoices = documents.invoices.iter();
    invoices
        .map(|invoice| (&*invoice.id, invoice.name()))
        .collect()
}

fn of_movement(
    movement: &Movement,
    numbers: &BTreeMap<&str, &str>,
    notes: &BTreeSet<&str>,
) -> Line {
    let note = movement.credit_note_id.as_deref();
    let is_transfer = matches!(
        &*movement.kind,
        "applied_to_invoice"
            | "unapplied_from_invoice"
            | "invoice_too_small"
            | "invoice_too_large"
            | "invoice_overpaid"
    ) || note.is_some_and(|note| notes.contains(note));
    let invoice = movement.invoice_id.as_deref().unwrap_or("an invoice");
    let invoice = numbers.get(invoice).copied().unwrap_or(invoice);
    let mut what = match &*movement.kind {
        "applied_to_invoice" => format!("customer balance applied to {invoice}"),
        "unapplied_from_invoice" => format!("customer balance taken back from {invoice}"),
        "invoice_too_small" | "invoice_too_large" => {
            format!("{invoice} can't be charged: left to the customer balance")
        }
        "invoice_overpaid" => format!("what was overpaid on {invoice}, to the customer balance"),
        "credit_note" => "credit of the credit note, to the customer balance".to_owned(),
        kind => format!("customer balance: {}", kind.replace('_', " ")),
    };
    if let Some(description) = &movement.description {
        what = format!("{what}: {description}");
    }
    let size_minor = movement.amount_minor.saturating_abs();
    let line = Line {
        date_s: movement.created_s,
        kind: Kind::CustomerBalance,
        id: movement.id.clone(),
        document: movement.id.clone(),
        what,
        currency: movement.currency.clone(),
        debit_minor: 0,
        credit_minor: 0,
        is_known: movement.is_known,
    };
    match is_transfer {
        true => line.sides(size_minor, size_minor),
        false => line.moving(movement.amount_minor),
    }
}

fn of_charge(charge: &Charge) -> Line {
    Line {
        date_s: charge.created_s,
        kind: Kind::Charge,
        id: charge.id.clone(),
        document: charge.id.clone(),
        what: "paid without an invoice".to_owned(),
        currency: charge.currency.clone(),
        debit_minor: charge.captured_minor,
        credit_minor: charge.captured_minor,
        is_known: charge.is_known,
    }
}
