//! What a book promises when the disk fails: the life of a data folder's books, run once for every call that SQLite
//! makes of the disk. Whatever struck, the next projecting brings a book up to the log that is a rebuild's. A
//! process of its own: its disk is SQLite's default.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets an error fails with it"
)]

mod faults;
mod life;
