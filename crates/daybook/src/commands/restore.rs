//! `restore`: a backup, held against its manifest and its chain, becomes the ledger of a data folder that has none.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use ledger::{LedgerError, SqliteLedger};

use super::backup::of_manifest;
use super::verify::prove;
use crate::backup::{Manifest, Unfinished, copy_file, copy_rejects, make_folder, rejects, sync};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, failed};
use crate::folder::{Folder, LEDGER, REJECTS, SETTINGS};
use crate::progress::Progress;
use crate::shell::{Fact, Shell};
use crate::standing::Standing;

/// Put a backup's log into a data folder that has none, once it is proved whole
///
/// Books that are there stay: `daybook project` says whether they stand on this log. What came after the backup is
/// imported again.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The folder that `daybook backup` made
    #[arg(value_name = "DIR")]
    backup: PathBuf,
}

impl Restore {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let manifest = Manifest::read(&self.backup)?;
        shell
            .folder
            .expect_room_for(&manifest.stream)
            .inspect_err(|_| sweep(&shell.folder))?;
        let standing = self.restore(&shell.folder, &manifest)?;
        let mut facts = vec![
            Fact::text("folder", shell.folder.path().display().to_string()),
            Fact::text("backup", self.backup.display().to_string()),
        ];
        facts.extend(of_manifest(&manifest));
        shell.answer_facts(&facts, &standing)?;
        Ok(Exit::AllTrue)
    }

    fn restore(&self, folder: &Folder, manifest: &Manifest) -> Result<Standing, Failure> {
        let is_new = !folder.path().exists();
        make_folder(folder.path())?;
        let unfinished = Unfinished::claim(&unfinished_path(folder))?;
        let restored = self
            .copy(unfinished.path(), manifest)
            .and_then(|standing| put_in_place(unfinished.path(), folder).map(|()| standing));
        drop(unfinished);
        if restored.is_err() && is_new {
            // Why it failed is told; a folder that can't be removed is not empty, and then it is somebody's.
            let _ = fs::remove_dir(folder.path());
        }
        restored
    }

    /// Copies everything to where it will be linked from, and refuses what is not as it was backed up.
    fn copy(&self, to: &Path, manifest: &Manifest) -> Result<Standing, Failure> {
        let from = &self.backup;
        for name in [SETTINGS, LEDGER] {
            if !from.join(name).exists() {
                return Err(Manifest::damaged(from, format!("{name} is missing")));
            }
        }
        let settings = from.join(SETTINGS);
        copy_file(&settings, &to.join(SETTINGS), &mut |_| {})?;
        let stream = Folder::new(to).stream();
        let stream = stream
            .ok()
            .filter(|stream| stream.as_str() == manifest.stream);
        let stream = stream
            .ok_or_else(|| Manifest::damaged(from, format!("{SETTINGS} is not what it was")))?;
        let mut bar = Progress::new("copying", manifest.ledger.bytes);
        let path = to.join(LEDGER);
        let ledger = copy_file(&from.join(LEDGER), &path, &mut |done| {
            bar.set(done, manifest.ledger.bytes);
        })?;
        drop(bar);
        manifest.expect_part(from, LEDGER, &ledger, &manifest.ledger)?;
        let rejects = copy_rejects(&from.join(REJECTS), &to.join(REJECTS))?;
        manifest.expect_part(from, REJECTS, &rejects, &manifest.rejects)?;
        let log = SqliteLedger::open_readonly(&path).map_err(of_backup)?;
        manifest.expect_heads(from, &prove(&log, None).map_err(of_backup)?)?;
        let standing = Standing::of_log(&log, &stream)?;
        drop(log);
        // Opening it for appending takes it into WAL mode while nobody else knows it.
        drop(SqliteLedger::open(&path)?);
        sync(&path)?;
        sync(to)?;
        Ok(standing)
    }
}

/// Damage that the manifest does not know of. The copy that is named goes with this run.
fn of_backup(error: LedgerError) -> Failure {
    let failure = Failure::from(error);
    match failure.exit() {
        Exit::Damaged => {
            failure.hinting("the backup holds no sound log, and nothing was restored: take another")
        }
        _ => failure,
    }
}

fn unfinished_path(folder: &Folder) -> PathBuf {
    folder.path().join("restore.part")
}

/// Removes what a run left that was killed when the ledger was in place already. Its work is done: no error here is news.
fn sweep(folder: &Folder) {
    let path = unfinished_path(folder);
    if path.exists() {
        let _ = Unfinished::claim(&path).map(drop);
    }
}

/// Gives each file its place where none is, the ledger last: before it there is no ledger, after it the whole one.
fn put_in_place(from: &Path, folder: &Folder) -> Result<(), Failure> {
    let refused = rejects(&from.join(REJECTS))?;
    if !refused.is_empty() {
        make_folder(&folder.rejects_path())?;
    }
    for path in refused {
        let name = path.file_name().unwrap_or_default();
        link(&path, &folder.rejects_path().join(name))?;
    }
    link(&from.join(SETTINGS), &folder.settings_path())?;
    sync(folder.path())?;
    let place = folder.ledger_path();
    if !link(&from.join(LEDGER), &place)? {
        return Err(LedgerError::Exists { path: place }.into());
    }
    sync(folder.path())
}

/// A second name for a file; false where something has that name already. A rename would take its place.
fn link(path: &Path, place: &Path) -> Result<bool, Failure> {
    match fs::hard_link(path, place) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        linked => linked.map(|()| true).map_err(failed("make", place)),
    }
}
