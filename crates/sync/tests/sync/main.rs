//! What reading Stripe promises, against the simulated Stripe in virtual time.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, in its helpers too"
)]

mod backfill;
mod follow;
mod governor;
mod https;
mod in_process;
mod moving;
mod not_at_once;
mod outages;
mod retries;
mod virtual_time;
