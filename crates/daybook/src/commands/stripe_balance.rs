//! The check of the Stripe balance: balance transactions added up, against what Stripe itself last stated.
//!
//! Stripe's statement was true at some instant of an interval; transactions of that interval may or may not be in it. While
//! they decide, the answer is neither clean nor a difference.

use std::collections::BTreeMap;

use book::stored;
use facts::objects::balance;
use facts::{Claim, ObjectKey, Record, Value};
use rusqlite::{OptionalExtension, named_params, params};

use super::check::{Subject, Verdict};
use crate::currency::{amount, worded};
use crate::failure::{Failure, ShellError};
use crate::moment;

/// Available and pending, minor units.
type Sides = [i64; 2];

/// What Stripe stated, and when.
struct Statement {
    lo_s: i64,
    hi_s: i64,
    by_currency: BTreeMap<String, Sides>,
}

/// One balance transaction, as far as it counts here.
struct Movement {
    created_s: i64,
    available_s: i64,
    net_minor: i64,
}

/// Whether our sums are what Stripe stated.
pub(super) fn compare(subject: &Subject<'_>) -> Result<Verdict, Failure> {
    let Some(statement) = statement(subject)? else {
        return Ok(Verdict::Unsettled(
            "Stripe's balance has not been read yet".to_owned(),
        ));
    };
    Ok(judge(&statement, movements(subject)?))
}

fn judge(statement: &Statement, mut movements: BTreeMap<String, Vec<Movement>>) -> Verdict {
    for currency in statement.by_currency.keys() {
        movements.entry(currency.clone()).or_default();
    }
    let (mut wrong, mut moving) = (Vec::new(), Vec::new());
    for (currency, movements) in &movements {
        let stated = statement
            .by_currency
            .get(currency)
            .copied()
            .unwrap_or_default();
        if statement
            .instants(movements)
            .any(|at_s| sums(movements, at_s) == stated)
        {
            continue;
        }
        let words = words(currency, sums(movements, statement.hi_s - 1), stated);
        if statement.could_have_said(movements, stated) {
            moving.push(words);
        } else {
            wrong.push(words);
        }
    }
    let when = moment::shown(statement.hi_s - 1);
    match (wrong.is_empty(), moving.is_empty()) {
        (false, _) => Verdict::Differs(format!("{} at {when}", wrong.join("; "))),
        (true, false) => Verdict::Unsettled(format!("{} at {when}", moving.join("; "))),
        (true, true) => {
            let held = worded(movements.len() as u64, "currency", "currencies");
            Verdict::Holds(format!("{held} at {when}"))
        }
    }
}

impl Statement {
    fn contains(&self, second: i64) -> bool {
        (self.lo_s..self.hi_s).contains(&second)
    }

    /// Whether these sides lie between the least and the most that they can be while the interval's movements decide.
    fn could_have_said(&self, movements: &[Movement], stated: Sides) -> bool {
        let (mut least, mut most): (Sides, Sides) = ([0; 2], [0; 2]);
        for movement in movements
            .iter()
            .filter(|movement| movement.created_s < self.hi_s)
        {
            let sides = [
                movement.available_s < self.hi_s,
                movement.available_s >= self.lo_s,
            ];
            let is_sure = movement.created_s < self.lo_s && sides != [true, true];
            for side in (0..2).filter(|&side| sides[side]) {
                let net_minor = movement.net_minor;
                let (low, high) = if is_sure {
                    (net_minor, net_minor)
                } else {
                    (net_minor.min(0), net_minor.max(0))
                };
                least[side] = least[side].saturating_add(low);
                most[side] = most[side].saturating_add(high);
            }
        }
        (0..2).all(|side| (least[side]..=most[side]).contains(&stated[side]))
    }

    /// Every instant of the interval at which the sums may change, and its last.
    fn instants<'a>(&'a self, movements: &'a [Movement]) -> impl Iterator<Item = i64> + 'a {
        let changes = movements
            .iter()
            .flat_map(|movement| [movement.created_s, movement.available_s]);
        let within = changes.filter(|second| self.contains(*second));
        within
            .flat_map(|second| [second - 1, second])
            .chain([self.lo_s, self.hi_s - 1])
    }
}

fn words(currency: &str, ours: Sides, stated: Sides) -> String {
    let side = |name: &str, place: usize| {
        (ours[place] != stated[place]).then(|| {
            format!(
                "{name}: ours {}, Stripe {}",
                amount(ours[place], currency),
                amount(stated[place], currency)
            )
        })
    };
    [side("available", 0), side("pending", 1)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

/// What is available and pending at the end of this second.
fn sums(movements: &[Movement], at_s: i64) -> Sides {
    let entered = movements
        .iter()
        .filter(|movement| movement.created_s <= at_s);
    entered.fold([0, 0], |mut sides: Sides, movement| {
        let side = &mut sides[usize::from(movement.available_s > at_s)];
        *side = side.saturating_add(movement.net_minor);
        sides
    })
}

fn movements(subject: &Subject<'_>) -> Result<BTreeMap<String, Vec<Movement>>, Failure> {
    let sql = "SELECT currency, created_s, available_s, net_minor FROM balance_transactions
               WHERE stream = :stream AND currency IS NOT NULL AND coalesce(balance_type, 'payments') = 'payments'";
    let mut statement = subject.book.connection().prepare(sql)?;
    let mut rows = statement.query(named_params! {":stream": subject.stream.as_str()})?;
    let mut movements: BTreeMap<String, Vec<Movement>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let movement = Movement {
            created_s: row.get::<_, Option<i64>>(1)?.unwrap_or(i64::MIN),
            available_s: row.get::<_, Option<i64>>(2)?.unwrap_or(i64::MAX),
            net_minor: row.get::<_, Option<i64>>(3)?.unwrap_or(0),
        };
        movements.entry(row.get(0)?).or_default().push(movement);
    }
    Ok(movements)
}

/// Stripe's newest statement: the balance as the book shows it, with the interval of the newest claim that says so.
fn statement(subject: &Subject<'_>) -> Result<Option<Statement>, Failure> {
    let key = ObjectKey {
        schema: &balance::SCHEMA,
        id: balance::SCHEMA.object.into(),
    };
    let sql = "SELECT register FROM registers WHERE stream = ?1 AND object = ?2 AND id = ?3";
    let place = params![subject.stream.as_str(), key.schema.object, key.id];
    let bytes: Option<Vec<u8>> = subject
        .book
        .connection()
        .query_row(sql, place, |row| row.get(0))
        .optional()?;
    let Some(bytes) = bytes else {
        return Ok(None);
    };
    let register = stored::decode(&key, &bytes).map_err(|_| ShellError::Register)?;
    let Some(view) = book::resolve(&register) else {
        return Ok(None);
    };
    let says_so = |claim: &&Claim| {
        claim
            .after
            .as_ref()
            .is_some_and(|after| after.same_state(&view.content))
    };
    let newest = register
        .claims()
        .iter()
        .filter(says_so)
        .max_by_key(|claim| claim.lo_s);
    Ok(newest.map(|claim| Statement {
        lo_s: claim.lo_s,
        hi_s: claim.hi_s,
        by_currency: by_currency(&view.content),
    }))
}

fn by_currency(content: &Record) -> BTreeMap<String, Sides> {
    let mut sides: BTreeMap<String, Sides> = BTreeMap::new();
    let lists = [
        (
            balance::AVAILABLE,
            balance::available::CURRENCY,
            balance::available::AMOUNT_MINOR,
        ),
        (
            balance::PENDING,
            balance::pending::CURRENCY,
            balance::pending::AMOUNT_MINOR,
        ),
    ];
    for (side, (list, currency, amount)) in lists.into_iter().enumerate() {
        let Value::List(rows) = content.get(list) else {
            continue;
        };
        for row in rows.iter() {
            let currency = row.text(currency).unwrap_or_default().to_owned();
            sides.entry(currency).or_default()[side] = row.int(amount).unwrap_or(0);
        }
    }
    sides
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stripe stated this of usd between the seconds 100 and 109; the movements are (created, available, net).
    fn check(stated: Sides, movements: &[(i64, i64, i64)], expected: &str) {
        let statement = Statement {
            lo_s: 100,
            hi_s: 110,
            by_currency: BTreeMap::from([("usd".to_owned(), stated)]),
        };
        let movement = |&(created_s, available_s, net_minor): &(i64, i64, i64)| Movement {
            created_s,
            available_s,
            net_minor,
        };
        let movements =
            BTreeMap::from([("usd".to_owned(), movements.iter().map(movement).collect())]);
        let word = match judge(&statement, movements) {
            Verdict::Holds(_) => "holds",
            Verdict::Unsettled(_) => "unsettled",
            Verdict::Differs(_) => "differs",
            Verdict::Damaged(_) => "damaged",
        };
        assert_eq!(word, expected, "{stated:?}");
    }

    #[test]
    fn what_is_before_the_interval_counts_and_what_is_after_does_not() {
        let movements = [(10, 50, 300), (20, 500, 40), (400, 500, 7)];
        check([300, 40], &movements, "holds");
        check([300, 47], &movements, "differs");
        check([340, 0], &movements, "differs");
        check([0, 0], &[], "holds");
        check([1, 0], &[], "differs");
    }

    #[test]
    fn any_instant_of_the_interval_may_be_the_one_that_was_stated() {
        let movements = [
            (10, 50, 300),
            (103, 500, 40),
            (105, 500, 7),
            (20, 107, 1000),
        ];
        for stated in [[300, 1000], [300, 1040], [300, 1047], [1300, 47]] {
            check(stated, &movements, "holds");
        }
    }

    #[test]
    fn what_no_instant_gives_is_unsettled_only_while_the_interval_could_explain_it() {
        let movements = [(10, 50, 300), (103, 500, 40), (105, 500, 7)];
        check([300, 7], &movements, "unsettled");
        check([300, 48], &movements, "differs");
        check([301, 40], &movements, "differs");
        check([300, -1], &movements, "differs");
    }

    #[test]
    fn a_currency_that_stripe_does_not_name_must_come_to_nothing() {
        let statement = Statement {
            lo_s: 100,
            hi_s: 110,
            by_currency: BTreeMap::new(),
        };
        let movement = |net_minor| Movement {
            created_s: 1,
            available_s: 2,
            net_minor,
        };
        let with = |nets: &[i64]| {
            let movements = nets.iter().copied().map(movement).collect();
            judge(&statement, BTreeMap::from([("eur".to_owned(), movements)]))
        };
        assert!(matches!(with(&[5, -5]), Verdict::Holds(_)));
        assert!(matches!(with(&[5]), Verdict::Differs(_)));
    }
}
