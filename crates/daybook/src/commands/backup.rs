//! `backup`: the ledger as it stands, with settings and rejects, as a folder that proves itself.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use clap::Args;
use ledger::{LedgerError, SqliteLedger, StreamId};

use super::verify::prove;
use crate::backup::{
    Manifest, Unfinished, copy_file, copy_rejects, hash_file, make_folder, outer, sync,
};
use crate::currency::count;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError, failed};
use crate::folder::{Folder, LEDGER, REJECTS, SETTINGS};
use crate::moment;
use crate::progress::Progress;
use crate::shell::{Fact, Shell, now_us};
use crate::standing::Standing;

/// Copy the log into a new folder, while others go on writing, and prove the copy
///
/// The folder holds ledger.db, the settings, rejects/, and backup.toml with the heads, sizes and hashes. The books are not
/// in it: they are made again. Keep the heads that it prints somewhere else.
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The folder to make; it may be there if it is empty
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Backup {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let made_at = moment::shown(now_us() / 1_000_000);
        let place = Place::of(&self.folder)?;
        let unfinished = Unfinished::claim(&place.unfinished)?;
        let (manifest, standing) = fill(unfinished.path(), &shell.folder, &log, &stream, made_at)?;
        sync(unfinished.path())?;
        unfinished.rename_to(&place.folder)?;
        sync(&place.parent)?;
        let mut facts = vec![Fact::text("backup", self.folder.display().to_string())];
        facts.extend(of_manifest(&manifest));
        shell.answer_facts(&facts, &standing)?;
        Ok(Exit::AllTrue)
    }
}

/// What a backup is told by, for `restore` too.
pub(super) fn of_manifest(manifest: &Manifest) -> Vec<Fact> {
    let files = manifest.rejects.files;
    let files_text = if files == 0 {
        String::new()
    } else {
        count(files)
    };
    // The heads are whole, since they are what one keeps, and a line each.
    let heads = manifest.heads.join("\n                ");
    vec![
        Fact::text("made_at", manifest.made_at.clone()),
        Fact::count("bytes", manifest.ledger.bytes),
        Fact::text("sha256", manifest.ledger.sha256.clone()),
        Fact::new("reject_files", files, files_text),
        Fact::new("heads", manifest.heads.clone(), heads),
    ]
}

/// Copies everything into the unfinished folder and proves the copy of the log.
fn fill(
    to: &Path,
    from: &Folder,
    log: &SqliteLedger,
    stream: &StreamId,
    made_at: String,
) -> Result<(Manifest, Standing), Failure> {
    let path = to.join(LEDGER);
    let mut bar = Progress::new("copying", 0);
    log.copy_to(&path, &mut |at| bar.set(at.done, at.pages))?;
    drop(bar);
    let copy = SqliteLedger::open_readonly(&path)?;
    let verified = prove(&copy, None).map_err(of_copy)?;
    let standing = Standing::of_log(&copy, stream)?;
    drop(copy);
    let mut bar = Progress::new("hashing", 0);
    let bytes = fs::metadata(&path).map_or(0, |file| file.len());
    let ledger = hash_file(&path, &mut |done| bar.set(done, bytes))?;
    drop(bar);
    let rejects = copy_rejects(&from.rejects_path(), &to.join(REJECTS))?;
    copy_file(&from.settings_path(), &to.join(SETTINGS), &mut |_| {})?;
    let stream = from.stream()?.to_string();
    let manifest = Manifest::new(made_at, stream, &verified, [ledger, rejects]);
    manifest.write(to)?;
    Ok((manifest, standing))
}

/// The copy that is named goes with this run, and what is wrong with it is most likely wrong with the ledger.
fn of_copy(error: LedgerError) -> Failure {
    let failure = Failure::from(error);
    match failure.exit() {
        Exit::Damaged => failure.hinting(
            "no backup was made: see with `daybook verify` whether the ledger itself holds",
        ),
        _ => failure,
    }
}

/// Where a backup goes, and where it is made: beside it, so that a rename gives it its place.
struct Place {
    folder: PathBuf,
    parent: PathBuf,
    unfinished: PathBuf,
}

impl Place {
    fn of(folder: &Path) -> Result<Self, Failure> {
        let folder = match fs::canonicalize(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => folder.to_owned(),
            path => path.map_err(failed("look at", folder))?,
        };
        let taken = || ShellError::Taken {
            path: folder.clone(),
        };
        let name = folder.file_name().ok_or_else(taken)?;
        let parent = outer(&folder).to_owned();
        make_folder(&parent)?;
        if folder.exists() {
            let mut files = fs::read_dir(&folder).map_err(failed("list", &folder))?;
            if files.next().is_some() || is_mounted(&folder, &parent)? {
                return Err(taken().into());
            }
        }
        let mut unfinished = name.to_owned();
        unfinished.push(".part");
        Ok(Self {
            unfinished: parent.join(unfinished),
            parent,
            folder,
        })
    }
}

/// Whether a folder is the root of a disk of its own: nothing can be renamed to that.
fn is_mounted(folder: &Path, parent: &Path) -> Result<bool, Failure> {
    let device = |path: &Path| {
        let metadata = fs::metadata(path).map_err(failed("look at", path));
        metadata.map(|metadata| metadata.dev())
    };
    Ok(device(folder)? != device(parent)?)
}
