//! One data folder and two users: what the other is told, and what the recipe of the documents opens to a group. Needs
//! root to be both users; without it says so.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::desk::{ACCOUNT, Desk, Run, without_times};

/// Numbers that no account of a machine needs to have.
const OWNER: u32 = 47_001;
const READER: u32 = 47_002;
const GROUP: u32 = 47_010;

/// In the order of the manual, without the line that names the group: here all files have it from the start.
const REJECTS: &str = "mkdir -p daybook-data/rejects";
const MANUAL: &str = include_str!("../../docs/OPERATIONS.md");
const NEW_FILES_OF_GROUP: &str = "find daybook-data -type d -exec chmod g+s {} +";
const GROUP_READS: &str = "chmod -R u=rwX,g=rX,o= daybook-data";
const GROUP_WRITES: &str = "chmod -R u=rwX,g=rwX,o= daybook-data";

/// A desk of which one user owns the data folder, with a copy of the program that both can reach.
struct Office {
    desk: Desk,
}

impl Office {
    /// None, and a word about it, where this user can't be others.
    fn open(test: &str) -> Option<Self> {
        let uid = fs::metadata("/proc/self").unwrap().uid();
        if uid != 0 {
            eprintln!(
                "{test}: left out, since user {uid} can't run programs as two others; run it as root"
            );
            return None;
        }
        let desk = Desk::new();
        let anyone = Permissions::from_mode(0o777);
        fs::set_permissions(desk.path("."), anyone).unwrap();
        // Copied by another process: a file that this one has open for writing can't be run.
        let copied = Command::new("cp")
            .args([env!("CARGO_BIN_EXE_daybook"), "program"])
            .current_dir(desk.path("."))
            .status();
        assert!(copied.unwrap().success());
        let office = Self { desk };
        office.ok(
            OWNER,
            "simulate --seed 1 --out sim --customers 12 --days 60",
        );
        office.ok(OWNER, &format!("init --account {ACCOUNT}"));
        office.ok(OWNER, "import sim/observations.ndjson");
        office.ok(OWNER, "project");
        Some(office)
    }

    fn run(&self, user: u32, line: &str) -> Run {
        let mut command = Command::new(self.desk.path("program"));
        command
            .args(line.split_whitespace())
            .current_dir(self.desk.path("."))
            .env_remove("DAYBOOK_DATA")
            .stdin(Stdio::null())
            .gid(GROUP)
            .uid(user);
        Run::from(command.output().unwrap())
    }

    fn ok(&self, user: u32, line: &str) -> String {
        let run = self.run(user, line);
        assert_eq!(run.exit, 0, "daybook {line}\n{}{}", run.stdout, run.stderr);
        run.stdout
    }

    /// The run ends with 1, and says this.
    fn fails(&self, user: u32, line: &str, said: &str) {
        let run = self.run(user, line);
        assert_eq!((run.exit, run.stderr.as_str()), (1, said), "daybook {line}");
    }

    /// The owner runs a line of the manual.
    fn follow(&self, line: &str) {
        assert!(MANUAL.contains(&format!("    {line}\n")), "{line}");
        let status = Command::new("sh")
            .args(["-c", line])
            .current_dir(self.desk.path("."))
            .gid(GROUP)
            .uid(OWNER)
            .status();
        assert!(status.unwrap().success(), "{line}");
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn another_user_is_told_what_to_do() {
    let Some(office) = Office::open("another_user_is_told_what_to_do") else {
        return;
    };
    let said = "error: failed to read daybook-data/daybook.toml\n  because: Permission denied (os error 13)\n\
                hint: run it as the owner of the data folder, or have the owner open it to your group as docs/OPERATIONS.md says\n";
    for line in [
        "status",
        "head",
        "invoices",
        "verify",
        "import sim/events.ndjson",
        "project",
    ] {
        office.fails(READER, line, said);
    }
    office.ok(OWNER, "import sim/events.ndjson");
}

#[test]
fn a_group_that_may_read_reads_and_writes_nothing() {
    let Some(office) = Office::open("a_group_that_may_read_reads_and_writes_nothing") else {
        return;
    };
    office.follow(REJECTS);
    office.follow(GROUP_READS);
    office.follow(NEW_FILES_OF_GROUP);
    office.ok(OWNER, "import sim/events.ndjson");
    office.ok(OWNER, "project");
    office.ok(OWNER, "rebuild");
    // The reader's memory of runs lasts as long as the command; the second time the owner's is there, for nobody else.
    for line in [
        "head",
        "status",
        "invoices",
        "verify --book",
        "check",
        "runs",
        "findings",
    ] {
        let [read, own] = [READER, OWNER].map(|user| without_times(&office.ok(user, line)));
        assert_eq!(read, own, "{line}");
    }
    assert_eq!(mode(&office.desk.path("daybook-data/book.db")), 0o640);
    let refused = "error: daybook-data/ledger.db can only be read\n\
                   hint: SQLite writes beside a ledger even to read it: run as its owner, or have the owner open it to \
                   your group as docs/OPERATIONS.md says\n";
    office.fails(READER, "import sim/events.ndjson", refused);
    office.fails(
        READER,
        "rebuild",
        "error: failed to create daybook-data/books/fold-1.3.db\n  because: Permission denied (os error 13)\n\
         hint: run it as the owner of the data folder, or have the owner open it to your group as docs/OPERATIONS.md says\n",
    );
    // The last writer to leave takes away what lies beside the ledger, and the next reader may not put it there.
    office.ok(OWNER, "import sim/events.ndjson");
    office.fails(READER, "head", refused);
    assert_eq!(office.ok(OWNER, "head"), office.ok(READER, "head"));
}

#[test]
fn a_group_that_may_write_reads_while_the_owner_writes() {
    let Some(office) = Office::open("a_group_that_may_write_reads_while_the_owner_writes") else {
        return;
    };
    office.follow(REJECTS);
    office.follow(GROUP_WRITES);
    office.follow(NEW_FILES_OF_GROUP);
    let lines = office.desk.lines("sim/events.ndjson");
    let is_over = AtomicBool::new(false);
    let read = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut read = 0;
            while !is_over.load(Ordering::Relaxed) {
                for line in ["head", "invoices", "status"] {
                    office.ok(READER, line);
                }
                read += 1;
            }
            read
        });
        let write = || {
            for part in lines.chunks(lines.len().div_ceil(5)) {
                office.desk.write("part.ndjson", part.join("\n"));
                office.ok(OWNER, "import part.ndjson");
                office.ok(OWNER, "project");
            }
            office.ok(OWNER, "rebuild");
        };
        let written = std::panic::catch_unwind(std::panic::AssertUnwindSafe(write));
        is_over.store(true, Ordering::Relaxed);
        written.unwrap();
        reader.join().unwrap()
    });
    assert!(read > 0);
    assert_eq!(office.ok(READER, "invoices"), office.ok(OWNER, "invoices"));
    assert_eq!(mode(&office.desk.path("daybook-data/book.db")), 0o660);
    office.ok(OWNER, "check");
}
