//! One log, one book: batches of any size, rebuilds on any number of threads, and for State any order of the entries.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ledger::MemoryLedger;
use projector::{check_digest, check_position, dump};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::log::{Folder, append, event, live, log_of};
use crate::step::{lines, steps};

#[test]
fn batches_and_rebuilds_give_the_same_book() {
    let met = RefCell::new(BTreeMap::new());
    let runner = &mut TestRunner::new(Config::with_source_file(file!()));
    let histories = (steps(1..60), 1..20_u64, 0..60_usize);
    runner
        .run(&histories, |(steps, batch, stop)| {
            let lines = lines(&steps);
            let (early, late) = lines.split_at(stop.min(lines.len()));
            let batched = Folder::new();
            let mut log = MemoryLedger::new();
            append(&mut log, &live(), early);
            batched.rebuild(&log, 1);
            append(&mut log, &live(), late);
            let report = batched.project(&log, batch);
            let expected = batched.contents(&live());
            for threads in [1, 2, 4] {
                let rebuilt = Folder::new();
                let from_rebuild = rebuilt.rebuild(&log, threads);
                prop_assert_eq!(&rebuilt.contents(&live()), &expected, "{} threads", threads);
                prop_assert_eq!(from_rebuild.streams[0].digest, report.streams[0].digest);
                prop_assert_eq!(&from_rebuild.streams[0].rows, &report.streams[0].rows);
            }
            let book = batched.open();
            prop_assert_eq!(check_digest(&book, &live()).unwrap(), vec![]);
            check_position(&log, &book).unwrap();
            for (table, rows) in &report.streams[0].rows {
                *met.borrow_mut().entry(*table).or_insert(0) += rows;
            }
            Ok(())
        })
        .unwrap();
    for (table, rows) in met.into_inner() {
        assert!(rows > 0, "no history ever put a row into {table}");
    }
}

#[test]
fn absurd_times_are_times_like_others() {
    // No envelope is dated later than the last.
    for second in [i64::MIN, -1, 0, 253_402_300_798, 253_402_300_799] {
        let customer = |name: &str| {
            format!(
                "{{\"id\":\"cus_1\",\"object\":\"customer\",\"created\":1,\"name\":\"{name}\"}}"
            )
        };
        let previous = "{\"name\":\"Customer 0001\"}";
        let lines = [
            event(
                "evt_1",
                "customer.created",
                second,
                &customer("Customer 0001"),
                None,
            ),
            event(
                "evt_2",
                "customer.updated",
                second,
                &customer("Customer 0002"),
                Some(previous),
            ),
        ];
        let folder = Folder::new();
        let report = folder.rebuild(&log_of(&lines), 1);
        assert_eq!(report.streams[0].position.clock_s, Some(second));
        let rows = dump(&folder.open(), &live(), false).unwrap();
        assert!(
            rows.contains("Customer 0002") && rows.contains("linked"),
            "{second}"
        );
    }
}

#[test]
fn state_does_not_depend_on_the_order_of_entries() {
    let shuffled = steps(1..40).prop_flat_map(|steps| {
        let lines = lines(&steps);
        (Just(lines.clone()), Just(lines).prop_shuffle())
    });
    proptest!(|((straight, shuffled) in shuffled)| {
        let one = Folder::new();
        let report = one.rebuild(&log_of(&straight), 1);
        let other = Folder::new();
        other.rebuild(&log_of(&[]), 1);
        let batched = other.project(&log_of(&shuffled), 7);
        let state = |folder: &Folder| dump(&folder.open(), &live(), false).unwrap();
        prop_assert_eq!(state(&one), state(&other));
        prop_assert_eq!(report.streams[0].digest, batched.streams[0].digest);
    });
}
