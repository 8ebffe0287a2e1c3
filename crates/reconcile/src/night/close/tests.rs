//! What came up while a run went on.

use ledger::StreamId;
use tempfile::TempDir;

use super::super::work::{About, Single, Stage, Underway, Work};
use super::leave_news;
use crate::balance::Cleared;
use crate::{Cause, Class, Finding, Repair, Unsettled};

fn sum(class: Class, id: &str) -> Finding {
    Finding {
        parent_id: None,
        id: format!("fnd_{id}"),
        class,
        code: Some("missing".to_owned()),
        object_type: "charge".to_owned(),
        object_id: id.to_owned(),
        at_stake: Vec::new(),
        fields: Vec::new(),
        cause: Cause::Unknown,
        evidence: Vec::new(),
        request_id: None,
        repair: Repair::Look,
    }
}

#[test]
fn a_sum_that_held_when_the_run_was_planned_is_left_unsettled_unless_its_object_was_read() {
    let folder = TempDir::new().unwrap();
    let work = Work::open(&folder.path().join("night.db")).unwrap();
    let mut underway = Underway {
        id: 0,
        name: "run".to_owned(),
        began_s: 0,
        start_seq: 0,
        stage: Stage::Balance,
        laps: Vec::new(),
        record: None,
    };
    let stream = StreamId::new("acct_1", true).unwrap();
    work.begin(&stream, "", &mut underway).unwrap();
    let run = underway.id;
    work.remark(run, About::Doubt, "fnd_ch_old").unwrap();
    let single = Single {
        object: "charge".to_owned(),
        id: "ch_read".to_owned(),
        stripe_id: "ch_read".to_owned(),
        parent: None,
    };
    work.add_single(run, &single).unwrap();
    work.end_single(run, &single, true).unwrap();
    let mut cleared = Cleared {
        findings: vec![
            sum(Class::SumDiffers, "ch_old"),
            sum(Class::SumDiffers, "ch_read"),
            sum(Class::SumDiffers, "ch_new"),
            sum(Class::BalanceDiffers, "eur"),
        ],
        ..Cleared::default()
    };
    leave_news(&work, run, &mut cleared, &[]).unwrap();
    let left: Vec<&str> = cleared.findings.iter().map(|one| &*one.object_id).collect();
    assert_eq!(left, ["ch_old", "ch_read", "eur"]);
    let moved = Unsettled {
        object_type: "charge".to_owned(),
        object_id: "ch_new".to_owned(),
    };
    assert_eq!(cleared.unsettled, [moved]);
}
