//! One run at a time beside a simulated Stripe, in virtual time: what is found, mended and written down, and what is not.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets an error fails with it"
)]

mod broken;
mod findings;
#[expect(
    dead_code,
    reason = "less of it is needed here than by the tests that it was made for"
)]
#[path = "../nights/home.rs"]
mod home;
#[expect(
    dead_code,
    reason = "less of it is needed here than by the tests that it was made for"
)]
#[path = "../../../sync/tests/sync/in_process.rs"]
mod in_process;
mod sizes;
mod twisted;
#[path = "../../../sync/tests/sync/virtual_time.rs"]
mod virtual_time;
