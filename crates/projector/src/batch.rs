//! One batch put into a book: the touched objects before and after, and the difference of their rows written.
//!
//! The rows before follow from the register before, so that nothing but registers and totals is read back.

use std::collections::{BTreeMap, BTreeSet};

use book::activity::{Activity, Changes, Sums};
use book::link::Total;
use book::{Digest, Folded, Link, Register, Row, Target, Totals, link, row, stored};
use facts::{Fact, Notice, ObjectKey, objects};
use rusqlite::{OptionalExtension, params};

use crate::ProjectorError;
use crate::entries::Entries;
use crate::file::BookFile;
use crate::position::add_to_digest;
use crate::rows::{self, write_difference};

/// A stream's rows while a batch changes them.
pub(crate) struct Batch<'b> {
    book: &'b BookFile,
    stream: &'b str,
    /// What the batch has changed so far.
    digest: Digest,
}

/// An object before and after the batch.
struct Change {
    before: Folded,
    after: Folded,
}

/// What a batch takes away from and adds to the links under one id.
type LinkChanges<'c> = BTreeMap<&'c Target, Vec<(&'c Link, i64)>>;

impl<'b> Batch<'b> {
    pub(crate) fn new(book: &'b BookFile, stream: &'b str) -> Self {
        Batch {
            book,
            stream,
            digest: Digest::default(),
        }
    }

    /// Puts these facts and notices in; the caller's transaction makes it all or nothing.
    pub(crate) fn apply(
        mut self,
        facts: Vec<Fact>,
        notices: &[Notice],
    ) -> Result<(), ProjectorError> {
        let changes = self.join(facts)?;
        let links = link_changes(&changes);
        let targets: BTreeSet<&Target> = changes.keys().chain(links.keys().copied()).collect();
        for target in targets {
            let moves = links.get(target).map_or(&[][..], Vec::as_slice);
            self.write_target(target, changes.get(target), moves)?;
        }
        self.write_activity(&changes)?;
        self.write_notices(notices)
            .and_then(|()| add_to_digest(&self.book.connection, self.stream, &self.digest))
            .map_err(self.book.failed_to("write to"))
    }

    /// Joins the facts with the registers of their objects; what changes no register changes no row.
    fn join(&self, facts: Vec<Fact>) -> Result<BTreeMap<Target, Change>, ProjectorError> {
        let mut by_object: BTreeMap<ObjectKey, Vec<Fact>> = BTreeMap::new();
        for fact in facts {
            by_object
                .entry(fact.object().clone())
                .or_default()
                .push(fact);
        }
        let mut changes = BTreeMap::new();
        for (key, facts) in by_object {
            let (before, mut entries) = self.load_register(&key)?;
            facts.iter().for_each(|fact| entries.push(fact.seq()));
            let mut after = before.clone();
            after.extend(facts);
            self.save_register(&key, &after, &entries)?;
            if after == before {
                continue;
            }
            let target = Target::from(&key);
            let before = Folded::new(key.clone(), before);
            let after = Folded::new(key, after);
            changes.insert(target, Change { before, after });
        }
        Ok(changes)
    }

    /// Writes all rows that stand under one id and differ.
    fn write_target(
        &mut self,
        target: &Target,
        change: Option<&Change>,
        moves: &[(&Link, i64)],
    ) -> Result<(), ProjectorError> {
        let before = self.load_totals(target)?;
        let mut after = before.clone();
        for (moved, sign) in moves {
            link::add(&mut after, moved, *sign);
        }
        let untouched = match change {
            Some(_) => None,
            None => self.load_object(target)?,
        };
        let was = change.map_or(untouched.as_ref(), |change| Some(&change.before));
        let is = change.map_or(untouched.as_ref(), |change| Some(&change.after));
        let were = self.rows(target, was, &before);
        let are = self.rows(target, is, &after);
        write_difference(&self.book.connection, were, are, &mut self.digest)
            .map_err(self.book.failed_to("write to"))
    }

    fn rows<'a>(
        &self,
        target: &'a Target,
        folded: Option<&'a Folded>,
        totals: &'a Totals,
    ) -> Vec<Row<'a>>
    where
        'b: 'a,
    {
        let mut rows = book::rows_of_target(self.stream, target, folded, totals);
        rows.extend(
            folded
                .into_iter()
                .flat_map(|folded| folded.rows(self.stream, target)),
        );
        rows
    }

    fn write_activity(&mut self, changes: &BTreeMap<Target, Change>) -> Result<(), ProjectorError> {
        let mut moves = Changes::new();
        for change in changes.values() {
            for (folded, sign) in [(&change.before, -1), (&change.after, 1)] {
                if let Some((activity, sums)) = folded.activity() {
                    let moved = moves.entry(activity).or_default();
                    *moved = moved.plus(sums, sign);
                }
            }
        }
        for (activity, moved) in moves {
            let before = self.load_sums(&activity)?;
            let after = before.plus(moved, 1);
            let row = |sums: &Sums| match *sums == Sums::default() {
                true => Vec::new(),
                false => vec![row::of_activity(self.stream, &activity, sums)],
            };
            let (were, are) = (row(&before), row(&after));
            write_difference(&self.book.connection, were, are, &mut self.digest)
                .map_err(self.book.failed_to("write to"))?;
        }
        Ok(())
    }

    /// Later entries never take the place of the one in which an oddity was first seen.
    fn write_notices(&mut self, notices: &[Notice]) -> rusqlite::Result<()> {
        for notice in notices {
            let row = row::of_notice(self.stream, notice);
            if rows::insert_new(&self.book.connection, &row)? {
                self.digest.add(&row);
            }
        }
        Ok(())
    }

    fn load_object(&self, target: &Target) -> Result<Option<Folded>, ProjectorError> {
        let Some(schema) = objects::schema(target.object) else {
            return Ok(None);
        };
        let id = target.id.clone();
        let key = ObjectKey { schema, id };
        let (register, _) = self.load_register(&key)?;
        Ok((register != Register::default()).then(|| Folded::new(key, register)))
    }

    fn load_register(&self, key: &ObjectKey) -> Result<(Register, Entries), ProjectorError> {
        let sql = "SELECT register, entries FROM registers \
                   WHERE stream = ?1 AND object = ?2 AND id = ?3";
        let place = params![self.stream, key.schema.object, key.id];
        let blobs: Option<(Vec<u8>, Vec<u8>)> = self
            .book
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                let cells = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
                statement.query_row(place, cells).optional()
            })
            .map_err(self.book.failed_to("read the registers of"))?;
        let Some((register, entries)) = blobs else {
            return Ok(Default::default());
        };
        let unreadable = |what: &str| {
            let what = format!("the {what} of {} {}", key.schema.object, key.id);
            self.book.unreadable(what)
        };
        Ok((
            stored::decode(key, &register).map_err(|_| unreadable("register"))?,
            Entries::from_bytes(&entries).ok_or_else(|| unreadable("entries"))?,
        ))
    }

    fn save_register(
        &self,
        key: &ObjectKey,
        register: &Register,
        entries: &Entries,
    ) -> Result<(), ProjectorError> {
        let sql = "INSERT OR REPLACE INTO registers (stream, object, id, register, entries) \
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let (object, register) = (key.schema.object, stored::encode(register));
        self.book
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                let row = params![self.stream, object, key.id, register, entries.bytes()];
                statement.execute(row)
            })
            .map_err(self.book.failed_to("write to"))?;
        Ok(())
    }

    fn load_totals(&self, target: &Target) -> Result<Totals, ProjectorError> {
        let sql = "SELECT relation, currency, links, amount_minor FROM totals \
                   WHERE stream = ?1 AND target_type = ?2 AND target_id = ?3";
        let rows: Vec<(String, Box<str>, Total)> = self
            .book
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| {
                let place = params![self.stream, target.object, target.id];
                let cells = |row: &rusqlite::Row<'_>| {
                    let (count, amount_minor) = (row.get(2)?, row.get(3)?);
                    let total = Total {
                        count,
                        amount_minor,
                    };
                    Ok((row.get(0)?, row.get(1)?, total))
                };
                statement.query_map(place, cells)?.collect()
            })
            .map_err(self.book.failed_to("read the totals of"))?;
        rows.into_iter()
            .map(|(relation, currency, total)| {
                let relation = link::relation(&relation)
                    .ok_or_else(|| self.book.unreadable("totals of an unknown relation"))?;
                Ok(((relation, currency), total))
            })
            .collect()
    }

    fn load_sums(&self, activity: &Activity) -> Result<Sums, ProjectorError> {
        let sql = "SELECT transactions, amount_minor, fee_minor, net_minor FROM balance_activity \
                   WHERE stream = ?1 AND currency = ?2 AND balance_type = ?3 \
                   AND reporting_category = ?4 AND available_s = ?5";
        let place = params![
            self.stream,
            activity.currency,
            activity.balance_type,
            activity.reporting_category,
            activity.available_s,
        ];
        let sums = |row: &rusqlite::Row<'_>| {
            Ok(Sums {
                transactions: row.get(0)?,
                amount_minor: row.get(1)?,
                fee_minor: row.get(2)?,
                net_minor: row.get(3)?,
            })
        };
        self.book
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row(place, sums).optional())
            .map(Option::unwrap_or_default)
            .map_err(self.book.failed_to("read the balance activity of"))
    }
}

/// The links that go and come when these objects change, by the id under which they stand.
fn link_changes(changes: &BTreeMap<Target, Change>) -> LinkChanges<'_> {
    let mut moves = LinkChanges::new();
    for Change { before, after } in changes.values() {
        let gone = before
            .links
            .iter()
            .filter(|link| !after.links.contains(link));
        let come = after
            .links
            .iter()
            .filter(|link| !before.links.contains(link));
        let signed = gone
            .map(|link| (link, -1))
            .chain(come.map(|link| (link, 1)));
        for (link, sign) in signed {
            moves.entry(&link.target).or_default().push((link, sign));
        }
    }
    moves
}
