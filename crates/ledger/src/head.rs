//! A position in a stream that proves everything before it. Knows only its written form.

use std::fmt;
use std::str::FromStr;

use crate::{Hash, LedgerError, StreamId, chain};

/// The last entry's seq and chain hash, written `acct_1/live:42:3f9c…`; seq 0 stands before the first entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The stream.
    pub stream: StreamId,
    /// The seq of the last entry; 0 when there is none.
    pub seq: u64,
    /// The chain hash of that entry; h(0) when there is none.
    pub hash: Hash,
}

impl Head {
    /// The head of a stream without entries.
    pub fn empty(stream: &StreamId) -> Self {
        Self {
            stream: stream.clone(),
            seq: 0,
            hash: chain::genesis(stream),
        }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.stream, self.seq, self.hash)
    }
}

impl FromStr for Head {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        read(text).ok_or_else(|| LedgerError::BadHead {
            text: text.to_owned(),
        })
    }
}

fn read(text: &str) -> Option<Head> {
    let mut parts = text.split(':');
    let (stream, seq_text, hash) = (parts.next()?, parts.next()?, parts.next()?);
    let seq: u64 = seq_text.parse().ok()?;
    // One head has one text: no sign, no leading zero, nothing after the hash.
    if parts.next().is_some() || seq.to_string() != seq_text {
        return None;
    }
    Some(Head {
        stream: stream.parse().ok()?,
        seq,
        hash: hash.parse().ok()?,
    })
}
