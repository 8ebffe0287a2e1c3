//! Runs: sorted items that did not fit into memory, in files without a name beside the book.
//!
//! A file loses its name as soon as it is open, so that its room is free again when the process ends, however it ends.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::marker::PhantomData;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::ProjectorError;
use crate::books::SPILL;
use crate::entries::{push_varint, varint};
use crate::file::failed_io;

/// Bytes written at a time.
const WRITE_BYTES: usize = 256 * 1024;

/// What can be put into order and laid aside.
pub(super) trait Item: Ord + Sized {
    /// Appends a form of it from which it can be read.
    fn write(&self, out: &mut Vec<u8>);
    /// Reads what [`Item::write`] wrote; none when it is something else.
    fn read(bytes: &mut &[u8]) -> Option<Self>;
    /// About how many bytes of memory it holds.
    fn weight(&self) -> usize;
}

/// Where the files of one rebuild lie.
pub(super) struct Scratch {
    book: PathBuf,
    files: AtomicU64,
    laid_bytes: AtomicU64,
    held_bytes: AtomicU64,
}

impl Scratch {
    pub(super) fn beside(book: &Path) -> Self {
        Scratch {
            book: book.to_owned(),
            files: AtomicU64::new(0),
            laid_bytes: AtomicU64::new(0),
            held_bytes: AtomicU64::new(0),
        }
    }

    /// How many bytes have been laid aside in all.
    pub(super) fn laid_bytes(&self) -> u64 {
        self.laid_bytes.load(Ordering::Relaxed)
    }

    /// How many bytes of objects were held in memory at most, of one stream.
    pub(super) fn held_bytes(&self) -> u64 {
        self.held_bytes.load(Ordering::Relaxed)
    }

    /// Says that so many bytes were held.
    pub(super) fn count_held(&self, bytes: u64) {
        self.held_bytes.fetch_max(bytes, Ordering::Relaxed);
    }

    fn create(&self) -> Result<Arc<File>, ProjectorError> {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let path = self.book.with_extension(format!("{number}.{SPILL}"));
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .map_err(failed_io("create", &path))?;
        match fs::remove_file(&path) {
            // Whoever sweeps the folder may have been faster.
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failed_io("remove", &path)(error))
            }
            _ => Ok(Arc::new(file)),
        }
    }

    /// Says that what was laid aside is not what is read back.
    pub(super) fn unreadable(&self) -> ProjectorError {
        ProjectorError::Unreadable {
            path: self.book.with_extension(SPILL),
            what: "something laid aside".to_owned(),
        }
    }

    fn failed(&self, doing: &'static str) -> impl Fn(io::Error) -> ProjectorError {
        let path = self.book.with_extension(SPILL);
        move |error| failed_io(doing, &path)(error)
    }
}

/// A part of a file with items in order.
#[derive(Clone)]
pub(super) struct Run {
    file: Arc<File>,
    start: u64,
    end: u64,
}

/// Writes runs one after the other into a file of its own, made when the first one comes.
pub(super) struct Spool<'s> {
    pub(super) scratch: &'s Scratch,
    file: Option<Arc<File>>,
    end: u64,
    /// What is not yet in the file.
    waiting: Vec<u8>,
    form: Vec<u8>,
}

impl<'s> Spool<'s> {
    pub(super) fn new(scratch: &'s Scratch) -> Self {
        Spool {
            scratch,
            file: None,
            end: 0,
            waiting: Vec::new(),
            form: Vec::new(),
        }
    }

    /// Writes a run; every item is written by a call of its own.
    pub(super) fn write_run<W: FnOnce(&mut Vec<u8>)>(
        &mut self,
        items: impl Iterator<Item = W>,
    ) -> Result<Run, ProjectorError> {
        let file = match &self.file {
            Some(file) => Arc::clone(file),
            None => self.scratch.create()?,
        };
        self.file = Some(Arc::clone(&file));
        let start = self.end;
        for write in items {
            self.form.clear();
            write(&mut self.form);
            push_varint(&mut self.waiting, self.form.len() as u64);
            self.waiting.extend_from_slice(&self.form);
            if self.waiting.len() >= WRITE_BYTES {
                self.flush(&file)?;
            }
        }
        self.flush(&file)?;
        (self.waiting, self.form) = (Vec::new(), Vec::new());
        Ok(Run {
            file,
            start,
            end: self.end,
        })
    }

    fn flush(&mut self, file: &File) -> Result<(), ProjectorError> {
        file.write_all_at(&self.waiting, self.end)
            .map_err(self.scratch.failed("write to"))?;
        let written = self.waiting.len() as u64;
        self.end += written;
        self.scratch
            .laid_bytes
            .fetch_add(written, Ordering::Relaxed);
        self.waiting.clear();
        Ok(())
    }
}

/// Reads a run from its beginning.
pub(super) struct RunReader<'s, T> {
    scratch: &'s Scratch,
    run: Run,
    buffer: Vec<u8>,
    at: usize,
    /// Bytes read at a time.
    step: usize,
    items: PhantomData<T>,
}

impl<'s, T: Item> RunReader<'s, T> {
    pub(super) fn new(scratch: &'s Scratch, run: Run, step: usize) -> Self {
        RunReader {
            scratch,
            run,
            buffer: Vec::new(),
            at: 0,
            step,
            items: PhantomData,
        }
    }

    /// The next item; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<T>, ProjectorError> {
        loop {
            let mut rest = &self.buffer[self.at..];
            let there = rest.len();
            if let Some(length) = varint(&mut rest).and_then(|length| usize::try_from(length).ok())
                && let Some(mut form) = rest.get(..length)
            {
                self.at += there - rest.len() + length;
                let item = T::read(&mut form).filter(|_| form.is_empty());
                return item.map(Some).ok_or_else(|| self.scratch.unreadable());
            }
            if self.run.start == self.run.end {
                return match there {
                    0 => Ok(None),
                    _ => Err(self.scratch.unreadable()),
                };
            }
            self.fill()?;
        }
    }

    /// Reads on behind what is left in the buffer.
    fn fill(&mut self) -> Result<(), ProjectorError> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let left = self.run.end - self.run.start;
        let more = usize::try_from(left).map_or(self.step, |left| left.min(self.step));
        let there = self.buffer.len();
        self.buffer.resize(there + more, 0);
        self.run
            .file
            .read_exact_at(&mut self.buffer[there..], self.run.start)
            .map_err(self.scratch.failed("read back"))?;
        self.run.start += more as u64;
        Ok(())
    }
}

/// Appends a text with its length.
pub(super) fn push_text(out: &mut Vec<u8>, text: &str) {
    push_bytes(out, text.as_bytes());
}

/// Appends bytes with their number.
pub(super) fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Takes what [`push_text`] wrote off the front.
pub(super) fn text<'b>(bytes: &mut &'b [u8]) -> Option<&'b str> {
    std::str::from_utf8(take_bytes(bytes)?).ok()
}

/// Takes what [`push_bytes`] wrote off the front.
pub(super) fn take_bytes<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(varint(bytes)?).ok()?;
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use facts::Notice;

    use super::*;

    fn notice(seq: u64) -> Notice {
        Notice {
            claim: format!("evt_{seq}").into(),
            code: "odd",
            path: "a.b".repeat(seq as usize).into(),
            seq,
        }
    }

    fn write(spool: &mut Spool<'_>, notices: &[Notice]) -> Result<Run, ProjectorError> {
        spool.write_run(notices.iter().map(|one| |out: &mut Vec<u8>| one.write(out)))
    }

    #[test]
    fn runs_give_back_what_they_were_given_and_leave_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::beside(&folder.path().join("fold-1.1.db"));
        let mut spool = Spool::new(&scratch);
        let given: Vec<Vec<Notice>> = [0..0, 0..1, 0..200]
            .map(|seqs| seqs.map(notice).collect())
            .into();
        let runs: Vec<Run> = given
            .iter()
            .map(|given| write(&mut spool, given).unwrap())
            .collect();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        for (run, given) in runs.into_iter().zip(given) {
            // Less than an item, so that items are put together from pieces.
            let mut reader = RunReader::<Notice>::new(&scratch, run, 7);
            let mut read = Vec::new();
            while let Some(notice) = reader.next().unwrap() {
                read.push(notice);
            }
            assert_eq!(read, given);
        }
    }

    #[test]
    fn a_full_disk_is_said_to_be_full() {
        let scratch = Scratch::beside(Path::new("fold-1.1.db"));
        let mut spool = Spool::new(&scratch);
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        spool.file = Some(Arc::new(full));
        let error = write(&mut spool, &[notice(1)]).err().unwrap();
        assert!(
            matches!(&error, ProjectorError::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull),
            "{error:?}"
        );
    }

    #[test]
    fn a_run_that_is_cut_is_unreadable() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::beside(&folder.path().join("fold-1.1.db"));
        let mut spool = Spool::new(&scratch);
        let mut run = write(&mut spool, &[notice(3)]).unwrap();
        run.end -= 1;
        let mut reader = RunReader::<Notice>::new(&scratch, run, 4096);
        assert!(matches!(
            reader.next(),
            Err(ProjectorError::Unreadable { .. })
        ));
    }
}
