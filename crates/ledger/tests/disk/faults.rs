//! One fault in a ledger's life: at every call, every fault that can strike it.

use disk::{Call, Disk, Fault, Kept, Plan};
use tempfile::TempDir;

use crate::audit::assert_told_the_truth;
use crate::cases::{ledger_path, quick_folder, rehearse, report, run_all, seeds};
use crate::life;
use crate::script::{Step, bulk_script, script};

/// Every call with every fault that applies to it, but for losses of power.
fn plans(faults: &[Fault]) -> (usize, Vec<Plan>) {
    let calls = rehearse(&quick_folder(), &script());
    let plans = calls.iter().enumerate().flat_map(|(at, call)| {
        let faults = faults.iter().filter(|fault| fault.applies_to(*call));
        faults.map(move |&fault| Plan { at, fault })
    });
    let plans = plans.collect();
    (calls.len(), plans)
}

/// Lives under these faults, the last of which says how it ends, and judges what is left.
fn check(folder: &TempDir, script: &[Step], plans: &[Plan], kept: Kept) {
    let disk = Disk::below(folder.path()).unwrap();
    let path = ledger_path(folder.path());
    disk.plan(plans);
    let last = plans.last().unwrap();
    let told = life::live(&disk, &path, script, Some(last.fault));
    assert!(disk.calls().len() > plans[0].at, "the fault has struck");
    match last.fault {
        Fault::PowerLoss => disk.restore_power(kept).unwrap(),
        _ => disk.mend(),
    }
    assert_told_the_truth(&path, &told);
}

#[test]
fn a_failing_call_loses_nothing_and_hides_nothing() {
    let faults = [Fault::Error, Fault::Gone, Fault::Full, Fault::ShortWrite];
    let (calls, plans) = plans(&faults);
    run_all(&plans, |plan| {
        check(&quick_folder(), &script(), &[*plan], Kept::Everything)
    });
    report(&format!(
        "{calls} calls, {} failures of one or of all that follow",
        plans.len()
    ));
}

#[test]
fn a_power_loss_leaves_what_was_acknowledged_whole() {
    let (calls, plans) = plans(&[Fault::PowerLoss]);
    let coins = (0..seeds()).map(|seed| Kept::Sectors { seed });
    let kept: Vec<Kept> = [Kept::Nothing, Kept::Everything]
        .into_iter()
        .chain(coins)
        .collect();
    let cases: Vec<_> = plans
        .iter()
        .flat_map(|plan| kept.iter().map(|kept| (*plan, *kept)))
        .collect();
    run_all(&cases, |(plan, kept)| {
        check(&quick_folder(), &script(), &[*plan], *kept)
    });
    report(&format!(
        "{calls} calls, {} losses of power with {} ways to tear what was not synced",
        cases.len(),
        kept.len()
    ));
}

/// Calls between a failure and the loss of power after it.
const SOON: [usize; 3] = [1, 2, 5];

#[test]
fn a_failed_write_or_sync_and_then_a_power_loss_leave_each_batch_whole_or_absent() {
    let calls = rehearse(&quick_folder(), &script());
    let faults = [Fault::Full, Fault::ShortWrite, Fault::Error];
    let (_, failures) = plans(&faults);
    let is_written = |plan: &&Plan| matches!(calls[plan.at], Call::Write | Call::Sync);
    let pairs = failures.iter().filter(is_written).flat_map(|first| {
        SOON.map(|later| {
            let fault = Fault::PowerLoss;
            let at = first.at + later;
            let seed = at as u64;
            let kept = [Kept::Everything, Kept::Nothing, Kept::Sectors { seed }];
            ([*first, Plan { at, fault }], kept[at % kept.len()])
        })
    });
    let pairs: Vec<_> = pairs.collect();
    run_all(&pairs, |(pair, kept)| {
        check(&quick_folder(), &script(), pair, *kept)
    });
    report(&format!(
        "{} failed writes and syncs with a loss of power soon after",
        pairs.len()
    ));
}

/// Places in the life of a bulk import that are struck, evenly spread.
const PLACES: usize = 6;

#[test]
fn a_bulk_import_that_outgrows_the_wal_is_whole_or_absent() {
    let script = bulk_script();
    let calls = rehearse(&tempfile::tempdir().unwrap(), &script).len();
    let places = (1..=PLACES).map(|place| calls * place / (PLACES + 1));
    let plans: Vec<_> = places
        .flat_map(|at| [Fault::Error, Fault::PowerLoss].map(|fault| Plan { at, fault }))
        .collect();
    run_all(&plans, |plan| {
        let seed = plan.at as u64;
        check(
            &tempfile::tempdir().unwrap(),
            &script,
            &[*plan],
            Kept::Sectors { seed },
        );
    });
    report(&format!(
        "{calls} calls, {} faults in a bulk import",
        plans.len()
    ));
}
