//! Time passed, on the wall and on the CPU of this thread.

use std::time::{Duration, Instant};
use std::{fs, io};

/// A running watch.
pub(crate) struct Stopwatch {
    wall: Instant,
    cpu: Duration,
}

impl Stopwatch {
    pub(crate) fn start() -> io::Result<Self> {
        Ok(Stopwatch {
            cpu: cpu()?,
            wall: Instant::now(),
        })
    }

    /// What this thread has spent on a CPU, the kernel's work for it included.
    pub(crate) fn cpu(&self) -> io::Result<Duration> {
        Ok(cpu()?.saturating_sub(self.cpu))
    }

    pub(crate) fn wall(&self) -> Duration {
        self.wall.elapsed()
    }
}

/// Linux gives a thread's time on a CPU, in nanoseconds, as the first number of its `schedstat`.
fn cpu() -> io::Result<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let first = text
        .split(' ')
        .next()
        .and_then(|number| number.parse().ok());
    first
        .map(Duration::from_nanos)
        .ok_or_else(|| io::Error::other("schedstat does not begin with a number"))
}
