//! The loop from the log through the fold to tables on disk: in batches, or anew on all cores.
//!
//! Books are files of their own, derived and replaceable. What the rows say is decided in `book`; nothing here knows
//! Stripe, reads a clock or writes to the log.

mod batch;
mod books;
mod check;
mod dump;
mod entries;
mod error;
mod explanation;
mod file;
mod inquiry;
mod narrowing;
mod position;
mod project;
mod rebuild;
mod report;
mod rows;
mod source;

pub use books::Books;
pub use check::{Difference, check_digest, check_position};
pub use dump::dump;
pub use error::ProjectorError;
pub use explanation::{Explanation, explanations};
pub use inquiry::{OpenBook, open_book_readonly};
pub use position::Position;
pub use project::{Options, project};
pub use rebuild::rebuild;
pub use report::{Progress, Report, Step, StreamReport};
pub use source::read;
