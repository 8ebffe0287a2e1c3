//! The rows of every table, in the order of their keys.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::path::Path;

use facts::objects;
use facts::objects::balance_transaction::{
    AMOUNT_MINOR, AVAILABLE_S, BALANCE_TYPE, CURRENCY, FEE_MINOR, NET_MINOR, REPORTING_CATEGORY,
};
use rusqlite::Connection;

use super::company::Company;
use super::link::{Link, links};
use super::row::Tables;
use super::wanted::wanted;

/// How many links, and the sum of their amounts, by target, relation and currency.
pub(crate) type Totals<'s> = BTreeMap<(&'static str, &'s str, &'static str, &'s str), (i64, i64)>;

const TABLES: &str = include_str!("../../../../../schema/book/tables.sql");

/// Writes all rows with the settings that a rebuild has, and syncs the file as it does.
pub(crate) fn write(
    company: &Company<'_>,
    stream: &str,
    path: &Path,
) -> Result<(), Box<dyn Error>> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
         PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536; BEGIN",
    )?;
    connection.execute_batch(TABLES)?;
    let mut tables = Tables::new(&connection)?;
    for schema in objects::ALL {
        let mut states: Vec<_> = company.of(schema.object).iter().collect();
        states.sort_unstable_by_key(|(id, _)| *id);
        let plan = &company.plans[schema.object];
        for (id, state) in states {
            tables.write_object(plan, stream, id, state)?;
        }
    }
    let links = links(company);
    let totals = write_links(&mut tables, stream, &links)?;
    for (kind, id, reason) in wanted(company, &totals) {
        let mut row = tables.row("wanted", stream, kind)?;
        row.bind(id)?;
        row.bind(reason)?;
        row.bind(0)?;
        row.run()?;
    }
    write_activity(&mut tables, stream, company)?;
    drop(tables);
    connection.execute_batch("COMMIT")?;
    connection.close().map_err(|(_, error)| error)?;
    File::open(path)?.sync_all()?;
    Ok(())
}

/// Links as they are, then what they add up to: they are sorted by what they add up under.
fn write_links<'s>(
    tables: &mut Tables<'_>,
    stream: &str,
    links: &[Link<'s>],
) -> rusqlite::Result<Totals<'s>> {
    let mut totals = Totals::new();
    for link in links {
        let mut row = tables.row("links", stream, link.target_type)?;
        row.bind(link.target_id)?;
        row.bind(link.relation)?;
        row.bind(link.source_type)?;
        row.bind(link.source_id)?;
        row.bind(link.currency)?;
        row.bind(link.amount_minor)?;
        row.run()?;
        let key = (
            link.target_type,
            link.target_id,
            link.relation,
            link.currency,
        );
        let (count, amount) = totals.entry(key).or_default();
        *count += 1;
        *amount += link.amount_minor;
    }
    for ((target_type, target_id, relation, currency), (count, amount)) in &totals {
        let mut row = tables.row("totals", stream, target_type)?;
        row.bind(target_id)?;
        row.bind(relation)?;
        row.bind(currency)?;
        row.bind(count)?;
        row.bind(amount)?;
        row.run()?;
    }
    Ok(totals)
}

fn write_activity(
    tables: &mut Tables<'_>,
    stream: &str,
    company: &Company<'_>,
) -> rusqlite::Result<()> {
    let mut sums: BTreeMap<_, [i64; 4]> = BTreeMap::new();
    for state in company.of("balance_transaction").values() {
        let one = &state.values;
        let text = |place: usize| one[place].text();
        let int = |place: usize| one[place].int().unwrap_or(0);
        let key = (
            text(CURRENCY).unwrap_or(""),
            text(BALANCE_TYPE).unwrap_or("payments"),
            text(REPORTING_CATEGORY).unwrap_or(""),
            int(AVAILABLE_S),
        );
        let parts = [int(AMOUNT_MINOR), int(FEE_MINOR), int(NET_MINOR)];
        let sum = sums.entry(key).or_default();
        sum[0] += 1;
        sum[1..]
            .iter_mut()
            .zip(parts)
            .for_each(|(sum, part)| *sum += part);
    }
    for ((currency, balance_type, category, available_s), sums) in sums {
        let mut row = tables.row("balance_activity", stream, currency)?;
        row.bind(balance_type)?;
        row.bind(category)?;
        row.bind(available_s)?;
        sums.iter().try_for_each(|sum| row.bind(sum))?;
        row.run()?;
    }
    Ok(())
}
