//! What was refused, kept byte for byte until someone mends it. Decides nothing about what is refused.
//!
//! A reject is two files: `NAME.body` holds the exact bytes, `NAME.reason` says where they came from and what is wrong, as
//! lines of `key: value` behind a first line with the format. NAME is the first half of the SHA-256 of the bytes, so that
//! the same bytes are kept once. A mended body is imported like any other file.
//!
//! What is long, and what comes after [`SINGLES_MAX`] rejects of one source, is packed: `NAME.body.gz`. So a small file can't fill
//! the disk.

use std::fmt::Write as _;
use std::fs::{DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::part::{self, Part};
use crate::{Clock, IntakeError};

/// So many bodies of one source have files of their own; those that follow share one.
pub const SINGLES_MAX: u64 = 1000;

/// The ending of a file with the exact bytes.
const BODY_ENDING: &str = "body";
/// The ending of a file with the exact bytes as gzip.
const PACKED_ENDING: &str = "body.gz";
/// The ending of the file that says why.
const REASON_ENDING: &str = "reason";

/// Longer bodies are packed: one that unpacks from next to nothing is to take next to nothing again.
const PLAIN_BYTES_MAX: usize = 256 << 10;

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
    /// How many bodies of the source in hand have files of their own.
    singles: u64,
    /// What came after them.
    others: Option<Others>,
}

/// A body that is being set aside piece by piece, packed.
pub(crate) struct Draft {
    folder: PathBuf,
    encoder: GzEncoder<Part>,
    hasher: Sha256,
    bytes: u64,
}

/// Bodies that share a file, one a line.
struct Others {
    draft: Draft,
    file: String,
    first_line: u64,
    last_line: u64,
    first_reason: String,
    count: u64,
}

/// What is said of a body in its reason.
struct Measures {
    hash: String,
    bytes: u64,
    is_packed: bool,
}

/// Whether a file of the rejects' folder holds a body: each reject has one.
#[must_use]
pub fn is_reject_body(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let ending = name.and_then(|name| Some(name.split_once('.')?.1));
    ending.is_some_and(|ending| [BODY_ENDING, PACKED_ENDING].contains(&ending))
}

impl<'a> Rejects<'a> {
    /// The rejects in `folder`, which is made (0700) when the first comes.
    pub fn new(folder: &Path, clock: Clock<'a>) -> Self {
        Self {
            folder: folder.to_owned(),
            clock,
            singles: 0,
            others: None,
        }
    }

    /// Keeps `body` and says why.
    pub fn set_aside(
        &mut self,
        origin: Origin<'_>,
        reason: &str,
        body: &[u8],
    ) -> Result<(), IntakeError> {
        if self.singles == SINGLES_MAX {
            return self.set_aside_with_others(origin, reason, body);
        }
        self.singles += 1;
        if body.len() > PLAIN_BYTES_MAX {
            let mut draft = self.draft()?;
            draft.write(body)?;
            return self.finish(draft, origin, reason);
        }
        let measures = Measures {
            hash: hex(&Sha256::digest(body)),
            bytes: body.len() as u64,
            is_packed: false,
        };
        if !self.is_kept(&measures) {
            let path = self.path(&measures, BODY_ENDING);
            self.write_file(&path, body)?;
        }
        self.explain(origin, reason, &measures)
    }

    /// Before the first body of a source: what killed imports left goes.
    pub(crate) fn begin_source(&mut self) -> Result<(), IntakeError> {
        self.singles = 0;
        self.others = None;
        part::sweep(&self.folder).map_err(failed("sweep", &self.folder))
    }

    /// After the last body of a source.
    pub(crate) fn end_source(&mut self) -> Result<(), IntakeError> {
        let Some(others) = self.others.take() else {
            return Ok(());
        };
        let origin = Origin {
            file: &others.file,
            line: others.first_line,
            last_line: others.last_line,
            item: None,
        };
        let (count, first) = (others.count, &others.first_reason);
        let reason = format!(
            "{count} bodies, one a line, that came after {SINGLES_MAX} others of this source; the first: {first}"
        );
        self.finish(others.draft, origin, &reason)
    }

    /// Begins a reject whose bytes are too many to hold.
    pub(crate) fn draft(&self) -> Result<Draft, IntakeError> {
        Ok(Draft {
            folder: self.folder.clone(),
            encoder: GzEncoder::new(self.part()?, Compression::default()),
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
    ) -> Result<(), IntakeError> {
        let measures = Measures {
            hash: hex(&draft.hasher.finalize()),
            bytes: draft.bytes,
            is_packed: true,
        };
        let path = self.path(&measures, PACKED_ENDING);
        if !self.is_kept(&measures) {
            let kept = draft.encoder.finish().and_then(|part| part.keep(&path));
            kept.map_err(failed("write", &path))?;
        }
        self.explain(origin, reason, &measures)
    }

    /// Sees that the names of what was set aside are on disk too; the folder is there once anything was.
    pub fn sync(&self) -> Result<(), IntakeError> {
        let folder = File::open(&self.folder).and_then(|folder| folder.sync_all());
        folder.map_err(failed("write", &self.folder))
    }

    fn set_aside_with_others(
        &mut self,
        origin: Origin<'_>,
        reason: &str,
        body: &[u8],
    ) -> Result<(), IntakeError> {
        let mut others = match self.others.take() {
            Some(others) => others,
            None => Others {
                draft: self.draft()?,
                file: origin.file.to_owned(),
                first_line: origin.line,
                last_line: origin.last_line,
                first_reason: reason.to_owned(),
                count: 0,
            },
        };
        others.last_line = origin.last_line;
        others.count += 1;
        others.draft.write(body)?;
        others.draft.write(b"\n")?;
        self.others = Some(others);
        Ok(())
    }

    /// Whether the bytes are kept already. They may have been mended or unpacked meanwhile: they stay.
    fn is_kept(&self, measures: &Measures) -> bool {
        let kept = |ending| self.path(measures, ending).exists();
        kept(BODY_ENDING) || kept(PACKED_ENDING)
    }

    fn explain(
        &self,
        origin: Origin<'_>,
        reason: &str,
        measures: &Measures,
    ) -> Result<(), IntakeError> {
        let path = self.path(measures, REASON_ENDING);
        if path.exists() {
            return Ok(());
        }
        let text = reason_text(origin, reason, measures, (self.clock)());
        self.write_file(&path, text.as_bytes())
    }

    fn write_file(&self, path: &Path, bytes: &[u8]) -> Result<(), IntakeError> {
        let mut part = self.part()?;
        let written = part.write_all(bytes).and_then(|()| part.keep(path));
        written.map_err(failed("write", path))
    }

    fn part(&self) -> Result<Part, IntakeError> {
        let mut builder = DirBuilder::new();
        let folder = builder.recursive(true).mode(0o700).create(&self.folder);
        folder.map_err(failed("make", &self.folder))?;
        Part::create(&self.folder).map_err(failed("write into", &self.folder))
    }

    fn path(&self, measures: &Measures, ending: &str) -> PathBuf {
        let name = &measures.hash[..NAME_BYTES * 2];
        self.folder.join(format!("{name}.{ending}"))
    }
}

impl Draft {
    /// Adds bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), IntakeError> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        let written = self.encoder.write_all(bytes);
        written.map_err(failed("write into", &self.folder))
    }
}

fn reason_text(origin: Origin<'_>, reason: &str, measures: &Measures, recorded_us: i64) -> String {
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
    line("bytes", &measures.bytes.to_string());
    line("sha256", &measures.hash);
    if measures.is_packed {
        line("packed", "gzip");
    }
    line("recorded_us", &recorded_us.to_string());
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String can't fail");
        text
    })
}

/// For `map_err`: what was being done to which path.
fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> IntakeError {
    let path = path.to_owned();
    move |source| IntakeError::Rejects {
        doing,
        path,
        source,
    }
}
