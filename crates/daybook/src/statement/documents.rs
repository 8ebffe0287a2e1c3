//! The documents of one customer, as the book holds them. Only reads them: what they come to is said elsewhere.

use projector::OpenBook;
use rusqlite::{Row, named_params};

use crate::failure::Failure;

/// The customer.
#[derive(Debug)]
pub(crate) struct Owner {
    pub(crate) currency: Option<String>,
    /// The customer balance, in minor units of that currency: negative is credit.
    pub(crate) balance_minor: Option<i64>,
}

/// An invoice that is final.
#[derive(Debug)]
pub(super) struct Invoice {
    pub(super) id: String,
    pub(super) number: Option<String>,
    pub(super) status: String,
    pub(super) currency: String,
    pub(super) date_s: i64,
    pub(super) paid_s: Option<i64>,
    pub(super) voided_s: Option<i64>,
    pub(super) marked_uncollectible_s: Option<i64>,
    pub(super) total_minor: i64,
    pub(super) due_minor: i64,
    pub(super) paid_minor: i64,
    pub(super) remaining_minor: i64,
    pub(super) overpaid_minor: i64,
    pub(super) is_known: bool,
}

impl Invoice {
    /// Its number; its id where it has none.
    pub(super) fn name(&self) -> &str {
        self.number.as_deref().unwrap_or(&self.id)
    }
}

/// A payment of an invoice that was paid.
#[derive(Debug)]
pub(super) struct Payment {
    pub(super) id: String,
    pub(super) invoice_id: String,
    pub(super) kind: String,
    pub(super) payment_intent_id: Option<String>,
    /// The charge that paid.
    pub(super) charge_id: Option<String>,
    pub(super) payment_record_id: Option<String>,
    pub(super) paid_s: Option<i64>,
    pub(super) paid_minor: i64,
    pub(super) is_known: bool,
}

/// A credit note.
#[derive(Debug)]
pub(super) struct Note {
    pub(super) id: String,
    pub(super) number: Option<String>,
    pub(super) invoice_id: Option<String>,
    pub(super) status: String,
    pub(super) currency: String,
    pub(super) date_s: i64,
    pub(super) voided_s: Option<i64>,
    pub(super) total_minor: i64,
    /// What of it lowers what the invoice still has to be paid.
    pub(super) before_minor: i64,
    pub(super) out_of_band_minor: i64,
    pub(super) is_known: bool,
}

/// A refund of one of the customer's charges.
#[derive(Debug)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) charge_id: String,
    pub(super) status: String,
    pub(super) created_s: i64,
    pub(super) failed_s: Option<i64>,
    pub(super) currency: String,
    pub(super) amount_minor: i64,
    /// What of it stands on credit notes.
    pub(super) noted_minor: i64,
    pub(super) is_known: bool,
}

/// A dispute of one of the customer's charges.
#[derive(Debug)]
pub(super) struct Dispute {
    pub(super) id: String,
    pub(super) charge_id: String,
    pub(super) status: String,
    pub(super) created_s: i64,
    pub(super) currency: String,
    pub(super) amount_minor: i64,
    pub(super) is_known: bool,
}

/// A movement of the customer balance.
#[derive(Debug)]
pub(super) struct Movement {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) created_s: i64,
    pub(super) currency: String,
    /// Negative gives credit.
    pub(super) amount_minor: i64,
    pub(super) invoice_id: Option<String>,
    pub(super) credit_note_id: Option<String>,
    pub(super) description: Option<String>,
    pub(super) is_known: bool,
}

/// A charge that succeeded.
#[derive(Debug)]
pub(super) struct Charge {
    pub(super) id: String,
    pub(super) payment_intent_id: Option<String>,
    pub(super) created_s: i64,
    pub(super) currency: String,
    pub(super) captured_minor: i64,
    pub(super) is_known: bool,
}

const INVOICES: &str = "
    SELECT id, number, status, coalesce(currency, ''), coalesce(effective_s, finalized_s, created_s, 0), paid_s, voided_s,
           marked_uncollectible_s, coalesce(total_minor, 0), coalesce(amount_due_minor, 0), coalesce(amount_paid_minor, 0),
           coalesce(amount_remaining_minor, 0), coalesce(amount_overpaid_minor, 0),
           total_minor IS NOT NULL AND amount_due_minor IS NOT NULL AND amount_paid_minor IS NOT NULL
           AND amount_remaining_minor IS NOT NULL
    FROM invoices
    WHERE stream = :stream AND customer_id = :customer AND deleted = 0
      AND status IN ('open', 'paid', 'uncollectible', 'void')
    ORDER BY id";

/// By the links that paid invoice payments leave under their invoice, and charges under their payment intent.
const PAYMENTS: &str = "
    SELECT p.id, p.invoice_id, coalesce(p.payment_type, ''), p.payment_intent_id,
           coalesce(p.charge_id, (
               SELECT min(source_id) FROM links AS charge
               WHERE charge.stream = p.stream AND charge.target_type = 'payment_intent'
                 AND charge.target_id = p.payment_intent_id AND charge.relation = 'charge')),
           p.payment_record_id, coalesce(p.paid_s, p.created_s), coalesce(p.amount_paid_minor, 0),
           p.amount_paid_minor IS NOT NULL
    FROM invoices AS i
    JOIN links AS l ON l.stream = i.stream AND l.target_type = 'invoice' AND l.target_id = i.id AND l.relation = 'payment'
    JOIN invoice_payments AS p ON p.stream = l.stream AND p.id = l.source_id
    WHERE i.stream = :stream AND i.customer_id = :customer
    ORDER BY p.id";

/// Before 2025-05-28.basil a credit note was all of one type.
const NOTES: &str = "
    SELECT id, number, invoice_id, status, coalesce(currency, ''), coalesce(effective_s, created_s, 0), voided_s,
           coalesce(total_minor, 0),
           coalesce(pre_payment_minor, CASE type WHEN 'pre_payment' THEN total_minor ELSE 0 END, 0),
           coalesce(out_of_band_minor, 0), total_minor IS NOT NULL
    FROM credit_notes WHERE stream = :stream AND customer_id = :customer AND deleted = 0 AND status IN ('issued', 'void')
    ORDER BY id";

/// What was never captured is no money given back, though Stripe makes a refund of it.
const REFUNDS: &str = "
    SELECT r.id, r.charge_id, coalesce(r.status, ''), coalesce(r.created_s, 0), failure.created_s, coalesce(r.currency, ''),
           coalesce(r.amount_minor, 0),
           (SELECT coalesce(sum(noted.amount_minor), 0) FROM totals AS noted
            WHERE noted.stream = r.stream AND noted.target_type = 'refund' AND noted.target_id = r.id
              AND noted.relation = 'credit_note' AND noted.currency = r.currency),
           r.amount_minor IS NOT NULL
    FROM refunds AS r
    JOIN charges AS c ON c.stream = r.stream AND c.id = r.charge_id
    LEFT JOIN balance_transactions AS moved ON moved.stream = r.stream AND moved.id = r.balance_transaction_id
    LEFT JOIN balance_transactions AS failure
        ON failure.stream = r.stream AND failure.id = r.failure_balance_transaction_id
    WHERE r.stream = :stream AND c.customer_id = :customer
      AND coalesce(r.reason, '') <> 'expired_uncaptured_charge'
      AND coalesce(moved.reporting_category, '') <> 'partial_capture_reversal'
    ORDER BY r.id";

const DISPUTES: &str = "
    SELECT d.id, d.charge_id, coalesce(d.status, ''), coalesce(d.created_s, 0), coalesce(d.currency, ''),
           coalesce(d.amount_minor, 0), d.amount_minor IS NOT NULL
    FROM disputes AS d JOIN charges AS c ON c.stream = d.stream AND c.id = d.charge_id
    WHERE d.stream = :stream AND c.customer_id = :customer
    ORDER BY d.id";

const MOVEMENTS: &str = "
    SELECT m.id, coalesce(m.type, ''), coalesce(m.created_s, 0), coalesce(m.currency, ''), coalesce(m.amount_minor, 0),
           m.invoice_id, m.credit_note_id, m.description, m.amount_minor IS NOT NULL
    FROM links AS l
    JOIN customer_balance_transactions AS m ON m.stream = l.stream AND m.id = l.source_id
    WHERE l.stream = :stream AND l.target_type = 'customer' AND l.target_id = :customer
      AND l.relation = 'customer_balance_transaction'
    ORDER BY m.id";

const CHARGES: &str = "
    SELECT id, payment_intent_id, coalesce(created_s, 0), coalesce(currency, ''),
           coalesce(amount_captured_minor, 0), amount_captured_minor IS NOT NULL
    FROM charges
    WHERE stream = :stream AND customer_id = :customer AND status = 'succeeded'
      AND (amount_captured_minor IS NULL OR amount_captured_minor <> 0)
    ORDER BY id";

/// All that a statement is made of.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    pub(super) invoices: Vec<Invoice>,
    pub(super) payments: Vec<Payment>,
    pub(super) notes: Vec<Note>,
    pub(super) refunds: Vec<Refund>,
    pub(super) disputes: Vec<Dispute>,
    pub(super) movements: Vec<Movement>,
    pub(super) charges: Vec<Charge>,
}

impl Documents {
    /// Those of one customer.
    pub(crate) fn of(book: &OpenBook, stream: &str, customer: &str) -> Result<Self, Failure> {
        let asked = Asked {
            book,
            stream,
            customer,
        };
        Ok(Self {
            invoices: asked.rows(INVOICES, invoice)?,
            payments: asked.rows(PAYMENTS, payment)?,
            notes: asked.rows(NOTES, note)?,
            refunds: asked.rows(REFUNDS, refund)?,
            disputes: asked.rows(DISPUTES, dispute)?,
            movements: asked.rows(MOVEMENTS, movement)?,
            charges: asked.rows(CHARGES, charge)?,
        })
    }
}

struct Asked<'b> {
    book: &'b OpenBook,
    stream: &'b str,
    customer: &'b str,
}

impl Asked<'_> {
    fn rows<T>(
        &self,
        sql: &str,
        read: fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Failure> {
        let mut statement = self.book.connection().prepare(sql)?;
        let parameters = named_params! {":stream": self.stream, ":customer": self.customer};
        let rows = statement.query_map(parameters, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn invoice(row: &Row<'_>) -> rusqlite::Result<Invoice> {
    Ok(Invoice {
        id: row.get(0)?,
        number: row.get(1)?,
        status: row.get(2)?,
        currency: row.get(3)?,
        date_s: row.get(4)?,
        paid_s: row.get(5)?,
        voided_s: row.get(6)?,
        marked_uncollectible_s: row.get(7)?,
        total_minor: row.get(8)?,
        due_minor: row.get(9)?,
        paid_minor: row.get(10)?,
        remaining_minor: row.get(11)?,
        overpaid_minor: row.get(12)?,
        is_known: row.get(13)?,
    })
}

fn payment(row: &Row<'_>) -> rusqlite::Result<Payment> {
    Ok(Payment {
        id: row.get(0)?,
        invoice_id: row.get(1)?,
        kind: row.get(2)?,
        payment_intent_id: row.get(3)?,
        charge_id: row.get(4)?,
        payment_record_id: row.get(5)?,
        paid_s: row.get(6)?,
        paid_minor: row.get(7)?,
        is_known: row.get(8)?,
    })
}

fn note(row: &Row<'_>) -> rusqlite::Result<Note> {
    Ok(Note {
        id: row.get(0)?,
        number: row.get(1)?,
        invoice_id: row.get(2)?,
        status: row.get(3)?,
        currency: row.get(4)?,
        date_s: row.get(5)?,
        voided_s: row.get(6)?,
        total_minor: row.get(7)?,
        before_minor: row.get(8)?,
        out_of_band_minor: row.get(9)?,
        is_known: row.get(10)?,
    })
}

fn refund(row: &Row<'_>) -> rusqlite::Result<Refund> {
    Ok(Refund {
        id: row.get(0)?,
        charge_id: row.get(1)?,
        status: row.get(2)?,
        created_s: row.get(3)?,
        failed_s: row.get(4)?,
        currency: row.get(5)?,
        amount_minor: row.get(6)?,
        noted_minor: row.get(7)?,
        is_known: row.get(8)?,
    })
}

fn dispute(row: &Row<'_>) -> rusqlite::Result<Dispute> {
    Ok(Dispute {
        id: row.get(0)?,
        charge_id: row.get(1)?,
        status: row.get(2)?,
        created_s: row.get(3)?,
        currency: row.get(4)?,
        amount_minor: row.get(5)?,
        is_known: row.get(6)?,
    })
}

fn movement(row: &Row<'_>) -> rusqlite::Result<Movement> {
    Ok(Movement {
        id: row.get(0)?,
        kind: row.get(1)?,
        created_s: row.get(2)?,
        currency: row.get(3)?,
        amount_minor: row.get(4)?,
        invoice_id: row.get(5)?,
        credit_note_id: row.get(6)?,
        description: row.get(7)?,
        is_known: row.get(8)?,
    })
}

fn charge(row: &Row<'_>) -> rusqlite::Result<Charge> {
    Ok(Charge {
        id: row.get(0)?,
        payment_intent_id: row.get(1)?,
        created_s: row.get(2)?,
        currency: row.get(3)?,
        captured_minor: row.get(4)?,
        is_known: row.get(5)?,
    })
}
