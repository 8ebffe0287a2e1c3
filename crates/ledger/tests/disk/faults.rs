//! One fault in a ledger's life: at every call, every fault that can strike it.

use disk::{Fault, Kept, Plan};

use crate::audit::assert_told_the_truth;
use crate::cases::{fresh_disk, ledger_path, rehearse, report, run_all, seeds};
use crate::life;
use crate::script::script;

/// Every call with every fault that applies to it, but for losses of power.
fn plans(faults: &[Fault]) -> (usize, Vec<Plan>) {
    let calls = rehearse(&script());
    let plans = calls.iter().enumerate().flat_map(|(at, call)| {
        let faults = faults.iter().filter(|fault| fault.applies_to(*call));
        faults.map(move |&fault| Plan { at, fault })
    });
    let plans = plans.collect();
    (calls.len(), plans)
}

fn check(plan: Plan, kept: Option<Kept>) {
    let (folder, disk) = fresh_disk();
    let path = ledger_path(folder.path());
    disk.plan(&[plan]);
    let told = life::live(&disk, &path, &script(), Some(plan.fault));
    assert!(disk.calls().len() > plan.at, "the fault has struck");
    match kept {
        Some(kept) => disk.restore_power(kept).unwrap(),
        None => disk.mend(),
    }
    assert_told_the_truth(&path, &told);
}

#[test]
fn a_failing_call_loses_nothing_and_hides_nothing() {
    let faults = [Fault::Error, Fault::Gone, Fault::Full, Fault::ShortWrite];
    let (calls, plans) = plans(&faults);
    run_all(&plans, |plan| check(*plan, None));
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
    run_all(&cases, |(plan, kept)| check(*plan, Some(*kept)));
    report(&format!(
        "{calls} calls, {} losses of power with {} ways to tear what was not synced",
        cases.len(),
        kept.len()
    ));
}
