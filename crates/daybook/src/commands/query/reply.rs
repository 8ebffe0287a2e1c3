//! The rows of a query on their way out: gathered into one table for people, told piece by piece to programs.

use rusqlite::Row;
use rusqlite::types::Value as Cell;
use serde_json::json;

use super::fault;
use crate::aside;
use crate::failure::Failure;
use crate::listing::Listing;
use crate::sheet;
use crate::shell::Shell;
use crate::standing::Standing;

/// Rows that are told at once.
const PIECE: usize = 1_000;

/// An answer that grows row by row.
pub(super) struct Reply<'s> {
    shell: &'s mut Shell,
    columns: Vec<String>,
    /// Rows that are not told yet.
    rows: Vec<Vec<Cell>>,
    count: u64,
}

impl<'s> Reply<'s> {
    /// Before the first row.
    pub(super) fn new(shell: &'s mut Shell, columns: Vec<String>) -> Result<Self, Failure> {
        if shell.is_json() {
            refuse_same_names(&columns)?;
            shell.screen.bytes(b"{\"rows\":[")?;
        } else if shell.is_csv() {
            shell.screen.bytes(&sheet::csv(&columns, &[]))?;
        }
        let rows = Vec::new();
        Ok(Self {
            shell,
            columns,
            rows,
            count: 0,
        })
    }

    /// Whether people read it.
    pub(super) fn is_for_people(&self) -> bool {
        self.shell.is_for_people()
    }

    /// How many rows it has.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// One more row.
    pub(super) fn add(&mut self, row: &Row<'_>) -> Result<(), Failure> {
        let cells = (0..self.columns.len()).map(|place| row.get(place));
        self.rows.push(cells.collect::<Result<_, _>>()?);
        self.count += 1;
        if self.rows.len() == PIECE && !self.is_for_people() {
            self.tell()?;
        }
        Ok(())
    }

    /// After the last row.
    pub(super) fn end(mut self, has_more: bool, standing: &Standing) -> Result<(), Failure> {
        self.tell()?;
        if self.shell.is_json() {
            let end = format!("],\"more\":{has_more},\"stands_on\":{}}}", json!(standing));
            return self.shell.screen.line(end);
        }
        if self.shell.is_csv() {
            self.shell.screen.flush()?;
            aside::note(&standing.line());
            return Ok(());
        }
        self.shell.screen.line(standing.line())
    }

    fn tell(&mut self) -> Result<(), Failure> {
        let rows = std::mem::take(&mut self.rows);
        let told = rows.len() as u64;
        if self.shell.is_csv() {
            return self.shell.screen.bytes(&sheet::records(&rows));
        }
        let names: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        let listing = Listing::new(&names, rows);
        if self.is_for_people() {
            return self.shell.screen.line(listing.text());
        }
        let array = listing.json().to_string();
        let objects = array.trim_start_matches('[').trim_end_matches(']');
        let is_first = self.count == told;
        let comma = if is_first || told == 0 { "" } else { ",\n" };
        self.shell
            .screen
            .bytes(format!("{comma}{objects}").as_bytes())
    }
}

/// Two members of one name have no place in a JSON object.
fn refuse_same_names(columns: &[String]) -> Result<(), Failure> {
    let mut names: Vec<&String> = columns.iter().collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(fault::same_name(pair[0])),
        None => Ok(()),
    }
}
