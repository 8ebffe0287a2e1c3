//! Nights beside a simulated Stripe, in virtual time: whatever is lost is found, and nothing is invented. What was lost is said by the
//! simulator alone.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets an error fails with it"
)]

mod home;
#[expect(
    dead_code,
    reason = "less of it is needed here than by the tests that it was made for"
)]
#[path = "../../../sync/tests/sync/in_process.rs"]
mod in_process;
mod known;
mod ours;
mod outage;
mod quarter;
mod sweep;
mod verdict;
#[path = "../../../sync/tests/sync/virtual_time.rs"]
mod virtual_time;
