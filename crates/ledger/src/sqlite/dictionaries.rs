//! The table of dictionaries: its rows, and bodies packed and unpacked with them. Makes no dictionary, ends no transaction.

use std::ops::ControlFlow;

use rusqlite::{OptionalExtension, Row, params};

use super::file::File;
use super::row;
use crate::{DictionaryInfo, LedgerError};

/// The first format that has dictionaries.
const SINCE_FORMAT: i64 = 2;

impl File {
    /// Every dictionary, in the order of ids.
    pub(super) fn dictionaries(&self) -> Result<Vec<DictionaryInfo>, LedgerError> {
        if !self.has_dictionaries()? {
            return Ok(Vec::new());
        }
        let info = |row: &Row<'_>| -> rusqlite::Result<DictionaryInfo> {
            let bytes = row.get_ref(2)?.as_blob()?;
            let id = row::natural(row, 0)?;
            Ok(DictionaryInfo::new(id, row.get(1)?, bytes))
        };
        let mut dictionaries = Vec::new();
        let sql = "SELECT id, created_us, bytes FROM dictionaries ORDER BY id";
        self.visit_rows(sql, [], |row| {
            dictionaries.push(info(row).map_err(|_| self.altered("a row of dictionaries"))?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(dictionaries)
    }

    /// The id of the newest dictionary; for the writer, whose file is of the newest format.
    pub(super) fn newest_dictionary(&self) -> Result<Option<u64>, LedgerError> {
        self.connection
            .prepare_cached("SELECT id FROM dictionaries ORDER BY id DESC LIMIT 1")
            .and_then(|mut statement| {
                statement
                    .query_row([], |row| row::natural(row, 0))
                    .optional()
            })
            .map_err(self.failed_to("read"))
    }

    /// The bytes of a dictionary, if there is one with that id.
    pub(super) fn dictionary(&self, id: u64) -> Result<Option<Vec<u8>>, LedgerError> {
        let has = self.has_dictionaries()?;
        let Some(id) = i64::try_from(id).ok().filter(|_| has) else {
            return Ok(None);
        };
        self.connection
            .prepare_cached("SELECT bytes FROM dictionaries WHERE id = ?1")
            .and_then(|mut statement| statement.query_row([id], |row| row.get(0)).optional())
            .map_err(self.failed_to("read"))
    }

    /// Writes a dictionary into its row.
    pub(super) fn insert_dictionary(
        &self,
        info: &DictionaryInfo,
        bytes: &[u8],
    ) -> Result<(), LedgerError> {
        let id = i64::try_from(info.id).expect("an id is a positive i64 on disk");
        self.connection
            .prepare_cached("INSERT INTO dictionaries (id, created_us, bytes) VALUES (?1, ?2, ?3)")
            .and_then(|mut statement| statement.execute(params![id, info.created_us, bytes]))
            .map_err(self.failed_to("append to"))
            .and_then(|written| match written {
                1 => Ok(()),
                _ => Err(self.altered("a trigger of dictionaries")),
            })
    }

    /// Packs a body into `packed`; false if it is to be stored as it came.
    pub(super) fn pack(
        &self,
        id: u64,
        body: &[u8],
        packed: &mut Vec<u8>,
    ) -> Result<bool, LedgerError> {
        if !self.make_ready(id)? {
            return Err(self.altered(&format!("dictionary {id}")));
        }
        Ok(self.packing.borrow_mut().pack(id, body, packed))
    }

    /// Unpacks what was stored into `body`; false if it can't be what the ledger stored.
    pub(super) fn unpack(
        &self,
        id: u64,
        stored: &[u8],
        body: &mut Vec<u8>,
    ) -> Result<bool, LedgerError> {
        Ok(self.make_ready(id)? && self.packing.borrow_mut().unpack(id, stored, body))
    }

    /// A dictionary that is there never changes, so it is read once.
    fn make_ready(&self, id: u64) -> Result<bool, LedgerError> {
        if self.packing.borrow().has(id) {
            return Ok(true);
        }
        Ok(match self.dictionary(id)? {
            Some(bytes) => self.packing.borrow_mut().add(id, bytes),
            None => false,
        })
    }

    /// Asked anew each time: another process may carry the file over to a newer format meanwhile.
    fn has_dictionaries(&self) -> Result<bool, LedgerError> {
        Ok(self.pragma("user_version")? >= SINCE_FORMAT)
    }
}
