//! Copies of a ledger that is being written: one moment of it, whole, in one file.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use ledger::{LedgerError, Log, SqliteLedger, verify};

use crate::draft::{append_events, entries, live, on_disk, test_mode};

#[test]
fn a_copy_is_one_moment_of_a_log_that_grows_meanwhile() {
    let (_folder, path, mut ledger) = on_disk();
    // More pages than a step copies, so that others write between two steps.
    append_events(&mut ledger, &live(), 20_000);
    let head = ledger.head(&live()).unwrap();
    let before = entries(&ledger, &live());
    let to = path.with_file_name("copy.db");
    let mut steps = Vec::new();
    ledger::SqliteLedger::open(&path)
        .unwrap()
        .copy_to(&to, &mut |at| {
            append_events(&mut ledger, &test_mode(), 50 * (steps.len() + 1));
            steps.push(at);
            assert!(steps.len() < 1000, "the copy began anew");
        })
        .unwrap();
    assert!(steps.len() > 1 && steps.is_sorted_by_key(|at| at.done));
    assert!(steps.iter().all(|at| at.pages == steps[0].pages));
    assert_eq!(steps[steps.len() - 1].done, steps[0].pages);
    assert_eq!(
        ledger.head(&test_mode()).unwrap().seq,
        50 * steps.len() as u64,
        "nobody waited for the copy"
    );
    let copy = SqliteLedger::open_readonly(&to).unwrap();
    assert_eq!(copy.streams().unwrap().len(), 1);
    assert_eq!(entries(&copy, &live()), before);
    assert_eq!(copy.meta_hash().unwrap(), ledger.meta_hash().unwrap());
    verify(&copy, Some(&head), &mut |_| ()).unwrap();
}

#[test]
fn a_copy_is_one_file_for_its_owner_that_can_be_read_where_nothing_can_be_written() {
    let (_folder, path, mut ledger) = on_disk();
    append_events(&mut ledger, &live(), 10);
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("copy.db");
    ledger.copy_to(&to, &mut |_| ()).unwrap();
    let names: Vec<_> = fs::read_dir(place.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(names, ["copy.db"]);
    assert_eq!(
        fs::metadata(&to).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // The bytes that say WAL.
    assert_eq!(fs::read(&to).unwrap()[18..20], [1, 1]);
    assert_eq!(fs::read(&path).unwrap()[18..20], [2, 2]);
    SqliteLedger::open_readonly(&to).unwrap();
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn a_copy_goes_on_as_a_ledger() {
    let (_folder, path, mut ledger) = on_disk();
    append_events(&mut ledger, &live(), 10);
    let to = path.with_file_name("copy.db");
    ledger.copy_to(&to, &mut |_| ()).unwrap();
    let head = ledger.head(&live()).unwrap();
    let mut copy = SqliteLedger::open(&to).unwrap();
    append_events(&mut copy, &live(), 12);
    let verified = verify(&copy, Some(&head), &mut |_| ()).unwrap();
    assert_eq!(verified.streams[0].head.seq, 12);
}

#[test]
fn a_copy_is_never_written_over_anything() {
    let (_folder, path, ledger) = on_disk();
    let note = path.with_file_name("note.txt");
    fs::write(&note, "dear diary").unwrap();
    for to in [&path, &note] {
        let error = ledger.copy_to(to, &mut |_| ()).unwrap_err();
        assert!(matches!(error, LedgerError::Exists { .. }), "{error:?}");
    }
    assert_eq!(fs::read(&note).unwrap(), b"dear diary");
}
