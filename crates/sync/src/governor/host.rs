//! What the governor asks of the machine: its clock, and which processes live. Tests put others in their place.

use std::sync::Arc;

/// A clock that all processes of the machine share, and a way to tell which of them live.
#[derive(Clone)]
pub struct Host {
    /// Nanoseconds since the machine was started, sleep included; never 0.
    pub now_ns: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// Whether a process lives.
    pub lives: fn(u32) -> bool,
    /// This process.
    pub pid: u32,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Host {{ pid: {} }}", self.pid)
    }
}

impl Host {
    /// The machine that we are on.
    #[must_use]
    pub fn machine() -> Self {
        Self {
            now_ns: Arc::new(machine_ns),
            lives: process_lives,
            pid: std::process::id(),
        }
    }
}

/// The one clock that all processes share and that nobody sets.
fn machine_ns() -> u64 {
    #[cfg(target_os = "linux")]
    let clock = rustix::time::ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let clock = rustix::time::ClockId::Monotonic;
    let now = rustix::time::clock_gettime(clock);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    let rest_ns = u64::try_from(now.tv_nsec).unwrap_or_default();
    (seconds * 1_000_000_000 + rest_ns).max(1)
}

/// Asks with the signal that does nothing. Only a plain no counts: another user's process lives too.
fn process_lives(pid: u32) -> bool {
    let pid = i32::try_from(pid)
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    pid.is_some_and(|pid| {
        !matches!(
            rustix::process::test_kill_process(pid),
            Err(rustix::io::Errno::SRCH)
        )
    })
}
