//! The truth of a simulation, read from the file that `simulate` wrote or a served simulation gave away, against the books. What is
//! compared, and how, is the comparer's.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Subject, Verdict};
use crate::compare::{self, Comparison, Sums, Truth};
use crate::currency::count;
use crate::failure::{Failure, ShellError, failed};

/// The truth about one account; about the others too, where it is the first.
#[derive(Deserialize)]
struct Account<'t> {
    account: String,
    #[serde(borrow)]
    balance: &'t RawValue,
    sums: Vec<Sum>,
    #[serde(borrow)]
    objects: Vec<&'t RawValue>,
    #[serde(borrow)]
    lists: Vec<&'t RawValue>,
    #[serde(borrow, default)]
    connected: Vec<Account<'t>>,
}

/// What the balance transactions of a currency and a category sum up to, in minor units.
#[derive(Deserialize)]
struct Sum {
    currency: String,
    reporting_category: String,
    count: i64,
    #[serde(rename = "amount")]
    amount_minor: i64,
    #[serde(rename = "fee")]
    fee_minor: i64,
    #[serde(rename = "net")]
    net_minor: i64,
}

/// Holds the book of the stream's account against the truth in a file.
pub(super) fn compare(subject: &Subject<'_>, path: &Path) -> Result<Verdict, Failure> {
    let text = fs::read_to_string(path).map_err(failed("read", path))?;
    let unread = |source| ShellError::NoTruth {
        path: path.to_owned(),
        source,
    };
    let first: Account<'_> = serde_json::from_str(&text).map_err(unread)?;
    let own = subject.stream.account();
    let mut accounts = std::iter::once(&first).chain(&first.connected);
    let Some(account) = accounts.find(|account| account.account == own) else {
        return Ok(Verdict::Differs(format!("it tells nothing of {own}")));
    };
    let texts = account.objects.iter().chain(&account.lists);
    let texts = texts.chain([&account.balance]);
    let mut objects = Vec::new();
    for text in texts {
        let object: Value = serde_json::from_str(text.get()).map_err(unread)?;
        objects.push(object);
    }
    let truth = Truth {
        objects: &mut objects.into_iter(),
        sums: sums(&account.sums),
    };
    let comparison = compare::compare(subject.book, subject.stream, truth)?;
    let comparison = compare::expect_listed(comparison)?;
    Ok(verdict(&comparison))
}

fn sums(sums: &[Sum]) -> Sums {
    let named = sums.iter().map(|sum| {
        let name = (sum.currency.clone(), sum.reporting_category.clone());
        (
            name,
            [sum.count, sum.amount_minor, sum.fee_minor, sum.net_minor],
        )
    });
    named.collect()
}

fn verdict(comparison: &Comparison) -> Verdict {
    let compared = format!(
        "{} objects, {} fields, {} balances, {} sums",
        count(comparison.objects),
        count(comparison.fields),
        count(comparison.balances),
        count(comparison.sums)
    );
    let Some(first) = comparison.differences.first() else {
        return Verdict::Holds(compared);
    };
    Verdict::Differs(format!(
        "{} differences in {compared}; the first: {} {} {}: ours {}, truth {}",
        count(comparison.differences.len() as u64),
        first.object,
        first.id,
        first.member,
        first.ours,
        first.truth
    ))
}
