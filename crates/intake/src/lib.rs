//! The one door into the log: bytes become entries, and what cannot enter is set aside with a reason.
//!
//! An [`Intake`] takes bodies one by one and appends them in batches; a [`Door`] only makes entries of them, for whoever shares
//! commits; [`import`] cuts files into bodies for it; [`Rejects`]
//! keeps what was refused, byte for byte. Nothing here understands an object, reads a clock or prints.

mod bare;
mod block;
mod control;
mod dictionary;
mod door;
mod error;
mod import;
mod intake;
mod lines;
mod part;
mod rejects;
mod unpacked;

pub use bare::BareReading;
pub use control::control;
pub use dictionary::{DICTIONARY_ENTRIES, train_first};
pub use door::{Door, Refused};
pub use error::IntakeError;
pub use import::{Ended, ImportOptions, LINE_BYTES_MAX, import};
pub use intake::{Intake, Rejected, Tally};
pub use rejects::{Origin, Rejects, SINGLES_MAX, is_reject_body};

/// The caller's clock: microseconds since 1970.
pub type Clock<'a> = &'a dyn Fn() -> i64;
