//! The book held against Stripe: is the log complete, is the book true, are the sums clear; what differs, why, and what mends it.
//!
//! A run reads, compares, looks again, repairs by appending, and leaves its record in the log. Nothing is edited, and no report rests on
//! anything but the log.

mod balance;
mod causes;
pub mod compare;
mod error;
mod events;
mod finding;
mod memory;
mod money;
mod night;
mod policy;
mod record;
mod sums;
#[cfg(test)]
mod tests;
mod worth;

pub use error::{CompareError, ReconcileError};
pub use finding::{
    Cause, Class, FieldDifference, Finding, Outcome, Question, Repair, State, finding_id,
};
pub use memory::{Found, Memory, Tracked};
pub use money::Amount;
pub use night::{Night, NightProgress, NightSettings, RepairMode, Step, Watch};
pub use policy::Policy;
pub use record::{
    ACCEPTED, Acceptance, BalanceLine, Basis, ClosedGap, FINDINGS, FINDINGS_MAX, Lap, RUN, Report,
    Run, Score, Sweep, Unsettled, Window, accepted_note, findings_notes, run_note,
};
pub(crate) use record::{Record, read_record};
