//! What the ledger on disk promises when the disk fails: a scripted life of a ledger, run once for every call that
//! SQLite makes of the disk and every fault that can strike it. A process of its own: its disk is SQLite's default.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets an error fails with it"
)]

mod audit;
mod cases;
mod faults;
mod life;
mod script;
