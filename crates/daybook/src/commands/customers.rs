//! `customers`: who is billed, and what it comes to in each currency.

use clap::Args;

use super::filter::Filter;
use crate::failure::Outcome;
use crate::shell::Shell;

/// A customer who is billed in two currencies has two rows: amounts of different currencies are never added.
const SQL: &str = "
    SELECT * FROM (
        SELECT c.id, c.name, c.email,
               CASE WHEN c.deleted THEN 'deleted' WHEN c.delinquent THEN 'delinquent' ELSE 'current' END AS status,
               c.created_s, coalesce(t.currency, c.currency, '') AS currency,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.relation = 'invoiced'), 0) AS invoiced_minor,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.relation = 'receivable'), 0) AS receivable_minor,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.relation = 'written_off'), 0) AS written_off_minor,
               c.balance_minor, c.certainty
        FROM customers AS c LEFT JOIN totals AS t
          ON t.stream = c.stream AND t.target_type = 'customer' AND t.target_id = c.id
         AND t.relation IN ('invoiced', 'receivable', 'written_off')
        WHERE c.stream = :stream AND (:customer IS NULL OR c.id = :customer)
          AND (:from IS NULL OR c.created_s >= :from) AND (:to IS NULL OR c.created_s < :to)
        GROUP BY c.id, coalesce(t.currency, c.currency, ''))
    WHERE :status IS NULL OR status = :status
    ORDER BY created_s, id, currency";

/// For programs only.
const DETAILS: &[&str] = &["balance_minor", "created_s"];

/// List customers with what they were invoiced and what they owe; their status is current, delinquent or deleted
#[derive(Debug, Args)]
pub(crate) struct Customers {
    #[command(flatten)]
    filter: Filter,
}

impl Customers {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        self.filter.list(shell, "customers", SQL, DETAILS)
    }
}
