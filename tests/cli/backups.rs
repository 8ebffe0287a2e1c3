//! Backups: made while others write, proved before they are called one, put back whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use rusqlite::Connection;

use crate::desk::{Desk, shifted, tree};

/// The run ends so, and says all of this on stderr.
pub(crate) fn check(desk: &Desk, line: &str, exit: i32, said: &[&str]) {
    let run = desk.run(line);
    let told = format!("daybook {line}\n{}{}", run.stdout, run.stderr);
    assert_eq!(run.exit, exit, "{told}");
    assert!(said.iter().all(|part| run.stderr.contains(part)), "{told}");
}

pub(crate) fn names(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn line_of<'t>(text: &'t str, heading: &str) -> &'t str {
    let line = text.lines().find_map(|line| line.strip_prefix(heading));
    line.unwrap_or_else(|| panic!("no {heading} in {text}"))
        .trim()
}

/// A company with a reject, and a backup of it; the head that the backup printed.
pub(crate) fn with_backup() -> (Desk, String) {
    let desk = Desk::with_book();
    desk.write("broken.ndjson", "broken");
    assert_eq!(desk.run("import broken.ndjson").exit, 3);
    let told = desk.ok("backup nightly");
    let head = line_of(&told, "heads").to_owned();
    (desk, head)
}

#[test]
fn a_lost_machine_is_made_again_from_its_backup() {
    let (desk, head) = with_backup();
    assert_eq!(head, desk.ok("head").trim(), "printed whole");
    let (digest, rejects) = (desk.json("status")["digest"].clone(), desk.rejects().len());
    fs::remove_dir_all(desk.path("daybook-data")).unwrap();

    let told = desk.ok("restore nightly");
    assert_eq!(line_of(&told, "heads"), head);
    let ledger = fs::read(desk.path("daybook-data/ledger.db")).unwrap();
    assert_eq!(ledger[18..20], [2, 2], "in WAL mode before anybody reads");
    desk.ok(&format!("verify --head {head}"));
    assert_eq!(desk.rejects().len(), rejects);
    desk.ok("project");
    assert_eq!(desk.json("status")["digest"], digest);
    desk.ok("check chain");
    let again = desk.json("import sim/events.ndjson sim/observations.ndjson");
    assert_eq!(again["appended"], 0, "nothing was lost");
}

#[test]
fn a_backup_says_the_same_to_programs() {
    let (desk, head) = with_backup();
    let told = desk.json("backup weekly");
    assert_eq!(told["heads"][0], head.as_str());
    assert_eq!(told["stands_on"]["head"], head.as_str());
    assert_eq!(told["reject_files"], 2);
    let ledger = fs::read(desk.path("weekly/ledger.db")).unwrap();
    assert_eq!(told["bytes"], ledger.len());
    let restored = desk.json("--data other restore weekly");
    for member in ["heads", "bytes", "sha256", "made_at", "stands_on"] {
        assert_eq!(restored[member], told[member], "{member}");
    }
}

#[test]
fn a_backup_holds_no_book_and_is_for_its_owner_alone() {
    let (desk, _) = with_backup();
    let held = ["backup.toml", "daybook.toml", "ledger.db", "rejects"];
    assert_eq!(names(&desk.path("nightly")), held.map(str::to_owned).into());
    desk.ok("--data other restore nightly");
    for folder in ["nightly", "other"] {
        for inner in [folder.to_owned(), format!("{folder}/rejects")] {
            let mode = fs::metadata(desk.path(&inner))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o700, "{inner}");
        }
        for (path, _) in tree(&desk.path(folder)) {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
    }
    let held = ["daybook.toml", "ledger.db", "rejects"];
    assert_eq!(names(&desk.path("other")), held.map(str::to_owned).into());
}

#[test]
fn a_backup_is_made_into_a_new_or_empty_folder_only() {
    let (desk, _) = with_backup();
    let before = tree(&desk.path("nightly"));
    check(
        &desk,
        "backup nightly",
        1,
        &["is not an empty folder", "hint: name a new folder"],
    );
    check(&desk, "backup sim/truth.json", 1, &[]);
    assert_eq!(tree(&desk.path("nightly")), before);
    fs::create_dir(desk.path("empty")).unwrap();
    desk.ok("backup empty");
    desk.ok("backup deep/in/here");
    for folder in ["empty", "deep/in/here"] {
        desk.ok(&format!(
            "--data of-{} restore {folder}",
            folder.replace('/', "-")
        ));
    }
    assert_eq!(names(&desk.path("deep/in")), ["here".to_owned()].into());
}

#[test]
fn two_backups_never_fill_one_folder() {
    let (desk, _) = with_backup();
    fs::create_dir(desk.path("weekly.part")).unwrap();
    let other = File::open(desk.path("weekly.part")).unwrap();
    other.lock().unwrap();
    check(
        &desk,
        "backup weekly",
        4,
        &["another process is filling", "hint: try again"],
    );
    drop(other);
    desk.write("weekly.part/ledger.db", "left by a run that was killed");
    desk.write("weekly.part/ledger.db-journal", "");
    desk.ok("backup weekly");
    assert!(!desk.path("weekly.part").exists());
    desk.ok("--data other restore weekly");

    fs::create_dir(desk.path("mine.part")).unwrap();
    desk.write("mine.part/thesis.txt", "dear to me");
    check(
        &desk,
        "backup mine",
        1,
        &[
            "holds what no unfinished backup holds",
            "hint: look into it",
        ],
    );
    assert_eq!(
        names(&desk.path("mine.part")),
        ["thesis.txt".to_owned()].into()
    );
}

#[test]
fn backups_made_while_others_write_are_each_a_part_of_the_log() {
    let desk = Desk::with_company();
    let mut writer = desk.command("import sim/events.ndjson sim/observations.ndjson -");
    let mut writer = writer
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let lines = desk.lines("sim/events.ndjson");
    let mut input = writer.stdin.take().unwrap();
    let mut heads = Vec::new();
    // The writer is at it all the time: it ends when its standard input does.
    for n in 0..4 {
        // More than a batch, so that some of it is committed between two backups.
        for place in 0..4_200 {
            let line = lines[place % lines.len()].replacen(
                "\"id\":\"evt_",
                &format!("\"id\":\"evt_{n}{place}"),
                1,
            );
            writeln!(input, "{line}").unwrap();
        }
        let told = desk.json(&format!("backup nightly-{n}"));
        heads.push(told["heads"][0].as_str().unwrap().to_owned());
    }
    drop(input);
    assert!(writer.wait().unwrap().success());
    assert!(
        BTreeSet::from_iter(&heads).len() > 1,
        "the log grew meanwhile: {heads:?}"
    );
    for (n, head) in heads.iter().enumerate() {
        desk.ok(&format!("verify --head {head}"));
        desk.ok(&format!("--data of-{n} restore nightly-{n}"));
        assert_eq!(desk.ok(&format!("--data of-{n} head")).trim(), head);
    }
}

#[test]
fn a_backup_of_a_damaged_log_is_none() {
    let desk = Desk::with_book();
    spoil(&desk.path("daybook-data/ledger.db"));
    check(
        &desk,
        "backup nightly",
        5,
        &["entry 7 of", "because: ", "hint: no backup was made"],
    );
    let ledger = Connection::open(desk.path("daybook-data/ledger.db")).unwrap();
    let trigger = "SELECT sql FROM sqlite_schema WHERE name = 'meta_stays'";
    let trigger: String = ledger.query_row(trigger, [], |row| row.get(0)).unwrap();
    ledger
        .execute_batch(&format!(
            "DROP TRIGGER meta_stays; DELETE FROM meta; {trigger}"
        ))
        .unwrap();
    check(
        &desk,
        "backup nightly",
        5,
        &["the row of meta is missing", "hint: no backup was made"],
    );
    assert!(!desk.path("nightly").exists() && !desk.path("nightly.part").exists());
}

/// Changes an entry as someone would who means it: SQLite's own triggers, which refuse it, are taken away meanwhile.
pub(crate) fn spoil(ledger: &Path) {
    let ledger = Connection::open(ledger).unwrap();
    let trigger = "SELECT sql FROM sqlite_schema WHERE name = 'entries_never_change'";
    let trigger: String = ledger.query_row(trigger, [], |row| row.get(0)).unwrap();
    let change = "DROP TRIGGER entries_never_change; UPDATE entries SET created_s = created_s + 1 WHERE seq = 7";
    ledger
        .execute_batch(&format!("{change}; {trigger}"))
        .unwrap();
}

/// A backup spoilt like this is refused so, and nothing is put anywhere.
fn check_spoilt(desk: &Desk, exit: i32, said: &str, spoil: impl FnOnce(&Path)) {
    let folder = desk.path("spoilt");
    fs::create_dir_all(folder.join("rejects")).unwrap();
    for (path, bytes) in tree(&desk.path("nightly")) {
        let name = path.strip_prefix(desk.path("nightly")).unwrap();
        fs::write(folder.join(name), bytes).unwrap();
    }
    spoil(&folder);
    check(desk, "--data other restore spoilt", exit, &[said, "hint: "]);
    assert!(!desk.path("other").exists(), "{said}");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_damaged_backup_is_refused_in_a_sentence_and_nothing_is_restored() {
    let (desk, _) = with_backup();
    let damaged = "error: the backup spoilt is damaged: ";
    let ledger = fs::read(desk.path("nightly/ledger.db")).unwrap();
    for place in [0, 18, 100, ledger.len() / 2, ledger.len() - 1] {
        check_spoilt(&desk, 5, damaged, |folder| {
            let mut bytes = ledger.clone();
            bytes[place] ^= 1;
            fs::write(folder.join("ledger.db"), bytes).unwrap();
        });
    }
    for name in ["ledger.db", "daybook.toml", "backup.toml"] {
        check_spoilt(&desk, 5, damaged, |folder| {
            let bytes = fs::read(folder.join(name)).unwrap();
            fs::write(folder.join(name), &bytes[..bytes.len() / 2]).unwrap();
        });
    }
    for name in ["ledger.db", "daybook.toml"] {
        let said = format!("{damaged}{name} is missing");
        check_spoilt(&desk, 5, &said, |folder| {
            fs::remove_file(folder.join(name)).unwrap()
        });
    }
    check_spoilt(&desk, 5, damaged, |folder| {
        let reject = fs::read_dir(folder.join("rejects"))
            .unwrap()
            .next()
            .unwrap();
        fs::write(reject.unwrap().path(), "other").unwrap();
    });
    check_spoilt(&desk, 5, damaged, |folder| {
        fs::remove_dir_all(folder.join("rejects")).unwrap()
    });
}

/// Puts other words into a backup's manifest.
fn reword(folder: &Path, from: &str, to: &str) {
    let path = folder.join("backup.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn a_manifest_is_believed_only_as_far_as_the_files_bear_it_out() {
    let (desk, head) = with_backup();
    let damaged = "error: the backup spoilt is damaged: ";
    let other_head = shifted(&head, -100);
    for (from, to) in [
        (head.as_str(), other_head.as_str()),
        ("files = 1", "files = 2"),
        ("sha256 = \"", "sha256 = \"0"),
        ("stream = \"acct_", "stream = \"acct_x"),
    ] {
        check_spoilt(&desk, 5, damaged, |folder| reword(folder, from, to));
    }
    check_spoilt(&desk, 1, "has format 2; this program knows 1", |folder| {
        reword(folder, "format = 1", "format = 2\nmore = \"of it\"");
    });
    check_spoilt(&desk, 1, "is no backup", |folder| {
        fs::remove_file(folder.join("backup.toml")).unwrap();
    });
}

#[test]
fn a_backup_forged_with_its_hashes_is_still_held_against_the_chain() {
    let (desk, _) = with_backup();
    let said = desk.json("backup whole")["sha256"]
        .as_str()
        .unwrap()
        .to_owned();
    let spoilt = |folder: &Path| {
        for name in ["ledger.db", "backup.toml"] {
            fs::copy(desk.path("whole").join(name), folder.join(name)).unwrap();
        }
        spoil(&folder.join("ledger.db"));
        let forged = desk.path("forged");
        fs::create_dir(&forged).unwrap();
        fs::copy(folder.join("ledger.db"), forged.join("ledger.db")).unwrap();
        reword(folder, &said, &sha256(&forged.join("ledger.db")));
        fs::remove_dir_all(&forged).unwrap();
    };
    for told in ["entry 7 of", "hint: the backup holds no sound log"] {
        check_spoilt(&desk, 5, told, spoilt);
    }
}

fn sha256(path: &Path) -> String {
    use std::fmt::Write as _;

    use sha2::{Digest, Sha256};
    let hash = Sha256::digest(fs::read(path).unwrap());
    hash.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn a_ledger_or_what_is_left_of_one_is_never_restored_over() {
    let (desk, _) = with_backup();
    check(
        &desk,
        "restore nightly",
        1,
        &["ledger.db is there already", "hint: name another folder"],
    );
    // A WAL that outlived its ledger would be played into the one put beside it.
    for name in ["ledger.db-wal", "ledger.db-shm", "ledger.db-journal"] {
        fs::create_dir(desk.path("other")).unwrap();
        desk.write(&format!("other/{name}"), "left over");
        let said = format!("{name} is there already");
        check(
            &desk,
            "--data other restore nightly",
            1,
            &[&said, "together with its -wal"],
        );
        assert_eq!(names(&desk.path("other")), [name.to_owned()].into());
        fs::remove_dir_all(desk.path("other")).unwrap();
    }
    desk.ok("--data other init --account acct_other");
    fs::remove_file(desk.path("other/ledger.db")).unwrap();
    check(
        &desk,
        "--data other restore nightly",
        1,
        &["is a data folder for acct_other/live"],
    );
}

#[test]
fn restoring_leaves_settings_rejects_and_books_that_are_there() {
    let (desk, _) = with_backup();
    let reject = desk.rejects().remove(0);
    fs::write(&reject, "being mended").unwrap();
    let settings = desk.path("daybook-data/daybook.toml");
    let text = format!("{}# mine\n", fs::read_to_string(&settings).unwrap());
    fs::write(&settings, &text).unwrap();
    let book = fs::read_link(desk.path("daybook-data/book.db")).unwrap();
    lose_ledger(&desk);
    desk.ok("restore nightly");
    assert_eq!(fs::read_to_string(&reject).unwrap(), "being mended");
    assert_eq!(fs::read_to_string(&settings).unwrap(), text);
    assert_eq!(
        fs::read_link(desk.path("daybook-data/book.db")).unwrap(),
        book
    );
    assert_eq!(
        desk.json("project")["made_anew"],
        false,
        "the book stands on what was restored"
    );
    desk.ok("check position");
}

#[test]
fn what_a_killed_restore_left_is_swept_by_the_next() {
    let (desk, head) = with_backup();
    fs::create_dir_all(desk.path("other/restore.part/rejects")).unwrap();
    desk.write("other/restore.part/ledger.db", "half of it");
    desk.write("other/restore.part/ledger.db-wal", "");
    desk.write("other/restore.part/rejects/1.body", "");
    desk.ok("--data other restore nightly");
    assert!(!desk.path("other/restore.part").exists());
    desk.ok(&format!("--data other verify --head {head}"));
    check(&desk, "--data other import sim/events.ndjson", 0, &[]);
    // Killed when the ledger was in place already: there is nothing to restore, and what is left goes all the same.
    fs::create_dir(desk.path("other/restore.part")).unwrap();
    desk.write("other/restore.part/ledger.db", "all of it");
    check(&desk, "--data other restore nightly", 1, &[]);
    assert!(!desk.path("other/restore.part").exists());
    desk.ok(&format!("--data other verify --head {head}"));
}

/// Takes the ledger away with all that belongs to it, as the hint says.
pub(crate) fn lose_ledger(desk: &Desk) {
    let folder = desk.path("daybook-data");
    let files = names(&folder)
        .into_iter()
        .filter(|name| name.starts_with("ledger.db"));
    files.for_each(|name| fs::remove_file(folder.join(name)).unwrap());
}
