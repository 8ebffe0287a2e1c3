//! One answer held against the book: what equals is counted, what doesn't is a suspect, and how far the run is goes on by it, all in one
//! step. It blocks, and asks Stripe nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use requests::LISTINGS;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sync::{Answer, Ids, Item, ListPage, Selection};

use super::bench::{Bench, at_once};
use super::kinds::families;
use super::work::{About, Family, Part, Single, Work};
use crate::ReconcileError;
use crate::compare::{Held, compare_absent, compare_each};

/// What came of a page of a window.
pub(super) struct Turn {
    /// The window behind the page.
    pub(super) part: Part,
    /// Whether that was its last page.
    pub(super) is_read: bool,
    /// Why it can't be gone on from, if it can't.
    pub(super) fault: Option<String>,
}

/// What an answer is judged by.
#[derive(Clone)]
pub(super) struct Case {
    pub(super) run: i64,
    pub(super) began_s: i64,
    pub(super) selection: Selection,
    pub(super) seen: Arc<Seen>,
}

/// What this process has compared, for who looks on.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) objects: AtomicU64,
    pub(super) suspects: AtomicU64,
}

/// An item of a page, and what came of holding it against the book.
struct Compared<'i, 'b> {
    item: &'i Item<'b>,
    value: Value,
    held: Held,
}

impl Compared<'_, '_> {
    /// As an object that is read by itself.
    fn single(&self, parent: Option<&str>) -> Single {
        Single {
            object: self.held.object.to_owned(),
            id: self.held.id.clone(),
            stripe_id: self.item.id.as_deref().unwrap_or_default().to_owned(),
            parent: parent.map(str::to_owned),
        }
    }
}

/// Judges one page of a window.
pub(super) fn judge_page(
    bench: &mut Bench,
    case: &Case,
    mut part: Part,
    answer: &Answer,
) -> Result<Turn, ReconcileError> {
    let page = match ListPage::read(&answer.body) {
        Ok(page) => page,
        Err(error) => {
            return Ok(Turn {
                part,
                is_read: false,
                fault: Some(error.to_string()),
            });
        }
    };
    let listing = &LISTINGS[part.list];
    let is_within = |item: &&Item<'_>| {
        let created_s = item.created_s();
        created_s.is_none_or(|at_s| part.span.from_s <= at_s && at_s < part.span.until_s)
    };
    let is_past = |item: &Item<'_>| item.created_s().is_some_and(|at_s| at_s < part.span.from_s);
    let is_read = !page.has_more || (!listing.takes_created && page.items.iter().any(is_past));
    let items: Vec<&Item<'_>> = page.items.iter().filter(is_within).collect();
    let compared = compared(bench, case, listing.object, &items, answer.date_s)?;
    bench.work.write(|work| {
        for one in &compared {
            let single = one.single(None);
            note(work, case, &single, &one.held, (&one.value, answer.date_s))?;
            work.show(case.run, &single.object, &single.id)?;
            ask_for_families(work, case, &single.object, one.item, part.has_families)?;
            part.ids.add(&single.stripe_id);
        }
        part.after = page.cursor().map(str::to_owned);
        work.keep_window(&part, is_read)?;
        if is_read {
            work.ask_for_the_rest(case.run, part.span_of)?;
        }
        Ok(())
    })?;
    Ok(Turn {
        part,
        is_read,
        fault: None,
    })
}

/// Begins a window anew whose cursor is gone.
pub(super) fn restart(bench: &mut Bench, mut part: Part) -> Result<Turn, ReconcileError> {
    part.after = None;
    part.ids = Ids::default();
    bench.work.keep_window(&part, false)?;
    Ok(Turn {
        part,
        is_read: false,
        fault: None,
    })
}

/// Judges one page of a list under a parent; with the last one the list is over.
pub(super) fn judge_family(
    bench: &mut Bench,
    case: &Case,
    (family, object): (&Family, &'static str),
    answer: &Answer,
) -> Result<Option<String>, ReconcileError> {
    let page = match ListPage::read(&answer.body) {
        Ok(page) => page,
        Err(error) => {
            let what = format!("{} of {}: {error}", family.kind, family.parent);
            bench.work.remark(case.run, About::Unproven, &what)?;
            bench.work.end_family(family, false)?;
            return Ok(None);
        }
    };
    let is_due = |item: &&Item<'_>| item.created_s().is_none_or(|at_s| at_s < case.began_s);
    let items: Vec<&Item<'_>> = page.items.iter().filter(is_due).collect();
    let compared = compared(bench, case, object, &items, answer.date_s)?;
    bench.work.write(|work| {
        for one in &compared {
            let single = one.single(Some(&family.parent));
            note(work, case, &single, &one.held, (&one.value, answer.date_s))?;
            work.show_in_family(case.run, &single.object, &single.id)?;
        }
        if !page.has_more {
            work.end_family(family, true)?;
        }
        Ok(())
    })?;
    Ok(page.cursor().filter(|_| page.has_more).map(str::to_owned))
}

/// Judges an object that was read by itself, or a list that is kept as one; without a body Stripe does not find it.
pub(super) fn judge_single(
    bench: &mut Bench,
    case: &Case,
    single: &Single,
    (body, read_s): (Option<&str>, Option<i64>),
) -> Result<(), ReconcileError> {
    let (work, book, stream) = bench.parts()?;
    let value = value_of(body);
    let comparison = at_once(book, || held_single(book, stream, single, &value, read_s))?;
    let held = Held {
        object: "",
        id: single.id.clone(),
        comparison,
    };
    work.write(|work| {
        note(work, case, single, &held, (&value, read_s))?;
        let item = body.map(Item::read);
        item.map_or(Ok(()), |item| {
            ask_for_families(work, case, &single.object, &item, false)
        })?;
        work.end_single(case.run, single, true)
    })
}

/// What an object that was read by itself comes to.
pub(super) fn held_single(
    book: &projector::OpenBook,
    stream: &ledger::StreamId,
    single: &Single,
    value: &Value,
    read_s: Option<i64>,
) -> Result<crate::compare::Comparison, ReconcileError> {
    let mut comparison = match value {
        Value::Null => compare_absent(book, stream, &single.object, &single.id)?,
        value => {
            let held = compare_each(book, stream, read_s, [value])?;
            held.into_iter()
                .next()
                .map(|held| held.comparison)
                .unwrap_or_default()
        }
    };
    let is_new_and_gone = value["deleted"] == true
        && comparison.differences.len() == 1
        && comparison.differences[0].ours == "missing";
    if is_new_and_gone {
        // Of what was made and deleted unseen, nothing is left to know.
        comparison.differences.clear();
    }
    Ok(comparison)
}

/// What a body says; nothing where there is none.
pub(super) fn value_of(body: Option<&str>) -> Value {
    body.and_then(|body| serde_json::from_str(body).ok())
        .unwrap_or(Value::Null)
}

/// SHA-256 of what a body says, whatever its form.
pub(super) fn hash_of(value: &Value) -> [u8; 32] {
    Sha256::digest(value.to_string()).into()
}

/// Holds the items of a page against the book, all at one moment of it.
fn compared<'i, 'b>(
    bench: &mut Bench,
    case: &Case,
    object: &str,
    items: &[&'i Item<'b>],
    read_s: Option<i64>,
) -> Result<Vec<Compared<'i, 'b>>, ReconcileError> {
    let (work, book, stream) = bench.parts()?;
    let read = sorted(work, case.run, object, items)?;
    let values = read.iter().map(|(_, value)| value);
    let held = at_once(book, || Ok(compare_each(book, stream, read_s, values)?))?;
    let compared = read.into_iter().zip(held);
    let compared = compared.map(|((item, value), held)| Compared { item, value, held });
    Ok(compared.collect())
}

/// Items that can be compared; others are remarked on.
fn sorted<'i, 'b>(
    work: &Work,
    run: i64,
    object: &str,
    items: &[&'i Item<'b>],
) -> Result<Vec<(&'i Item<'b>, Value)>, ReconcileError> {
    let mut read = Vec::with_capacity(items.len());
    for item in items {
        match (item.oddity(object), serde_json::from_str(item.raw)) {
            (None, Ok(value)) => read.push((*item, value)),
            _ => {
                let what = format!("a list of {object} shows what is none");
                work.remark(run, About::Unproven, &what)?;
            }
        }
    }
    Ok(read)
}

/// Counts what was compared, and keeps what differs.
fn note(
    work: &Work,
    case: &Case,
    single: &Single,
    held: &Held,
    (value, read_s): (&Value, Option<i64>),
) -> Result<(), ReconcileError> {
    let comparison = &held.comparison;
    let run = case.run;
    work.count(run, 1, comparison.fields)?;
    case.seen.objects.fetch_add(1, Ordering::Relaxed);
    for member in &comparison.unlisted {
        work.remark(run, About::Unlisted, member)?;
    }
    if comparison.differences.is_empty() {
        return Ok(());
    }
    case.seen.suspects.fetch_add(1, Ordering::Relaxed);
    work.suspect(run, single, (hash_of(value), read_s))
}

/// Adds the lists under an object that it shows to be needed: those that are kept as one wherever it was read, others only where the
/// whole family is.
fn ask_for_families(
    work: &Work,
    case: &Case,
    object: &str,
    item: &Item<'_>,
    is_with_all: bool,
) -> Result<(), ReconcileError> {
    for under in families(object) {
        let is_part = under.kind != under.items;
        if !(is_part || is_with_all) || !case.selection.has(under.kind) {
            continue;
        }
        let Some(parent) = under.parent_by(item) else {
            continue;
        };
        if is_part {
            let single = Single {
                object: under.kind.to_owned(),
                id: parent.clone(),
                stripe_id: parent,
                parent: None,
            };
            work.add_single(case.run, &single)?;
        } else {
            work.add_family(case.run, under.kind, &parent)?;
        }
    }
    Ok(())
}
