//! `customers`: who is billed, what it comes to in each currency, and what is owed.

use clap::Args;

use super::filter::Filter;
use crate::failure::Outcome;
use crate::shell::Shell;

/// A customer who is billed in two currencies has two rows: amounts of different currencies are never added. The customer
/// balance stands in the row of the customer's own currency, and is part of what is owed there.
const SQL: &str = "
    WITH running AS (
        SELECT customer_id, count(*) AS subscriptions FROM subscriptions
        WHERE stream = :stream AND deleted = 0 AND status NOT IN ('canceled', 'incomplete_expired')
        GROUP BY customer_id
    ), billed AS (
        SELECT c.id, c.name, c.email,
               CASE WHEN c.deleted THEN 'deleted' WHEN c.delinquent THEN 'delinquent' ELSE 'current' END AS status,
               c.created_s, coalesce(r.subscriptions, 0) AS subscriptions, coalesce(t.currency, c.currency, '') AS currency,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.relation = 'invoiced'), 0) AS invoiced_minor,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.relation = 'receivable'), 0) AS receivable_minor,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.relation = 'written_off'), 0) AS written_off_minor,
               CASE WHEN coalesce(t.currency, c.currency, '') = coalesce(c.currency, t.currency, '')
                    THEN c.balance_minor END AS balance_minor,
               c.certainty
        FROM customers AS c
        LEFT JOIN running AS r ON r.customer_id = c.id
        LEFT JOIN totals AS t
          ON t.stream = c.stream AND t.target_type = 'customer' AND t.target_id = c.id
         AND t.relation IN ('invoiced', 'receivable', 'written_off')
        WHERE c.stream = :stream AND (:customer IS NULL OR c.id = :customer)
          AND (:from IS NULL OR c.created_s >= :from) AND (:to IS NULL OR c.created_s < :to)
        GROUP BY c.id, coalesce(t.currency, c.currency, ''))
    SELECT id, name, email, status, created_s, subscriptions, currency, invoiced_minor, receivable_minor, balance_minor,
           receivable_minor + coalesce(balance_minor, 0) AS owes_minor, written_off_minor, certainty
    FROM billed WHERE :status IS NULL OR status = :status
    ORDER BY created_s, id, currency";

/// For programs only.
const DETAILS: &[&str] = &["created_s", "email"];

/// List customers with what they were invoiced and what they owe; their status is current, delinquent or deleted
#[derive(Debug, Args)]
#[command(
    after_help = "Owes is what open invoices still have to be paid (receivable) and the customer balance, in which credit is negative.\nSubscriptions are those that have not ended. `daybook customer ID` shows one with the statement."
)]
pub(crate) struct Customers {
    #[command(flatten)]
    filter: Filter,
}

impl Customers {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        self.filter.list(shell, "customers", SQL, DETAILS)
    }
}
