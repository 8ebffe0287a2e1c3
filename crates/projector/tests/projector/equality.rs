//! One log, one book: batches of any size, rebuilds on any number of threads, and for State any order of the entries.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ledger::MemoryLedger;
use projector::{check_digest, check_position, dump};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::log::{Folder, append, event, live, log_of};
use crate::step::{lines, steps};

/// Tables for what a quarter of a small company doesn't show: long lists and test clocks. `tests/scenarios` tells of their
/// kinds, in several orders.
const UNMET: [&str; 10] = [
    "credit_note_line_lists",
    "listed_credit_note_line_discounts",
    "listed_credit_note_line_taxes",
    "listed_credit_note_lines",
    "listed_invoice_line_discounts",
    "listed_invoice_line_pretax_credits",
    "listed_invoice_line_taxes",
    "listed_subscription_items",
    "subscription_item_lists",
    "test_clocks",
];

#[test]
fn batches_and_rebuilds_give_the_same_book() {
    let met = RefCell::new(BTreeMap::new());
    let runner = &mut TestRunner::new(Config::with_source_file(file!()));
    let laid = RefCell::new(0);
    let means = (1..=4_usize, 0..64 * 1024_usize);
    let histories = (steps(1..60), 1..20_u64, 0..60_usize, means);
    runner
        .run(
            &histories,
            |(steps, batch, stop, (threads, memory_bytes))| {
                let lines = lines(&steps);
                let (early, late) = lines.split_at(stop.min(lines.len()));
                let batched = Folder::new();
                let mut log = MemoryLedger::new();
                append(&mut log, &live(), early);
                batched.rebuild(&log, 1);
                append(&mut log, &live(), late);
                let report = batched.project(&log, batch);
                let expected = batched.contents(&live());
                let mut from_whole = Vec::new();
                for threads in [1, 2, 4] {
                    let rebuilt = Folder::new();
                    let from_rebuild = rebuilt.rebuild(&log, threads);
                    prop_assert_eq!(&rebuilt.contents(&live()), &expected, "{} threads", threads);
                    prop_assert_eq!(from_rebuild.streams[0].digest, report.streams[0].digest);
                    prop_assert_eq!(&from_rebuild.streams[0].rows, &report.streams[0].rows);
                    prop_assert_eq!(from_rebuild.laid_bytes, 0);
                    from_whole = from_rebuild.streams;
                }
                let little = Folder::new();
                let from_little = little.rebuild_within(&log, threads, memory_bytes);
                prop_assert_eq!(
                    &little.contents(&live()),
                    &expected,
                    "{} bytes",
                    memory_bytes
                );
                prop_assert_eq!(&from_little.streams, &from_whole);
                *laid.borrow_mut() += from_little.laid_bytes;
                let book = batched.open();
                prop_assert_eq!(check_digest(&book, &live()).unwrap(), vec![]);
                check_position(&log, &book).unwrap();
                for (table, rows) in &report.streams[0].rows {
                    *met.borrow_mut().entry(*table).or_insert(0) += rows;
                }
                Ok(())
            },
        )
        .unwrap();
    assert!(laid.into_inner() > 0, "some budgets were too small");
    // The histories have nine kinds of object; what all others put into tables, a simulated company's does.
    let mut met = met.into_inner();
    for (table, rows) in crate::simulated::rows() {
        *met.entry(table).or_insert(0) += rows;
    }
    let empty: Vec<&str> = (met.into_iter())
        .filter_map(|(table, rows)| (rows == 0).then_some(table))
        .collect();
    assert_eq!(empty, UNMET, "no history ever put a row into these");
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

#[test]
fn entries_of_an_object_are_those_that_spoke_of_it_made_either_way() {
    let customer = |id: &str| format!("{{\"id\":\"{id}\",\"object\":\"customer\",\"created\":1}}");
    let line = |n: i64, id: &str| {
        let event_id = format!("evt_{n}");
        event(&event_id, "customer.updated", n, &customer(id), None)
    };
    let lines: Vec<String> = (1..=300)
        .map(|n| line(n, if n % 100 == 0 { "cus_1" } else { "cus_2" }))
        .collect();
    let (batched, rebuilt) = (Folder::new(), Folder::new());
    batched.rebuild(&log_of(&[]), 1);
    batched.project(&log_of(&lines), 7);
    rebuilt.rebuild(&log_of(&lines), 2);
    let others: Vec<u64> = (1..=300).filter(|seq| seq % 100 != 0).collect();
    for folder in [batched, rebuilt] {
        let book = folder.open();
        let of = |id| book.entries_of(&live(), "customer", id).unwrap();
        assert_eq!(of("cus_1"), [100, 200, 300]);
        assert_eq!(of("cus_2"), others);
        assert_eq!(of("cus_3"), []);
    }
}
