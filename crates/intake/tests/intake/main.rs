//! What the door promises: everything offered is in the log or in the rejects, byte for byte, whatever it was.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, in its helpers too"
)]

mod arrays;
mod desk;
mod dictionary;
mod documents;
mod doors;
mod packed;
mod properties;
mod spoilt;
mod streams;
