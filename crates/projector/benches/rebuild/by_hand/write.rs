//! The rows of every table, in the order of their keys.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::path::Path;

use rusqlite::Connection;

use super::billing::{write_customer, write_invoice, write_payment, write_subscription};
use super::company::{Company, State, States};
use super::link::{Link, links};
use super::movements::{
    write_balance, write_charge, write_payout, write_refund, write_transaction,
};
use super::row::Tables;

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
    let tables_of = &mut tables;
    each(&company.balances, |id, state| {
        write_balance(tables_of, stream, id, state)
    })?;
    each(&company.balance_transactions, |id, state| {
        write_transaction(tables_of, stream, id, state)
    })?;
    each(&company.charges, |id, state| {
        write_charge(tables_of, stream, id, state)
    })?;
    each(&company.customers, |id, state| {
        write_customer(tables_of, stream, id, state)
    })?;
    each(&company.invoices, |id, state| {
        write_invoice(tables_of, stream, id, state)
    })?;
    each(&company.invoice_payments, |id, state| {
        write_payment(tables_of, stream, id, state)
    })?;
    each(&company.payouts, |id, state| {
        write_payout(tables_of, stream, id, state)
    })?;
    each(&company.refunds, |id, state| {
        write_refund(tables_of, stream, id, state)
    })?;
    each(&company.subscriptions, |id, state| {
        write_subscription(tables_of, stream, id, state)
    })?;
    write_links(tables_of, stream, &links(company))?;
    write_activity(tables_of, stream, company)?;
    drop(tables);
    connection.execute_batch("COMMIT")?;
    connection.close().map_err(|(_, error)| error)?;
    File::open(path)?.sync_all()?;
    Ok(())
}

fn each<'s, 'a, T>(
    states: &'s States<'a, T>,
    mut write: impl FnMut(&str, &'s State<'a, T>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut sorted: Vec<_> = states.iter().collect();
    sorted.sort_unstable_by_key(|(id, _)| *id);
    sorted
        .into_iter()
        .try_for_each(|(id, state)| write(id, state))
}

/// Links as they are, then what they add up to: they are sorted by what they add up under.
fn write_links(tables: &mut Tables<'_>, stream: &str, links: &[Link<'_>]) -> rusqlite::Result<()> {
    let mut totals: BTreeMap<_, (i64, i64)> = BTreeMap::new();
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
    for ((target_type, target_id, relation, currency), (count, amount)) in totals {
        let mut row = tables.row("totals", stream, target_type)?;
        row.bind(target_id)?;
        row.bind(relation)?;
        row.bind(currency)?;
        row.bind(count)?;
        row.bind(amount)?;
        row.run()?;
    }
    Ok(())
}

fn write_activity(
    tables: &mut Tables<'_>,
    stream: &str,
    company: &Company<'_>,
) -> rusqlite::Result<()> {
    let mut sums: BTreeMap<_, [i64; 4]> = BTreeMap::new();
    for state in company.balance_transactions.values() {
        let one = &state.object;
        let key = (
            one.currency.text().unwrap_or(""),
            one.balance_type.text().unwrap_or("payments"),
            one.reporting_category.text().unwrap_or(""),
            one.available_on.value().copied().unwrap_or(0),
        );
        let parts =
            [&one.amount, &one.fee, &one.net].map(|part| part.value().copied().unwrap_or(0));
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
