//! What tests in virtual time begin with: a runtime whose clock jumps, and governors on it.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sync::{Governor, Host, Limits};
use tokio::time::{Instant, timeout};

/// Runs in time that passes as soon as everybody waits.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(work)
}

/// Lets time pass: none of anybody's but of the test's own clock.
pub(crate) async fn pass(span: Duration) {
    let never = timeout(span, std::future::pending::<()>()).await;
    assert!(never.is_err(), "what never comes doesn't come");
}

/// A machine whose clock is tokio's, with this process on it.
pub(crate) fn host(began: Instant, pid: u32) -> Host {
    Host {
        now_ns: Arc::new(move || 1 + u64::try_from(began.elapsed().as_nanos()).unwrap()),
        lives: |_| true,
        pid,
    }
}

/// The governor of a process.
pub(crate) fn governor(folder: &Path, limits: Limits, began: Instant, pid: u32) -> Governor {
    Governor::open(
        &folder.join("requests"),
        limits,
        host(began, pid),
        u64::from(pid),
    )
    .unwrap()
}
