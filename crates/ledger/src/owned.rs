//! The owned form of a new entry, for callers that hand it to another thread. Holds no rule.

use crate::{Hash, Kind, NewEntry, Source, StreamId};

/// A new entry that owns its texts and bytes; the fields are those of [`NewEntry`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedEntry {
    /// The stream to append to; a new one is opened by its first entry.
    pub stream: StreamId,
    /// What it is.
    pub kind: Kind,
    /// Its id, as the sender gave it.
    pub id: String,
    /// Its type.
    pub type_: String,
    /// The id of the object it speaks of.
    pub object_id: Option<String>,
    /// The api version it is written in.
    pub api_version: Option<String>,
    /// When the sender says it was made, seconds since 1970.
    pub created_s: i64,
    /// When we got it, microseconds since 1970.
    pub recorded_us: i64,
    /// How it came.
    pub source: Source,
    /// What two deliveries of the same content share; computed by the caller, compared here.
    pub content_hash: Hash,
    /// The bytes, kept as they are.
    pub body: Vec<u8>,
}

impl OwnedEntry {
    /// The borrowed form.
    pub fn as_new_entry(&self) -> NewEntry<'_> {
        NewEntry {
            stream: &self.stream,
            kind: self.kind,
            id: &self.id,
            type_: &self.type_,
            object_id: self.object_id.as_deref(),
            api_version: self.api_version.as_deref(),
            created_s: self.created_s,
            recorded_us: self.recorded_us,
            source: self.source,
            content_hash: self.content_hash,
            body: &self.body,
        }
    }

    /// The bytes of its texts and its body: what it holds in memory while it waits.
    pub(crate) fn bytes(&self) -> usize {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        self.body.len()
            + self.id.len()
            + self.type_.len()
            + length(&self.object_id)
            + length(&self.api_version)
    }
}

impl From<&NewEntry<'_>> for OwnedEntry {
    fn from(new: &NewEntry<'_>) -> Self {
        Self {
            stream: new.stream.clone(),
            kind: new.kind,
            id: new.id.to_owned(),
            type_: new.type_.to_owned(),
            object_id: new.object_id.map(str::to_owned),
            api_version: new.api_version.map(str::to_owned),
            created_s: new.created_s,
            recorded_us: new.recorded_us,
            source: new.source,
            content_hash: new.content_hash,
            body: new.body.to_vec(),
        }
    }
}
