//! Rows to entries and back, column by column. A cell that no ledger writes is a fault of its entry.

use rusqlite::types::ValueRef;
use rusqlite::{Row, params};

use super::file::File;
use crate::{EntryRef, Fault, Hash, Head, Kind, LedgerError, Role, SALT_BYTES, Source, StreamId};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT seq, kind, id, type, object_id, api_version, created_s, recorded_us, source, ",
            "content_hash, role, commitment, chain_hash, dictionary_id, salt, body FROM entries INDEXED BY ",
            $rest
        )
    };
}

/// Stream, first seq, last seq.
pub(super) const SELECT_RANGE: &str =
    select!("entries_by_seq WHERE stream = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq");
/// Stream, id.
pub(super) const SELECT_ID: &str =
    select!("entries_by_id WHERE stream = ?1 AND id = ?2 ORDER BY seq");
/// Stream, type.
pub(super) const SELECT_CONTROLS: &str =
    select!("entries_of_control WHERE stream = ?1 AND kind = 'control' AND type = ?2 ORDER BY seq");
/// Stream, type, first seq, last seq: the index alone answers it.
pub(super) const SELECT_CONTROL_SEQS: &str = "SELECT seq FROM entries INDEXED BY entries_of_control \
     WHERE stream = ?1 AND kind = 'control' AND type = ?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq";
/// Stream.
pub(super) const SELECT_HEAD: &str = "SELECT seq, chain_hash FROM entries \
     INDEXED BY entries_by_seq WHERE stream = ?1 ORDER BY seq DESC LIMIT 1";

/// Every column of an entry, in the order of [`insert`]. It fails rather than aborts, which would need copies of the pages it
/// touches: whatever fails, the whole transaction is rolled back.
pub(super) const INSERT: &str = "INSERT OR FAIL INTO entries (stream, seq, kind, id, type, object_id, api_version, \
     created_s, recorded_us, source, content_hash, role, commitment, chain_hash, dictionary_id, salt, body) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)";

/// Writes an entry with a prepared [`INSERT`]; its body as it is to be stored.
pub(super) fn insert(
    statement: &mut rusqlite::Statement<'_>,
    entry: &EntryRef<'_>,
) -> rusqlite::Result<()> {
    let written = statement.execute(params![
        entry.stream.as_str(),
        i64::try_from(entry.seq).expect("a seq is a positive i64 on disk"),
        entry.kind.as_str(),
        entry.id,
        entry.type_,
        entry.object_id,
        entry.api_version,
        entry.created_s,
        entry.recorded_us,
        entry.source.as_str(),
        entry.content_hash.0,
        entry.role.as_str(),
        entry.commitment.0,
        entry.chain_hash.0,
        entry
            .dictionary_id
            .map(|id| i64::try_from(id).expect("an id is a positive i64 on disk")),
        entry.salt,
        entry.body,
    ])?;
    match written {
        1 => Ok(()),
        // A trigger of someone else's may swallow an insert without an error.
        _ => Err(rusqlite::Error::StatementChangedRows(written)),
    }
}

/// The entry in a row of [`SELECT_RANGE`] or [`SELECT_ID`], borrowed from it; its body, if packed, from `unpacked`.
pub(super) fn entry<'a>(
    file: &File,
    stream: &'a StreamId,
    row: &'a Row<'_>,
    unpacked: &'a mut Vec<u8>,
) -> Result<EntryRef<'a>, LedgerError> {
    let cells = Cells {
        stream,
        seq: seq(stream, row)?,
        row,
    };
    let dictionary_id = cells.id_or_null(13, "dictionary_id")?;
    let stored = cells.bytes_or_null(15, "body")?;
    let body = match (dictionary_id, stored) {
        (Some(dictionary_id), Some(stored)) => {
            if !file.unpack(dictionary_id, stored, unpacked)? {
                return Err(cells.faulty(Fault::Packed { dictionary_id }));
            }
            Some(unpacked.as_slice())
        }
        // Where the body is erased, so is the dictionary.
        (Some(_), None) => return Err(cells.unreadable("dictionary_id")),
        (None, stored) => stored,
    };
    Ok(EntryRef {
        stream,
        seq: cells.seq,
        kind: Kind::parse(cells.text(1, "kind")?).ok_or_else(|| cells.unreadable("kind"))?,
        id: cells.text(2, "id")?,
        type_: cells.text(3, "type")?,
        object_id: cells.text_or_null(4, "object_id")?,
        api_version: cells.text_or_null(5, "api_version")?,
        created_s: cells.integer(6, "created_s")?,
        recorded_us: cells.integer(7, "recorded_us")?,
        source: Source::parse(cells.text(8, "source")?)
            .ok_or_else(|| cells.unreadable("source"))?,
        content_hash: cells.hash(9, "content_hash")?,
        role: Role::parse(cells.text(10, "role")?).ok_or_else(|| cells.unreadable("role"))?,
        commitment: cells.hash(11, "commitment")?,
        chain_hash: cells.hash(12, "chain_hash")?,
        salt: cells
            .bytes_or_null(14, "salt")?
            .map(|salt| cells.array::<SALT_BYTES>(salt, "salt"))
            .transpose()?,
        dictionary_id,
        body,
    })
}

/// The head in a row of [`SELECT_HEAD`].
pub(super) fn head(stream: &StreamId, row: &Row<'_>) -> Result<Head, LedgerError> {
    let cells = Cells {
        stream,
        seq: seq(stream, row)?,
        row,
    };
    Ok(Head {
        stream: stream.clone(),
        seq: cells.seq,
        hash: cells.hash(1, "chain_hash")?,
    })
}

/// The number in the first column.
pub(super) fn seq(stream: &StreamId, row: &Row<'_>) -> Result<u64, LedgerError> {
    let unreadable = Cells {
        stream,
        seq: 0,
        row,
    }
    .unreadable("seq");
    natural(row, 0).map_err(|_| unreadable)
}

/// A column that is never negative.
pub(super) fn natural(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}

/// A row being read, with what its faults are called by.
struct Cells<'a, 'r> {
    stream: &'a StreamId,
    seq: u64,
    row: &'a Row<'r>,
}

impl<'a> Cells<'a, '_> {
    fn value(&self, index: usize) -> ValueRef<'a> {
        self.row
            .get_ref(index)
            .expect("the index is one of the selected columns")
    }

    fn unreadable(&self, column: &'static str) -> LedgerError {
        self.faulty(Fault::Unreadable { column })
    }

    fn faulty(&self, fault: Fault) -> LedgerError {
        LedgerError::Faulty {
            stream: self.stream.clone(),
            seq: self.seq,
            fault,
        }
    }

    fn text(&self, index: usize, column: &'static str) -> Result<&'a str, LedgerError> {
        self.value(index)
            .as_str()
            .map_err(|_| self.unreadable(column))
    }

    fn text_or_null(
        &self,
        index: usize,
        column: &'static str,
    ) -> Result<Option<&'a str>, LedgerError> {
        self.value(index)
            .as_str_or_null()
            .map_err(|_| self.unreadable(column))
    }

    fn integer(&self, index: usize, column: &'static str) -> Result<i64, LedgerError> {
        self.value(index)
            .as_i64()
            .map_err(|_| self.unreadable(column))
    }

    fn id_or_null(&self, index: usize, column: &'static str) -> Result<Option<u64>, LedgerError> {
        let value = self
            .value(index)
            .as_i64_or_null()
            .map_err(|_| self.unreadable(column))?;
        value
            .map(|id| u64::try_from(id).map_err(|_| self.unreadable(column)))
            .transpose()
    }

    fn bytes_or_null(
        &self,
        index: usize,
        column: &'static str,
    ) -> Result<Option<&'a [u8]>, LedgerError> {
        self.value(index)
            .as_blob_or_null()
            .map_err(|_| self.unreadable(column))
    }

    fn hash(&self, index: usize, column: &'static str) -> Result<Hash, LedgerError> {
        let bytes = self
            .value(index)
            .as_blob()
            .map_err(|_| self.unreadable(column))?;
        self.array(bytes, column).map(Hash)
    }

    fn array<const N: usize>(
        &self,
        bytes: &[u8],
        column: &'static str,
    ) -> Result<[u8; N], LedgerError> {
        bytes.try_into().map_err(|_| self.unreadable(column))
    }
}
