//! The data folder: what lies where, and the settings that `init` wrote. Opens things; does nothing with them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ledger::{LedgerError, Log, SqliteLedger, StreamId};
use projector::{Books, OpenBook, open_book_readonly};
use serde::{Deserialize, Serialize};
use sync::{Desk, Keeper};

use crate::access::SyncSettings;
use crate::failure::{Failure, ShellError, failed};
use crate::night::ReconcileSettings;
use crate::shell::now_us;

/// The newest form of the settings that is known here.
const FORMAT: u32 = 1;
/// The log.
pub(crate) const LEDGER: &str = "ledger.db";
/// The log with all that SQLite keeps beside it.
pub(crate) const LEDGER_FILES: [&str; 4] = [
    LEDGER,
    "ledger.db-wal",
    "ledger.db-shm",
    "ledger.db-journal",
];
/// The folder of rejects.
pub(crate) const REJECTS: &str = "rejects";
/// What sync remembers.
const KEEPER: &str = "sync.db";
/// The settings.
pub(crate) const SETTINGS: &str = "daybook.toml";
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
    /// How Stripe is asked; written by hand where somebody wants it otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sync: Option<SyncSettings>,
    /// What is held against Stripe, and what may be repaired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reconcile: Option<ReconcileSettings>,
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
        let settings = self.settings_path();
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
            sync: None,
            reconcile: None,
        })
        .expect("a number and a text can be written as TOML");
        self.write_settings(&format!("{SETTINGS_HEAD}{text}"))
            .map_err(failed("write", &settings))?;
        Ok(ledger)
    }

    /// Writes the settings whole or not at all, and never over others.
    fn write_settings(&self, text: &str) -> io::Result<()> {
        let part = self.path.join(format!("{SETTINGS}.part"));
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        let linked = fs::hard_link(&part, self.settings_path());
        fs::remove_file(&part)?;
        linked?;
        File::open(&self.path)?.sync_all()
    }

    /// Refuses to take in a log of `stream` where there is one, or what is left of one, or settings for another.
    pub(crate) fn expect_room_for(&self, stream: &str) -> Result<(), Failure> {
        for name in LEDGER_FILES {
            let path = self.path.join(name);
            if path.symlink_metadata().is_ok() {
                return Err(ShellError::LedgerThere { path }.into());
            }
        }
        if !self.settings_path().exists() {
            return Ok(());
        }
        let own = self.stream()?;
        if own.as_str() == stream {
            return Ok(());
        }
        Err(ShellError::OtherFolder {
            path: self.path.clone(),
            own: own.to_string(),
            stream: stream.to_owned(),
        }
        .into())
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
        let path = self.settings_path();
        let stream = self.settings()?.stream.parse();
        stream.map_err(|source| ShellError::ConfigStream { path, source }.into())
    }

    /// Where what is read from Stripe enters the log.
    pub(crate) fn desk(&self) -> Result<Desk, Failure> {
        let keeper = Keeper::open(&self.path.join(KEEPER))?;
        let ledger = Box::new(self.ledger()?);
        Ok(Desk::new(
            ledger,
            keeper,
            self.rejects_path(),
            Arc::new(now_us),
        ))
    }

    /// How Stripe is asked.
    pub(crate) fn sync_settings(&self) -> Result<SyncSettings, Failure> {
        Ok(self.settings()?.sync.unwrap_or_default())
    }

    /// How the book is held against Stripe.
    pub(crate) fn reconcile_settings(&self) -> Result<ReconcileSettings, Failure> {
        Ok(self.settings()?.reconcile.unwrap_or_default())
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let path = self.settings_path();
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
        Ok(settings)
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

    /// The current book, for reading: one state of it, whatever is projected until the answer is made.
    pub(crate) fn book(&self) -> Result<OpenBook, Failure> {
        let book = open_book_readonly(&self.path)?;
        book.connection().execute_batch("BEGIN")?;
        Ok(book)
    }

    /// Where rejects are kept.
    pub(crate) fn rejects_path(&self) -> PathBuf {
        self.path.join(REJECTS)
    }

    /// Where the settings are.
    pub(crate) fn settings_path(&self) -> PathBuf {
        self.path.join(SETTINGS)
    }

    /// Where the log is.
    pub(crate) fn ledger_path(&self) -> PathBuf {
        self.path.join(LEDGER)
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
}
