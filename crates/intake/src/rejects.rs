//! What was refused, kept byte for byte until someone mends it. Decides nothing about what is refused.
//!
//! A reject is two files: `NAME.body` holds the exact bytes, `NAME.reason` says where they came from and what is wrong, as
//! lines of `key: value` behind a first line with the format. NAME is the first half of the SHA-256 of the bytes, so that
//! the same bytes are kept once. A mended body is imported like any other file.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{Clock, IntakeError};

/// The ending of the file with the exact bytes.
pub const BODY_ENDING: &str = "body";
/// The ending of the file that says why.
pub const REASON_ENDING: &str = "reason";

const FORMAT_LINE: &str = "daybook reject 1";
const NAME_BYTES: usize = 16;

/// Where a body came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// The file, or `-` for standard input.
    pub file: &'a str,
    /// Its first line, counted from 1.
    pub line: u64,
    /// Its last line.
    pub last_line: u64,
    /// Its place in the list that stands there, counted from 1, if it comes from one.
    pub item: Option<usize>,
}

/// The folder of what was refused.
pub struct Rejects<'a> {
    folder: PathBuf,
    clock: Clock<'a>,
}

/// A body that is being set aside, piece by piece.
pub(crate) struct Draft {
    path: PathBuf,
    file: File,
    hasher: Sha256,
    bytes: u64,
}

impl<'a> Rejects<'a> {
    /// The rejects in `folder`, which is made (0700) when the first comes.
    pub fn new(folder: &Path, clock: Clock<'a>) -> Self {
        Self {
            folder: folder.to_owned(),
            clock,
        }
    }

    /// Keeps `body` and says why; the name of its files, without ending.
    pub fn set_aside(
        &self,
        origin: Origin<'_>,
        reason: &str,
        body: &[u8],
    ) -> Result<String, IntakeError> {
        let mut draft = self.draft()?;
        draft.write(body)?;
        self.finish(draft, origin, reason)
    }

    /// Begins a reject whose bytes are too many to hold.
    pub(crate) fn draft(&self) -> Result<Draft, IntakeError> {
        make_folder(&self.folder).map_err(failed("make", &self.folder))?;
        let path = self.folder.join(format!("{}.part", std::process::id()));
        let file = private(OpenOptions::new().write(true).create(true).truncate(true))
            .open(&path)
            .map_err(failed("make", &path))?;
        Ok(Draft {
            path,
            file,
            hasher: Sha256::new(),
            bytes: 0,
        })
    }

    /// Gives the reject its name and its reason, once it is on disk.
    pub(crate) fn finish(
        &self,
        draft: Draft,
        origin: Origin<'_>,
        reason: &str,
    ) -> Result<String, IntakeError> {
        let Draft {
            path,
            file,
            hasher,
            bytes,
        } = draft;
        file.sync_all().map_err(failed("write", &path))?;
        let hash = hex(&hasher.finalize());
        let name = hash[..NAME_BYTES * 2].to_owned();
        let body = self.folder.join(format!("{name}.{BODY_ENDING}"));
        fs::rename(&path, &body).map_err(failed("make", &body))?;
        let why = self.folder.join(format!("{name}.{REASON_ENDING}"));
        if !why.exists() {
            let text = reason_text(origin, reason, bytes, &hash, (self.clock)());
            write_file(&why, &text).map_err(failed("write", &why))?;
        }
        Ok(name)
    }
}

impl Rejects<'_> {
    /// Sees that the names of what was set aside are on disk too.
    pub(crate) fn sync(&self) -> Result<(), IntakeError> {
        let folder = File::open(&self.folder).and_then(|folder| folder.sync_all());
        folder.map_err(failed("write", &self.folder))
    }
}

impl Draft {
    /// Adds bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), IntakeError> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        self.file
            .write_all(bytes)
            .map_err(failed("write", &self.path))
    }
}

fn reason_text(
    origin: Origin<'_>,
    reason: &str,
    bytes: u64,
    hash: &str,
    recorded_us: i64,
) -> String {
    let mut text = format!("{FORMAT_LINE}\n");
    let mut line = |key: &str, value: &str| {
        let value = value.replace(char::is_control, " ");
        writeln!(text, "{key}: {value}").expect("writing to a String can't fail");
    };
    line("reason", reason);
    line("file", origin.file);
    line("line", &origin.line.to_string());
    line("last_line", &origin.last_line.to_string());
    if let Some(item) = origin.item {
        line("item", &item.to_string());
    }
    line("bytes", &bytes.to_string());
    line("sha256", hash);
    line("recorded_us", &recorded_us.to_string());
    text
}

fn write_file(path: &Path, text: &str) -> io::Result<()> {
    let mut file =
        private(OpenOptions::new().write(true).create(true).truncate(true)).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String can't fail");
        text
    })
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> IntakeError {
    let path = path.to_owned();
    move |source| IntakeError::Rejects {
        doing,
        path,
        source,
    }
}
