//! A disk whose sync says yes and drops what it was to keep. That what was acknowledged is there can't be promised
//! then; what can is that the loss does not go unnoticed, by someone who wrote the head down.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use disk::{Call, Disk, Fault, Kept, Plan};
use ledger::{Fault as EntryFault, Head, LedgerError, SqliteLedger, verify};
use rusqlite::Connection;

use crate::audit::shown;
use crate::cases::{ledger_path, quick_folder, rehearse, report, run_all, seeds};
use crate::life::{self, Told};
use crate::script::script;

/// What became of a ledger after a lie and a loss of power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// All that was acknowledged is there.
    Whole,
    /// Opening or checking it says that it is damaged.
    Damaged,
    /// It is an older log, sound in itself; the head that was written down says so.
    Older,
    /// The power went before a ledger was given out, so that nothing was promised.
    NeverGiven,
}

fn fate(path: &Path, told: &Told) -> Fate {
    if !told.created {
        return Fate::NeverGiven;
    }
    let ledger = match SqliteLedger::open(path) {
        Ok(ledger) => ledger,
        Err(error) => return damaged(&error),
    };
    if let Err(error) = verify(&ledger, None, &mut |_| ()) {
        return damaged(&error);
    }
    let entries = shown(&ledger).unwrap().entries;
    let heads_hold = told.heads.iter().all(|head| extends(&ledger, head));
    let mut allowed = told.allowed().into_iter().map(|shown| shown.entries);
    if allowed.any(|allowed| allowed == entries) {
        assert!(heads_hold, "{entries:?}");
        return Fate::Whole;
    }
    let mut older = (0..told.kept.len()).map(|count| told.shown_after(count).entries);
    assert!(older.any(|older| older == entries), "{entries:?}");
    assert!(!heads_hold, "{entries:?}");
    Fate::Older
}

fn extends(log: &SqliteLedger, head: &Head) -> bool {
    match verify(log, Some(head), &mut |_| ()) {
        Ok(_) => true,
        Err(LedgerError::Faulty { fault, .. }) => {
            assert!(matches!(fault, EntryFault::Unreached { .. }), "{fault:?}");
            false
        }
        Err(error) => panic!("{error:?}"),
    }
}

fn damaged(error: &LedgerError) -> Fate {
    assert!(
        matches!(
            error,
            LedgerError::Damaged { .. }
                | LedgerError::Altered { .. }
                | LedgerError::Foreign { .. }
                | LedgerError::Faulty { .. }
        ),
        "{error:?}"
    );
    Fate::Damaged
}

/// Losses of power between a lie and the end, for each lie: at the very next call, and spread over the rest.
const LOSSES: usize = 8;

/// A disk that lies and then loses power.
#[derive(Debug)]
struct Case {
    lie: Plan,
    loss: Plan,
    kept: Kept,
}

/// Every sync, lying alone or with all that follow, dropping all that it was to keep or some sectors of it.
fn cases() -> Vec<Case> {
    let calls = rehearse(&quick_folder(), &script());
    let syncs = (0..calls.len()).filter(|at| calls[*at] == Call::Sync);
    let mut cases = Vec::new();
    for at in syncs {
        for seed in 0..seeds() {
            let sectors = Kept::Sectors { seed };
            let lies = [Kept::Nothing, sectors]
                .into_iter()
                .flat_map(|dropped| [Fault::LyingSync(dropped), Fault::LyingSyncs(dropped)]);
            for (lie, kept) in lies.zip([Kept::Nothing, sectors, Kept::Everything, sectors]) {
                cases.extend(losses(at, calls.len(), seed).map(|loss| Case {
                    lie: Plan { at, fault: lie },
                    loss,
                    kept,
                }));
            }
        }
    }
    cases
}

fn losses(lie_at: usize, end: usize, seed: u64) -> impl Iterator<Item = Plan> {
    let rest = end - lie_at;
    let places = (0..LOSSES).map(move |n| lie_at + 1 + (n * rest + seed as usize) / LOSSES);
    let fault = Fault::PowerLoss;
    places.map(move |at| Plan { at, fault })
}

#[test]
fn a_lying_sync_does_not_go_unnoticed() {
    let cases = cases();
    let fates = Mutex::new(Vec::new());
    let bad_pages = AtomicUsize::new(0);
    run_all(&cases, |case| {
        let folder = quick_folder();
        let disk = Disk::below(folder.path()).unwrap();
        let path = ledger_path(folder.path());
        disk.plan(&[case.lie, case.loss]);
        let told = life::live(&disk, &path, &script(), Some(Fault::PowerLoss));
        disk.restore_power(case.kept).unwrap();
        let fate = fate(&path, &told);
        if matches!(fate, Fate::Whole | Fate::Older) && !pages_hold(&path) {
            bad_pages.fetch_add(1, Ordering::Relaxed);
        }
        fates.lock().unwrap().push(fate);
    });
    let fates = fates.into_inner().unwrap();
    let count = |fate: Fate| fates.iter().filter(|one| **one == fate).count();
    report(&format!(
        "{} lies of a sync before a loss of power: {} logs whole, {} named as damaged, {} older and named by a head, \
         {} never given out; SQLite's own check finds bad pages in {} of the whole and older ones",
        fates.len(),
        count(Fate::Whole),
        count(Fate::Damaged),
        count(Fate::Older),
        count(Fate::NeverGiven),
        bad_pages.into_inner()
    ));
}

/// What SQLite says of the file itself: an index, say, that lost entries which the log shows by another.
fn pages_hold(path: &Path) -> bool {
    let connection = Connection::open(path).unwrap();
    let found = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0));
    found.is_ok_and(|found: String| found == "ok")
}
