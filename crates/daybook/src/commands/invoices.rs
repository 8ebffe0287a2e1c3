//! `invoices`: the invoices of the book.

use clap::Args;

use super::filter::{Filter, Part};
use crate::aside;
use crate::currency::worded;
use crate::failure::Outcome;
use crate::shell::Shell;

/// What is still owed depends on the status: a void invoice keeps its amount remaining.
const SQL: &str = "
    SELECT i.id, i.number, iif(i.deleted, 'deleted', i.status) AS status, i.customer_id, coalesce(i.customer_name, c.name) AS customer,
           i.created_s, i.due_s, i.paid_s, i.currency, i.total_minor, i.amount_due_minor, i.amount_paid_minor,
           iif(i.status = 'open' AND i.deleted = 0, i.amount_remaining_minor, 0) AS receivable_minor,
           i.certainty, i.at_stake_minor
    FROM invoices AS i LEFT JOIN customers AS c ON c.stream = i.stream AND c.id = i.customer_id
    WHERE i.stream = :stream AND (:customer IS NULL OR i.customer_id = :customer)
      AND iif(:status IS NULL, i.deleted = 0, iif(i.deleted, 'deleted', i.status) = :status)
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

const DELETED: &str = "deleted";

/// Stripe's, and what a deleted draft is shown with.
const STATUSES: [&str; 6] = ["draft", "open", "paid", "uncollectible", "void", DELETED];

/// List invoices
///
/// Deleted drafts are listed with --status deleted only.
#[derive(Debug, Args)]
pub(crate) struct Invoices {
    #[command(flatten)]
    filter: Filter,
}

impl Invoices {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let part = Part {
            name: "invoices",
            sql: SQL.to_owned(),
            details: DETAILS,
        };
        let filter = self.filter.clone();
        let exit = self.filter.answer(shell, &[part], &[], &STATUSES)?;
        let left_out = filter.count_besides(shell, SQL, DELETED)?;
        if left_out > 0 && shell.is_for_people() {
            shell.screen.flush()?;
            let left_out = worded(left_out as u64, "deleted one is", "deleted ones are");
            aside::hint(&format!("{left_out} left out (--status deleted)"));
        }
        Ok(exit)
    }
}
