//! The committed SQL is what the fold's descriptors give, and its views can be read.

use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs};

use book::TABLES;
use book::table::{Column, Table};

#[test]
fn committed_tables_are_those_of_the_fold() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schema/book/tables.sql");
    let expected = tables_sql();
    if env::var_os("DAYBOOK_BLESS").is_some() {
        fs::write(&path, &expected).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(
        committed == expected,
        "schema/book/tables.sql is not what book::TABLES gives; renew it with `just bless`"
    );
}

fn tables_sql() -> String {
    let mut sql = String::from(
        "-- The tables of a book, written from the fold's own list; `just bless` renews this file.\n\
         --\n\
         -- Every column is marked S (state: the same for the same set of entries, whatever their order; in the digest)\n\
         -- or H (history: when something was learned; depends on the order of the log). Names end in their unit:\n\
         -- `_minor` minor units of the row's currency, `_s` Unix seconds. Flags are 0 and 1.\n",
    );
    for table in TABLES.iter() {
        write_table(&mut sql, table);
    }
    sql
}

fn write_table(sql: &mut String, table: &Table) {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    write!(sql, "\n-- {}\nCREATE TABLE {} (\n", table.doc, table.name).unwrap();
    for (place, column) in table.columns.iter().enumerate() {
        write_column(sql, column, place < table.key);
    }
    let key = names[..table.key].join(", ");
    write!(sql, "    PRIMARY KEY ({key})\n) STRICT, WITHOUT ROWID;\n").unwrap();
}

fn write_column(sql: &mut String, column: &Column, is_key: bool) {
    let kind = if column.is_text { "TEXT" } else { "INTEGER" };
    let null = if is_key { " NOT NULL" } else { "" };
    let mark = if column.is_history { 'H' } else { 'S' };
    let Column { name, doc, .. } = column;
    writeln!(sql, "    {name} {kind}{null}, -- {mark}: {doc}").unwrap();
}
