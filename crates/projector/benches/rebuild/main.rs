//! A rebuild against the same rows made by hand, in one run on one log: prints ratios and costs, asserts equal rows.
//!
//! `cargo bench -p projector --bench rebuild`. Times of one thread are those it spent on a CPU, so that a busy machine
//! changes them little; those of two are the wall's. Of several rounds, taken in turn, the fastest counts.

mod append;
mod by_hand;
mod compare;
mod duties;
mod load;
mod stopwatch;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use ledger::Log;
use projector::{Books, Options, rebuild};

use load::Load;
use stopwatch::Stopwatch;

/// The allocator of the binary, for both.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUNDS: usize = 5;

/// All of the log fits.
const MUCH_BYTES: usize = 2 << 30;
/// A third of it does.
const LITTLE_BYTES: usize = 64 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let load = load::make(folder.path())?;
    let mean = load.bytes / load.entries;
    println!("{} entries of {mean} bytes", load.entries);
    let (by_hand, rebuilt, with_little) = race(&load, folder.path())?;
    let (costs, registers) = duties::measure(&load, &folder.path().join("registers.db"))?;
    println!();
    println!("by hand            {:>6} ms", by_hand.as_millis());
    println!("rebuilt            {:>6} ms", rebuilt.as_millis());
    println!(
        "ratio              {:>6} ‰ (goal 650, floor 500)",
        permille(by_hand, rebuilt)
    );
    println!("with little memory {:>6} ‰", permille(by_hand, with_little));
    let apart = rebuilt.saturating_sub(registers);
    println!("without registers  {:>6} ‰", permille(by_hand, apart));
    println!();
    let known: Duration = costs.iter().map(|(_, cost)| *cost).sum();
    let rest = rebuilt.saturating_sub(known + registers);
    let all = costs.into_iter().chain([
        ("registers to disk", registers),
        ("rows to disk, and the rest", rest),
    ]);
    for (duty, cost) in all {
        println!("{duty:<26} {:>6} ms", cost.as_millis());
    }
    println!();
    let [one, two] = on_the_wall(&load, folder.path())?;
    let both = two_at_once(&load, folder.path())?;
    for (name, wall) in [
        ("1 thread, on the wall", one),
        ("2 threads", two),
        ("2 books at once", both),
    ] {
        println!("{name:<22} {:>10} ms", wall.as_millis());
    }
    println!(
        "2 threads are          {:>10} ‰ as fast as one (goal 1500)",
        permille(one, two)
    );
    println!(
        "2 books at once        {:>10} ‰: what these two cores give",
        permille(one * 2, both)
    );
    Ok(())
}

/// Makes the book both ways, in turn, and sees that their rows are the same; gives the fastest of each, last that
/// of a rebuild that must lay things aside.
fn race(load: &Load, folder: &Path) -> Result<(Duration, Duration, Duration), Box<dyn Error>> {
    let books = Books::open(folder)?;
    let [mut by_hand, mut rebuilt, mut with_little] = [Duration::MAX; 3];
    for round in 0..ROUNDS {
        let path = folder.join(format!("by-hand-{round}.db"));
        let watch = Stopwatch::start()?;
        by_hand::make_book(&load.ledger, &load.stream, &path)?;
        by_hand = by_hand.min(watch.cpu()?);
        let watch = Stopwatch::start()?;
        let book = rebuild_on(load, &books, 1, MUCH_BYTES)?;
        rebuilt = rebuilt.min(watch.cpu()?);
        let watch = Stopwatch::start()?;
        rebuild_on(load, &books, 1, LITTLE_BYTES)?;
        with_little = with_little.min(watch.cpu()?);
        if round == 0 {
            let rows = compare::compare(&path, &book)?;
            println!("{rows} rows, the same in every State column");
        }
    }
    Ok((by_hand, rebuilt, with_little))
}

/// The wall's times for one and two threads, in turn.
fn on_the_wall(load: &Load, folder: &Path) -> Result<[Duration; 2], Box<dyn Error>> {
    let books = Books::open(folder)?;
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        for (threads, fastest) in (1..).zip(&mut fastest) {
            let watch = Stopwatch::start()?;
            rebuild_on(load, &books, threads, MUCH_BYTES)?;
            *fastest = watch.wall().min(*fastest);
        }
    }
    Ok(fastest)
}

/// The wall's time for two books made beside each other, a thread each: what the machine's two cores can do at all.
fn two_at_once(load: &Load, folder: &Path) -> Result<Duration, Box<dyn Error>> {
    let books = [
        Books::open(&folder.join("left"))?,
        Books::open(&folder.join("right"))?,
    ];
    let mut fastest = Duration::MAX;
    for _ in 0..ROUNDS {
        let logs = [load.ledger.reader()?, load.ledger.reader()?];
        let watch = Stopwatch::start()?;
        thread::scope(|scope| {
            let made = logs.into_iter().zip(&books).map(|(log, books)| {
                let make = move || rebuild(&*log, books, &options(1, MUCH_BYTES), &mut |_| ());
                scope.spawn(make)
            });
            let made: Vec<_> = made.collect();
            made.into_iter().try_for_each(|made| {
                made.join()
                    .expect("a panic there is a panic here")
                    .map(drop)
            })
        })?;
        fastest = watch.wall().min(fastest);
    }
    Ok(fastest)
}

fn rebuild_on(
    load: &Load,
    books: &Books,
    threads: usize,
    memory_bytes: usize,
) -> Result<PathBuf, Box<dyn Error>> {
    let options = options(threads, memory_bytes);
    let report = rebuild(&load.ledger, books, &options, &mut |_| ())?;
    let is_all_held = report.laid_bytes == 0;
    if is_all_held != (memory_bytes == MUCH_BYTES) {
        return Err("the log is not of the size for this memory".into());
    }
    Ok(report.path)
}

fn options(threads: usize, memory_bytes: usize) -> Options {
    Options {
        threads,
        memory_bytes,
        ..Options::default()
    }
}

fn permille(one: Duration, other: Duration) -> u128 {
    one.as_micros() * 1000 / other.as_micros().max(1)
}
