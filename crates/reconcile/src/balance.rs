//! Do the sums agree? Stripe's balance is read, the transactions to their end, and the balance once more; the book's sums are asked with
//! them. What moves meanwhile is asked again, and stays neither clean nor a finding if it does not stand still. It mends nothing.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use ledger::StreamId;
use projector::OpenBook;
use rusqlite::params;
use serde_json::Value;
use sync::{Api, ApiError, Call, Follow, Followed, ReadError};

use crate::record::{BalanceLine, Unsettled};
use crate::{Amount, Cause, Class, CompareError, FieldDifference, Finding, ReconcileError, Repair};
use crate::{finding_id, sums, worth};

/// Seconds before each look at what differs: rows and events come to light seconds or minutes late.
pub(crate) const WAITS_S: [u64; 5] = [0, 5, 20, 60, 215];
/// How many transactions a finding shows: the newest.
const SHOWN: i64 = 10;

/// What is needed to ask whether the sums agree.
pub(crate) struct Clearing<'a> {
    pub(crate) api: &'a Api,
    /// The data folder, where the books are.
    pub(crate) data: &'a Path,
    pub(crate) at: &'a Followed,
    /// How many seconds it may wait in all.
    pub(crate) patience_s: u64,
    /// Whether a finding of this name stood after the last run: nobody waits for it to pass.
    pub(crate) is_known: &'a (dyn Fn(&str) -> bool + Send + Sync),
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cleared {
    /// Whether Stripe's balance stood still for long enough.
    pub(crate) is_settled: bool,
    pub(crate) balances: Vec<BalanceLine>,
    /// How many sums were looked at, balances among them.
    pub(crate) sums: u64,
    pub(crate) findings: Vec<Finding>,
    /// Objects whose sums did not stand still.
    pub(crate) unsettled: Vec<Unsettled>,
    /// Stripe's second at which it last stated its balance.
    pub(crate) last_s: Option<i64>,
    /// Times that the balance was read. What following asked is not counted.
    pub(crate) requests: u64,
}

/// Asks whether Stripe's balance is what its transactions come to, and whether the sums of the book hold.
///
/// # Errors
/// When nothing more can be read, or the book can't be.
pub(crate) async fn clear(
    clearing: &Clearing<'_>,
    follow: &mut Follow,
) -> Result<Cleared, ReconcileError> {
    let (mut cleared, mut before, mut waited_s) = (Cleared::default(), None, 0);
    for wait_s in WAITS_S {
        waited_s += wait_s;
        if waited_s > clearing.patience_s {
            break;
        }
        tokio::time::sleep(Duration::from_secs(wait_s)).await;
        let look = look(clearing, follow, &mut cleared.requests).await?;
        let news = look
            .findings
            .iter()
            .filter(|found| !(clearing.is_known)(&found.id));
        let stands = look.balances.is_some() && news.count() == 0;
        cleared.take(look, &mut before, clearing);
        if stands {
            break;
        }
    }
    Ok(cleared)
}

impl Cleared {
    /// Takes over what one look saw. New findings count if the look before saw the same: others move.
    fn take(&mut self, look: Look, before: &mut Option<Vec<Finding>>, clearing: &Clearing<'_>) {
        self.last_s = self.last_s.max(look.stated_s);
        self.is_settled = look.balances.is_some();
        self.balances = look.balances.unwrap_or_default();
        self.sums = look.sums + self.balances.len() as u64;
        let stood = |found: &Finding| {
            (clearing.is_known)(&found.id)
                || before.as_ref().is_none_or(|before| {
                    let mut same = before.iter();
                    same.any(|other| other.id == found.id && other.fields == found.fields)
                })
        };
        let seen = look.findings.clone();
        let (findings, moved): (Vec<_>, Vec<_>) = look.findings.into_iter().partition(stood);
        let moved: BTreeSet<(String, String)> = moved
            .into_iter()
            .filter(|found| found.class == Class::SumDiffers)
            .map(|found| (found.object_type, found.object_id))
            .collect();
        self.unsettled = moved
            .into_iter()
            .map(|(object_type, object_id)| Unsettled {
                object_type,
                object_id,
            })
            .collect();
        // A balance that differs otherwise than before moves, too.
        let balances = |all: &[Finding]| {
            let of = all
                .iter()
                .filter(|found| found.class == Class::BalanceDiffers);
            of.count()
        };
        self.is_settled &= balances(&seen) == balances(&findings);
        self.findings = findings;
        *before = Some(seen);
    }
}

/// What is seen in one look.
struct Look {
    /// Stripe's second at which it last stated its balance.
    stated_s: Option<i64>,
    /// None: the balance moved while it was looked at, or may not be read.
    balances: Option<Vec<BalanceLine>>,
    sums: u64,
    findings: Vec<Finding>,
}

async fn look(
    clearing: &Clearing<'_>,
    follow: &mut Follow,
    requests: &mut u64,
) -> Result<Look, ReconcileError> {
    let first = stated(clearing, requests).await?;
    follow.round(std::slice::from_ref(clearing.at)).await?;
    let second = match &first {
        Some(_) => stated(clearing, requests).await?,
        None => None,
    };
    let stated_s = second
        .as_ref()
        .or(first.as_ref())
        .map(|stated| stated.date_s);
    let stood = first
        .zip(second)
        .filter(|(first, second)| first.sides == second.sides);
    let (data, stream) = (clearing.data.to_owned(), clearing.at.stream.clone());
    let held = tokio::task::spawn_blocking(move || held(&data, &stream, stood));
    let look = held.await.unwrap_or(Err(ReconcileError::Died))?;
    Ok(Look { stated_s, ..look })
}

/// Holds what Stripe stated twice against the book, and asks the book's own sums.
fn held(
    data: &Path,
    stream: &StreamId,
    stood: Option<(Stated, Stated)>,
) -> Result<Look, ReconcileError> {
    let book = projector::open_book_readonly(data)?;
    let (sums, mut findings) = sums::invariants(&book, stream)?;
    let mut balances = None;
    if let Some((first, second)) = stood {
        let ours = ours(&book, stream, second.date_s)?;
        // What becomes available between the two reads is on this side or that.
        if ours == self::ours(&book, stream, first.date_s)? {
            let lines = lines(&ours, &second);
            let wrong = lines
                .iter()
                .filter(|line| line.ours_minor != line.theirs_minor);
            for line in wrong {
                findings.push(finding(&book, stream, line, &second)?);
            }
            balances = Some(lines);
        }
    }
    Ok(Look {
        stated_s: None,
        balances,
        sums,
        findings,
    })
}

/// Minor units by side and currency.
type Sides = BTreeMap<(String, String), i64>;

/// What Stripe says of its balance.
struct Stated {
    sides: Sides,
    /// Sides that it speaks of, if only to say that there is nothing.
    names: BTreeSet<String>,
    date_s: i64,
    request_id: Option<String>,
}

/// Balances of Stripe's that transactions of their own add up to, by where they stand: payments' stand by themselves.
const KINDS: [&str; 3] = ["issuing", "refund_and_dispute_prefunding", "risk_reserved"];
const RESERVED: &str = "connect_reserved";

async fn stated(
    clearing: &Clearing<'_>,
    requests: &mut u64,
) -> Result<Option<Stated>, ReconcileError> {
    let call = Call {
        request: requests::balance(),
        account: clearing.at.account.clone(),
    };
    *requests += 1;
    let answer = match clearing.api.get(&call).await {
        Ok(answer) => answer,
        Err(error) if is_of_this(&error) => return Ok(None),
        Err(error) => return Err(ReadError::from(error).into()),
    };
    let (Ok(body), Some(date_s)) = (serde_json::from_slice(&answer.body), answer.date_s) else {
        return Ok(None);
    };
    let (sides, names) = sides(&body);
    // Of an answer that says less nothing would be compared, and nothing would differ.
    if body["object"] != "balance"
        || !["available", "pending"]
            .iter()
            .all(|side| names.contains(*side))
    {
        return Ok(None);
    }
    Ok(Some(Stated {
        sides,
        names,
        date_s,
        request_id: answer.request_id,
    }))
}

/// Whether the balance alone can't be read.
fn is_of_this(error: &ApiError) -> bool {
    matches!(error, ApiError::Forbidden { .. }) || !error.is_final()
}

fn sides(body: &Value) -> (Sides, BTreeSet<String>) {
    let (mut sides, mut names) = (Sides::new(), BTreeSet::new());
    let mut add = |name: String, parts: &Value| {
        let Some(parts) = parts.as_array() else {
            return;
        };
        for part in parts {
            let currency = part["currency"].as_str().unwrap_or_default().to_owned();
            let minor = part["amount"].as_i64().unwrap_or(0);
            *sides.entry((name.clone(), currency)).or_default() += minor;
        }
        names.insert(name);
    };
    for side in ["available", "pending", RESERVED] {
        add(side.to_owned(), &body[side]);
    }
    for kind in KINDS {
        for side in ["available", "pending"] {
            add(format!("{kind} {side}"), &body[kind][side]);
        }
    }
    (sides, names)
}

/// What the book's transactions come to at a moment, by side and currency. What is set aside for connected accounts stays a part of
/// nothing else: it left what is available.
const OURS: &str = "
    SELECT iif(balance_type = 'payments', '', balance_type || ' ') || iif(available_s <= ?2, 'available', 'pending'),
           currency, sum(net_minor)
    FROM balance_activity WHERE stream = ?1 GROUP BY 1, 2
    UNION ALL
    SELECT 'connect_reserved', currency, -sum(amount_minor)
    FROM balance_activity WHERE stream = ?1 AND reporting_category = 'connect_reserved_funds' GROUP BY 2";

fn ours(book: &OpenBook, stream: &StreamId, at_s: i64) -> Result<Sides, CompareError> {
    let mut statement = book.connection().prepare_cached(OURS)?;
    let rows = statement.query_map(params![stream.as_str(), at_s], |row| {
        Ok(((row.get(0)?, row.get(1)?), row.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Both sides of every balance that can be held against the other's: what Stripe speaks of and the book has transactions of.
fn lines(ours: &Sides, stated: &Stated) -> Vec<BalanceLine> {
    let theirs = &stated.sides;
    let names: BTreeSet<&(String, String)> = ours.keys().chain(theirs.keys()).collect();
    let has = |kind: &str| ours.keys().any(|(side, _)| side.starts_with(kind));
    let is_held = |side: &str| {
        let kind = side.split_once(' ').map(|(kind, _)| kind);
        stated.names.contains(side) && kind.is_none_or(has)
    };
    let lines = names.into_iter().filter(|(side, _)| is_held(side));
    let mut lines: Vec<BalanceLine> = lines
        .map(|name| BalanceLine {
            currency: name.1.clone(),
            side: name.0.clone(),
            ours_minor: ours.get(name).copied().unwrap_or(0),
            theirs_minor: theirs.get(name).copied().unwrap_or(0),
        })
        .collect();
    lines.sort_by(|one, other| (&one.currency, &one.side).cmp(&(&other.currency, &other.side)));
    lines
}

fn finding(
    book: &OpenBook,
    stream: &StreamId,
    line: &BalanceLine,
    stated: &Stated,
) -> Result<Finding, ReconcileError> {
    let BalanceLine {
        currency,
        side,
        ours_minor,
        theirs_minor,
    } = line;
    let by_minor = ours_minor.saturating_sub(*theirs_minor).saturating_abs();
    let amount = Amount::new(by_minor, currency);
    let name = format!("{currency} {side}");
    Ok(Finding {
        parent_id: None,
        id: finding_id(Class::BalanceDiffers, None, "balance", &name),
        class: Class::BalanceDiffers,
        code: None,
        object_type: "balance".to_owned(),
        object_id: name,
        at_stake: worth::at_stake([&amount].into_iter()),
        fields: vec![FieldDifference {
            field: side.clone(),
            ours: ours_minor.to_string(),
            theirs: theirs_minor.to_string(),
            amount: Some(amount),
        }],
        cause: Cause::Unknown,
        evidence: newest(book, stream, currency)?,
        request_id: stated.request_id.clone(),
        repair: Repair::Look,
    })
}

/// The entries that brought the newest transactions of a currency.
fn newest(book: &OpenBook, stream: &StreamId, currency: &str) -> Result<Vec<u64>, CompareError> {
    let sql = "SELECT known_seq FROM balance_transactions
               WHERE stream = ?1 AND currency = ?2 AND known_seq IS NOT NULL
               ORDER BY created_s DESC, id LIMIT ?3";
    let mut statement = book.connection().prepare_cached(sql)?;
    let seqs = statement.query_map(params![stream.as_str(), currency, SHOWN], |row| {
        Ok(row.get::<_, i64>(0)?.unsigned_abs())
    })?;
    let seqs: BTreeSet<u64> = seqs.collect::<Result<_, _>>()?;
    Ok(seqs.into_iter().collect())
}
