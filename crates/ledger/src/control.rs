//! The entries that a ledger makes itself, to the byte. They are checked by making them again: no reader of them is
//! needed, and nothing in them is without proof.

use sha2::{Digest, Sha256};
use uuid::Builder;

use crate::{DictionaryInfo, Hash, Kind, NewEntry, Salt, Source, StreamId};

/// The type of the entry with which a stream begins.
pub(crate) const OPENED: &str = "stream.opened";
/// The type of the entry that says that bodies may from now on be compressed with a dictionary.
pub(crate) const ADOPTED: &str = "dictionary.adopted";

/// A control entry that waits for its place.
pub(crate) struct Control {
    type_: &'static str,
    id: String,
    recorded_us: i64,
    body: String,
}

impl Control {
    /// Opens a stream: says which it is, and in which ledger it began. `random` makes the id.
    pub(crate) fn opened(stream: &StreamId, meta: Hash, recorded_us: i64, random: &Salt) -> Self {
        Self::new(OPENED, opened_text(stream, meta), recorded_us, random)
    }

    /// Adopts a dictionary. `random` makes the id.
    pub(crate) fn adopted(
        stream: &StreamId,
        dictionary: &DictionaryInfo,
        recorded_us: i64,
        random: &Salt,
    ) -> Self {
        Self::new(
            ADOPTED,
            adopted_text(stream, dictionary),
            recorded_us,
            random,
        )
    }

    fn new(type_: &'static str, body: String, recorded_us: i64, random: &Salt) -> Self {
        Self {
            type_,
            id: id(recorded_us, random),
            recorded_us,
            body,
        }
    }

    /// The entry to append.
    pub(crate) fn entry<'a>(&'a self, stream: &'a StreamId) -> NewEntry<'a> {
        NewEntry {
            stream,
            kind: Kind::Control,
            id: &self.id,
            type_: self.type_,
            object_id: None,
            api_version: None,
            created_s: 0,
            recorded_us: self.recorded_us,
            // The column has no word for what came from nowhere; this one has stood here since the first format.
            source: Source::Import,
            content_hash: Hash(Sha256::digest(&self.body).into()),
            body: self.body.as_bytes(),
        }
    }
}

/// The body of the entry that opens `stream` in the ledger whose meta has this hash.
pub(crate) fn opened_text(stream: &StreamId, meta: Hash) -> String {
    format!(
        r#"{{"object":"daybook.control","type":"{OPENED}","stream":"{stream}","ledger":"{meta}"}}"#
    )
}

/// The body of the entry with which `stream` adopts a dictionary.
pub(crate) fn adopted_text(stream: &StreamId, dictionary: &DictionaryInfo) -> String {
    let DictionaryInfo { id, hash, .. } = dictionary;
    format!(
        r#"{{"object":"daybook.control","type":"{ADOPTED}","stream":"{stream}","dictionary":{id},"hash":"{hash}"}}"#
    )
}

/// A UUIDv7 of this moment.
fn id(recorded_us: i64, random: &Salt) -> String {
    let millis = u64::try_from(recorded_us).unwrap_or(0) / 1000;
    let random = random
        .first_chunk()
        .expect("a salt has more than ten bytes");
    Builder::from_unix_timestamp_millis(millis, random)
        .into_uuid()
        .to_string()
}
