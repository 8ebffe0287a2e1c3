//! What bodies are compressed with, and how it is made from samples. Where it is kept, and what is compressed, is the
//! storage's.

use zstd::zstd_safe;

use crate::Hash;
use crate::chain::Columns;

const TAG: &[u8] = b"daybook/dictionary/1";
/// The size that zstd advises.
const BYTES_MAX: usize = 110 * 1024;

/// A dictionary that no ledger holds yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictionary {
    bytes: Vec<u8>,
}

/// A dictionary in a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DictionaryInfo {
    /// Its place: 1, 2, 3 and so on.
    pub id: u64,
    /// When it was added, microseconds since 1970.
    pub created_us: i64,
    /// Its length in bytes.
    pub bytes: u64,
    /// The hash of all that the ledger holds of it; each stream has it in a control entry.
    pub hash: Hash,
}

/// What is stored with one dictionary, or with none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// How many bodies.
    pub entries: u64,
    /// Their length in bytes, as they came.
    pub body_bytes: u64,
    /// The length of what is stored of them.
    pub stored_bytes: u64,
}

impl Dictionary {
    /// Trains one on samples, which will be in it in pieces, for ever; none if they are too few or too unlike.
    pub fn train<S: AsRef<[u8]>>(samples: &[S]) -> Option<Self> {
        let bytes = zstd::dict::from_samples(samples, BYTES_MAX).ok()?;
        Some(Self { bytes })
    }

    /// The dictionary with these bytes; none unless zstd takes them for one.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        zstd_safe::get_dict_id_from_dict(&bytes)?;
        zstd_safe::DDict::try_create(&bytes)?;
        Some(Self { bytes })
    }

    /// As zstd takes it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl DictionaryInfo {
    /// Of a dictionary as it is stored.
    pub(crate) fn new(id: u64, created_us: i64, bytes: &[u8]) -> Self {
        let mut columns = Columns::tagged(TAG);
        columns.integer(i64::try_from(id).expect("an id is a positive i64 on disk"));
        columns.integer(created_us);
        columns.bytes(bytes);
        Self {
            id,
            created_us,
            bytes: bytes.len() as u64,
            hash: columns.finish(),
        }
    }
}
