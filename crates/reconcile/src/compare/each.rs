//! Objects of one answer held against the book, each by itself: what a run reads page by page. Neither what else the book has, nor sums.

use ledger::StreamId;
use projector::OpenBook;
use rusqlite::types::Value as Cell;
use serde_json::Value;

use super::map::Map;
use super::objects::MAPS;
use super::ours::OurRow;
use super::{Comparer, Comparison, id_of, surplus};
use crate::CompareError;

/// What came of holding one object against the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// Stripe's name of its kind.
    pub(crate) object: &'static str,
    /// The id under which the book keeps it.
    pub(crate) id: String,
    /// What was compared, and what differs.
    pub(crate) comparison: Comparison,
}

/// The map of a kind of object, if the books hold it.
#[must_use]
pub fn map_of(object: &str) -> Option<&'static Map> {
    MAPS.iter().find(|map| map.object == object)
}

/// Compares each of these objects as they were read at `read_s`: what passing time changes is asked at that second. Objects of kinds that
/// the books do not hold are passed over.
///
/// # Errors
/// When the book can't be read.
pub(crate) fn compare_each<'v>(
    book: &OpenBook,
    stream: &StreamId,
    read_s: Option<i64>,
    objects: impl IntoIterator<Item = &'v Value>,
) -> Result<Vec<Held>, CompareError> {
    let mut comparer = Comparer::new(book, stream)?;
    comparer.clock_s = read_s.unwrap_or(comparer.clock_s);
    let mut held = Vec::new();
    for truth in objects {
        let Some(map) = truth["object"].as_str().and_then(map_of) else {
            continue;
        };
        comparer.object(truth)?;
        held.push(Held {
            object: map.object,
            id: id_of(map, truth),
            comparison: std::mem::take(&mut comparer.result),
        });
    }
    Ok(held)
}

/// Compares an object that Stripe does not find.
///
/// # Errors
/// When the book can't be read.
pub(crate) fn compare_absent(
    book: &OpenBook,
    stream: &StreamId,
    object: &str,
    id: &str,
) -> Result<Comparison, CompareError> {
    let mut comparison = Comparison {
        objects: 1,
        ..Comparison::default()
    };
    let Some(map) = map_of(object) else {
        return Ok(comparison);
    };
    let comparer = Comparer::new(book, stream)?;
    let rows = comparer.ours.rows(map.table, "id", id)?;
    let is_alive = |row: &OurRow<'_>| *row.get("deleted") != Cell::Integer(1);
    if rows.first().is_some_and(is_alive) {
        comparison.differences.push(surplus(map.object, id));
    }
    Ok(comparison)
}
