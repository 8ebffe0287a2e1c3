//! A batch inside its transaction: what each entry is, where it goes, how its body is stored. Opens and ends no transaction.

use std::collections::BTreeMap;

use rusqlite::params;

use super::file::File;
use super::row;
use crate::control::Control;
use crate::tally::Tally;
use crate::{
    Dictionary, DictionaryInfo, EntryRef, Hash, Head, Kind, LedgerError, NewEntry, Outcome, Role,
    Salt, StreamId, salt,
};

/// The heads as the batch moves them on; right only while the transaction holds the write lock.
pub(super) struct Batch<'f> {
    file: &'f File,
    heads: BTreeMap<StreamId, Head>,
    /// What it has put into each stream.
    tallies: BTreeMap<StreamId, Tally>,
    /// The newest dictionary, which every stream with an entry has adopted.
    dictionary_id: Option<u64>,
    packed: Vec<u8>,
}

/// An entry in the log with the id of one to be appended.
struct Earlier {
    seq: u64,
    content_hash: Hash,
    api_version: Option<String>,
}

impl<'f> Batch<'f> {
    pub(super) fn new(file: &'f File) -> Result<Self, LedgerError> {
        Ok(Self {
            file,
            heads: BTreeMap::new(),
            tallies: BTreeMap::new(),
            dictionary_id: file.newest_dictionary()?,
            packed: Vec::new(),
        })
    }

    /// Does `work`, and then adds to the tallies what it has put into the log.
    pub(super) fn complete<T>(
        mut self,
        work: impl FnOnce(&mut Self) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let done = work(&mut self)?;
        for (stream, tally) in &self.tallies {
            tally
                .rows(stream)
                .iter()
                .try_for_each(|row| self.file.add_to_tally(row))?;
        }
        Ok(done)
    }

    /// Appends in the order given, so that an entry meets those before it in its own batch.
    pub(super) fn append(
        &mut self,
        batch: &[NewEntry<'_>],
        salts: &[Salt],
    ) -> Result<Vec<Outcome>, LedgerError> {
        batch
            .iter()
            .zip(salts)
            .map(|(new, &salt)| self.append_one(new, salt))
            .collect()
    }

    /// Opens a stream if it has no entry; whether it did.
    pub(super) fn open_stream(
        &mut self,
        stream: &StreamId,
        meta: Hash,
        recorded_us: i64,
    ) -> Result<bool, LedgerError> {
        if self.head(stream)?.seq != 0 {
            return Ok(false);
        }
        let [id, salt] = draw()?;
        let opening = Control::opened(stream, meta, recorded_us, &id);
        self.put(&opening.entry(stream), Role::Original, salt)?;
        self.adopt_all(stream, recorded_us)?;
        Ok(true)
    }

    /// Adds a dictionary, and has every stream adopt it.
    pub(super) fn add_dictionary(
        &mut self,
        dictionary: &Dictionary,
        recorded_us: i64,
    ) -> Result<DictionaryInfo, LedgerError> {
        let id = self.dictionary_id.unwrap_or(0) + 1;
        let info = DictionaryInfo::new(id, recorded_us, dictionary.bytes());
        self.file.insert_dictionary(&info, dictionary.bytes())?;
        self.dictionary_id = Some(id);
        let mut after = String::new();
        while let Some(stream) = self.file.next_stream(&after)? {
            self.adopt(&stream, &info, recorded_us)?;
            after = stream.as_str().to_owned();
        }
        Ok(info)
    }

    fn append_one(&mut self, new: &NewEntry<'_>, salt: Salt) -> Result<Outcome, LedgerError> {
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
        if self.head(new.stream)?.seq == 0 {
            self.adopt_all(new.stream, new.recorded_us)?;
        }
        let seq = self.put(new, role, salt)?;
        Ok(Outcome::Appended { seq, role })
    }

    fn adopt_all(&mut self, stream: &StreamId, recorded_us: i64) -> Result<(), LedgerError> {
        if self.dictionary_id.is_none() {
            return Ok(());
        }
        let dictionaries = self.file.dictionaries()?;
        dictionaries
            .iter()
            .try_for_each(|dictionary| self.adopt(stream, dictionary, recorded_us))
    }

    fn adopt(
        &mut self,
        stream: &StreamId,
        dictionary: &DictionaryInfo,
        recorded_us: i64,
    ) -> Result<(), LedgerError> {
        let [id, salt] = draw()?;
        let adoption = Control::adopted(stream, dictionary, recorded_us, &id);
        self.put(&adoption.entry(stream), Role::Original, salt)
            .map(drop)
    }

    /// Gives an entry the next place of its stream; that seq.
    fn put(&mut self, new: &NewEntry<'_>, role: Role, salt: Salt) -> Result<u64, LedgerError> {
        let head = self.head(new.stream)?;
        let mut entry = new.seal(head.seq + 1, role, salt, head.hash);
        (head.seq, head.hash) = (entry.seq, entry.chain_hash);
        // What says with what bodies are stored, and in which file, is stored as it is.
        if let Some(id) = self.dictionary_id.filter(|_| new.kind != Kind::Control)
            && self.file.pack(id, new.body, &mut self.packed)?
        {
            entry = EntryRef {
                dictionary_id: Some(id),
                body: Some(&self.packed),
                ..entry
            };
        }
        self.file
            .connection
            .prepare_cached(row::INSERT)
            .and_then(|mut statement| row::insert(&mut statement, &entry))
            .map_err(self.file.failed_to("append to"))?;
        let seq = entry.seq;
        self.tally(new);
        Ok(seq)
    }

    fn tally(&mut self, new: &NewEntry<'_>) {
        if !self.tallies.contains_key(new.stream) {
            self.tallies.insert(new.stream.clone(), Tally::default());
        }
        self.tallies
            .get_mut(new.stream)
            .expect("it was put there if it was missing")
            .count(new.kind, new.type_, new.api_version);
    }

    fn head(&mut self, stream: &StreamId) -> Result<&mut Head, LedgerError> {
        if !self.heads.contains_key(stream) {
            self.heads.insert(stream.clone(), self.file.head(stream)?);
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

/// Random bytes for the id of a control entry, and its salt.
fn draw() -> Result<[Salt; 2], LedgerError> {
    let salts = salt::draw(2)?;
    Ok([salts[0], salts[1]])
}
