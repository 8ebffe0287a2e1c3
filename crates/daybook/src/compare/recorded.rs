//! A recording of the simulator as the comparer wants it: its objects and sums, account by account. Compares nothing itself.

use ledger::StreamId;
use projector::OpenBook;
use serde_json::Value;
use simulator::Recording;

use super::{Comparison, Sums, Truth, compare, expect_listed};
use crate::failure::Failure;

/// Holds the books of all accounts against what a recording says is true in its end.
pub(crate) fn compare_recorded(
    book: &OpenBook,
    recording: &Recording,
) -> Result<Comparison, Failure> {
    let mut whole = Comparison::default();
    for (account, stream) in streams(recording)? {
        let truth = Truth {
            objects: &mut true_objects(recording, &account),
            sums: true_sums(recording, &account),
        };
        whole.add(compare(book, &stream, truth)?);
    }
    expect_listed(whole)
}

/// Every account with its stream, the platform's first.
pub(crate) fn streams(recording: &Recording) -> Result<Vec<(String, StreamId)>, Failure> {
    let stream = |account: &str| {
        let stream = StreamId::new(account, recording.livemode())?;
        Ok((account.to_owned(), stream))
    };
    recording.accounts().into_iter().map(stream).collect()
}

/// Every object of an account as it is in the end, lists that no object shows whole among them, the balance last.
pub(crate) fn true_objects<'r>(
    recording: &'r Recording,
    account: &'r str,
) -> impl Iterator<Item = Value> {
    let truth = recording.truth_of(account);
    let (objects, lists) = (truth.objects(), truth.lists());
    let texts = objects.chain(lists).map(|(_, _, text)| text);
    let texts = texts.chain([truth.balance()]);
    texts.map(|text| serde_json::from_str(&text).expect("the simulator writes JSON"))
}

/// The platform's objects of a type at an instant (microseconds).
pub(crate) fn true_objects_at<'r>(
    recording: &'r Recording,
    object: &'r str,
    at_us: i64,
) -> impl Iterator<Item = Value> {
    let states = recording.states_at(recording.account(), at_us, at_us);
    let texts = states.filter(move |(known, ..)| *known == object);
    let read = |text: &str| serde_json::from_str(text).expect("the simulator writes JSON");
    let values = texts.map(move |(_, _, text, _)| -> Value { read(&text) });
    values.filter(|value| value["deleted"] != true)
}

/// What an account's balance transactions sum up to in the end.
pub(crate) fn true_sums(recording: &Recording, account: &str) -> Sums {
    let sums = recording.truth_of(account).sums().into_iter();
    let named = sums.map(|((currency, category), sum)| {
        let count = i64::try_from(sum.count).unwrap_or(i64::MAX);
        let numbers = [count, sum.amount_minor, sum.fee_minor, sum.net_minor];
        ((currency.to_owned(), category.to_owned()), numbers)
    });
    named.collect()
}
