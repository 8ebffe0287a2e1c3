//! How many entries there are of each kind, type and api version: counted, and what is kept of it
//! held against that. Checks nothing else of an entry.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::{Fault, Head, Kind, LedgerError, Log, StreamId, TallyRow};

/// The entries of one stream, counted.
#[derive(Default)]
pub(crate) struct Tally {
    by_type: BTreeMap<String, Vec<Count>>,
}

/// Of one type there are few kinds and versions.
struct Count {
    kind: Kind,
    api_version: Option<String>,
    count: u64,
}

impl Tally {
    /// Counts one entry.
    pub(crate) fn count(&mut self, kind: Kind, type_: &str, api_version: Option<&str>) {
        if !self.by_type.contains_key(type_) {
            self.by_type.insert(type_.to_owned(), Vec::new());
        }
        let counts = self
            .by_type
            .get_mut(type_)
            .expect("it was put there if it was missing");
        let is_same =
            |one: &&mut Count| one.kind == kind && one.api_version.as_deref() == api_version;
        match counts.iter_mut().find(is_same) {
            Some(same) => same.count += 1,
            None => counts.push(Count {
                kind,
                api_version: api_version.map(str::to_owned),
                count: 1,
            }),
        }
    }

    /// What was counted, in the order of [`key`].
    pub(crate) fn rows(&self, stream: &StreamId) -> Vec<TallyRow> {
        let rows = self.by_type.iter().flat_map(|(type_, counts)| {
            counts.iter().map(|one| TallyRow {
                stream: stream.clone(),
                kind: one.kind,
                type_: type_.clone(),
                api_version: one.api_version.clone(),
                count: one.count,
            })
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|one, other| key(one).cmp(&key(other)));
        rows
    }
}

/// What a row counts, ordered by texts as a file orders them.
pub(crate) fn key(row: &TallyRow) -> (&StreamId, &str, &str, Option<&str>) {
    (
        &row.stream,
        row.kind.as_str(),
        &row.type_,
        row.api_version.as_deref(),
    )
}

/// The tallies that a log keeps. To be read after the heads up to which entries were counted.
pub(crate) struct Kept<'a> {
    log: &'a dyn Log,
    rows: BTreeMap<StreamId, Vec<TallyRow>>,
}

impl<'a> Kept<'a> {
    pub(crate) fn of(log: &'a dyn Log) -> Result<Self, LedgerError> {
        let mut rows = BTreeMap::<_, Vec<_>>::new();
        for row in log.tally()? {
            rows.entry(row.stream.clone()).or_default().push(row);
        }
        Ok(Self { log, rows })
    }

    /// Whether those of a stream, which this takes out, are what was counted up to `head`, and is counted on to where the
    /// stream was when they were read: they say themselves how many entries it had.
    pub(crate) fn holds(&mut self, head: &Head, mut tally: Tally) -> Result<(), LedgerError> {
        let stream = &head.stream;
        let kept = self.rows.remove(stream).unwrap_or_default();
        let add = |sum: u64, row: &TallyRow| sum.saturating_add(row.count);
        let entries = kept.iter().fold(0, add);
        let mut seq = head.seq;
        if entries > seq {
            self.log.read(stream, seq + 1..=entries, &mut |entry| {
                tally.count(entry.kind, entry.type_, entry.api_version);
                seq = entry.seq;
                ControlFlow::Continue(())
            })?;
        }
        match difference(&kept, &tally.rows(stream)) {
            Some(fault) => Err(LedgerError::Faulty {
                stream: stream.clone(),
                seq,
                fault,
            }),
            None => Ok(()),
        }
    }

    /// Whether the streams whose tallies are left have begun since.
    pub(crate) fn rest_holds(mut self) -> Result<(), LedgerError> {
        while let Some((stream, _)) = self.rows.first_key_value() {
            let none = Head::empty(stream);
            self.holds(&none, Tally::default())?;
        }
        Ok(())
    }
}

/// The first row that was not kept as it was counted.
fn difference(kept: &[TallyRow], counted: &[TallyRow]) -> Option<Fault> {
    let other = |row: &&TallyRow| !kept.contains(row) || !counted.contains(row);
    let row = kept.iter().chain(counted).find(other)?;
    let in_rows = |rows: &[TallyRow]| {
        let same = rows.iter().find(|other| key(other) == key(row));
        same.map_or(0, |same| same.count)
    };
    Some(Fault::Tally {
        kind: row.kind,
        type_: row.type_.clone(),
        kept: in_rows(kept),
        counted: in_rows(counted),
    })
}
