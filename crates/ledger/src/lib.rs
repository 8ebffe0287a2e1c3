//! The append-only, hash-chained log: bytes and a few columns, no JSON, no Stripe.
//!
//! What is appended stays as it came, in its stream's dense sequence, under a chain of hashes that
//! [`verify`] recomputes. [`SqliteLedger`] keeps it on disk, [`MemoryLedger`] in memory, with the same
//! answers; [`GroupCommit`] lets many threads share its commits. Nothing here reads a clock, looks into a
//! body, or changes or removes an entry.
//! On disk bodies are compressed with a [`Dictionary`], which no caller has to know of.
//!
//! ```
//! use std::ops::ControlFlow;
//! use ledger::{Hash, Kind, Ledger, Log, MemoryLedger, NewEntry, Source, StreamId, verify};
//!
//! let stream = StreamId::new("acct_1", false)?;
//! let mut ledger = MemoryLedger::new();
//! ledger.append(&[NewEntry {
//!     stream: &stream,
//!     kind: Kind::Event,
//!     id: "evt_1",
//!     type_: "invoice.paid",
//!     object_id: Some("in_1"),
//!     api_version: Some("2026-09-30.endive"),
//!     created_s: 1_790_000_000,
//!     recorded_us: 1_790_000_001_250_000,
//!     source: Source::Webhook,
//!     content_hash: Hash([7; 32]),
//!     body: b"{}",
//! }])?;
//! ledger.read(&stream, 1..=u64::MAX, &mut |entry| {
//!     assert_eq!((entry.seq, entry.id, entry.body), (1, "evt_1", Some(b"{}".as_slice())));
//!     ControlFlow::Continue(())
//! })?;
//! let kept_elsewhere = ledger.head(&stream)?;
//! verify(&ledger, Some(&kept_elsewhere), &mut |_| ())?;
//! # Ok::<(), ledger::LedgerError>(())
//! ```

mod chain;
mod control;
mod dictionary;
mod entry;
mod error;
mod group;
mod hash;
mod head;
mod log;
mod memory;
mod meta;
mod owned;
mod salt;
mod sample;
mod sqlite;
mod stream;
mod tally;
mod verify;

pub use dictionary::{Dictionary, DictionaryInfo, Stored};
pub use entry::{Entry, EntryRef, Kind, NewEntry, Outcome, Role, Source};
pub use error::{AppendError, Fault, LedgerError};
pub use group::{Appender, GroupCommit, Limits, Waiting};
pub use hash::Hash;
pub use head::Head;
pub use log::{Ledger, Log, StreamInfo, TallyRow};
pub use memory::MemoryLedger;
pub use owned::OwnedEntry;
pub use salt::{SALT_BYTES, Salt};
pub use sqlite::{CopyProgress, SqliteLedger};
pub use stream::StreamId;
pub use verify::{Progress, Verified, VerifiedStream, verify, verify_stream};
