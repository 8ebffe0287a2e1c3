//! `customers`: who is billed, what it comes to in each currency, and what is owed.

use clap::Args;

use super::filter::{Filter, Part};
use crate::failure::Outcome;
use crate::shell::Shell;

/// A customer who is billed in two currencies has two rows: amounts of different currencies are never added. The customer
/// balance stands in the row of the customer's own currency, and is part of what is owed there. What credit notes promise and no
/// refund has paid lowers it, as in the statement. No sum is given where a part of it can't be known.
const SQL: &str = "
    WITH running AS (
        SELECT customer_id, count(*) AS subscriptions FROM subscriptions
        WHERE stream = :stream AND deleted = 0 AND status NOT IN ('canceled', 'incomplete_expired')
        GROUP BY customer_id
    ), unsure AS (
        SELECT DISTINCT customer_id FROM invoices
        WHERE stream = :stream AND deleted = 0 AND coalesce(status, 'open') = 'open'
          AND (amount_remaining_minor IS NULL OR currency IS NULL)
    ), promised AS (
        SELECT c.customer_id, r.currency,
               sum(max(0, n.amount_minor - iif(r.status IN ('failed', 'canceled'), 0, coalesce(r.amount_minor, 0)))) AS minor
        FROM totals AS n
        JOIN refunds AS r ON r.stream = n.stream AND r.id = n.target_id AND r.currency = n.currency
        JOIN charges AS c ON c.stream = r.stream AND c.id = r.charge_id
        LEFT JOIN balance_transactions AS m ON m.stream = r.stream AND m.id = r.balance_transaction_id
        WHERE n.stream = :stream AND n.target_type = 'refund' AND n.relation = 'credit_note'
          AND coalesce(r.reason, '') <> 'expired_uncaptured_charge'
          AND coalesce(m.reporting_category, '') <> 'partial_capture_reversal'
        GROUP BY 1, 2
    ), billed AS (
        SELECT c.id, c.name, c.email,
               CASE WHEN c.deleted THEN 'deleted' WHEN c.delinquent THEN 'delinquent' ELSE 'current' END AS status,
               c.created_s, coalesce(r.subscriptions, 0) AS subscriptions, coalesce(t.currency, c.currency, '') AS currency,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.relation = 'invoiced'), 0) AS invoiced_minor,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.relation = 'receivable'), 0) AS receivable_minor,
               coalesce(sum(t.amount_minor) FILTER (WHERE t.relation = 'written_off'), 0) AS written_off_minor,
               CASE WHEN coalesce(t.currency, c.currency, '') = coalesce(c.currency, t.currency, '')
                    THEN c.balance_minor END AS balance_minor,
               c.id IN (SELECT customer_id FROM unsure) AS is_unsure, c.certainty
        FROM customers AS c
        LEFT JOIN running AS r ON r.customer_id = c.id
        LEFT JOIN totals AS t
          ON t.stream = c.stream AND t.target_type = 'customer' AND t.target_id = c.id
         AND t.relation IN ('invoiced', 'receivable', 'written_off')
        WHERE c.stream = :stream AND (:customer IS NULL OR c.id = :customer)
          AND (:from IS NULL OR c.created_s >= :from) AND (:to IS NULL OR c.created_s < :to)
        GROUP BY c.id, coalesce(t.currency, c.currency, ''))
    SELECT id, name, email, status, created_s, subscriptions, b.currency, invoiced_minor, receivable_minor, balance_minor,
           iif(is_unsure, NULL, receivable_minor + coalesce(balance_minor, 0) - coalesce(p.minor, 0)) AS owes_minor,
           coalesce(p.minor, 0) AS refunds_owed_minor, written_off_minor, iif(is_unsure, 'unknown', certainty) AS certainty
    FROM billed AS b LEFT JOIN promised AS p ON p.customer_id = b.id AND p.currency = b.currency
    WHERE :status IS NULL OR status = :status
    ORDER BY created_s, id, b.currency";

/// For programs only.
const DETAILS: &[&str] = &["created_s", "email", "refunds_owed_minor"];

const STATUSES: [&str; 3] = ["current", "delinquent", "deleted"];

/// List customers with what they were invoiced and what they owe; their status is current, delinquent or deleted
#[derive(Debug, Args)]
#[command(
    after_help = "Owes is what open invoices still have to be paid (receivable) and the customer balance, in which credit is negative, less what credit notes promise and no refund has paid. Where a part can't be known it is empty, and certainty is unknown. Subscriptions are those that have not ended. `daybook customer ID` shows one with the statement."
)]
pub(crate) struct Customers {
    #[command(flatten)]
    filter: Filter,
}

impl Customers {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let part = Part {
            name: "customers",
            sql: SQL.to_owned(),
            details: DETAILS,
        };
        self.filter.answer(shell, &[part], &[], &STATUSES)
    }
}
