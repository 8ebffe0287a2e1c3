//! One fault in the life of books: at every call that SQLite makes of the disk.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use disk::{Call, Disk, Fault, Kept, Plan};
use tempfile::TempDir;

use crate::life::{ask, assert_catches_up, live};

fn fresh_disk() -> (TempDir, Disk) {
    // Where there is a folder in memory, thousands of books need not wait for a disk.
    let folder = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    let disk = Disk::below(folder.path()).unwrap();
    (folder, disk)
}

/// The calls of a life in which nothing fails, and the book at its end.
fn rehearse() -> (Vec<Call>, String) {
    let (folder, disk) = fresh_disk();
    live(folder.path());
    (disk.calls(), ask(folder.path()).unwrap())
}

/// Neighbouring calls are struck by different ones.
const FAULTS: [Fault; 3] = [Fault::Error, Fault::Full, Fault::PowerLoss];

/// How often every call is struck, by another fault each time: more when properties have more cases.
fn rounds() -> usize {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let cases = cases.and_then(|cases| cases.parse().ok()).unwrap_or(256);
    (cases / 256).clamp(1, FAULTS.len())
}

fn check(plan: Plan, expected: &str) {
    let (folder, disk) = fresh_disk();
    disk.plan(&[plan]);
    let log = live(folder.path());
    assert!(disk.calls().len() > plan.at, "the fault has struck");
    if plan.fault == Fault::PowerLoss {
        let seed = plan.at as u64;
        let kept = [Kept::Nothing, Kept::Sectors { seed }, Kept::Everything];
        disk.restore_power(kept[plan.at / FAULTS.len() % kept.len()])
            .unwrap();
    } else {
        disk.mend();
    }
    assert_catches_up(folder.path(), &log, expected);
}

/// Names the plan of a run that fails.
struct Named<'a>(&'a Plan);

impl Drop for Named<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("it was {:?}", self.0);
        }
    }
}

#[test]
fn a_book_catches_up_after_any_fault() {
    let (calls, expected) = rehearse();
    let plans: Vec<Plan> = (0..rounds())
        .flat_map(|round| {
            (0..calls.len()).map(move |at| Plan {
                at,
                fault: FAULTS[(at + round) % FAULTS.len()],
            })
        })
        .collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(plan) = plans.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let _named = Named(plan);
                    check(*plan, &expected);
                }
            });
        }
    });
    let mut stderr = io::stderr().lock();
    writeln!(
        stderr,
        "disk: {} calls, {} faults under a book",
        calls.len(),
        plans.len()
    )
    .unwrap();
}
