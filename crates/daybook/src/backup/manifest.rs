//! `backup.toml`: what a backup is made of and which heads it reaches. Says it; whether it is so is for others to see.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use ledger::{Head, Verified};
use serde::{Deserialize, Serialize};

use super::Part;
use crate::failure::{Failure, ShellError, failed};

/// The name of the file.
pub(crate) const MANIFEST: &str = "backup.toml";
/// The newest form that is known here.
const FORMAT: u32 = 1;
const MANIFEST_HEAD: &str = "\
# Written by `daybook backup`; `daybook restore` holds the other files against it.
# Keep the heads somewhere else too: `daybook verify --head` proves by them that nothing was taken away.
";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The form of the backup.
    format: u32,
    /// The version of the program that made it.
    program: String,
    /// When it was begun, in UTC.
    pub(crate) made_at: String,
    /// The stream that commands speak of by default.
    pub(crate) stream: String,
    /// Where each stream ends, in the order of their texts.
    pub(crate) heads: Vec<String>,
    /// `ledger.db`.
    pub(crate) ledger: Part,
    /// What is in `rejects`.
    pub(crate) rejects: Part,
}

impl Manifest {
    /// Of a backup made by this program.
    pub(crate) fn new(
        made_at: String,
        stream: String,
        verified: &Verified,
        parts: [Part; 2],
    ) -> Self {
        let [ledger, rejects] = parts;
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made_at,
            stream,
            heads: heads(verified),
            ledger,
            rejects,
        }
    }

    /// Writes it into the folder of a backup.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join(MANIFEST);
        let text = toml::to_string(self).expect("numbers and texts can be written as TOML");
        let mut options = OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        let written = file.and_then(|mut file| {
            file.write_all(format!("{MANIFEST_HEAD}{text}").as_bytes())?;
            file.sync_all()
        });
        written.map_err(failed("write", &path))
    }

    /// Reads the one of a backup.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        /// What is looked at first: a later form may have other members.
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        let path = folder.join(MANIFEST);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let path = folder.to_owned();
                return Err(ShellError::NoBackup { path }.into());
            }
            text => text.map_err(failed("read", &path))?,
        };
        let spoilt = || Self::damaged(folder, format!("{MANIFEST} can't be read"));
        let text = String::from_utf8(text).map_err(|_| spoilt())?;
        let form: Form = toml::from_str(&text).map_err(|_| spoilt())?;
        if form.format > FORMAT {
            let (found, known) = (form.format, FORMAT);
            return Err(ShellError::NewerConfig { path, found, known }.into());
        }
        toml::from_str(&text).map_err(|_| spoilt())
    }

    /// Refuses a file or folder that is not what is written here.
    pub(crate) fn expect_part(
        &self,
        folder: &Path,
        name: &str,
        found: &Part,
        said: &Part,
    ) -> Result<(), Failure> {
        if found == said {
            return Ok(());
        }
        let what = if (found.files, found.bytes) == (said.files, said.bytes) {
            format!("the bytes of {name} are not those that were backed up")
        } else {
            format!(
                "{name} is {} bytes in {} files, and was {} in {}",
                found.bytes, found.files, said.bytes, said.files
            )
        };
        Err(Self::damaged(folder, what))
    }

    /// Refuses a log that ends elsewhere than is written here.
    pub(crate) fn expect_heads(&self, folder: &Path, verified: &Verified) -> Result<(), Failure> {
        if heads(verified) == self.heads {
            return Ok(());
        }
        let what = format!("its log does not end at the heads of {MANIFEST}");
        Err(Self::damaged(folder, what))
    }

    /// That the backup in this folder is not what it was.
    pub(crate) fn damaged(folder: &Path, what: String) -> Failure {
        let path = folder.to_owned();
        ShellError::DamagedBackup { path, what }.into()
    }
}

fn heads(verified: &Verified) -> Vec<String> {
    let heads = verified.streams.iter().map(|stream| &stream.head);
    heads.map(Head::to_string).collect()
}
