//! The virtual clock of a served simulation: it stands still or runs at a multiple of real time, and can be pushed forward.
//! It never goes back, and knows nothing of what happens in its time.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// An instant that moves as it was told to.
#[derive(Debug)]
pub(crate) struct Clock {
    pace: Mutex<Pace>,
    /// The watch that real time is read from; `watch_us` counts from where the clock first stood.
    start: Instant,
    first_us: i64,
}

/// Where the clock stood at an instant of the watch, and how it goes on from there.
#[derive(Clone, Copy, Debug)]
struct Pace {
    at_us: i64,
    since: Instant,
    /// Virtual seconds in a real one; none while it stands still.
    speed: u32,
}

impl Pace {
    fn now_us(self) -> i64 {
        let real_us = micros(self.since);
        self.at_us
            .saturating_add(real_us.saturating_mul(i64::from(self.speed)))
    }
}

impl Clock {
    /// A clock that shows `at_us`, microseconds since 1970, and runs at `speed` virtual seconds a second; 0 stands still.
    pub(crate) fn new(at_us: i64, speed: u32) -> Self {
        let since = Instant::now();
        let pace = Pace {
            at_us,
            since,
            speed,
        };
        Self {
            pace: Mutex::new(pace),
            start: since,
            first_us: at_us,
        }
    }

    /// The virtual instant, microseconds since 1970.
    pub(crate) fn now_us(&self) -> i64 {
        self.pace().now_us()
    }

    /// Real time, counted from where the clock first stood, microseconds: what "in one second" means to a caller who waits.
    pub(crate) fn watch_us(&self) -> i64 {
        self.first_us.saturating_add(micros(self.start))
    }

    /// Virtual seconds in a real one; 0 while it stands still.
    pub(crate) fn speed(&self) -> u32 {
        self.pace().speed
    }

    /// Goes on at another speed from now on.
    pub(crate) fn run_at(&self, speed: u32) {
        self.change(|pace| pace.speed = speed);
    }

    /// Moves to an instant, unless it is past that already.
    pub(crate) fn push_to(&self, at_us: i64) {
        self.change(|pace| pace.at_us = pace.at_us.max(at_us));
    }

    fn change(&self, change: impl FnOnce(&mut Pace)) {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        *pace = Pace {
            at_us: pace.now_us(),
            since: Instant::now(),
            ..*pace
        };
        change(&mut pace);
    }

    fn pace(&self) -> Pace {
        *self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn micros(since: Instant) -> i64 {
    i64::try_from(since.elapsed().as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn a_clock_that_stands_still_moves_by_pushes_alone_and_never_back() {
        let clock = Clock::new(1_000_000, 0);
        assert_eq!(clock.now_us(), 1_000_000);
        clock.push_to(5_000_000);
        clock.push_to(4_000_000);
        assert_eq!(clock.now_us(), 5_000_000);
    }

    #[test]
    fn a_running_clock_goes_on_from_where_it_stood() {
        let clock = Clock::new(0, 1_000_000);
        clock.push_to(1_000);
        let before = clock.now_us();
        assert!(before >= 1_000);
        clock.run_at(0);
        let stopped = clock.now_us();
        assert!(stopped >= before);
        assert_eq!(clock.now_us(), stopped);
    }
}
