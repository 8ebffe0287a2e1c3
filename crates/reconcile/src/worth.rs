//! What an object is worth: the one of its amounts by which one would know it. Compares nothing, and converts nothing.

use book::TABLES;
use ledger::StreamId;
use projector::OpenBook;
use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use crate::compare::objects::MAPS;
use crate::{Amount, CompareError};

/// The members by which an object's worth is known, the best first, and the books' columns of them. Unit prices, discounts and limits
/// are worth nothing by themselves.
const CHIEF: [(&str, &str); 11] = [
    ("amount_remaining", "amount_remaining_minor"),
    ("amount_due", "amount_due_minor"),
    ("amount", "amount_minor"),
    ("amount_total", "total_minor"),
    ("total", "total_minor"),
    ("net_amount", "net_amount_minor"),
    ("amount_paid", "amount_paid_minor"),
    ("amount.monetary.value", "amount_minor"),
    ("credit.amount.monetary.value", "credit_minor"),
    ("debit.amount.monetary.value", "debit_minor"),
    ("balance", "balance_minor"),
];

/// What an object of Stripe's is worth: its first chief amount that is not zero, without its sign.
pub(crate) fn of_object(object: &Value) -> Option<Amount> {
    let amount = |path: &str| {
        let (outer, name) = path.rsplit_once('.').unwrap_or(("", path));
        let outer = outer.split('.').filter(|name| !name.is_empty());
        let hash = outer.fold(object, |value, name| &value[name]);
        let minor = hash[name].as_i64()?;
        let currency = hash["currency"].as_str().or(object["currency"].as_str())?;
        Some(Amount::new(minor.saturating_abs(), currency))
    };
    first(CHIEF.iter().filter_map(|(path, _)| amount(path)))
}

/// What an object of the book is worth.
///
/// # Errors
/// When the book can't be read.
pub(crate) fn of_row(
    book: &OpenBook,
    stream: &StreamId,
    object: &str,
    id: &str,
) -> Result<Option<Amount>, CompareError> {
    let map = MAPS.iter().find(|map| map.object == object);
    let table = map.and_then(|map| TABLES.iter().find(|table| table.name == map.table));
    let Some(table) = table else {
        return Ok(None);
    };
    let has = |name: &str| table.columns.iter().any(|column| column.name == name);
    let columns: Vec<&str> = CHIEF
        .iter()
        .map(|(_, column)| *column)
        .filter(|column| has(column))
        .collect();
    if columns.is_empty() || !has("currency") {
        return Ok(None);
    }
    let (list, table) = (columns.join(", "), table.name);
    let sql = format!("SELECT currency, {list} FROM {table} WHERE stream = ?1 AND id = ?2");
    let mut statement = book.connection().prepare_cached(&sql)?;
    let amounts = statement.query_row(params![stream.as_str(), id], |row| {
        let currency: Option<String> = row.get(0)?;
        let amount = |place| {
            let minor: Option<i64> = row.get(place)?;
            Ok(minor.map(|minor| {
                let currency = currency.as_deref().unwrap_or_default();
                Amount::new(minor.saturating_abs(), currency)
            }))
        };
        (1..=columns.len()).map(amount).collect()
    });
    let amounts: Option<Vec<Option<Amount>>> = amounts.optional()?;
    Ok(first(amounts.into_iter().flatten().flatten()))
}

/// The first that is not zero, else the first.
fn first(amounts: impl Iterator<Item = Amount>) -> Option<Amount> {
    let amounts: Vec<Amount> = amounts.collect();
    let chief = amounts.iter().find(|amount| amount.minor != 0);
    chief.or(amounts.first()).cloned()
}

/// By currency the largest of some amounts; those that are zero are at no stake.
pub(crate) fn at_stake<'a>(amounts: impl Iterator<Item = &'a Amount>) -> Vec<Amount> {
    let mut stake: Vec<Amount> = Vec::new();
    for amount in amounts.filter(|amount| amount.minor != 0) {
        match stake.iter_mut().find(|at| at.currency == amount.currency) {
            Some(at) => at.minor = at.minor.max(amount.minor),
            None => stake.push(amount.clone()),
        }
    }
    stake.sort();
    stake
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{at_stake, of_object};
    use crate::Amount;

    #[test]
    fn an_object_is_worth_its_first_chief_amount_that_is_not_zero() {
        let cases = [
            (
                json!({"currency": "usd", "amount_remaining": 0, "amount_due": 0, "total": 500}),
                Some(Amount::new(500, "usd")),
            ),
            (
                json!({"currency": "eur", "amount": -200, "net": -230}),
                Some(Amount::new(200, "eur")),
            ),
            (
                json!({"amount": {"monetary": {"value": 7, "currency": "jpy"}}}),
                Some(Amount::new(7, "jpy")),
            ),
            (json!({"currency": "usd", "unit_amount": 900}), None),
            (
                json!({"currency": "usd", "balance": 0}),
                Some(Amount::new(0, "usd")),
            ),
        ];
        for (object, worth) in cases {
            assert_eq!(of_object(&object), worth, "{object}");
        }
    }

    #[test]
    fn the_largest_amount_of_each_currency_is_at_stake() {
        let amounts = [(3, "usd"), (9, "eur"), (7, "usd"), (0, "jpy")];
        let amounts = amounts.map(|(minor, currency)| Amount::new(minor, currency));
        let stake = at_stake(amounts.iter());
        assert_eq!(stake, [Amount::new(9, "eur"), Amount::new(7, "usd")]);
    }
}
