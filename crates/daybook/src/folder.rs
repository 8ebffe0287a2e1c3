//! The data folder: what lies where, and the settings that `init` wrote. Opens things; does nothing with them.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use ledger::{LedgerError, Log, SqliteLedger, StreamId};
use projector::{Books, OpenBook, open_book_readonly};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, ShellError, failed};

/// The newest form of the settings that is known here.
const FORMAT: u32 = 1;
const SETTINGS: &str = "daybook.toml";
const SETTINGS_HEAD: &str =
    "# Written by `daybook init`. `stream` is the one that commands speak of by default.\n";

/// A data folder.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Settings {
    format: u32,
    stream: String,
}

impl Folder {
    /// The folder at `path`, there or not.
    pub(crate) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes ledger and settings for `stream`; only the settings where there is a ledger of it without any.
    pub(crate) fn create(&self, stream: &StreamId, now_us: i64) -> Result<SqliteLedger, Failure> {
        let settings = self.path.join(SETTINGS);
        if settings.exists() {
            return Err(ShellError::Initialised {
                path: self.path.clone(),
                stream: self.stream()?.to_string(),
            }
            .into());
        }
        let ledger = match SqliteLedger::create(&self.ledger_path(), now_us) {
            Err(LedgerError::Exists { .. }) => self.left_ledger(stream)?,
            ledger => ledger?,
        };
        let text = toml::to_string(&Settings {
            format: FORMAT,
            stream: stream.to_string(),
        })
        .expect("a number and a text can be written as TOML");
        let mut options = OpenOptions::new();
        let file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&settings);
        file.and_then(|mut file| file.write_all(format!("{SETTINGS_HEAD}{text}").as_bytes()))
            .map_err(failed("write", &settings))?;
        Ok(ledger)
    }

    /// A ledger whose settings were lost or never written. Nobody is to open a new stream in it by a misspelt account.
    fn left_ledger(&self, stream: &StreamId) -> Result<SqliteLedger, Failure> {
        let ledger = SqliteLedger::open(&self.ledger_path())?;
        if !ledger.streams()?.is_empty() {
            self.expect_stream(&ledger, stream)?;
        }
        Ok(ledger)
    }

    /// Fails, naming those that there are, if the log has no such stream.
    pub(crate) fn expect_stream(&self, log: &dyn Log, stream: &StreamId) -> Result<(), Failure> {
        let streams = log.streams()?;
        if streams.iter().any(|info| info.stream == *stream) {
            return Ok(());
        }
        let names: Vec<&str> = streams.iter().map(|info| info.stream.as_str()).collect();
        let failure: Failure = ShellError::NoStream {
            stream: stream.to_string(),
            path: self.path.clone(),
        }
        .into();
        Err(failure.hinting(format!("its streams: {}", names.join(", "))))
    }

    /// The stream of `init`.
    pub(crate) fn stream(&self) -> Result<StreamId, Failure> {
        let path = self.path.join(SETTINGS);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let path = self.path.clone();
                return Err(ShellError::NoFolder { path }.into());
            }
            text => text.map_err(failed("read", &path))?,
        };
        let settings: Settings = match toml::from_str(&text) {
            Ok(settings) => settings,
            Err(source) => return Err(ShellError::Config { path, source }.into()),
        };
        if settings.format > FORMAT {
            let (found, known) = (settings.format, FORMAT);
            return Err(ShellError::NewerConfig { path, found, known }.into());
        }
        let stream = settings.stream.parse();
        stream.map_err(|source| ShellError::ConfigStream { path, source }.into())
    }

    /// The ledger, for appending. A folder without settings is none, whatever else lies in it.
    pub(crate) fn ledger(&self) -> Result<SqliteLedger, Failure> {
        self.stream()?;
        Ok(SqliteLedger::open(&self.ledger_path())?)
    }

    /// The ledger, for reading.
    pub(crate) fn log(&self) -> Result<SqliteLedger, Failure> {
        self.stream()?;
        Ok(SqliteLedger::open_readonly(&self.ledger_path())?)
    }

    /// The books, for writing.
    pub(crate) fn books(&self) -> Result<Books, Failure> {
        Ok(Books::open(&self.path)?)
    }

    /// The current book, for reading.
    pub(crate) fn book(&self) -> Result<OpenBook, Failure> {
        Ok(open_book_readonly(&self.path)?)
    }

    /// Where rejects are kept.
    pub(crate) fn rejects_path(&self) -> PathBuf {
        self.path.join("rejects")
    }

    /// How many rejects are kept.
    pub(crate) fn count_rejects(&self) -> Result<u64, Failure> {
        let path = self.rejects_path();
        let files = match fs::read_dir(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            files => files.map_err(failed("list", &path))?,
        };
        let is_body = |file: &fs::DirEntry| intake::is_reject_body(&file.path());
        Ok(files.filter_map(Result::ok).filter(is_body).count() as u64)
    }

    fn ledger_path(&self) -> PathBuf {
        self.path.join("ledger.db")
    }
}
