//! The table of dictionaries: its rows, and bodies packed and unpacked with them. Makes no dictionary, ends no transaction.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use rusqlite::{OptionalExtension, Row, params};

use super::file::File;
use super::{packing, row};
use crate::{DictionaryInfo, LedgerError, Stored};

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

    /// What is stored with each dictionary, and under none what is stored as it came. `seen` is told each row.
    pub(super) fn stored(
        &self,
        seen: &mut dyn FnMut(),
    ) -> Result<BTreeMap<Option<u64>, Stored>, LedgerError> {
        let sql = "SELECT dictionary_id, length(body), substr(body, 1, ?1) FROM entries WHERE body IS NOT NULL";
        let cells = |row: &Row<'_>| -> rusqlite::Result<_> {
            let id = row.get::<_, Option<i64>>(0)?;
            let stored_bytes = row::natural(row, 1)?;
            let body_bytes = match id {
                Some(_) => packing::body_bytes(row.get_ref(2)?.as_blob()?),
                None => Some(stored_bytes),
            };
            Ok((id, stored_bytes, body_bytes.unwrap_or(0)))
        };
        let mut stored = BTreeMap::new();
        self.visit_rows(sql, [packing::HEADER_BYTES_MAX], |row| {
            let (id, stored_bytes, body_bytes) = cells(row).map_err(self.failed_to("read"))?;
            let of_one: &mut Stored = stored
                .entry(id.and_then(|id| u64::try_from(id).ok()))
                .or_default();
            of_one.entries += 1;
            of_one.stored_bytes += stored_bytes;
            of_one.body_bytes += body_bytes;
            seen();
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(stored)
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
