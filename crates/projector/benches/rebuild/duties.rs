//! What each duty of a rebuild costs on one thread, measured one after the other over the whole log.
//!
//! The duties are the fold's own functions; what the rebuild spends beside them is its writing.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use book::{Digest, Folded, Link, Register, Target, Totals, link, row, stored};
use facts::{EntryText, Fact, ObjectKey};
use ledger::{Kind, Log};
use rusqlite::{Connection, params};

use crate::load::Load;
use crate::stopwatch::Stopwatch;

/// The CPU's time for each duty, by name.
pub(crate) type Costs = Vec<(&'static str, Duration)>;

/// Does everything that a rebuild does but write rows; gives the costs, and that of writing the registers.
pub(crate) fn measure(load: &Load, scratch: &Path) -> Result<(Costs, Duration), Box<dyn Error>> {
    let mut costs = Costs::new();
    let watch = Stopwatch::start()?;
    visit(load, &mut |_| ())?;
    let read = watch.cpu()?;
    costs.push(("read", read));

    let mut facts = Vec::new();
    let watch = Stopwatch::start()?;
    visit(load, &mut |entry| facts.extend(facts::read(entry).facts))?;
    costs.push(("decode", watch.cpu()?.saturating_sub(read)));

    let watch = Stopwatch::start()?;
    let registers = join(facts);
    costs.push(("register", watch.cpu()?));

    let watch = Stopwatch::start()?;
    let places = resolve(registers);
    costs.push(("resolve and link", watch.cpu()?));

    let watch = Stopwatch::start()?;
    let stream = load.stream.as_str();
    let rows: Vec<_> = places
        .iter()
        .flat_map(|(target, place)| place.rows(stream, target))
        .collect();
    costs.push(("rows", watch.cpu()?));

    let watch = Stopwatch::start()?;
    let mut digest = Digest::default();
    rows.iter().for_each(|row| digest.add(row));
    costs.push(("digest", watch.cpu()?));

    let watch = Stopwatch::start()?;
    write_registers(&places, scratch)?;
    Ok((costs, watch.cpu()?))
}

fn visit(load: &Load, read: &mut dyn FnMut(&EntryText<'_>)) -> Result<(), Box<dyn Error>> {
    load.ledger.read(&load.stream, 1..=u64::MAX, &mut |entry| {
        read(&EntryText {
            kind: match entry.kind {
                Kind::Event => facts::Kind::Event,
                Kind::Notification => facts::Kind::Notification,
                Kind::Observation => facts::Kind::Observation,
                Kind::Control => facts::Kind::Control,
            },
            id: entry.id,
            type_: entry.type_,
            api_version: entry.api_version,
            created_s: entry.created_s,
            seq: entry.seq,
            body: entry.body.unwrap_or_default(),
        });
        ControlFlow::Continue(())
    })?;
    Ok(())
}

fn join(facts: Vec<Fact>) -> HashMap<ObjectKey, Register> {
    let mut by_object: HashMap<ObjectKey, Vec<Fact>> = HashMap::new();
    for fact in facts {
        by_object
            .entry(fact.object().clone())
            .or_default()
            .push(fact);
    }
    let register = |(key, facts)| {
        let mut register = Register::default();
        register.extend(facts);
        (key, register)
    };
    by_object.into_iter().map(register).collect()
}

/// What stands under one id.
#[derive(Default)]
struct Place {
    folded: Option<Folded>,
    links: Vec<Link>,
    totals: Totals,
}

impl Place {
    fn rows<'p>(&'p self, stream: &'p str, target: &'p Target) -> Vec<book::Row<'p>> {
        let folded = self.folded.as_ref();
        let mut rows = book::rows_of_target(stream, target, folded, &self.totals);
        rows.extend(
            folded
                .iter()
                .flat_map(|one| one.rows_but_links(stream, target)),
        );
        rows.extend(self.links.iter().map(|link| row::of_link(stream, link)));
        rows
    }
}

fn resolve(registers: HashMap<ObjectKey, Register>) -> BTreeMap<Target, Place> {
    let mut places: BTreeMap<Target, Place> = BTreeMap::new();
    for (key, register) in registers {
        let folded = Folded::new(key, register);
        for link in folded.links.clone() {
            let place = places.entry(link.target.clone()).or_default();
            link::add(&mut place.totals, &link, 1);
            place.links.push(link);
        }
        let target = Target::from(&folded.key);
        places.entry(target).or_default().folded = Some(folded);
    }
    places
}

fn write_registers(places: &BTreeMap<Target, Place>, scratch: &Path) -> Result<(), Box<dyn Error>> {
    let connection = Connection::open(scratch)?;
    connection.execute_batch(
        "PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;
         CREATE TABLE registers (object TEXT, id TEXT, register BLOB, PRIMARY KEY (object, id)) WITHOUT ROWID",
    )?;
    let mut insert = connection.prepare("INSERT INTO registers VALUES (?1, ?2, ?3)")?;
    for folded in places.values().filter_map(|place| place.folded.as_ref()) {
        let bytes = stored::encode(&folded.register);
        insert.execute(params![folded.key.schema.object, folded.key.id, bytes])?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(())
}
