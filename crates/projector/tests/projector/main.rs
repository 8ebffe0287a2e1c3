//! The projector's tests against real files: what books hold, whichever way they were made.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets an error fails with it"
)]

mod equality;
mod files;
mod finance;
mod log;
mod narrowing;
mod schema;
mod simulated;
mod step;
mod streams;
mod together;
mod views;
