//! A simulated company as files, and what its log and books are when nobody is killed. Made once for all scenarios.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::folder::Folder;

/// More entries than two batches of an import, and of a projection.
const SIZE: &str = "--seed 1 --customers 120 --days 240";
/// Lines of events that are in the book before the rest is imported.
const EARLY_LINES: usize = 500;

static COMPANY: OnceLock<Company> = OnceLock::new();

/// The company.
pub(crate) struct Company {
    folder: Folder,
    /// `init` with its account.
    pub(crate) init: String,
    /// `import` with its files.
    pub(crate) import: String,
    /// Entries of its whole log.
    pub(crate) entries: u64,
    /// Lines that can't enter.
    pub(crate) rejects: u64,
    /// The digest of its books.
    pub(crate) digest: String,
    /// How long each command takes that is killed.
    pub(crate) takes: Takes,
}

/// How long commands take on this machine, if nobody kills them: from this a moment is drawn, and nothing is concluded.
pub(crate) struct Takes {
    pub(crate) init: Duration,
    pub(crate) import: Duration,
    pub(crate) project: Duration,
    pub(crate) rebuild: Duration,
    pub(crate) backup: Duration,
    pub(crate) restore: Duration,
}

impl Company {
    /// The one company of this run.
    pub(crate) fn get() -> &'static Self {
        COMPANY.get_or_init(Self::make)
    }

    /// Removes its files, if there are any: what is static is never dropped.
    pub(crate) fn remove() {
        if let Some(company) = COMPANY.get() {
            fs::remove_dir_all(company.folder.path("")).unwrap();
        }
    }

    /// A data folder with the whole log, and a book of its beginning.
    pub(crate) fn behind(&self) -> PathBuf {
        self.folder.path("behind")
    }

    /// A data folder with the whole log and its book.
    pub(crate) fn whole(&self) -> PathBuf {
        self.folder.path("whole")
    }

    /// A backup of the whole log.
    pub(crate) fn backup(&self) -> PathBuf {
        self.folder.path("nightly")
    }

    fn make() -> Self {
        let folder = Folder::new();
        let account = folder.ok(&format!("simulate {SIZE} --out sim"))["account"].clone();
        let events = fs::read_to_string(folder.path("sim/events.ndjson")).unwrap();
        let early: Vec<&str> = events.lines().take(EARLY_LINES).collect();
        fs::write(folder.path("early.ndjson"), early.join("\n")).unwrap();
        fs::write(folder.path("broken.ndjson"), "{broken\nbroken too\n").unwrap();
        let init = format!("init --account {}", account.as_str().unwrap());
        let files = [
            "broken.ndjson",
            "sim/events.ndjson",
            "sim/observations.ndjson",
        ];
        let files = files.map(|name| folder.path(name).display().to_string());
        let import = format!("import {}", files.join(" "));

        let timed = |line: &str, exit| {
            let start = Instant::now();
            let answer = folder.answer(line, exit);
            (answer, start.elapsed())
        };
        let (_, init_takes) = timed(&format!("--data behind {init}"), 0);
        folder.ok("--data behind import early.ndjson");
        folder.ok("--data behind project");
        let (imported, import_takes) = timed(&format!("--data behind {import}"), 3);
        folder.lay(&folder.path("behind"), "whole");
        let (projected, project_takes) = timed("--data whole project", 0);
        let (_, rebuild_takes) = timed("--data whole rebuild", 0);
        let (_, backup_takes) = timed("--data whole backup nightly", 0);
        let (_, restore_takes) = timed("--data restored restore nightly", 0);
        assert!(
            imported["appended"].as_u64().unwrap() > 2 * 4096,
            "several batches"
        );
        Self {
            init,
            import,
            entries: folder.ok("--data whole head")["seq"].as_u64().unwrap(),
            rejects: imported["rejected"].as_u64().unwrap(),
            digest: projected["digest"].as_str().unwrap().to_owned(),
            takes: Takes {
                init: init_takes,
                import: import_takes,
                project: project_takes,
                rebuild: rebuild_takes,
                backup: backup_takes,
                restore: restore_takes,
            },
            folder,
        }
    }
}
