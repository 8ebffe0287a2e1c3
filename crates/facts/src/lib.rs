//! What Stripe says, typed: claims read from the bytes of events and observations, from every API version into one shape.
//!
//! Reading never fails: what can't be read costs its field and leaves a notice. No clock, no environment, no files, no
//! floats, no order of arrival; the same bytes give the same claims on any machine.

pub mod claim;
pub mod objects;
pub mod record;
pub mod schema;

pub use claim::{Claim, Fact, GUARD_S, Notice, ObjectKey, Origin};
pub use record::{Record, Value};
pub use schema::{Field, Key, Schema, Shape};
