//! Creation broken off between the steps that are not SQLite's: whatever stands in the folder then, the next
//! creation makes a ledger of it or finds one, and leaves nothing else.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use ledger::{LedgerError, Log, SqliteLedger};

/// Where a ledger is made before it has its name.
fn draft(path: &Path) -> PathBuf {
    path.with_file_name(".ledger.db.creating")
}

/// A whole ledger, as bytes, to cut drafts from.
fn whole() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    drop(SqliteLedger::create(&path, 0).unwrap());
    fs::read(path).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn a_draft_of_a_dead_creator_is_removed_by_the_next() {
    let whole = whole();
    let torn = [&whole[..whole.len() / 2], &[0; 700]].concat();
    let rubbish = b"rubbish".repeat(1000);
    for draft_bytes in [&[][..], &whole[..100], &torn, &rubbish, &whole] {
        for beside in [&[][..], &["-journal"], &["-wal", "-shm"]] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ledger.db");
            fs::write(draft(&path), draft_bytes).unwrap();
            for ending in beside {
                let name = format!(".ledger.db.creating{ending}");
                fs::write(path.with_file_name(name), &rubbish).unwrap();
            }
            let ledger = SqliteLedger::create(&path, 0).unwrap();
            assert_eq!(ledger.streams().unwrap(), []);
            drop(ledger);
            assert_eq!(names(folder.path()), ["ledger.db"]);
        }
    }
}

#[test]
fn a_ledger_that_still_has_its_drafts_name_loses_that_name_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    drop(SqliteLedger::create(&path, 0).unwrap());
    fs::hard_link(&path, draft(&path)).unwrap();
    let again = SqliteLedger::create(&path, 0).err().unwrap();
    assert!(matches!(again, LedgerError::Exists { .. }), "{again:?}");
    assert_eq!(names(folder.path()), ["ledger.db"]);
    assert_eq!(fs::metadata(&path).unwrap().nlink(), 1);
    SqliteLedger::open(&path).unwrap();
}

#[test]
fn a_draft_that_cannot_be_removed_is_named_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    fs::create_dir(draft(&path)).unwrap();
    let error = SqliteLedger::create(&path, 0).err().unwrap();
    let expected = format!("failed to remove {}", draft(&path).display());
    assert_eq!(error.to_string(), expected);
    assert_eq!(names(folder.path()), [".ledger.db.creating"]);
}

#[test]
fn folders_on_the_way_are_made_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a").join("b").join("ledger.db");
    drop(SqliteLedger::create(&path, 0).unwrap());
    for made in path.ancestors().skip(1).take(2) {
        let mode = fs::metadata(made).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", made.display());
    }
}
