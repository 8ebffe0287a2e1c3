//! The comparer: the truth of a simulation held against a book, member by member, object by object, sum by sum. It reads
//! wire JSON and tables, and nothing of how the one became the other.

mod each;
pub mod map;
pub mod objects;
mod ours;
mod sums;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use ledger::StreamId;
use projector::OpenBook;
use rusqlite::types::Value as Cell;
use serde_json::Value;

use self::map::{Map, Paths, Rows};
use self::objects::MAPS;
use self::ours::{OurRow, Ours};
use self::sums::Accounts;
use self::walk::{Findings, Holder, Walk};
use crate::{Amount, CompareError};

pub use each::map_of;
pub(crate) use each::{Held, compare_absent, compare_each};

/// What the book says of what it can't know.
pub const UNKNOWN: &str = "unknown";

/// By currency and reporting category: how many balance transactions, gross, fees and net in minor units.
pub type Sums = BTreeMap<(String, String), [i64; 4]>;

/// What is true, in Stripe's own terms.
pub struct Truth<'t> {
    /// Every object's JSON, the balance among them.
    pub objects: &'t mut dyn Iterator<Item = Value>,
    /// What balance transactions sum up to.
    pub sums: Sums,
}

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The kind of object, or of sum.
    pub object: &'static str,
    /// Its id.
    pub id: String,
    /// The member; empty for the object as a whole.
    pub member: String,
    /// What the book says.
    pub ours: String,
    /// What is true.
    pub truth: String,
    /// The money that is in question, if the object has any.
    pub amount: Option<Amount>,
    /// By how much the two differ, if the member is an amount; never negative. What is not there counts as nothing.
    pub by: Option<Amount>,
}

/// What was compared, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Objects.
    pub objects: u64,
    /// Members that were compared, those of rows within objects among them.
    pub fields: u64,
    /// Members that are not in the book, for a reason.
    pub left: u64,
    /// Balances, by currency and side.
    pub balances: u64,
    /// Sums: by currency and category, and of what stands under customers, invoices and charges.
    pub sums: u64,
    /// Members that no map lists, with the object before them, each once.
    pub unlisted: Vec<String>,
    /// Everything that differs.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Counts in what another stream came to.
    pub fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.fields += other.fields;
        self.left += other.left;
        self.balances += other.balances;
        self.sums += other.sums;
        other
            .unlisted
            .into_iter()
            .for_each(|member| self.note_unlisted(member));
        self.differences.extend(other.differences);
    }

    fn note_unlisted(&mut self, member: String) {
        if !self.unlisted.contains(&member) {
            self.unlisted.push(member);
        }
    }

    /// The objects that differ in anything.
    pub fn objects_differing(&self) -> BTreeSet<(&'static str, &str)> {
        let objects = self
            .differences
            .iter()
            .filter(|difference| !sums::KINDS.contains(&difference.object));
        objects
            .map(|difference| (difference.object, &*difference.id))
            .collect()
    }

    /// The names of the sums and balances that differ.
    pub fn sums_differing(&self) -> BTreeSet<&str> {
        let sums = self
            .differences
            .iter()
            .filter(|difference| sums::KINDS.contains(&difference.object));
        sums.map(|difference| &*difference.id).collect()
    }
}

/// Compares all of `truth` with the book of `stream`.
///
/// # Errors
/// When the book can't be read.
pub fn compare(
    book: &OpenBook,
    stream: &StreamId,
    truth: Truth<'_>,
) -> Result<Comparison, CompareError> {
    let mut comparer = Comparer::new(book, stream)?;
    for object in truth.objects {
        comparer.object(&object)?;
    }
    comparer.find_surplus()?;
    sums::compare(
        &comparer.ours,
        comparer.clock_s,
        &comparer.balances,
        &comparer.accounts,
        &truth.sums,
        &mut comparer.result,
    )?;
    Ok(comparer.result)
}

/// Compares these objects alone: neither what else the book has, nor sums.
///
/// # Errors
/// When the book can't be read.
pub fn compare_objects(
    book: &OpenBook,
    stream: &StreamId,
    objects: impl Iterator<Item = Value>,
) -> Result<Comparison, CompareError> {
    let mut comparer = Comparer::new(book, stream)?;
    for object in objects {
        comparer.object(&object)?;
    }
    Ok(comparer.result)
}

struct Comparer<'a> {
    ours: Ours<'a>,
    /// The paths of each table's map.
    paths: BTreeMap<&'static str, Paths>,
    clock_s: i64,
    /// The ids that the truth has, by table.
    seen: BTreeMap<&'static str, BTreeSet<String>>,
    /// How many rows within objects the truth has, by table.
    rows_seen: BTreeMap<&'static str, u64>,
    /// Available and pending by currency, as the truth states them.
    balances: BTreeMap<String, Vec<i64>>,
    /// What the truth's objects add up to.
    accounts: Accounts,
    result: Comparison,
}

impl<'a> Comparer<'a> {
    fn new(book: &'a OpenBook, stream: &'a StreamId) -> Result<Self, CompareError> {
        Ok(Self {
            ours: Ours::new(book, stream.as_str()),
            paths: BTreeMap::new(),
            clock_s: book.position(stream)?.clock_s.unwrap_or(0),
            seen: BTreeMap::new(),
            rows_seen: BTreeMap::new(),
            balances: BTreeMap::new(),
            accounts: Accounts::default(),
            result: Comparison::default(),
        })
    }

    fn object(&mut self, truth: &Value) -> Result<(), CompareError> {
        let kind = truth["object"].as_str().unwrap_or_default();
        let Some(map) = MAPS.iter().find(|map| map.object == kind) else {
            self.result.note_unlisted(format!("object {kind}"));
            return Ok(());
        };
        if map.id.is_empty() {
            self.balances = sums::stated(truth);
        }
        self.accounts.add(truth);
        let id = id_of(map, truth);
        self.result.objects += 1;
        self.seen.entry(map.table).or_default().insert(id.clone());
        let found = self.ours.rows(map.table, "id", &id)?;
        let mut finder = Finder::new(map.object, &id, truth);
        let Some(row) = found.first() else {
            finder.differs("", "missing".to_owned(), "there".to_owned(), None);
            self.result.differences.extend(finder.differences);
            return Ok(());
        };
        let paths = self
            .paths
            .entry(map.table)
            .or_insert_with(|| Paths::new(map.kept, map.left));
        let walk = Walk {
            object: map.object,
            paths,
            row,
            clock_s: self.clock_s,
            currency: String::new(),
            findings: &mut finder,
        };
        walk.run(truth);
        for list in std::mem::take(&mut finder.lists) {
            self.rows(&mut finder, &id, list)?;
        }
        if truth["deleted"] == true {
            self.excuse_rows(map, &id)?;
        }
        self.result.fields += finder.compared;
        self.result.left += finder.left;
        finder
            .unlisted
            .into_iter()
            .for_each(|member| self.result.note_unlisted(member));
        self.result.differences.extend(finder.differences);
        Ok(())
    }

    /// The rows within one object.
    fn rows(&mut self, finder: &mut Finder, id: &str, list: List) -> Result<(), CompareError> {
        let List {
            path,
            rows,
            within,
            is_unknown,
            currency,
            truth,
        } = list;
        *self.rows_seen.entry(rows.table).or_default() += truth.len() as u64;
        let mut found = self.ours.rows(rows.table, rows.parent, id)?;
        if let (Some(column), Some(outer)) = (rows.row, &within) {
            found.retain(|row| row.get(column) == outer);
        }
        if found.len() != truth.len() {
            let ours = match is_unknown {
                true => UNKNOWN.to_owned(),
                false => format!("{} rows", found.len()),
            };
            finder.differs(&path, ours, format!("{} rows", truth.len()), None);
        }
        let paths = self
            .paths
            .entry(rows.table)
            .or_insert_with(|| Paths::new(rows.kept, rows.left));
        for (place, item) in truth.iter().enumerate() {
            finder.within = format!("{path}[{place}].");
            finder.row = rows.key.map_or_else(
                || Cell::Integer(i64::try_from(place).unwrap_or(i64::MAX)),
                |(member, _)| Cell::Text(item[member].as_str().unwrap_or_default().to_owned()),
            );
            let Some(row) = row_of(rows, &found, place, item) else {
                let ours = if is_unknown { UNKNOWN } else { "missing" };
                finder.differs("", ours.to_owned(), "there".to_owned(), None);
                continue;
            };
            let walk = Walk {
                object: finder.object,
                paths,
                row,
                clock_s: self.clock_s,
                currency: currency.clone(),
                findings: finder,
            };
            walk.run(item);
        }
        finder.within.clear();
        for inner in std::mem::take(&mut finder.lists) {
            self.rows(finder, id, inner)?;
        }
        Ok(())
    }

    /// The rows that a deleted object last had stay in the book, and the truth says nothing of them.
    fn excuse_rows(&mut self, map: &'static Map, id: &str) -> Result<(), CompareError> {
        for rows in all_lists(map) {
            let found = self.ours.rows(rows.table, rows.parent, id)?.len();
            *self.rows_seen.entry(rows.table).or_default() += found as u64;
        }
        Ok(())
    }

    /// What the book has and the truth has not.
    fn find_surplus(&mut self) -> Result<(), CompareError> {
        for map in &MAPS {
            let known = self.seen.remove(map.table).unwrap_or_default();
            for id in self.ours.ids(map.table)?.difference(&known) {
                self.result.differences.push(surplus(map.object, id));
            }
        }
        let lists = MAPS.iter().flat_map(all_lists);
        for table in lists.map(|rows| rows.table) {
            let (ours, known) = (
                self.ours.count(table)?,
                self.rows_seen.remove(table).unwrap_or(0),
            );
            if ours > known {
                self.result
                    .differences
                    .push(surplus(table, &format!("{} rows", ours - known)));
            }
        }
        Ok(())
    }
}

/// The lists of a kind of object, and those within their rows.
fn all_lists(map: &'static Map) -> Vec<&'static Rows> {
    let mut lists: Vec<&Rows> = map::lists(map.kept).collect();
    let mut next = 0;
    while let Some(rows) = lists.get(next) {
        lists.extend(map::lists(rows.kept));
        next += 1;
    }
    lists
}

fn surplus(object: &'static str, id: &str) -> Difference {
    Difference {
        object,
        id: id.to_owned(),
        member: String::new(),
        ours: "there".to_owned(),
        truth: "missing".to_owned(),
        amount: None,
        by: None,
    }
}

/// The id under which the book keeps an object.
pub(crate) fn id_of(map: &Map, truth: &Value) -> String {
    if map.id.is_empty() {
        return map.object.to_owned();
    }
    let text = |path: &str| {
        let value = path.split('.').fold(truth, |value, name| &value[name]);
        value.get("id").unwrap_or(value).as_str().map(str::to_owned)
    };
    let text = |paths: &&str| paths.split('|').find_map(text).unwrap_or_default();
    map.id.iter().map(text).collect::<Vec<_>>().join("/")
}

fn row_of<'r>(
    rows: &Rows,
    found: &'r [OurRow<'r>],
    place: usize,
    item: &Value,
) -> Option<&'r OurRow<'r>> {
    match rows.key {
        None => found.iter().find(|row| {
            *row.get("place") == Cell::Integer(i64::try_from(place).unwrap_or(i64::MAX))
        }),
        Some((member, column)) => {
            let key = item[member].as_str()?;
            found
                .iter()
                .find(|row| matches!(row.get(column), Cell::Text(text) if text == key))
        }
    }
}

/// What is found about one object.
struct Finder {
    object: &'static str,
    id: String,
    amount: Option<Amount>,
    /// What stands before the paths of a row within the object.
    within: String,
    compared: u64,
    left: u64,
    lists: Vec<List>,
    /// What tells the row that is walked apart from the others of its list.
    row: Cell,
    unlisted: Vec<String>,
    differences: Vec<Difference>,
}

/// Rows that are still to be compared.
struct List {
    path: String,
    rows: &'static Rows,
    /// What tells the row apart in which the list stands.
    within: Option<Cell>,
    /// Whether the book says that it can't know the list.
    is_unknown: bool,
    /// The currency of rows that name none.
    currency: String,
    truth: Vec<Value>,
}

impl Finder {
    fn new(object: &'static str, id: &str, truth: &Value) -> Self {
        let amount = truth
            .get("amount_remaining")
            .or(truth.get("amount"))
            .and_then(Value::as_i64);
        let currency = truth["currency"].as_str();
        Self {
            object,
            id: id.to_owned(),
            amount: amount
                .zip(currency)
                .map(|(minor, currency)| Amount::new(minor, currency)),
            within: String::new(),
            compared: 0,
            left: 0,
            lists: Vec::new(),
            row: Cell::Null,
            unlisted: Vec::new(),
            differences: Vec::new(),
        }
    }
}

impl Findings for Finder {
    fn compared(&mut self) {
        self.compared += 1;
    }

    fn left(&mut self) {
        self.left += 1;
    }

    fn differs(&mut self, path: &str, ours: String, truth: String, by: Option<Amount>) {
        self.differences.push(Difference {
            object: self.object,
            id: self.id.clone(),
            member: format!("{}{path}", self.within),
            ours,
            truth,
            amount: self.amount.clone(),
            by,
        });
    }

    fn unlisted(&mut self, path: &str) {
        let member = format!("{} {}{path}", self.object, self.within);
        if !self.unlisted.contains(&member) {
            self.unlisted.push(member);
        }
    }

    fn rows(&mut self, path: &str, rows: &'static Rows, at: Holder<'_>, truth: &[Value]) {
        self.lists.push(List {
            path: format!("{}{path}", self.within),
            rows,
            within: (self.row != Cell::Null).then(|| self.row.clone()),
            is_unknown: at.is_unknown,
            currency: at.currency.to_owned(),
            truth: truth.to_vec(),
        });
    }
}
