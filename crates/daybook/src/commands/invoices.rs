//! `invoices`: the invoices of the book.

use clap::Args;

use super::filter::Filter;
use crate::failure::Outcome;
use crate::shell::Shell;

/// What is still owed depends on the status: a void invoice keeps its amount remaining.
const SQL: &str = "
    SELECT i.id, i.number, i.status, i.customer_id, coalesce(i.customer_name, c.name) AS customer,
           i.created_s, i.due_s, i.paid_s, i.currency, i.total_minor, i.amount_due_minor, i.amount_paid_minor,
           CASE i.status WHEN 'open' THEN i.amount_remaining_minor ELSE 0 END AS receivable_minor,
           i.certainty, i.at_stake_minor
    FROM invoices AS i LEFT JOIN customers AS c ON c.stream = i.stream AND c.id = i.customer_id
    WHERE i.stream = :stream AND i.deleted = 0
      AND (:customer IS NULL OR i.customer_id = :customer) AND (:status IS NULL OR i.status = :status)
      AND (:from IS NULL OR i.created_s >= :from) AND (:to IS NULL OR i.created_s < :to)
    ORDER BY i.created_s, i.id";

/// For programs only.
const DETAILS: &[&str] = &[
    "customer_id",
    "due_s",
    "paid_s",
    "amount_due_minor",
    "at_stake_minor",
];

/// List invoices
#[derive(Debug, Args)]
pub(crate) struct Invoices {
    #[command(flatten)]
    filter: Filter,
}

impl Invoices {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        self.filter.list(shell, "invoices", SQL, DETAILS)
    }
}
