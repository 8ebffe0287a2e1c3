//! Many runs of one life, on all cores, each on a disk of its own; and what is said of them afterwards.

use std::fmt::Debug;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use disk::{Call, Disk};
use tempfile::TempDir;

use crate::life;
use crate::script::Step;

/// The calls of a life in which nothing fails.
pub(crate) fn rehearse(folder: &TempDir, script: &[Step]) -> Vec<Call> {
    let disk = Disk::below(folder.path()).unwrap();
    let told = life::live(&disk, &ledger_path(folder.path()), script, None);
    assert!(told.created && told.unsure.is_empty());
    disk.calls()
}

/// A folder in memory where there is one: thousands of small ledgers need not wait for a disk.
pub(crate) fn quick_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

pub(crate) fn ledger_path(folder: &Path) -> PathBuf {
    folder.join("data").join("ledger.db")
}

/// Runs every case; the one that fails is named.
pub(crate) fn run_all<C: Debug + Sync>(cases: &[C], run: impl Fn(&C) + Sync) {
    let next = AtomicUsize::new(0);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let _named = Named(case);
                    run(case);
                }
            });
        }
    });
}

struct Named<'a, C: Debug>(&'a C);

impl<C: Debug> Drop for Named<'_, C> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the case was {:?}", self.0);
        }
    }
}

/// How many seeds a case with coins is tried with: more when properties have more cases.
pub(crate) fn seeds() -> u64 {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let cases = cases.and_then(|cases| cases.parse().ok()).unwrap_or(256);
    (cases / 128_u64).max(1)
}

/// Says a figure on stderr itself, past the capture of passing tests: how much was tried belongs to the result.
pub(crate) fn report(text: &str) {
    let mut stderr = io::stderr().lock();
    writeln!(stderr, "disk: {text}").unwrap();
}
