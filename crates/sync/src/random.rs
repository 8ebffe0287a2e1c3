//! A random part for waiting times, decided by a seed. Nothing that is kept depends on it.

use std::sync::atomic::{AtomicU64, Ordering};

/// A row of numbers that look random (xorshift, Marsaglia 2003).
#[derive(Debug)]
pub(crate) struct Random(AtomicU64);

impl Random {
    /// The row that this seed gives.
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed | 1))
    }

    /// The next number, from 0 to below `bound`.
    pub(crate) fn below(&self, bound: u64) -> u64 {
        let mut state = self.0.load(Ordering::Relaxed);
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // Two threads may draw the same number: it need be no more than uneven.
        self.0.store(state, Ordering::Relaxed);
        state % bound.max(1)
    }
}
