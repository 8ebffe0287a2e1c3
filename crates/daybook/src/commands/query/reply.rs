//! The rows of a query on their way out: gathered into a table for people, told one by one to programs.

use rusqlite::Row;
use rusqlite::types::Value as Cell;
use serde_json::json;

use super::fault;
use crate::failure::Failure;
use crate::listing::Listing;
use crate::shell::Shell;
use crate::standing::Standing;

/// An answer that grows row by row.
pub(super) struct Reply<'s> {
    shell: &'s mut Shell,
    columns: Vec<String>,
    gathered: Vec<Vec<Cell>>,
    count: u64,
}

impl<'s> Reply<'s> {
    /// Before the first row.
    pub(super) fn new(shell: &'s mut Shell, columns: Vec<String>) -> Result<Self, Failure> {
        let reply = Self {
            shell,
            columns,
            gathered: Vec::new(),
            count: 0,
        };
        if reply.shell.is_json() {
            reply.refuse_same_names()?;
            reply.shell.screen.bytes(b"{\"rows\":[")?;
        }
        Ok(reply)
    }

    /// Whether people read it.
    pub(super) fn is_for_people(&self) -> bool {
        !self.shell.is_json()
    }

    /// How many rows it has.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// One more row.
    pub(super) fn add(&mut self, row: &Row<'_>) -> Result<(), Failure> {
        let cells = (0..self.columns.len()).map(|place| row.get(place));
        let cells = cells.collect::<Result<Vec<Cell>, _>>()?;
        self.count += 1;
        if self.is_for_people() {
            self.gathered.push(cells);
            return Ok(());
        }
        if self.count > 1 {
            self.shell.screen.bytes(b",\n")?;
        }
        let object = Listing::new(&self.names(), vec![cells]).first_json();
        self.shell.screen.bytes(object.to_string().as_bytes())
    }

    /// After the last row.
    pub(super) fn end(self, has_more: bool, standing: &Standing) -> Result<(), Failure> {
        if self.is_for_people() {
            let names: Vec<&str> = self.columns.iter().map(String::as_str).collect();
            let listing = Listing::new(&names, self.gathered);
            return self.shell.answer(&[("rows", listing)], standing);
        }
        let end = format!("],\"more\":{has_more},\"stands_on\":{}}}", json!(standing));
        self.shell.screen.line(end)
    }

    fn names(&self) -> Vec<&str> {
        self.columns.iter().map(String::as_str).collect()
    }

    fn refuse_same_names(&self) -> Result<(), Failure> {
        let mut names = self.names();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(fault::same_name(pair[0])),
            None => Ok(()),
        }
    }
}
