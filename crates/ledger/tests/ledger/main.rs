//! What every ledger promises, and what the one on disk promises besides. Looks only at the public face,
//! and at the file with a connection of its own.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets an error fails with it"
)]

mod append_only;
mod cells;
mod contract;
mod dictionaries;
mod draft;
mod files;
mod flips;
mod forger;
mod formats;
mod properties;
mod rows;
mod tamper;
mod vectors;
mod victim;
