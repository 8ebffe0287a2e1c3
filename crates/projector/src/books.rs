//! The folder of books: `books/fold-1.N.db`, and `book.db`, the link that says which one counts.
//!
//! An open book is never renamed or deleted, and the one before the current always stays: going back is turning the link.

use std::fs::{self, DirBuilder, DirEntry, File};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};

use book::FOLD_VERSION;

use crate::ProjectorError;
use crate::file::{BookFile, failed_io, sync};

const FOLDER_MODE: u32 = 0o700;
const LINK: &str = "book.db";
const FOLDER: &str = "books";
/// How the names of files end that hold what a rebuild has no memory for. They lose them at once; those there are were
/// left by one that was killed in that moment.
pub(crate) const SPILL: &str = "spill";

/// The books of one data folder.
#[derive(Clone, Debug)]
pub struct Books {
    data: PathBuf,
}

impl Books {
    /// Finds the books of a data folder; makes what is missing of `data` and its `books/` (0700).
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn open(data: &Path) -> Result<Self, ProjectorError> {
        let folder = data.join(FOLDER);
        DirBuilder::new()
            .recursive(true)
            .mode(FOLDER_MODE)
            .create(&folder)
            .map_err(failed_io("create the folder", &folder))?;
        Ok(Books {
            data: data.to_owned(),
        })
    }

    /// The file that `book.db` leads to, if there is one.
    ///
    /// # Errors
    /// When the file system refuses, or `book.db` is no link.
    pub fn current(&self) -> Result<Option<PathBuf>, ProjectorError> {
        current(&self.data)
    }

    /// Opens the current book, if there is one.
    pub(crate) fn open_current<T>(
        &self,
        open: impl FnOnce(&Path) -> Result<T, ProjectorError>,
    ) -> Result<Option<T>, ProjectorError> {
        open_current(&self.data, open)
    }

    /// Turns `book.db` to this file of the folder, in one step.
    ///
    /// # Errors
    /// When the file system refuses; `book.db` then leads where it led.
    pub fn turn_to(&self, book: &Path) -> Result<(), ProjectorError> {
        let _alone = hold(&self.data, File::lock)?;
        self.turn(book)
    }

    /// Turns `book.db` to a new book, and removes those before the one that it led to.
    pub(crate) fn install(&self, book: &Path) -> Result<(), ProjectorError> {
        // Only now is it sure which book is the one before: others may have been made meanwhile.
        let _alone = hold(&self.data, File::lock)?;
        let before = self.current()?;
        self.turn(book)?;
        self.sweep_spills()?;
        self.sweep(book, before.as_deref())
    }

    fn turn(&self, book: &Path) -> Result<(), ProjectorError> {
        let name = book.file_name().unwrap_or(book.as_os_str());
        let link = self.data.join(LINK);
        let new = self.new_link(book);
        remove(&new)?;
        symlink(Path::new(FOLDER).join(name), &new).map_err(failed_io("create", &new))?;
        fs::rename(&new, &link).map_err(failed_io("turn", &link))?;
        sync(&self.data)
    }

    /// A new book under the next free number.
    pub(crate) fn create(&self) -> Result<BookFile, ProjectorError> {
        // Nobody sweeps the file away before SQLite has locked it.
        let _alone = hold(&self.data, File::lock)?;
        let mut number = self.numbers()?.last().map_or(1, |(number, _)| number + 1);
        loop {
            match BookFile::create(&self.path_of(number)) {
                // Another process makes a book at the same time.
                Err(ProjectorError::Io { source, .. })
                    if source.kind() == ErrorKind::AlreadyExists =>
                {
                    number += 1;
                }
                result => return result,
            }
        }
    }

    /// Removes the books that nobody has open, but for the current one, the one before it, and newer ones.
    fn sweep(&self, current: &Path, before: Option<&Path>) -> Result<(), ProjectorError> {
        let books = self.numbers()?;
        let Some(&(newest, _)) = books.iter().find(|(_, path)| path == current) else {
            return Ok(());
        };
        for (number, path) in &books {
            let is_kept = *number >= newest || Some(path.as_path()) == before;
            if !is_kept && BookFile::is_alone(path) {
                remove(path)?;
                // A run that was killed before its link became the link left that too.
                remove(&self.new_link(path))?;
            }
        }
        Ok(())
    }

    /// Removes what is left of files that are used without a name.
    fn sweep_spills(&self) -> Result<(), ProjectorError> {
        for file in self.files()? {
            let path = file.path();
            if path.extension().is_some_and(|end| end == SPILL) {
                remove(&path)?;
            }
        }
        Ok(())
    }

    /// The link to a book before it is given the name of the link.
    fn new_link(&self, book: &Path) -> PathBuf {
        let name = book.file_name().unwrap_or(book.as_os_str());
        let name = name.to_string_lossy();
        self.data.join(format!(".{LINK}.{name}"))
    }

    fn path_of(&self, number: u64) -> PathBuf {
        let name = format!("fold-{FOLD_VERSION}.{number}.db");
        self.data.join(FOLDER).join(name)
    }

    /// The books of this fold, by number.
    fn numbers(&self) -> Result<Vec<(u64, PathBuf)>, ProjectorError> {
        let prefix = format!("fold-{FOLD_VERSION}.");
        let mut books: Vec<(u64, PathBuf)> = self
            .files()?
            .iter()
            .filter_map(|file| {
                let name = file.file_name().into_string().ok()?;
                let number = name.strip_prefix(&prefix)?.strip_suffix(".db")?;
                Some((number.parse().ok()?, file.path()))
            })
            .collect();
        books.sort_unstable();
        Ok(books)
    }

    fn files(&self) -> Result<Vec<DirEntry>, ProjectorError> {
        let folder = self.data.join(FOLDER);
        fs::read_dir(&folder)
            .and_then(Iterator::collect)
            .map_err(failed_io("list", &folder))
    }
}

/// Opens the current book, if there is one, and sees that it is not swept away before it is open.
pub(crate) fn open_current<T>(
    data: &Path,
    open: impl FnOnce(&Path) -> Result<T, ProjectorError>,
) -> Result<Option<T>, ProjectorError> {
    if current(data)?.is_none() {
        return Ok(None);
    }
    let _still = hold(data, File::lock_shared)?;
    current(data)?.map(|path| open(&path)).transpose()
}

/// Locks the folder of books, against those who turn the link or against all, until the file is dropped.
fn hold(
    data: &Path,
    lock: impl FnOnce(&File) -> std::io::Result<()>,
) -> Result<File, ProjectorError> {
    let folder = data.join(FOLDER);
    let file = File::open(&folder).map_err(failed_io("open", &folder))?;
    lock(&file).map_err(failed_io("lock", &folder))?;
    Ok(file)
}

/// Removes a file if it is there.
fn remove(path: &Path) -> Result<(), ProjectorError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed_io("remove", path)(error)),
        _ => Ok(()),
    }
}

/// The file that `book.db` of this data folder leads to; none when there is no link or nothing at its end.
fn current(data: &Path) -> Result<Option<PathBuf>, ProjectorError> {
    let link = data.join(LINK);
    match fs::read_link(&link) {
        Ok(leads_to) => Ok(Some(data.join(leads_to)).filter(|path| path.is_file())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == ErrorKind::InvalidInput => {
            Err(ProjectorError::NoLink { path: link })
        }
        Err(error) => Err(failed_io("read the link", &link)(error)),
    }
}
