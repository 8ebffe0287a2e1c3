//! Two ways of doing the same, in turns, and how their times compare. Knows nothing of what is done.

use std::error::Error;
use std::time::{Duration, Instant};

/// The time of one turn.
pub(crate) type Turn = Result<Duration, Box<dyn Error>>;

/// The times of both, round by round.
pub(crate) struct Contest {
    rounds: Vec<[Duration; 2]>,
}

/// Times one turn of something.
pub(crate) fn time<T>(work: impl FnOnce() -> Result<T, Box<dyn Error>>) -> Turn {
    let started = Instant::now();
    work()?;
    Ok(started.elapsed())
}

/// Lets both take their turns; who begins changes from round to round.
pub(crate) fn compare(
    rounds: usize,
    mut ours: impl FnMut() -> Turn,
    mut plain: impl FnMut() -> Turn,
) -> Result<Contest, Box<dyn Error>> {
    let mut round = |n: usize| -> Result<[Duration; 2], Box<dyn Error>> {
        if n.is_multiple_of(2) {
            let plain = plain()?;
            Ok([ours()?, plain])
        } else {
            Ok([ours()?, plain()?])
        }
    };
    // The first round warms up and isn't counted.
    round(0)?;
    let rounds = (1..=rounds).map(round).collect::<Result<_, _>>()?;
    Ok(Contest { rounds })
}

impl Contest {
    /// Prints the ratio and both speeds, of so many entries a turn.
    pub(crate) fn print(&self, entries: usize) {
        let ratios = sorted(self.rounds.iter().map(|[ours, plain]| {
            u64::try_from(plain.as_nanos() * 1000 / ours.as_nanos().max(1)).unwrap_or(u64::MAX)
        }));
        let speed = |side: usize| {
            let times = sorted(self.rounds.iter().map(|round| round[side].as_nanos()));
            entries as u128 * 1_000_000_000 / middle(&times).max(1)
        };
        let [least, median, greatest] =
            [ratios[0], middle(&ratios), ratios[ratios.len() - 1]].map(thousandths);
        println!(
            "  ratio {median} [{least} to {greatest}]  log {}/s  plain {}/s",
            speed(0),
            speed(1)
        );
    }
}

/// A number of thousandths with two places behind the point.
pub(crate) fn thousandths(number: u64) -> String {
    format!("{}.{:02}", number / 1000, number % 1000 / 10)
}

fn sorted<T: Ord>(numbers: impl Iterator<Item = T>) -> Vec<T> {
    let mut numbers: Vec<T> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

fn middle<T: Copy>(sorted: &[T]) -> T {
    sorted[sorted.len() / 2]
}
