//! The whole of it over real sockets: a Stripe served by `simulate --serve`, and `serve`, `backfill`, `follow` and `nightly` beside it,
//! each a process of its own. What must hold at every instant is tested in virtual time, in crates/sync; here is what only processes show.
//!
//! `DAYBOOK_KILLS` sets the number of kills, `DAYBOOK_SEED` repeats the choices of a run.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, in its helpers too"
)]

mod asked;
#[path = "../crash/dice.rs"]
mod dice;
mod disturbed;
mod doctor;
mod folder;
mod kills;
mod nights;
mod remembered;
mod served;
mod several;
mod space;
mod stages;
mod stripe;
mod whole;
