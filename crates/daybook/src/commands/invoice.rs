//! `invoice ID`: one invoice with its lines, payments, charges, refunds and findings.

use clap::Args;
use rusqlite::named_params;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::listing::{Listing, text};
use crate::paint::{HEADING, painted};
use crate::shell::Shell;

const INVOICE: &str = "
    SELECT i.id, i.number, i.status, i.customer_id, coalesce(i.customer_name, c.name) AS customer, i.subscription_id,
           i.billing_reason, i.created_s, i.finalized_s, i.due_s, i.paid_s, i.voided_s, i.marked_uncollectible_s,
           i.currency, i.subtotal_minor, i.total_minor, i.amount_due_minor, i.amount_paid_minor,
           i.amount_remaining_minor, i.attempt_count, i.certainty, i.gap, i.deleted, i.at_stake_minor, i.unknown,
           i.version, i.known_seq
    FROM invoices AS i LEFT JOIN customers AS c ON c.stream = i.stream AND c.id = i.customer_id
    WHERE i.stream = :stream AND (i.id = :id OR i.number = :id)
    ORDER BY i.id <> :id LIMIT 1";

/// For programs only.
const DETAILS: &[&str] = &["gap", "deleted", "version"];

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

/// The parts of an invoice, in the order of `TABLES`.
const PARTS: [&str; 5] = [LINES, PAYMENTS, CHARGES, REFUNDS, FINDINGS];

/// What it answers with.
pub(super) const TABLES: [&str; 6] = [
    "invoice", "lines", "payments", "charges", "refunds", "findings",
];

/// Show one invoice with all that belongs to it
#[derive(Debug, Args)]
pub(crate) struct Invoice {
    /// Its id, in_…, or its number
    id: String,
}

impl Invoice {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (book, stream, standing) = shell.book()?;
        let ask = |sql: &str, id: &str| {
            Listing::ask(
                &book,
                sql,
                named_params! {":stream": stream.as_str(), ":id": id},
            )
        };
        let invoice = ask(INVOICE, &self.id)?.with_details(DETAILS);
        let id = match invoice.first("id") {
            Some(id) => text(id).to_owned(),
            None => return Err(self.absent(stream.as_str())),
        };
        let mut tables = vec![(TABLES[0], invoice)];
        for (name, sql) in TABLES[1..].iter().zip(PARTS) {
            tables.push((name, ask(sql, &id)?));
        }
        if shell.is_csv() {
            shell.answer(&tables, &standing)?;
            return Ok(Exit::AllTrue);
        }
        let ((_, invoice), parts) = tables.split_first().expect("the invoice is the first");
        if shell.is_json() {
            let mut value = json!({"invoice": invoice.first_json()});
            for (name, listing) in parts {
                value[*name] = listing.json();
            }
            shell.answer_json(value, &standing)?;
            return Ok(Exit::AllTrue);
        }
        shell.screen.line(invoice.first_text())?;
        for (name, listing) in parts.iter().filter(|(_, listing)| !listing.is_empty()) {
            shell
                .screen
                .line(format!("\n{}\n{}", painted(HEADING, name), listing.text()))?;
        }
        shell.screen.line(format!("\n{}", standing.line()))?;
        Ok(Exit::AllTrue)
    }

    fn absent(&self, stream: &str) -> Failure {
        let failure: Failure = ShellError::Absent {
            what: "invoice",
            id: self.id.clone(),
            stream: stream.to_owned(),
        }
        .into();
        failure.hinting("the book may be behind the log: `daybook project` brings it up")
    }
}
