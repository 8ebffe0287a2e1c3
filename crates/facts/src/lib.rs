//! What Stripe says, typed: claims read from the bytes of events and observations, from every API version into one shape.
//!
//! Reading never fails: what can't be read costs its field and leaves a notice. No clock, no environment, no files, no
//! floats, no order of arrival; the same bytes give the same claims on any machine.

pub mod claim;
mod compact;
mod content;
pub mod envelope;
mod escape;
mod event;
mod head;
mod leaf;
mod members;
pub mod objects;
pub mod observation;
pub mod page;
mod path;
pub mod read;
pub mod record;
mod rfc3339;
mod scan;
pub mod schema;
mod scrub;
mod stride;
mod tree;
mod wire;

pub use claim::{Claim, Fact, GUARD_S, Notice, ObjectKey, Origin};
pub use envelope::{Envelope, EnvelopeError, Kind, envelope};
pub use observation::{Observation, ObservationHeader, observation, observation_line};
pub use page::{Items, bare, items, livemode};
pub use read::{EntryText, Reading, read};
pub use record::{Record, Value};
pub use schema::{Field, Key, Schema, Shape};
pub use scrub::scrub;
