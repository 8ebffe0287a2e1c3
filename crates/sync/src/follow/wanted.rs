//! What the book wants, and what it lacks without knowing more than a name: its rows as errands. It reads the book and
//! asks nobody.

use std::collections::BTreeMap;

use ledger::StreamId;
use projector::OpenBook;
use rusqlite::{Connection, OptionalExtension, params};

use crate::follow::errand::Errand;

/// Rows of `wanted`, and the two findings that one read settles, under the name of what would have to be read.
const LACKING: &str = "
    SELECT object_type, object_id, reason FROM wanted WHERE stream = ?1
    UNION
    SELECT object_type, object_id, code FROM findings
    WHERE stream = ?1 AND code IN ('missing', 'customer_balance')
    ORDER BY 1, 2, 3";

/// Where the parent of an object stands that Stripe finds under its parent only, and what it is called there.
const PARENTS: [(&str, &str, &str); 4] = [
    (
        "customer_balance_transaction",
        "customer",
        "SELECT customer_id FROM customer_balance_transactions WHERE stream = ?1 AND id = ?2
         UNION ALL
         SELECT customer_id FROM credit_notes WHERE stream = ?1 AND customer_balance_transaction_id = ?2",
    ),
    (
        "customer_cash_balance_transaction",
        "customer",
        "SELECT customer_id FROM customer_cash_balance_transactions WHERE stream = ?1 AND id = ?2",
    ),
    (
        "transfer_reversal",
        "transfer",
        "SELECT transfer_id FROM transfer_reversals WHERE stream = ?1 AND id = ?2
         UNION ALL
         SELECT c.transfer_id FROM refunds AS r JOIN charges AS c ON c.stream = r.stream AND c.id = r.charge_id
         WHERE r.stream = ?1 AND r.transfer_reversal_id = ?2 AND c.transfer_id IS NOT NULL",
    ),
    (
        "fee_refund",
        "application_fee",
        "SELECT application_fee_id FROM application_fee_refunds WHERE stream = ?1 AND id = ?2",
    ),
];

/// One object that a read would settle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its kind.
    pub object: String,
    /// Its id.
    pub id: String,
    /// Why: the reason of `wanted`, or the code of the finding.
    pub reason: String,
    /// What to read; none where Stripe has no answer to it.
    pub errand: Option<Errand>,
}

/// Everything of a stream that the book wants or lacks.
///
/// # Errors
/// When SQLite fails.
pub(crate) fn wanted(book: &OpenBook, stream: &StreamId) -> Result<Vec<Wanted>, rusqlite::Error> {
    let book = book.connection();
    let mut statement = book.prepare_cached(LACKING)?;
    let rows = statement.query_map([stream.as_str()], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    let mut found = Vec::new();
    for row in rows {
        let (object, id, reason): (String, String, String) = row?;
        let errand = errand(book, stream, &object, &id, &reason)?;
        found.push(Wanted {
            object,
            id,
            reason,
            errand,
        });
    }
    Ok(found)
}

/// The errands of what is wanted, each once, with how many rows it would settle.
pub(crate) fn errands(wanted: &[Wanted]) -> BTreeMap<Errand, usize> {
    let mut errands = BTreeMap::new();
    for errand in wanted.iter().filter_map(|wanted| wanted.errand.clone()) {
        *errands.entry(errand).or_default() += 1;
    }
    errands
}

fn errand(
    book: &Connection,
    stream: &StreamId,
    object: &str,
    id: &str,
    reason: &str,
) -> Result<Option<Errand>, rusqlite::Error> {
    match reason {
        "stale_list" => return Ok(Errand::stale_list(object, id)),
        "customer_balance" => {
            let movements = Errand::children("customer_balance_transaction", "customer", id);
            return Ok(Some(movements));
        }
        _ => {}
    }
    if object == "invoice_payment" {
        return invoice_payment(book, stream, id);
    }
    let Some((child, parent, _)) = PARENTS.iter().find(|(child, ..)| *child == object) else {
        return Ok(Errand::object(object, id));
    };
    let parent_id = parent_of(book, stream, object, id)?;
    Ok(parent_id.map(|parent_id| Errand::children(child, parent, &parent_id)))
}

/// The id of the parent under which alone Stripe finds an object, as far as the book knows it; none of others.
///
/// # Errors
/// When SQLite fails.
pub fn parent_of(
    book: &Connection,
    stream: &StreamId,
    object: &str,
    id: &str,
) -> Result<Option<String>, rusqlite::Error> {
    let Some((.., sql)) = PARENTS.iter().find(|(child, ..)| *child == object) else {
        return Ok(None);
    };
    let parent_id = book
        .prepare_cached(sql)?
        .query_row(params![stream.as_str(), id], |row| row.get(0))
        .optional()?;
    Ok(parent_id.flatten())
}

/// By Stripe's own id where it is known; else all payments of the invoice, whose id the joined one begins with.
fn invoice_payment(
    book: &Connection,
    stream: &StreamId,
    id: &str,
) -> Result<Option<Errand>, rusqlite::Error> {
    let sql = "SELECT invoice_payment_id FROM invoice_payments WHERE stream = ?1 AND id = ?2";
    let own: Option<String> = book
        .prepare_cached(sql)?
        .query_row(params![stream.as_str(), id], |row| row.get(0))
        .optional()?
        .flatten();
    let by_invoice = || {
        let (invoice, _) = id.split_once('/')?;
        Some(Errand::children("invoice_payment", "invoice", invoice))
    };
    let by_id = own.and_then(|own| Errand::object("invoice_payment", &own));
    Ok(by_id.or_else(by_invoice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reversal_that_nobody_showed_is_looked_for_under_the_transfer_of_the_refunded_charge() {
        let book = Connection::open_in_memory().unwrap();
        let tables = include_str!("../../../../schema/book/tables.sql");
        book.execute_batch(tables).unwrap();
        let stream = StreamId::new("acct_1", true).unwrap();
        let own = stream.as_str();
        book.execute_batch(&format!(
            "INSERT INTO charges (stream, id, transfer_id) VALUES ('{own}', 'ch_1', 'tr_1'), ('{own}', 'ch_2', NULL);
             INSERT INTO refunds (stream, id, charge_id, transfer_reversal_id)
             VALUES ('{own}', 're_1', 'ch_1', 'trr_1'), ('{own}', 're_2', 'ch_2', 'trr_2');
             INSERT INTO transfer_reversals (stream, id, transfer_id) VALUES ('{own}', 'trr_3', 'tr_3');"
        ))
        .unwrap();
        let parent = |id| parent_of(&book, &stream, "transfer_reversal", id).unwrap();
        assert_eq!(parent("trr_1").as_deref(), Some("tr_1"));
        assert_eq!(parent("trr_2"), None);
        assert_eq!(parent("trr_3").as_deref(), Some("tr_3"));
        let errand = errand(&book, &stream, "transfer_reversal", "trr_1", "missing").unwrap();
        let list = Errand::children("transfer_reversal", "transfer", "tr_1");
        assert_eq!(errand, Some(list));
    }
}
