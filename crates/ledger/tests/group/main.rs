//! What group commit promises: every caller answered once, every acknowledged entry in the log, every parcel
//! whole. Looks only at the public face.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets an error fails with it"
)]

mod bounds;
mod ends;
mod failures;
mod opening;
mod scripted;
mod sharing;
mod writers;
