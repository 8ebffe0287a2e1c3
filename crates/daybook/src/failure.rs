//! Why a run stopped: the error with its causes, the exit, and a hint what to do. The only place that words hints.

use std::error::Error;
use std::fmt;
use std::io;
use std::iter::successors;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use intake::IntakeError;
use ledger::LedgerError;
use projector::ProjectorError;
use reconcile::{CompareError, ReconcileError};
use thiserror::Error;

use crate::aside::{self, Stop};
use crate::exit::Exit;
use crate::ledger_failure::of_ledger;

/// What to do in a folder that belongs to somebody else.
pub(crate) const OF_ANOTHER_USER: &str = "run it as the owner of the data folder, or have the owner open it to your group as docs/OPERATIONS.md says";
const MAKE_A_BOOK: &str = "make a new book with `daybook rebuild`";
const MAKE_ROOM: &str = "make room on the disk, then do it again";

/// What commands give back.
pub(crate) type Outcome = Result<Exit, Failure>;

/// An error on its way to the user.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    error: Box<dyn Error>,
    hint: Option<String>,
}

/// What the shell itself can come upon.
#[derive(Debug, Error)]
pub(crate) enum ShellError {
    #[error("{path} is no data folder: it has no daybook.toml")]
    NoFolder { path: PathBuf },
    #[error("{path} is a data folder already, for {stream}")]
    Initialised { path: PathBuf, stream: String },
    #[error("failed to read {path}")]
    Config {
        path: PathBuf,
        #[source]
        source: toml::de::Error,
    },
    #[error("failed to read {path}")]
    ConfigStream {
        path: PathBuf,
        #[source]
        source: LedgerError,
    },
    #[error("there is no stream {stream} in {path}")]
    NoStream { stream: String, path: PathBuf },
    #[error("{path} has format {found}; this program knows {known}")]
    NewerConfig {
        path: PathBuf,
        found: u32,
        known: u32,
    },
    #[error("there is no {what} {id} in {stream}")]
    Absent {
        what: &'static str,
        id: String,
        stream: String,
    },
    #[error("no row can have the status {status}")]
    NoStatus { status: String },
    #[error("the rows are to begin after they end")]
    Backwards,
    #[error("{path} is there already")]
    SimulatedThere { path: PathBuf },
    #[error("{path} is no truth of a simulation")]
    NoTruth {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("the truth is asked of a file, and none is named")]
    TruthUnnamed,
    #[error("the finding {id} is {state}: nothing is left to say about it")]
    Over { id: String, state: &'static str },
    #[error("nothing that can be appended mends the finding {id}")]
    Unmendable { id: String },
    #[error("there are several {what} {name}")]
    Several { what: &'static str, name: String },
    #[error("failed to {doing} {path}")]
    Io {
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{path} is there already; a backup is never put over it")]
    LedgerThere { path: PathBuf },
    #[error("{path} is a data folder for {own}; the backup is of {stream}")]
    OtherFolder {
        path: PathBuf,
        own: String,
        stream: String,
    },
    #[error("{path} is not an empty folder, or it is the root of a disk")]
    Taken { path: PathBuf },
    #[error("another process is filling {path}")]
    Unfinished { path: PathBuf },
    #[error("{path} holds what no unfinished backup holds")]
    Strange { path: PathBuf },
    #[error("{path} is no backup: it has no backup.toml")]
    NoBackup { path: PathBuf },
    #[error("the backup {path} is damaged: {what}")]
    DamagedBackup { path: PathBuf, what: String },
    #[error("--csv gives a table, and this command answers with none")]
    NoTable,
    #[error("there is no table {name} in this answer")]
    OtherTable { name: String },
    #[error("failed to print")]
    Print(#[source] io::Error),
    #[error("failed to ask the book")]
    Query(#[from] rusqlite::Error),
    #[error("the query can't be understood: {what}{place}")]
    Sql { what: String, place: String },
    #[error("the query stopped: {what}")]
    SqlRun { what: String },
    #[error("the query can't be asked: {what}")]
    Parameters { what: String },
    #[error("a query is one SELECT: it reads the book, and nothing else")]
    NoSelect,
    #[error("there is no table or view {name}")]
    NoView { name: String },
    #[error("the book's balance can't be read back")]
    Register,
    #[error("{path} is there already and is no demo's folder")]
    NotADemo { path: PathBuf },
    #[error("{0}")]
    Demo(String),
    #[error("there is no secret to check webhooks with")]
    NoSecret,
    #[error("there are {found} secrets to check webhooks with, which is more than anybody has")]
    TooManySecrets { found: usize },
    #[error("failed to listen at {address}")]
    Listen {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("failed to set the server up")]
    Serve {
        #[source]
        source: io::Error,
    },
    #[error("the log has too little to learn a dictionary from")]
    NothingToTrain,
    #[error("there is no key to Stripe's API")]
    NoKey,
    #[error("the key in {place} can't be used")]
    Key {
        place: String,
        #[source]
        source: sync::KeyError,
    },
    #[error("{text} can't be asked in Stripe's place")]
    Base {
        text: String,
        #[source]
        source: sync::BaseError,
    },
    #[error("failed to set up what waits for Stripe")]
    Runtime {
        #[source]
        source: io::Error,
    },
    #[error("ended before it was done, as asked")]
    Ended,
    #[error("the key is of {key} mode, and the stream is {stream}")]
    OtherMode { key: &'static str, stream: String },
    #[error("{member} is not in the comparer's list of what Stripe says")]
    Unlisted { member: String },
}

impl Failure {
    /// How the run ends.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// What to do.
    pub(crate) fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Says on stderr what happened, why, and what to do.
    pub(crate) fn tell(&self, is_json: bool) {
        let causes = successors(self.error.source(), |&error| error.source());
        let mut what = vec![self.error.to_string()];
        what.extend(causes.map(ToString::to_string));
        let stop = Stop {
            what,
            hint: self.hint.clone(),
            exit: self.exit.code(),
        };
        aside::stop(&stop, is_json);
    }

    /// The same failure with this hint.
    pub(crate) fn hinting(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// An error, how the run ends with it, and what to do.
    pub(crate) fn new(exit: Exit, error: impl Error + 'static, hint: Option<&str>) -> Self {
        Self {
            exit,
            error: Box::new(error),
            hint: hint.map(str::to_owned),
        }
    }
}

impl fmt::Display for Failure {
    /// The error and its causes on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)?;
        let mut cause = self.error.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl From<ShellError> for Failure {
    fn from(error: ShellError) -> Self {
        use ShellError as E;
        let hint = of_shell(&error);
        let (exit, hint) = match &error {
            E::DamagedBackup { .. } => (Exit::Damaged, hint),
            E::Unfinished { .. } | E::Ended => (Exit::Unfinished, hint),
            E::Sql { .. }
            | E::Parameters { .. }
            | E::NoStatus { .. }
            | E::Backwards
            | E::NoSelect
            | E::NoSecret
            | E::TooManySecrets { .. }
            | E::NoTable
            | E::TruthUnnamed
            | E::OtherTable { .. } => (Exit::Usage, hint),
            E::Io { source, .. } if is_full(source) => (Exit::Unfinished, Some(MAKE_ROOM)),
            _ => (Exit::Failed, hint),
        };
        Self::new(exit, error, hint)
    }
}

/// What to do about an error of the shell's own.
fn of_shell(error: &ShellError) -> Option<&'static str> {
    use ShellError as E;
    match error {
        E::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
            Some(OF_ANOTHER_USER)
        }
        E::NoFolder { .. } => {
            Some("make one with `daybook init --account acct_…`, or name it with --data")
        }
        E::Initialised { .. } => Some("use it as it is, or name another folder with --data"),
        E::NewerConfig { .. } => Some("use the program that wrote it, or a newer one"),
        E::NotADemo { .. } => Some("run the demo in another folder, or move this one away"),
        E::LedgerThere { .. } => Some(
            "name another folder with --data, or move ledger.db away together with its -wal and -shm: they belong to it",
        ),
        E::OtherFolder { .. } => Some("name another folder with --data"),
        E::Taken { .. }
        | E::Unfinished { .. }
        | E::Strange { .. }
        | E::NoBackup { .. }
        | E::DamagedBackup { .. } => of_backup(error),
        E::NoTable => Some("leave --csv out; programs take --json"),
        E::NothingToTrain => {
            Some("nothing is lost: bodies are stored as they were before; import more first")
        }
        E::Backwards => Some("give the earlier moment first"),
        E::SimulatedThere { .. } => {
            Some("name another folder with --out, or write over it with --force")
        }
        E::NoTruth { .. } | E::TruthUnnamed => Some(
            "name truth.json of `daybook simulate` with --truth: about a real company nobody has one",
        ),
        E::Register => Some(MAKE_A_BOOK),
        E::Config { .. } | E::ConfigStream { .. } => Some(
            "mend it, or remove it: `daybook init` writes it again and leaves the ledger as it is",
        ),
        E::NoSelect => {
            Some("begin it with SELECT or WITH; what Stripe did not say, no query makes so")
        }
        E::NoSecret
        | E::Listen { .. }
        | E::NoKey
        | E::Key { .. }
        | E::Ended
        | E::Base { .. }
        | E::OtherMode { .. } => of_way(error),
        E::Absent { .. }
        | E::NoStatus { .. }
        | E::Several { .. }
        | E::Over { .. }
        | E::Unmendable { .. }
        | E::Sql { .. }
        | E::SqlRun { .. }
        | E::Parameters { .. }
        | E::NoView { .. }
        | E::NoStream { .. }
        | E::Io { .. }
        | E::Print(_)
        | E::Runtime { .. }
        | E::Query(_)
        | E::OtherTable { .. }
        | E::Demo(_)
        | E::TooManySecrets { .. }
        | E::Serve { .. }
        | E::Unlisted { .. } => None,
    }
}

/// What to do about a backup, or the folder for one.
fn of_backup(error: &ShellError) -> Option<&'static str> {
    use ShellError as E;
    match error {
        E::Taken { .. } => {
            Some("name a new folder: each backup is one of its own, inside the root of a disk")
        }
        E::Unfinished { .. } => Some("try again when the other process is done"),
        E::Strange { .. } => Some("look into it, and move it away or name another folder"),
        E::NoBackup { .. } => Some("name the folder that `daybook backup` made"),
        E::DamagedBackup { .. } => {
            Some("nothing was restored: take another backup, or another copy of this one")
        }
        _ => None,
    }
}

/// What to do about the way to Stripe, or Stripe's way to us.
fn of_way(error: &ShellError) -> Option<&'static str> {
    use ShellError as E;
    match error {
        E::NoSecret => Some(
            "put the endpoint's signing secret (whsec_…) into STRIPE_WEBHOOK_SECRET, or name a file with --secret-file",
        ),
        E::Listen { .. } => {
            Some("another process may listen there already: name another place with --listen")
        }
        E::NoKey => Some(
            "put a restricted key into STRIPE_API_KEY, or its file's name into DAYBOOK_API_KEY_FILE; docs/OPERATIONS.md says how to make one",
        ),
        E::Key { .. } => Some("copy it once more from Stripe's Dashboard, under Developers"),
        E::Ended => Some("nothing is lost: run it again, and it goes on where it stopped"),
        E::Base { .. } => Some("mend STRIPE_API_BASE, or leave it out"),
        E::OtherMode { .. } => {
            Some("take a key of the stream's mode, or name another stream with --stream")
        }
        _ => None,
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        ShellError::Query(error).into()
    }
}

impl From<CompareError> for Failure {
    fn from(error: CompareError) -> Self {
        match error {
            CompareError::Book(error) => error.into(),
            CompareError::Sqlite(error) => error.into(),
        }
    }
}

impl From<ReconcileError> for Failure {
    fn from(error: ReconcileError) -> Self {
        use ReconcileError as E;
        const REMOVE: Option<&str> =
            Some("remove it: what it remembers is in the log, or can be read again");
        match error {
            E::Compare(error) => error.into(),
            E::Sync(error) => error.into(),
            E::Read(error) => error.into(),
            E::Projector(error) => error.into(),
            E::Ledger(error) => error.into(),
            error @ (E::Memory { .. } | E::OtherMemory { .. }) => {
                Self::new(Exit::Failed, error, REMOVE)
            }
            error @ E::NoKind { .. } => Self::new(Exit::Usage, error, None),
            error @ (E::Record { .. } | E::Died) => Self::new(Exit::Failed, error, None),
        }
    }
}

impl From<IntakeError> for Failure {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Ledger(error) => error.into(),
            error @ IntakeError::Rejects { .. } => Self::new(
                Exit::Unfinished,
                error,
                Some(
                    "what can't be kept aside can't be skipped: make room for it, then import again",
                ),
            ),
        }
    }
}

impl From<ProjectorError> for Failure {
    fn from(error: ProjectorError) -> Self {
        use ProjectorError as E;
        let (exit, hint) = match &error {
            E::Log { source } => of_ledger(source),
            E::NoBook { .. } => (Exit::Failed, Some("make one with `daybook project`")),
            E::OtherVersion { .. } | E::Unreadable { .. } | E::Foreign { .. } => {
                (Exit::Failed, Some(MAKE_A_BOOK))
            }
            E::OtherLog { .. } | E::ShorterLog { .. } => (
                Exit::Differences,
                Some(
                    "see whether the log holds with `daybook verify`, then make a new book with `daybook rebuild`",
                ),
            ),
            E::Busy { .. } => (
                Exit::Unfinished,
                Some("try again when the other process is done"),
            ),
            E::NoLink { .. } => (
                Exit::Failed,
                Some("move it away, then make a new book with `daybook rebuild`"),
            ),
            E::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
                (Exit::Failed, Some(OF_ANOTHER_USER))
            }
            E::Sqlite { source, .. }
                if source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) =>
            {
                (Exit::Unfinished, Some(MAKE_ROOM))
            }
            E::Io { source, .. } if is_full(source) => (Exit::Unfinished, Some(MAKE_ROOM)),
            E::Sqlite { source, .. }
                if source.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt) =>
            {
                (Exit::Failed, Some(MAKE_A_BOOK))
            }
            E::Sqlite { .. } | E::Io { .. } => (Exit::Failed, None),
        };
        Self::new(exit, error, hint)
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// For `map_err`: what was being done to which path.
pub(crate) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let path = path.to_owned();
    move |source| {
        ShellError::Io {
            doing,
            path,
            source,
        }
        .into()
    }
}
