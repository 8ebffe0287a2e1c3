//! The chain's formulas, final since format 1. Pure: no storage, no randomness.
//!
//! h(0) = SHA-256(tag, stream); h(n) = SHA-256(tag, h(n-1), canonical columns, commitment);
//! commitment = SHA-256(salt, body). A canonical column is its u32-le length and its bytes; an integer is
//! an i64-le; null is the length 0xFFFFFFFF alone.

use sha2::{Digest, Sha256};

use crate::{EntryRef, Hash, Salt, StreamId};

const TAG: &[u8] = b"daybook/entry/1";

/// h(0): what the first entry of `stream` follows.
pub(crate) fn genesis(stream: &StreamId) -> Hash {
    Hash(
        Sha256::new()
            .chain_update(TAG)
            .chain_update(stream.as_str())
            .finalize()
            .into(),
    )
}

/// The salted hash that stands for the body in the chain.
pub(crate) fn commit(salt: &Salt, body: &[u8]) -> Hash {
    Hash(
        Sha256::new()
            .chain_update(salt)
            .chain_update(body)
            .finalize()
            .into(),
    )
}

/// h(n) from h(n-1) and the entry; the entry's own `chain_hash`, salt and body do not enter.
pub(crate) fn link(previous: Hash, entry: &EntryRef<'_>) -> Hash {
    let mut columns = Columns(Sha256::new().chain_update(TAG).chain_update(previous.0));
    columns.text(entry.stream.as_str());
    columns.integer(i64::try_from(entry.seq).expect("a seq is a positive i64 on disk"));
    columns.text(entry.kind.as_str());
    columns.text(entry.id);
    columns.text(entry.type_);
    columns.text_or_null(entry.object_id);
    columns.text_or_null(entry.api_version);
    columns.integer(entry.created_s);
    columns.integer(entry.recorded_us);
    columns.text(entry.source.as_str());
    columns.bytes(&entry.content_hash.0);
    columns.text(entry.role.as_str());
    Hash(columns.0.chain_update(entry.commitment.0).finalize().into())
}

/// A hash being fed canonical columns.
pub(crate) struct Columns(Sha256);

impl Columns {
    /// Starts with a tag that keeps hashes of different things apart.
    pub(crate) fn tagged(tag: &[u8]) -> Self {
        Self(Sha256::new().chain_update(tag))
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(crate) fn integer(&mut self, value: i64) {
        self.bytes(&value.to_le_bytes());
    }

    pub(crate) fn finish(self) -> Hash {
        Hash(self.0.finalize().into())
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        let length = u32::try_from(bytes.len()).expect("no storage takes a column of 4 GiB");
        self.0.update(length.to_le_bytes());
        self.0.update(bytes);
    }

    fn text_or_null(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.0.update(u32::MAX.to_le_bytes()),
        }
    }
}
