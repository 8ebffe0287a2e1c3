//! A small book in memory, kept by difference: what the projector does with tables, done with the fold's own functions.
//!
//! It only carries out what the fold says. A batch at a time, with a restart (registers stored and read back) at will.

use std::collections::{BTreeMap, BTreeSet};

use book::{Digest, Folded, Register, Row, TABLES, Target, Totals, link, rows_of_target, stored};
use facts::{Fact, ObjectKey};

pub(crate) const STREAM: &str = "acct_0000/test";

/// Registers, totals and the digest of all rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) registers: BTreeMap<ObjectKey, Register>,
    totals: BTreeMap<Target, Totals>,
    pub(crate) digest: Digest,
}

/// The object that a fact is about.
pub(crate) fn object(fact: &Fact) -> &ObjectKey {
    match fact {
        Fact::Claim(claim) => &claim.object,
        Fact::Thin { object, .. } => object,
    }
}

impl Shelf {
    /// Everything at once.
    pub(crate) fn of(facts: &[Fact]) -> Self {
        let mut shelf = Shelf::default();
        shelf.apply(facts);
        shelf
    }

    /// Takes one batch in: what stood under every object touched is counted out, what stands now is counted in.
    pub(crate) fn apply(&mut self, batch: &[Fact]) {
        let mut news: BTreeMap<ObjectKey, Vec<Fact>> = BTreeMap::new();
        for fact in batch {
            news.entry(object(fact).clone())
                .or_default()
                .push(fact.clone());
        }
        let before: Vec<Folded> = news.keys().filter_map(|key| self.folded(key)).collect();
        let mut after = Vec::new();
        for (key, facts) in news {
            self.registers.entry(key.clone()).or_default().extend(facts);
            after.push(Folded::new(key.clone(), self.registers[&key].clone()));
        }
        let all = || before.iter().chain(&after);
        let links = all()
            .flat_map(|folded| &folded.links)
            .map(|link| link.target.clone());
        let targets: BTreeSet<Target> = all()
            .map(|folded| Target::from(&folded.key))
            .chain(links)
            .collect();
        let mut standing: BTreeMap<Target, Folded> = self.others(&targets, &after);
        let old: BTreeMap<Target, Folded> = before
            .into_iter()
            .map(|folded| (Target::from(&folded.key), folded))
            .collect();
        self.count(&targets, &old, &standing, false);
        for (folded, sign) in old
            .values()
            .map(|folded| (folded, -1))
            .chain(after.iter().map(|folded| (folded, 1)))
        {
            for link in &folded.links {
                link::add(
                    self.totals.entry(link.target.clone()).or_default(),
                    link,
                    sign,
                );
            }
        }
        self.totals.retain(|_, totals| !totals.is_empty());
        standing.extend(
            after
                .into_iter()
                .map(|folded| (Target::from(&folded.key), folded)),
        );
        self.count(&targets, &standing, &BTreeMap::new(), true);
    }

    /// Stores every register and reads it back, as a process that ends and begins again does.
    pub(crate) fn restart(&mut self) {
        for (key, register) in &mut self.registers {
            *register = stored::decode(key, &stored::encode(register))
                .expect("what was stored can be read");
        }
    }

    /// Every row, as text, in order; history columns are left out.
    pub(crate) fn dump(&self) -> Vec<String> {
        self.dump_with(&|table, column| !TABLES[table].columns[column].is_history)
    }

    /// Every row, as text, in order, history columns too.
    pub(crate) fn dump_with_history(&self) -> Vec<String> {
        self.dump_with(&|_, _| true)
    }

    fn dump_with(&self, keeps: &dyn Fn(usize, usize) -> bool) -> Vec<String> {
        let mut lines = Vec::new();
        self.each_row(&mut |row| {
            let cells = row.cells.iter().enumerate();
            let kept: Vec<_> = cells
                .filter(|(column, _)| keeps(row.table, *column))
                .map(|(_, cell)| cell)
                .collect();
            lines.push(format!("{} {kept:?}", TABLES[row.table].name));
        });
        lines.sort_unstable();
        lines
    }

    /// The digest of all rows, counted anew.
    pub(crate) fn digest_anew(&self) -> Digest {
        let mut digest = Digest::default();
        self.each_row(&mut |row| digest.add(row));
        digest
    }

    fn each_row(&self, visit: &mut dyn FnMut(&Row<'_>)) {
        let folded: BTreeMap<Target, Folded> = self
            .registers
            .keys()
            .filter_map(|key| Some((Target::from(key), self.folded(key)?)))
            .collect();
        let targets: BTreeSet<&Target> = folded.keys().chain(self.totals.keys()).collect();
        for target in targets {
            rows_under(target, folded.get(target), self.totals.get(target), visit);
        }
    }

    fn folded(&self, key: &ObjectKey) -> Option<Folded> {
        Some(Folded::new(key.clone(), self.registers.get(key)?.clone()))
    }

    /// The objects under those targets that the batch itself does not touch.
    fn others(&self, targets: &BTreeSet<Target>, touched: &[Folded]) -> BTreeMap<Target, Folded> {
        let keys = self
            .registers
            .keys()
            .filter(|key| targets.contains(&Target::from(*key)));
        let untouched = keys.filter(|key| touched.iter().all(|folded| folded.key != **key));
        untouched
            .filter_map(|key| Some((Target::from(key), self.folded(key)?)))
            .collect()
    }

    fn count(
        &mut self,
        targets: &BTreeSet<Target>,
        first: &BTreeMap<Target, Folded>,
        second: &BTreeMap<Target, Folded>,
        is_in: bool,
    ) {
        for target in targets {
            let folded = first.get(target).or_else(|| second.get(target));
            let digest = &mut self.digest;
            rows_under(
                target,
                folded,
                self.totals.get(target),
                &mut |row| match is_in {
                    true => digest.add(row),
                    false => digest.subtract(row),
                },
            );
        }
    }
}

fn rows_under(
    target: &Target,
    folded: Option<&Folded>,
    totals: Option<&Totals>,
    visit: &mut dyn FnMut(&Row<'_>),
) {
    let none = Totals::new();
    let own = folded.map_or_else(Vec::new, |folded| folded.rows(STREAM, target));
    let others = rows_of_target(STREAM, target, folded, totals.unwrap_or(&none));
    own.iter().chain(&others).for_each(visit);
}
