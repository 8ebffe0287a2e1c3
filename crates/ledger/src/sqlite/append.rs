//! A batch inside its transaction: what each entry is, where it goes. Opens and ends no transaction.

use std::collections::BTreeMap;

use rusqlite::params;

use super::file::File;
use super::row;
use crate::{Hash, Head, LedgerError, NewEntry, Outcome, Role, Salt, StreamId};

/// The heads as the batch moves them on; right only while the transaction holds the write lock.
pub(super) struct Batch<'a> {
    file: &'a File,
    heads: BTreeMap<&'a StreamId, Head>,
}

/// An entry in the log with the id of one to be appended.
struct Earlier {
    seq: u64,
    content_hash: Hash,
    api_version: Option<String>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(file: &'a File) -> Self {
        Self {
            file,
            heads: BTreeMap::new(),
        }
    }

    /// Appends in the order given, so that an entry meets those before it in its own batch.
    pub(super) fn append(
        mut self,
        batch: &[NewEntry<'a>],
        salts: &[Salt],
    ) -> Result<Vec<Outcome>, LedgerError> {
        batch
            .iter()
            .zip(salts)
            .map(|(new, &salt)| self.append_one(new, salt))
            .collect()
    }

    fn append_one(&mut self, new: &NewEntry<'a>, salt: Salt) -> Result<Outcome, LedgerError> {
        let earlier = self
            .earlier(new)
            .map_err(self.file.failed_to("append to"))?;
        if let Some(same) = earlier
            .iter()
            .find(|entry| entry.content_hash == new.content_hash)
        {
            self.count_duplicate(new)
                .map_err(self.file.failed_to("append to"))?;
            return Ok(Outcome::Duplicate { seq: same.seq });
        }
        let role = Role::after(
            new.api_version,
            earlier.iter().map(|entry| entry.api_version.as_deref()),
        );
        let head = self.head(new.stream)?;
        let entry = new.seal(head.seq + 1, role, salt, head.hash);
        (head.seq, head.hash) = (entry.seq, entry.chain_hash);
        self.file
            .connection
            .prepare_cached(row::INSERT)
            .and_then(|mut statement| row::insert(&mut statement, &entry))
            .map_err(self.file.failed_to("append to"))?;
        Ok(Outcome::Appended {
            seq: entry.seq,
            role,
        })
    }

    fn head(&mut self, stream: &'a StreamId) -> Result<&mut Head, LedgerError> {
        if !self.heads.contains_key(stream) {
            self.heads.insert(stream, self.file.head(stream)?);
        }
        Ok(self
            .heads
            .get_mut(stream)
            .expect("it was put there if it was missing"))
    }

    fn earlier(&self, new: &NewEntry<'_>) -> rusqlite::Result<Vec<Earlier>> {
        let sql = "SELECT seq, content_hash, api_version FROM entries \
                   INDEXED BY entries_by_id WHERE stream = ?1 AND id = ?2";
        let mut statement = self.file.connection.prepare_cached(sql)?;
        let entries = statement.query_map(params![new.stream.as_str(), new.id], |row| {
            Ok(Earlier {
                seq: row::natural(row, 0)?,
                content_hash: Hash(row.get(1)?),
                api_version: row.get(2)?,
            })
        })?;
        entries.collect()
    }

    fn count_duplicate(&self, new: &NewEntry<'_>) -> rusqlite::Result<()> {
        let sql = "INSERT INTO duplicates (stream, id, content_hash, count) VALUES (?1, ?2, ?3, 1) \
                   ON CONFLICT DO UPDATE SET count = count + 1";
        let key = params![new.stream.as_str(), new.id, new.content_hash.0];
        self.file
            .connection
            .prepare_cached(sql)?
            .execute(key)
            .map(drop)
    }
}
