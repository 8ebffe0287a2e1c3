//! `charge ID`: one charge with what it paid, what came of it, and what it did to the Stripe balance.

use clap::Args;
use facts::ObjectKey;
use facts::objects::charge;
use rusqlite::named_params;

use super::timeline::View;
use crate::dossier::{self, Dossier};
use crate::failure::Outcome;
use crate::listing::Listing;
use crate::shell::Shell;
use crate::timeline::Timeline;

const CHARGE: &str = "
    SELECT c.id, c.status, c.customer_id, k.name AS customer, c.payment_intent_id, c.created_s, c.failure_code,
           c.failure_message, c.payment_method_type, c.currency, c.amount_minor, c.amount_captured_minor,
           c.amount_refunded_minor, c.disputed, c.balance_transaction_id, c.application_fee_id, c.application_fee_minor,
           c.transfer_id, c.transfer_destination_id, c.on_behalf_of_id, c.certainty, c.gap, c.at_stake_minor, c.unknown,
           c.version, c.known_seq
    FROM charges AS c LEFT JOIN customers AS k ON k.stream = c.stream AND k.id = c.customer_id
    WHERE c.stream = :stream AND c.id = :id";

/// For programs only.
const DETAILS: &[&str] = &["disputed", "gap", "version", "known_seq"];

const INTENTS: &str = "
    SELECT p.id, p.status, p.created_s, p.currency, p.amount_minor, p.amount_received_minor
    FROM payment_intents AS p JOIN charges AS c ON c.stream = p.stream AND c.payment_intent_id = p.id
    WHERE p.stream = :stream AND c.id = :id";

const INVOICES: &str = "
    SELECT i.id, i.number, i.status, i.currency, i.total_minor
    FROM invoices AS i WHERE i.stream = :stream AND i.id IN (
        SELECT p.invoice_id FROM invoice_payments AS p
        JOIN charges AS c ON c.stream = p.stream AND (c.payment_intent_id = p.payment_intent_id OR c.id = p.charge_id)
        WHERE c.stream = :stream AND c.id = :id)
    ORDER BY i.id";

const REFUNDS: &str = "
    SELECT id, status, reason, failure_reason, created_s, currency, amount_minor
    FROM refunds WHERE stream = :stream AND charge_id = :id ORDER BY created_s, id";

const DISPUTES: &str = "
    SELECT id, status, reason, created_s, due_s, currency, amount_minor
    FROM disputes WHERE stream = :stream AND charge_id = :id ORDER BY created_s, id";

/// Every balance transaction of the charge: its own, that of its failure, those of its refunds and disputes.
macro_rules! movements {
    () => {
        "WITH movements (id) AS (
            SELECT balance_transaction_id FROM charges WHERE stream = :stream AND id = :id
            UNION SELECT failure_balance_transaction_id FROM charges WHERE stream = :stream AND id = :id
            UNION SELECT balance_transaction_id FROM refunds WHERE stream = :stream AND charge_id = :id
            UNION SELECT failure_balance_transaction_id FROM refunds WHERE stream = :stream AND charge_id = :id
            UNION SELECT m.id FROM dispute_balance_transactions AS m
            JOIN disputes AS d ON d.stream = m.stream AND d.id = m.dispute_id
            WHERE d.stream = :stream AND d.charge_id = :id)"
    };
}

const MOVEMENTS: &str = concat!(
    movements!(),
    "SELECT t.id, t.type, t.source_id, t.created_s, t.available_s, t.exchange_rate, t.currency, t.amount_minor,
            t.fee_minor, t.net_minor
     FROM movements JOIN balance_transactions AS t ON t.stream = :stream AND t.id = movements.id
     ORDER BY t.created_s, t.id"
);

/// For programs only.
const MOVEMENT_DETAILS: &[&str] = &["source_id", "created_s"];

const FEES: &str = concat!(
    movements!(),
    "SELECT f.balance_transaction_id, f.type, f.description, f.currency, f.amount_minor
     FROM movements JOIN balance_transaction_fees AS f ON f.stream = :stream AND f.balance_transaction_id = movements.id
     ORDER BY f.balance_transaction_id, f.place"
);

const PAYOUTS: &str = concat!(
    movements!(),
    "SELECT p.id, p.status, p.arrival_s, m.id AS balance_transaction_id, p.currency, p.amount_minor
     FROM movements JOIN payout_transactions AS m ON m.stream = :stream AND m.id = movements.id
     JOIN payouts AS p ON p.stream = m.stream AND p.id = m.payout_id
     ORDER BY p.arrival_s, p.id, m.id"
);

const TRANSFERS: &str = "
    SELECT t.id, t.destination_id, t.created_s, t.currency, t.amount_minor, t.amount_reversed_minor
    FROM transfers AS t WHERE t.stream = :stream AND (t.source_transaction_id = :id OR t.id IN (
        SELECT transfer_id FROM charges WHERE stream = :stream AND id = :id))
    ORDER BY t.created_s, t.id";

const APPLICATION_FEES: &str = "
    SELECT f.id, f.account_id, f.created_s, f.currency, f.amount_minor, f.amount_refunded_minor
    FROM application_fees AS f WHERE f.stream = :stream AND (f.charge_id = :id OR f.id IN (
        SELECT application_fee_id FROM charges WHERE stream = :stream AND id = :id))
    ORDER BY f.created_s, f.id";

const FINDINGS: &str = "
    SELECT code, what, mend, currency, at_stake_minor
    FROM findings WHERE stream = :stream AND object_type = 'charge' AND object_id = :id ORDER BY code";

/// The parts of a charge, in the order of `TABLES`.
const PARTS: [&str; 10] = [
    INTENTS,
    INVOICES,
    REFUNDS,
    DISPUTES,
    MOVEMENTS,
    FEES,
    PAYOUTS,
    TRANSFERS,
    APPLICATION_FEES,
    FINDINGS,
];

/// What it answers with.
pub(super) const TABLES: [&str; 12] = [
    "charge",
    "payment_intents",
    "invoices",
    "refunds",
    "disputes",
    "balance_transactions",
    "fees",
    "payouts",
    "transfers",
    "application_fees",
    "findings",
    "timeline",
];

/// Whose timelines belong to that of a charge: the kind, and the query for their ids.
const RELATED: [(&str, &str); 5] = [
    ("payment_intent", INTENTS),
    ("refund", REFUNDS),
    ("dispute", DISPUTES),
    ("transfer", TRANSFERS),
    ("application_fee", APPLICATION_FEES),
];

/// Show one charge: what it paid, its refunds, disputes, fees and payout
#[derive(Debug, Args)]
pub(crate) struct Charge {
    /// Its id, ch_… or py_…
    id: String,
    #[command(flatten)]
    view: View,
}

impl Charge {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (book, stream, standing) = shell.book()?;
        let (log, _) = shell.log()?;
        let ask = |sql: &str| {
            Listing::ask(
                &book,
                sql,
                named_params! {":stream": stream.as_str(), ":id": self.id},
            )
        };
        let object = ask(CHARGE)?.with_details(DETAILS);
        if object.is_empty() {
            return Err(dossier::absent(
                "charge",
                &self.id,
                (&book, &stream),
                &standing,
            ));
        }
        let mut parts = Vec::new();
        for (name, sql) in TABLES[1..].iter().zip(PARTS) {
            let part = ask(sql)?.with_days();
            parts.push((
                *name,
                match *name {
                    "balance_transactions" => part.with_details(MOVEMENT_DETAILS),
                    _ => part,
                },
            ));
        }
        let mut related = Vec::new();
        for (object, sql) in RELATED {
            related.extend(dossier::keys((&book, &stream), object, sql, &self.id)?);
        }
        let key = ObjectKey {
            schema: &charge::SCHEMA,
            id: self.id.into(),
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
