//! `invoice ID`: one invoice with its lines, payments, charges, refunds, disputes, credit notes, findings and timeline.

use clap::Args;
use facts::ObjectKey;
use facts::objects::invoice;
use rusqlite::named_params;

use super::timeline::View;
use crate::dossier::{self, Dossier};
use crate::failure::Outcome;
use crate::listing::{Listing, text};
use crate::shell::Shell;
use crate::timeline::Timeline;

const INVOICE: &str = "
    SELECT i.id, i.number, i.status, i.customer_id, coalesce(i.customer_name, c.name) AS customer, i.subscription_id,
           i.billing_reason, i.created_s, i.finalized_s, i.due_s, i.paid_s, i.voided_s, i.marked_uncollectible_s,
           i.currency, i.subtotal_minor,
           (SELECT -sum(d.amount_minor) FROM invoice_discounts AS d
            WHERE d.stream = i.stream AND d.invoice_id = i.id) AS discounts_minor,
           (SELECT sum(t.amount_minor) FROM invoice_taxes AS t
            WHERE t.stream = i.stream AND t.invoice_id = i.id) AS taxes_minor,
           i.total_minor, i.amount_due_minor, i.amount_paid_minor,
           i.amount_remaining_minor, i.attempt_count, i.certainty, i.gap, i.deleted, i.at_stake_minor, i.unknown,
           i.version, i.known_seq
    FROM invoices AS i LEFT JOIN customers AS c ON c.stream = i.stream AND c.id = i.customer_id
    WHERE i.stream = :stream AND (i.id = :id OR i.number = :id)
    ORDER BY i.id <> :id LIMIT 1";

/// For programs only.
const DETAILS: &[&str] = &["gap", "deleted", "version", "known_seq"];

const LINES: &str = "
    SELECT id, description, quantity, period_start_s, period_end_s, currency, amount_minor
    FROM invoice_lines WHERE stream = :stream AND invoice_id = :id ORDER BY id";

const PAYMENTS: &str = "
    SELECT invoice_payment_id, status, payment_type, payment_intent_id, paid_s, currency, amount_requested_minor,
           amount_paid_minor
    FROM invoice_payments WHERE stream = :stream AND invoice_id = :id ORDER BY created_s, id";

/// Charges of the payment intents that pay the invoice.
const CHARGES: &str = "
    SELECT c.id, c.status, c.created_s, c.failure_code, c.currency, c.amount_minor, c.amount_refunded_minor,
           c.balance_transaction_id
    FROM charges AS c WHERE c.stream = :stream AND c.payment_intent_id IN (
        SELECT payment_intent_id FROM invoice_payments WHERE stream = :stream AND invoice_id = :id)
    ORDER BY c.created_s, c.id";

const REFUNDS: &str = "
    SELECT r.id, r.charge_id, r.status, r.reason, r.created_s, r.currency, r.amount_minor
    FROM refunds AS r JOIN charges AS c ON c.stream = r.stream AND c.id = r.charge_id
    WHERE r.stream = :stream AND c.payment_intent_id IN (
        SELECT payment_intent_id FROM invoice_payments WHERE stream = :stream AND invoice_id = :id)
    ORDER BY r.created_s, r.id";

const FINDINGS: &str = "
    SELECT code, what, mend, currency, at_stake_minor
    FROM findings WHERE stream = :stream AND object_type = 'invoice' AND object_id = :id ORDER BY code";

const CREDIT_NOTES: &str = "
    SELECT id, number, status, reason, created_s, currency, total_minor
    FROM credit_notes WHERE stream = :stream AND invoice_id = :id ORDER BY created_s, id";

/// Disputes of the charges of the payment intents that pay the invoice.
const DISPUTES: &str = "
    SELECT d.id, d.charge_id, d.status, d.reason, d.created_s, d.due_s, d.currency, d.amount_minor
    FROM disputes AS d JOIN charges AS c ON c.stream = d.stream AND c.id = d.charge_id
    WHERE d.stream = :stream AND c.payment_intent_id IN (
        SELECT payment_intent_id FROM invoice_payments WHERE stream = :stream AND invoice_id = :id)
    ORDER BY d.created_s, d.id";

const PAYMENT_KEYS: &str =
    "SELECT id FROM invoice_payments WHERE stream = :stream AND invoice_id = :id ORDER BY id";

const INTENT_KEYS: &str = "
    SELECT DISTINCT payment_intent_id AS id FROM invoice_payments
    WHERE stream = :stream AND invoice_id = :id AND payment_intent_id IS NOT NULL ORDER BY 1";

/// The parts of an invoice, in the order of `TABLES`.
const PARTS: [&str; 7] = [
    LINES,
    PAYMENTS,
    CHARGES,
    REFUNDS,
    DISPUTES,
    CREDIT_NOTES,
    FINDINGS,
];

/// What it answers with.
pub(super) const TABLES: [&str; 9] = [
    "invoice",
    "lines",
    "payments",
    "charges",
    "refunds",
    "disputes",
    "credit_notes",
    "findings",
    "timeline",
];

/// Whose timelines belong to that of an invoice: the kind, and the query for their ids.
const RELATED: [(&str, &str); 6] = [
    ("payment_intent", INTENT_KEYS),
    ("charge", CHARGES),
    ("invoice_payment", PAYMENT_KEYS),
    ("refund", REFUNDS),
    ("dispute", DISPUTES),
    ("credit_note", CREDIT_NOTES),
];

/// Show one invoice with all that belongs to it
#[derive(Debug, Args)]
pub(crate) struct Invoice {
    /// Its id, in_…, or its number
    id: String,
    #[command(flatten)]
    view: View,
}

impl Invoice {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (book, stream, standing) = shell.book()?;
        let (log, _) = shell.log()?;
        let ask = |sql: &str, id: &str| {
            Listing::ask(
                &book,
                sql,
                named_params! {":stream": stream.as_str(), ":id": id},
            )
        };
        // Programs are told in a column of its own.
        let shown = INVOICE.replacen(
            "i.status",
            "iif(i.deleted, 'deleted', i.status) AS status",
            1,
        );
        let sql = if shell.is_for_people() {
            &shown
        } else {
            INVOICE
        };
        let object = ask(sql, &self.id)?.with_details(DETAILS);
        let Some(id) = object.first("id").map(|id| text(id).to_owned()) else {
            return Err(dossier::absent(
                "invoice",
                &self.id,
                (&book, &stream),
                &standing,
            ));
        };
        let mut parts = Vec::new();
        for (name, sql) in TABLES[1..].iter().zip(PARTS) {
            parts.push((*name, ask(sql, &id)?.with_days()));
        }
        let mut related = Vec::new();
        for (object, sql) in RELATED {
            related.extend(dossier::keys((&book, &stream), object, sql, &id)?);
        }
        let key = ObjectKey {
            schema: &invoice::SCHEMA,
            id: id.into(),
        };
        let dossier = Dossier {
            name: TABLES[0],
            object,
            parts,
            notes: Vec::new(),
            timeline: Timeline::of((&book, &log, &stream), key, related, self.view.order())?,
        };
        dossier.answer(shell, &standing)
    }
}
