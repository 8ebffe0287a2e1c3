//! The append-only, hash-chained log: bytes and a few columns, no JSON, no Stripe.
//!
//! What is appended stays as it came, in its stream's dense sequence, under a chain of hashes that
//! [`verify`] recomputes. [`SqliteLedger`] keeps it on disk, [`MemoryLedger`] in memory, with the same
//! answers. Nothing here reads a clock, looks into a body, or changes or removes an entry.

mod chain;
mod entry;
mod error;
mod hash;
mod head;
mod log;
mod memory;
mod meta;
mod salt;
mod sqlite;
mod stream;
mod verify;

pub use entry::{Entry, EntryRef, Kind, NewEntry, Outcome, Role, Source};
pub use error::{Fault, LedgerError};
pub use hash::Hash;
pub use head::Head;
pub use log::{Ledger, Log, StreamInfo, TallyRow};
pub use memory::MemoryLedger;
pub use salt::{SALT_BYTES, Salt};
pub use sqlite::SqliteLedger;
pub use stream::StreamId;
pub use verify::{Progress, Verified, VerifiedStream, verify, verify_stream};
