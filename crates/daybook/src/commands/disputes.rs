//! `disputes`: payments that customers' banks take back, when evidence is due, and what each did to the Stripe balance.

use clap::Args;

use super::filter::{Filter, Part};
use crate::failure::Outcome;
use crate::moment;
use crate::shell::Shell;

/// What a dispute did to the balance is the sum of the balance transactions that name it as their source, and of those that it
/// tells itself and nobody else does, in the settlement currency. Its fee is their fees, and those that are fees as a whole.
const ROWS: &str = "
    WITH moved AS (
        SELECT l.target_id AS dispute_id, b.reporting_category, b.currency, b.amount_minor, b.fee_minor, b.net_minor
        FROM links AS l JOIN balance_transactions AS b ON b.stream = l.stream AND b.id = l.source_id
        WHERE l.stream = :stream AND l.target_type = 'dispute' AND l.relation = 'balance_transaction'
        UNION ALL
        SELECT d.dispute_id, d.reporting_category, d.currency, d.amount_minor, d.fee_minor, d.net_minor
        FROM dispute_balance_transactions AS d
        WHERE d.stream = :stream AND NOT EXISTS (
            SELECT 1 FROM links AS l
            WHERE l.stream = d.stream AND l.target_type = 'dispute' AND l.target_id = d.dispute_id
              AND l.relation = 'balance_transaction' AND l.source_type = 'balance_transaction' AND l.source_id = d.id)
    ), effect AS (
        SELECT dispute_id, currency,
               sum(fee_minor - CASE reporting_category WHEN 'fee' THEN amount_minor ELSE 0 END) AS fee_minor,
               sum(net_minor) AS net_minor
        FROM moved GROUP BY dispute_id, currency
    ), rows AS (
        SELECT d.id, d.status, d.reason, d.created_s, d.due_s, d.charge_id, c.customer_id,
               coalesce(u.name, u.email, c.customer_id) AS customer, d.currency, d.amount_minor,
               e.currency AS settlement_currency, e.fee_minor AS settlement_fee_minor, e.net_minor AS settlement_net_minor,
               d.has_evidence, d.submission_count, d.certainty
        FROM disputes AS d
        LEFT JOIN charges AS c ON c.stream = d.stream AND c.id = d.charge_id
        LEFT JOIN customers AS u ON u.stream = c.stream AND u.id = c.customer_id
        LEFT JOIN effect AS e ON e.dispute_id = d.id
        WHERE d.stream = :stream AND (:customer IS NULL OR c.customer_id = :customer)
          AND (:status IS NULL OR d.status = :status
               OR :status = 'open' AND d.status NOT IN ('won', 'lost', 'warning_closed', 'prevented')
               OR :status = 'closed' AND d.status IN ('won', 'lost', 'warning_closed', 'prevented'))
          AND (:from IS NULL OR d.created_s >= :from) AND (:to IS NULL OR d.created_s < :to)
          AND (:due_before IS NULL OR d.due_s < :due_before))";

const TOTALS: &str = "
    , disputed AS (SELECT DISTINCT id, status, currency, amount_minor FROM rows), sums AS (
        SELECT status, currency, count(*) AS disputes, sum(amount_minor) AS amount_minor
        FROM disputed GROUP BY status, currency
    ), effects AS (
        SELECT status, currency, settlement_currency, sum(settlement_fee_minor) AS settlement_fee_minor,
               sum(settlement_net_minor) AS settlement_net_minor
        FROM rows WHERE settlement_currency IS NOT NULL GROUP BY status, currency, settlement_currency)
    SELECT s.status, s.currency, s.disputes, s.amount_minor, e.settlement_currency, e.settlement_fee_minor,
           e.settlement_net_minor
    FROM sums AS s LEFT JOIN effects AS e ON e.status IS s.status AND e.currency IS s.currency
    ORDER BY s.status, s.currency, e.settlement_currency";

/// For programs only.
const DETAILS: &[&str] = &[
    "customer_id",
    "charge_id",
    "has_evidence",
    "submission_count",
];

/// Stripe's, and those that stand for several.
const STATUSES: [&str; 10] = [
    "open",
    "closed",
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "needs_response",
    "under_review",
    "prevented",
    "won",
    "lost",
];

/// List disputes with what they took from the balance or gave back, and totals by status and currency
#[derive(Debug, Args)]
#[command(
    after_help = "Statuses are Stripe's; open and closed stand for those that still run, and those that don't.\nSettlement fee and net are what its balance transactions add up to, in the settlement currency."
)]
pub(crate) struct Disputes {
    #[command(flatten)]
    filter: Filter,
    /// Only with evidence due before this moment
    #[arg(long, value_name = "MOMENT", value_parser = moment::parse)]
    due_before: Option<i64>,
}

impl Disputes {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let rows = Part {
            name: "disputes",
            sql: format!("{ROWS} SELECT * FROM rows ORDER BY created_s, id, settlement_currency"),
            details: DETAILS,
        };
        let totals = Part {
            name: "totals",
            sql: format!("{ROWS}{TOTALS}"),
            details: &[],
        };
        let due_before = self.due_before.as_ref().map(|due_s| due_s as _);
        let own = [(":due_before", due_before)];
        self.filter.answer(shell, &[rows, totals], &own, &STATUSES)
    }
}
