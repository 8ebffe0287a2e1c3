//! Two ways of doing the same, in turns, and how their times compare. Knows nothing of what is done.

use std::error::Error;
use std::fs;
use std::time::Instant;

/// What one turn took.
pub(crate) struct Spent {
    wall_ns: u128,
    /// Of all threads of this process, the kernel's work for them included, in the ticks of the system.
    cpu_ticks: u128,
}

/// What a turn gives back.
pub(crate) type Turn = Result<Spent, Box<dyn Error>>;

/// What both took, round by round: the log first.
pub(crate) struct Contest {
    rounds: Vec<[Spent; 2]>,
}

/// Measures one turn of something.
pub(crate) fn time<T>(work: impl FnOnce() -> Result<T, Box<dyn Error>>) -> Turn {
    let (started, before) = (Instant::now(), cpu_ticks()?);
    work()?;
    Ok(Spent {
        wall_ns: started.elapsed().as_nanos(),
        cpu_ticks: cpu_ticks()? - before,
    })
}

/// Lets both take their turns; who begins changes from round to round.
pub(crate) fn compare(
    rounds: usize,
    mut ours: impl FnMut() -> Turn,
    mut plain: impl FnMut() -> Turn,
) -> Result<Contest, Box<dyn Error>> {
    let mut round = |n: usize| -> Result<[Spent; 2], Box<dyn Error>> {
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
    /// Prints the ratios and both speeds, of so many entries a turn.
    pub(crate) fn print(&self, entries: usize) {
        let wall = self.ratio(|spent| spent.wall_ns);
        let cpu = self.ratio(|spent| spent.cpu_ticks);
        let speed = |side: usize| {
            let times = sorted(self.rounds.iter().map(|round| round[side].wall_ns));
            entries as u128 * 1_000_000_000 / middle(&times).max(1)
        };
        let (log, plain) = (speed(0), speed(1));
        println!("  on the wall {wall}  on the CPU {cpu}  log {log}/s  plain {plain}/s");
    }

    /// The median of all rounds, the least and the greatest.
    fn ratio(&self, of: impl Fn(&Spent) -> u128) -> String {
        let ratio = |[ours, plain]: &[Spent; 2]| of(plain) * 1000 / of(ours).max(1);
        let ratios = sorted(self.rounds.iter().map(ratio));
        let [least, median, greatest] =
            [ratios[0], middle(&ratios), ratios[ratios.len() - 1]].map(thousandths);
        format!("{median} [{least} to {greatest}]")
    }
}

/// A number of thousandths with two places behind the point.
pub(crate) fn thousandths(number: u128) -> String {
    format!("{}.{:02}", number / 1000, number % 1000 / 10)
}

/// Linux gives them, for threads that have ended too, as the twelfth and thirteenth number behind the program's name.
fn cpu_ticks() -> Result<u128, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/stat")?;
    let numbers = text.rsplit(')').next().unwrap_or_default();
    let ticks = numbers.split_whitespace().skip(11).take(2);
    Ok(ticks.map(str::parse::<u128>).sum::<Result<_, _>>()?)
}

fn sorted(numbers: impl Iterator<Item = u128>) -> Vec<u128> {
    let mut numbers: Vec<u128> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

fn middle(sorted: &[u128]) -> u128 {
    sorted[sorted.len() / 2]
}
