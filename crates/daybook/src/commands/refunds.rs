//! `refunds`: money that went back to customers, or was to, with the credit notes that cover it.

use clap::Args;
use rusqlite::named_params;

use super::filter::{Filter, Part};
use crate::dossier;
use crate::failure::Outcome;
use crate::listing::Listing;
use crate::shell::Shell;

/// What a refund did to the balance is the net of its balance transactions, a failure's among them.
const ROWS: &str = "
    WITH rows AS (
        SELECT r.id, r.status, r.reason, r.failure_reason, r.created_s, r.charge_id, c.customer_id,
               coalesce(u.name, u.email, c.customer_id) AS customer, r.currency, r.amount_minor,
               coalesce(noted.amount_minor, 0) AS credit_notes_minor,
               m.currency AS settlement_currency, m.net_minor + coalesce(f.net_minor, 0) AS settlement_net_minor, r.certainty
        FROM refunds AS r
        LEFT JOIN charges AS c ON c.stream = r.stream AND c.id = r.charge_id
        LEFT JOIN customers AS u ON u.stream = c.stream AND u.id = c.customer_id
        LEFT JOIN balance_transactions AS m ON m.stream = r.stream AND m.id = r.balance_transaction_id
        LEFT JOIN balance_transactions AS f
            ON f.stream = r.stream AND f.id = r.failure_balance_transaction_id AND f.currency = m.currency
        LEFT JOIN totals AS noted
            ON noted.stream = r.stream AND noted.target_type = 'refund' AND noted.target_id = r.id
            AND noted.relation = 'credit_note' AND noted.currency = r.currency
        WHERE r.stream = :stream AND (:customer IS NULL OR c.customer_id = :customer)
          AND (:status IS NULL OR r.status = :status) AND (:charge IS NULL OR r.charge_id = :charge)
          AND (:from IS NULL OR r.created_s >= :from) AND (:to IS NULL OR r.created_s < :to))";

const TOTALS: &str = "
    SELECT status, currency, count(*) AS refunds, sum(amount_minor) AS amount_minor,
           sum(credit_notes_minor) AS credit_notes_minor, settlement_currency, sum(settlement_net_minor) AS settlement_net_minor
    FROM rows GROUP BY status, currency, settlement_currency ORDER BY status, currency, settlement_currency";

/// For programs only.
const DETAILS: &[&str] = &["customer_id", "charge_id", "failure_reason"];

/// Stripe's.
const STATUSES: [&str; 5] = [
    "pending",
    "requires_action",
    "succeeded",
    "failed",
    "canceled",
];

/// List refunds with what of them stands on credit notes, and totals by status and currency
#[derive(Debug, Args)]
#[command(
    after_help = "Settlement net is what its balance transactions add up to, in the settlement currency; a refund that failed has given it back."
)]
pub(crate) struct Refunds {
    #[command(flatten)]
    filter: Filter,
    /// Only of this charge, ch_…
    #[arg(long, value_name = "ID")]
    charge: Option<String>,
}

impl Refunds {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        if let Some(charge) = &self.charge {
            let (book, stream, standing) = shell.book()?;
            let sql = "SELECT id FROM charges WHERE stream = :stream AND id = :id
                       UNION SELECT charge_id FROM refunds WHERE stream = :stream AND charge_id = :id";
            let parameters = named_params! {":stream": stream.as_str(), ":id": charge};
            if Listing::ask(&book, sql, parameters)?.is_empty() {
                return Err(dossier::absent(
                    "charge",
                    charge,
                    (&book, &stream),
                    &standing,
                ));
            }
        }
        let rows = Part {
            name: "refunds",
            sql: format!("{ROWS} SELECT * FROM rows ORDER BY created_s, id"),
            details: DETAILS,
        };
        let totals = Part {
            name: "totals",
            sql: format!("{ROWS}{TOTALS}"),
            details: &[],
        };
        let charge = self.charge.as_ref().map(|charge| charge as _);
        self.filter
            .answer(shell, &[rows, totals], &[(":charge", charge)], &STATUSES)
    }
}
