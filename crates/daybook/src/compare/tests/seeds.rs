//! Seeds lived through side by side, as many as a variable of the environment says.

use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, thread};

/// Does something for each seed from 1, on all processors, and prints what came of it. The variable says how many seeds, if not `usual`.
pub(super) fn each_seed(variable: &str, usual: u64, work: impl Fn(u64) -> String + Sync) {
    let seeds = env::var(variable).map_or(usual, |seeds| seeds.parse().unwrap());
    let next = AtomicU64::new(1);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > seeds {
                        break;
                    }
                    println!("seed {seed}: {}", work(seed));
                }
            });
        }
    });
}
