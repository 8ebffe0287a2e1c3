//! One record of the log, in its four forms: to be appended, answered, borrowed, owned. Holds no rule but
//! the one that gives an entry its role.

use crate::{Hash, Salt, StreamId, chain};

/// Defines an enum whose values are texts in a column.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$value_doc])* $value,)+ }

        impl $name {
            /// Every value, in the order of definition.
            pub const ALL: &[Self] = &[$(Self::$value,)+];

            /// The text in the column and in the chain.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$value => $text,)+ }
            }

            /// The value with that text, if there is one.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$value),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

named! {
    /// What an entry is.
    Kind {
        /// A message with the state of an object.
        Event = "event",
        /// A message without state.
        Notification = "notification",
        /// One object as read from the API.
        Observation = "observation",
        /// What daybook did, or was told, that books or proofs depend on.
        Control = "control",
    }
}

named! {
    /// How an entry came.
    Source {
        /// Delivered to us.
        Webhook = "webhook",
        /// Fetched as it happened.
        Poll = "poll",
        /// Fetched afterwards.
        Backfill = "backfill",
        /// Read from a file.
        Import = "import",
        /// Read while comparing.
        Sync = "sync",
    }
}

named! {
    /// How an entry stands to the earlier ones of its id in its stream.
    Role {
        /// The first of its id.
        Original = "original",
        /// The id again, in an api version not seen with it.
        Rendering = "rendering",
        /// The id again, in an api version seen with it, with other content.
        Conflict = "conflict",
    }
}

impl Role {
    /// The role of an entry whose content is new, from the api versions of the earlier entries of its id.
    pub(crate) fn after<'a>(
        api_version: Option<&str>,
        earlier: impl IntoIterator<Item = Option<&'a str>>,
    ) -> Self {
        let mut role = Self::Original;
        for version in earlier {
            if version == api_version {
                return Self::Conflict;
            }
            role = Self::Rendering;
        }
        role
    }
}

/// What a caller hands in: all but what the ledger gives (seq, role, salt, commitment, chain hash).
#[derive(Clone, Debug)]
pub struct NewEntry<'a> {
    /// The stream to append to; a new one is opened by its first entry.
    pub stream: &'a StreamId,
    /// What it is.
    pub kind: Kind,
    /// Its id, as the sender gave it.
    pub id: &'a str,
    /// Its type.
    pub type_: &'a str,
    /// The id of the object it speaks of.
    pub object_id: Option<&'a str>,
    /// The api version it is written in.
    pub api_version: Option<&'a str>,
    /// When the sender says it was made, seconds since 1970.
    pub created_s: i64,
    /// When we got it, microseconds since 1970.
    pub recorded_us: i64,
    /// How it came.
    pub source: Source,
    /// What two deliveries of the same content share; computed by the caller, compared here.
    pub content_hash: Hash,
    /// The bytes, kept as they are.
    pub body: &'a [u8],
}

impl<'a> NewEntry<'a> {
    /// The entry at its place behind `previous`, with commitment and chain hash.
    pub(crate) fn seal(&self, seq: u64, role: Role, salt: Salt, previous: Hash) -> EntryRef<'a> {
        let mut entry = EntryRef {
            stream: self.stream,
            seq,
            kind: self.kind,
            id: self.id,
            type_: self.type_,
            object_id: self.object_id,
            api_version: self.api_version,
            created_s: self.created_s,
            recorded_us: self.recorded_us,
            source: self.source,
            content_hash: self.content_hash,
            role,
            commitment: chain::commit(&salt, self.body),
            chain_hash: previous,
            dictionary_id: None,
            salt: Some(salt),
            body: Some(self.body),
        };
        entry.chain_hash = chain::link(previous, &entry);
        entry
    }
}

/// What became of one appended entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the log, at `seq`.
    Appended {
        /// Its place.
        seq: u64,
        /// How it stands to the earlier entries of its id.
        role: Role,
    },
    /// The same id and content was there already, at `seq`; only the tally grew.
    Duplicate {
        /// The place of the entry that it repeats.
        seq: u64,
    },
}

impl Outcome {
    /// The place of the entry that now holds the content.
    pub fn seq(self) -> u64 {
        match self {
            Self::Appended { seq, .. } | Self::Duplicate { seq } => seq,
        }
    }
}

/// An entry as read, borrowed from the row; nothing is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryRef<'a> {
    /// The stream.
    pub stream: &'a StreamId,
    /// The place in the stream, from 1, without gaps.
    pub seq: u64,
    /// What it is.
    pub kind: Kind,
    /// Its id, as the sender gave it.
    pub id: &'a str,
    /// Its type.
    pub type_: &'a str,
    /// The id of the object it speaks of.
    pub object_id: Option<&'a str>,
    /// The api version it is written in.
    pub api_version: Option<&'a str>,
    /// When the sender says it was made, seconds since 1970.
    pub created_s: i64,
    /// When we got it, microseconds since 1970.
    pub recorded_us: i64,
    /// How it came.
    pub source: Source,
    /// What two deliveries of the same content share.
    pub content_hash: Hash,
    /// How it stands to the earlier entries of its id.
    pub role: Role,
    /// SHA-256(salt, body).
    pub commitment: Hash,
    /// h(seq): proves this entry and all before it.
    pub chain_hash: Hash,
    /// The dictionary with which the body is stored; none if it is stored as it came. Outside the chain.
    pub dictionary_id: Option<u64>,
    /// The salt; none once the body is erased.
    pub salt: Option<Salt>,
    /// The bytes as they came; none once erased.
    pub body: Option<&'a [u8]>,
}

impl EntryRef<'_> {
    /// Copies the entry out of its row.
    pub fn to_entry(&self) -> Entry {
        Entry {
            stream: self.stream.clone(),
            seq: self.seq,
            kind: self.kind,
            id: self.id.to_owned(),
            type_: self.type_.to_owned(),
            object_id: self.object_id.map(str::to_owned),
            api_version: self.api_version.map(str::to_owned),
            created_s: self.created_s,
            recorded_us: self.recorded_us,
            source: self.source,
            content_hash: self.content_hash,
            role: self.role,
            commitment: self.commitment,
            chain_hash: self.chain_hash,
            dictionary_id: self.dictionary_id,
            salt: self.salt,
            body: self.body.map(<[u8]>::to_vec),
        }
    }
}

/// An entry that owns its texts and bytes; the fields are those of [`EntryRef`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The stream.
    pub stream: StreamId,
    /// The place in the stream, from 1, without gaps.
    pub seq: u64,
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
    /// What two deliveries of the same content share.
    pub content_hash: Hash,
    /// How it stands to the earlier entries of its id.
    pub role: Role,
    /// SHA-256(salt, body).
    pub commitment: Hash,
    /// h(seq): proves this entry and all before it.
    pub chain_hash: Hash,
    /// The dictionary with which the body is stored; none if it is stored as it came. Outside the chain.
    pub dictionary_id: Option<u64>,
    /// The salt; none once the body is erased.
    pub salt: Option<Salt>,
    /// The bytes as they came; none once erased.
    pub body: Option<Vec<u8>>,
}

impl Entry {
    /// The borrowed form.
    pub fn as_entry_ref(&self) -> EntryRef<'_> {
        EntryRef {
            stream: &self.stream,
            seq: self.seq,
            kind: self.kind,
            id: &self.id,
            type_: &self.type_,
            object_id: self.object_id.as_deref(),
            api_version: self.api_version.as_deref(),
            created_s: self.created_s,
            recorded_us: self.recorded_us,
            source: self.source,
            content_hash: self.content_hash,
            role: self.role,
            commitment: self.commitment,
            chain_hash: self.chain_hash,
            dictionary_id: self.dictionary_id,
            salt: self.salt,
            body: self.body.as_deref(),
        }
    }
}
