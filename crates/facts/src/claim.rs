//! A claim: one statement of Stripe's about one object, true at some instant of a known interval.
//!
//! Claims carry all that the fold decides on. They know nothing of the order in which they arrived; `seq` is for tracing.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::record::Record;
use crate::schema::Schema;

/// Seconds by which `created`, commits, replicas and clocks of one Stripe may differ; a safe upper bound.
pub const GUARD_S: i64 = 5;

/// Which object a claim is about, within a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectKey {
    /// The kind of object.
    pub schema: &'static Schema,
    /// Stripe's id, or what the schema's key says in its place.
    pub id: Box<str>,
}

impl Hash for ObjectKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.schema.object, &self.id).hash(state);
    }
}

impl PartialOrd for ObjectKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ObjectKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.schema.object, &self.id).cmp(&(other.schema.object, &other.id))
    }
}

/// How Stripe came to say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// In an event about the object itself.
    Event,
    /// In an answer of the API about the object itself.
    Observation,
    /// Inside another object, in an event or an answer.
    Embedded,
}

/// One statement of Stripe's about one object. It was true at some instant in `[lo_s, hi_s)`, Stripe's clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The object that it is about.
    pub object: ObjectKey,
    /// The event's id, the observation's id (`obs_…`), or for an embedded object the parent's claim id, `/` and the path.
    pub id: Box<str>,
    /// The API version that rendered it; empty when nothing said so.
    pub version: Box<str>,
    /// How Stripe came to say it.
    pub origin: Origin,
    /// First second of the interval.
    pub lo_s: i64,
    /// First second after the interval.
    pub hi_s: i64,
    /// The event's type; empty for observations and what is embedded in them.
    pub event_type: Box<str>,
    /// The id of the API request that made the event, if one did.
    pub request: Option<Box<str>>,
    /// Whether it says that the object is deleted, for good.
    pub deleted: bool,
    /// What the object is; none for a deletion that says no more.
    pub after: Option<Arc<Record>>,
    /// What the object was before the event's change, if the event says so and anything that is kept differs.
    pub before: Option<Arc<Record>>,
    /// The log entry that holds it, for tracing only.
    pub seq: u64,
}

/// What one log entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A statement about an object.
    Claim(Claim),
    /// A notification without content: the object changed at this second, and must be fetched to know how.
    Thin {
        /// The object that changed.
        object: ObjectKey,
        /// Stripe's second of the notification.
        created_s: i64,
        /// The log entry that holds it, for tracing only.
        seq: u64,
    },
}

impl Fact {
    /// The object that it is about.
    #[must_use]
    pub fn object(&self) -> &ObjectKey {
        match self {
            Fact::Claim(claim) => &claim.object,
            Fact::Thin { object, .. } => object,
        }
    }

    /// The log entry that holds it, for tracing only.
    #[must_use]
    pub fn seq(&self) -> u64 {
        match self {
            Fact::Claim(claim) => claim.seq,
            Fact::Thin { seq, .. } => *seq,
        }
    }
}

/// Something odd in an entry, kept and shown; it never stops anything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// The id of the entry that it is about (the claim's id without any path).
    pub claim: Box<str>,
    /// What is odd: one fixed word per kind of oddity.
    pub code: &'static str,
    /// Where in the body: member names joined with `.`; empty for the body as a whole.
    pub path: Box<str>,
    /// The log entry, for tracing only.
    pub seq: u64,
}
