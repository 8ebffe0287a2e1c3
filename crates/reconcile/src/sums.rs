//! Sums that must hold within the book: its own invariants, and two that span objects. Stripe is not asked, and nothing is mended.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use book::finding::INVARIANTS;
use ledger::StreamId;
use projector::OpenBook;
use rusqlite::{Row, params};

use crate::causes::evidence;
use crate::compare::objects::MAPS;
use crate::{Amount, Cause, Class, CompareError, FieldDifference, Finding, ReconcileError, Repair};
use crate::{finding_id, worth};

/// Of which table's rows the book asks how many sums.
const ASKED: [(&str, &str); 11] = [
    ("invoice_", "invoices"),
    ("credit_note_", "credit_notes"),
    ("customer_", "customers"),
    ("charge_", "charges"),
    ("payment_intent_", "payment_intents"),
    ("refund_", "refunds"),
    ("dispute_", "disputes"),
    ("payout_", "payouts"),
    ("transaction_", "balance_transactions"),
    ("transfer_", "transfers"),
    ("fee_", "application_fees"),
];

/// Payouts that Stripe itemises, with what they send and what the transactions come to that they cover.
const PAYOUTS: &str = "
    SELECT p.id, p.currency, p.amount_minor, coalesce(sum(b.net_minor), 0)
    FROM payouts AS p
    JOIN payout_memberships AS m ON m.stream = p.stream AND m.id = p.id
    LEFT JOIN payout_transactions AS t ON t.stream = p.stream AND t.payout_id = p.id
         AND t.id IS NOT p.balance_transaction_id AND t.id IS NOT p.failure_balance_transaction_id
    LEFT JOIN balance_transactions AS b ON b.stream = t.stream AND b.id = t.id
    WHERE p.stream = ?1 AND p.automatic = 1 AND p.reconciliation_status = 'completed'
    GROUP BY p.id";

/// Movements of customers' balances, customer by customer.
const CHAINS: &str = "
    SELECT t.customer_id, t.currency, t.amount_minor, t.ending_balance_minor,
           iif(c.currency = t.currency AND c.deleted = 0, c.balance_minor, NULL)
    FROM customer_balance_transactions AS t
    LEFT JOIN customers AS c ON c.stream = t.stream AND c.id = t.customer_id
    WHERE t.stream = ?1 AND t.customer_id IS NOT NULL AND t.currency IS NOT NULL
    ORDER BY t.customer_id, t.currency";

/// A sum that does not hold.
struct Wrong {
    code: String,
    object_type: String,
    object_id: String,
    amount: Amount,
    ours: String,
    should: String,
}

/// How many sums were looked at, and those that do not hold.
///
/// # Errors
/// When the book can't be read.
pub(crate) fn invariants(
    book: &OpenBook,
    stream: &StreamId,
) -> Result<(u64, Vec<Finding>), ReconcileError> {
    let mut wrong = of_book(book, stream)?;
    let mut asked = asked(book, stream)?;
    for (count, found) in [payouts(book, stream)?, chains(book, stream)?] {
        asked += count;
        wrong.extend(found);
    }
    // What was asked of other objects than those that have sums was asked all the same.
    asked = asked.max(wrong.len() as u64);
    let mut findings: BTreeMap<String, Finding> = BTreeMap::new();
    for wrong in wrong {
        let one = finding(book, stream, wrong)?;
        match findings.get_mut(&one.id) {
            Some(other) => add(other, one),
            None => drop(findings.insert(one.id.clone(), one)),
        }
    }
    Ok((asked, findings.into_values().collect()))
}

/// Adds what is wrong of the same object in another currency: both go by one name.
fn add(finding: &mut Finding, other: Finding) {
    finding.fields.extend(other.fields);
    let amounts = finding
        .fields
        .iter()
        .filter_map(|field| field.amount.as_ref());
    finding.at_stake = worth::at_stake(amounts);
}

fn finding(book: &OpenBook, stream: &StreamId, wrong: Wrong) -> Result<Finding, ReconcileError> {
    let Wrong {
        code,
        object_type,
        object_id,
        amount,
        ours,
        should,
    } = wrong;
    Ok(Finding {
        parent_id: None,
        id: finding_id(Class::SumDiffers, Some(&code), &object_type, &object_id),
        class: Class::SumDiffers,
        at_stake: worth::at_stake([&amount].into_iter()),
        fields: vec![FieldDifference {
            field: code.clone(),
            ours,
            theirs: should,
            amount: Some(amount).filter(|amount| amount.minor != 0),
        }],
        cause: match &*code {
            "conflict" | "changed" => Cause::Conflict,
            _ => Cause::Unknown,
        },
        evidence: evidence(book, stream, &object_type, &object_id)?,
        code: Some(code),
        object_type,
        object_id,
        request_id: None,
        repair: Repair::Look,
    })
}

/// The book's own findings.
fn of_book(book: &OpenBook, stream: &StreamId) -> Result<Vec<Wrong>, CompareError> {
    let sql = "SELECT code, object_type, object_id, currency, at_stake_minor, what FROM findings
               WHERE stream = ?1 ORDER BY object_type, object_id, code";
    rows(book, sql, stream, |row| {
        let code: String = row.get(0)?;
        let rule = INVARIANTS.iter().find(|(known, _)| *known == code);
        let currency: Option<String> = row.get(3)?;
        let minor: Option<i64> = row.get(4)?;
        Ok(Wrong {
            object_type: row.get(1)?,
            object_id: row.get(2)?,
            amount: Amount::new(minor.unwrap_or(0), &currency.unwrap_or_default()),
            ours: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
            should: rule.map_or(String::new(), |(_, rule)| (*rule).to_owned()),
            code,
        })
    })
}

/// How many sums the book asks for: of each object as many as its kind has.
fn asked(book: &OpenBook, stream: &StreamId) -> Result<u64, CompareError> {
    let mut asked = 0;
    for (prefix, table) in ASKED {
        let codes = INVARIANTS
            .iter()
            .filter(|(code, _)| owner(code) == Some(prefix));
        let codes = codes.count() as u64;
        if codes > 0 {
            let sql = format!("SELECT count(*) FROM {table} WHERE stream = ?1");
            let counts = rows(book, &sql, stream, |row| row.get::<_, i64>(0))?;
            asked += codes * counts.first().map_or(0, |count| count.unsigned_abs());
        }
    }
    Ok(asked)
}

/// Of which objects a sum is asked; none if it is no sum.
fn owner(code: &str) -> Option<&'static str> {
    let mut prefixes = ASKED.iter().map(|(prefix, _)| *prefix);
    prefixes.find(|prefix| code.starts_with(prefix))
}

/// Automatic payouts send what the transactions come to that they cover.
fn payouts(book: &OpenBook, stream: &StreamId) -> Result<(u64, Vec<Wrong>), CompareError> {
    let read = |row: &Row<'_>| {
        let currency: Option<String> = row.get(1)?;
        let (gone, covered): (Option<i64>, i64) = (row.get(2)?, row.get(3)?);
        Ok((
            row.get::<_, String>(0)?,
            currency,
            gone.unwrap_or(0),
            covered,
        ))
    };
    let payouts = rows(book, PAYOUTS, stream, read)?;
    let count = payouts.len() as u64;
    let wrong = payouts
        .into_iter()
        .filter(|(_, _, gone, covered)| gone != covered)
        .map(|(object_id, currency, gone, covered)| Wrong {
            code: "payout_transactions".to_owned(),
            object_type: "payout".to_owned(),
            object_id,
            amount: Amount::new(
                gone.saturating_sub(covered).saturating_abs(),
                &currency.unwrap_or_default(),
            ),
            ours: format!(
                "its amount is {gone}, the transactions that it covers come to {covered}"
            ),
            should: "amount of an automatic payout = sum of the transactions that it covers"
                .to_owned(),
        });
    Ok((count, wrong.collect()))
}

/// The movements of one customer's balance in one currency: before and after each, and where it stands.
#[derive(Default)]
struct Chain {
    customer: String,
    currency: String,
    before: Vec<i64>,
    after: Vec<i64>,
    balance_minor: Option<i64>,
    is_unknown: bool,
}

/// Each movement of a customer's balance goes on where another ended, from one beginning to where the balance stands. One chain is held
/// at a time.
fn chains(book: &OpenBook, stream: &StreamId) -> Result<(u64, Vec<Wrong>), CompareError> {
    let (mut count, mut wrong) = (0, Vec::new());
    let mut end = |chain: Chain| {
        if !chain.is_unknown {
            count += 1;
            wrong.extend(chain.wrong());
        }
    };
    let mut statement = book.connection().prepare_cached(CHAINS)?;
    let mut rows = statement.query([stream.as_str()])?;
    let mut open: Option<Chain> = None;
    while let Some(row) = rows.next()? {
        let (customer, currency): (String, String) = (row.get(0)?, row.get(1)?);
        let is_of = |chain: &Chain| chain.customer == customer && chain.currency == currency;
        if !open.as_ref().is_some_and(is_of) {
            let next = Chain {
                customer,
                currency,
                balance_minor: row.get(4)?,
                ..Chain::default()
            };
            open.replace(next).into_iter().for_each(&mut end);
        }
        let chain = open.get_or_insert_default();
        let (amount, ending): (Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?);
        match amount.zip(ending) {
            Some((amount, ending)) => {
                chain.before.push(ending.saturating_sub(amount));
                chain.after.push(ending);
            }
            None => chain.is_unknown = true,
        }
    }
    open.into_iter().for_each(&mut end);
    Ok((count, wrong))
}

impl Chain {
    /// What does not hold of it, if something doesn't.
    fn wrong(mut self) -> Option<Wrong> {
        let by_minor = self.broken_by()?;
        Some(Wrong {
            code: "customer_balance_chain".to_owned(),
            object_type: "customer".to_owned(),
            object_id: self.customer,
            amount: Amount::new(by_minor, &self.currency),
            ours: format!("a movement of its balance does not go on where another ended, by {by_minor}"),
            should: "each customer balance transaction begins where the one before it ended, and the last ends at the balance"
                .to_owned(),
        })
    }

    /// By how much it does not join; none if it does. Seconds don't order what happened within one, so that the moments of a chain are
    /// held against each other as sets: each but the last is where another begins.
    fn broken_by(&mut self) -> Option<i64> {
        self.before.sort_unstable();
        self.after.sort_unstable();
        let mut begins = surplus(&self.before, &self.after);
        let mut ends = surplus(&self.after, &self.before);
        match (&*begins, &*ends) {
            ([], []) => return None,
            ([_], [end]) => {
                let balance = self.balance_minor.unwrap_or(*end);
                let by_minor = end.saturating_sub(balance).saturating_abs();
                return Some(by_minor).filter(|by_minor| *by_minor > 0);
            }
            _ => {}
        }
        // The beginning of everything and its end join nothing.
        let begin = begins.iter().position(|begin| *begin == 0).unwrap_or(0);
        begins.remove(begin);
        let balance = self.balance_minor;
        let end = ends.iter().position(|end| Some(*end) == balance);
        ends.remove(end.unwrap_or(ends.len() - 1));
        let apart = begins.iter().zip(&ends);
        apart
            .map(|(begin, end)| begin.saturating_sub(*end).saturating_abs())
            .max()
    }
}

/// What is in `these` more often than in `those`; both are sorted.
fn surplus(these: &[i64], those: &[i64]) -> Vec<i64> {
    let mut those = those.iter().peekable();
    let mut surplus = Vec::new();
    for this in these {
        while those.peek().is_some_and(|that| *that < this) {
            those.next();
        }
        match those.peek() {
            Some(that) if *that == this => drop(those.next()),
            _ => surplus.push(*this),
        }
    }
    surplus
}

/// Gives sums whose cause nothing tells that of what was found about the objects that they are made of.
///
/// # Errors
/// When the book can't be read.
pub(crate) fn explain(
    book: &OpenBook,
    stream: &StreamId,
    sums: &mut [Finding],
    found: &[Finding],
) -> Result<(), ReconcileError> {
    for object in found {
        let names = named_by(book, stream, object)?;
        let is_moving = object.object_type == "balance_transaction";
        let explained = sums.iter_mut().filter(|sum| match sum.class {
            Class::BalanceDiffers => is_moving,
            _ => names.contains(&sum.object_id),
        });
        for sum in explained {
            if sum.cause == Cause::Unknown || object.cause == Cause::OursWrong {
                sum.cause = object.cause;
            }
        }
    }
    Ok(())
}

/// The id of an object that was found to differ, and of all that its row names.
fn named_by(
    book: &OpenBook,
    stream: &StreamId,
    object: &Finding,
) -> Result<Vec<String>, CompareError> {
    let mut names = vec![object.object_id.clone()];
    let Some(map) = MAPS.iter().find(|map| map.object == object.object_type) else {
        return Ok(names);
    };
    let sql = format!("SELECT * FROM {} WHERE stream = ?1 AND id = ?2", map.table);
    let mut statement = book.connection().prepare_cached(&sql)?;
    let width = statement.column_count();
    let mut found = statement.query(params![stream.as_str(), object.object_id])?;
    while let Some(row) = found.next()? {
        let texts = (0..width).filter_map(|place| row.get::<_, String>(place).ok());
        names.extend(texts.filter(|text| text.contains('_')));
    }
    Ok(names)
}

fn rows<T>(
    book: &OpenBook,
    sql: &str,
    stream: &StreamId,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, CompareError> {
    let mut statement = book.connection().prepare_cached(sql)?;
    let rows = statement.query_map([stream.as_str()], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
