//! The fold: claims joined into objects, objects into rows, links, findings and a digest.
//!
//! Everything here is a pure function of the set of entries: no clock, no order of arrival, no environment, no floats.

pub mod activity;
pub mod change;
pub mod digest;
mod facet;
pub mod finding;
pub mod fold;
mod graph;
mod lifecycle;
pub mod link;
pub mod register;
pub mod resolve;
pub mod row;
mod snapshot;
mod states;
pub mod stored;
pub mod table;
pub mod timeline;
mod walk;

pub use change::{Change, changes, statements};
pub use digest::{BookDigest, Digest, FOLD_VERSION};
pub use fold::{Folded, rows_of_target};
pub use graph::Certainty;
pub use link::{Link, Target, Totals};
pub use register::Register;
pub use resolve::{View, resolve};
pub use row::{Cell, Row};
pub use table::{TABLES, Table};
pub use timeline::{Doubt, Learned, Turn, learned, timeline};
