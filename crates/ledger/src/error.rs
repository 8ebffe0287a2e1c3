//! What can go wrong with a ledger. Hints and exit codes are the shell's.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

use crate::{Hash, Kind, StreamId};

/// Any failure of this crate.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// There is no file to open.
    #[error("there is no ledger at {path}")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A ledger, or anything else, stands where a new one was to be created.
    #[error("{path} exists already; a ledger is never created over it")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{path} is not a daybook ledger")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a later program.
    #[error("{path} has ledger format {found}; this program knows {known} and will not touch it")]
    Newer {
        /// The file.
        path: PathBuf,
        /// The format in the file.
        found: i64,
        /// The newest format known here.
        known: i64,
    },
    /// A table, index or trigger is not as the format says.
    #[error("{path} is damaged: {object} is missing or altered")]
    Altered {
        /// The file.
        path: PathBuf,
        /// The table, index or trigger.
        object: String,
    },
    /// There is a trigger more than the format says: it may change or swallow what is appended.
    #[error("{path} is damaged: the trigger {trigger} does not belong there")]
    Added {
        /// The file.
        path: PathBuf,
        /// Its name.
        trigger: String,
    },
    /// The file's pages don't hold together.
    #[error("{path} is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite found.
        #[source]
        source: rusqlite::Error,
    },
    /// SQLite's own check of the file found this first.
    #[error("{path} is damaged: {finding}")]
    Unsound {
        /// The file.
        path: PathBuf,
        /// What SQLite found, in its words.
        finding: String,
    },
    /// An append to a ledger that can only be read.
    #[error("{path} can only be read")]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Another process held the write lock for all of the waiting time; nothing was appended.
    #[error("{path} is being written by another process")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The disk is full; nothing was appended.
    #[error("the disk of {path} is full")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The commit itself failed: whether the batch is on disk is not known, and the handle is poisoned.
    #[error(
        "the commit to {path} failed; whether its batch was kept shows when the ledger is opened again"
    )]
    Commit {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// An earlier commit failed; the handle refuses everything until the ledger is opened again.
    #[error("{path} must be opened again after a failed commit")]
    Poisoned {
        /// The file.
        path: PathBuf,
    },
    /// Any other failure of SQLite; an append that got it was rolled back.
    #[error("SQLite failed to {doing} {path}")]
    Sqlite {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// The file system refused.
    #[error("failed to {doing} {path}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system gave no random bytes; nothing was appended.
    #[error("failed to draw random bytes")]
    Randomness {
        /// What the system said.
        #[source]
        source: getrandom::Error,
    },
    /// The system gave no thread to write with.
    #[error("failed to start the thread that writes")]
    Thread {
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// An entry that the log doesn't vouch for: the first one found.
    #[error("entry {seq} of {stream} does not hold")]
    Faulty {
        /// The stream.
        stream: StreamId,
        /// The place.
        seq: u64,
        /// Why.
        #[source]
        fault: Fault,
    },
    /// A text that names no stream.
    #[error("{text:?} is not a stream: expected ACCOUNT/live or ACCOUNT/test")]
    BadStream {
        /// The text.
        text: String,
    },
    /// A text that is no hash.
    #[error("{text:?} is not a hash: expected 64 lower-case hex digits")]
    BadHash {
        /// The text.
        text: String,
    },
    /// A text that is no head.
    #[error("{text:?} is not a head: expected STREAM:SEQ:HASH as printed by daybook head")]
    BadHead {
        /// The text.
        text: String,
    },
}

/// Why group commit did not acknowledge a parcel. Cheap to clone: many callers may share one cause.
#[derive(Clone, Debug, Error)]
pub enum AppendError {
    /// Too much waits to be appended; nothing of the parcel was. It may be sent again.
    #[error("too much waits to be appended already")]
    Overloaded,
    /// The parcel alone is over the bound; it will never be accepted.
    #[error("a parcel of {entries} entries and {bytes} bytes is more than may ever wait")]
    TooLarge {
        /// Its entries.
        entries: usize,
        /// The bytes of their texts and bodies.
        bytes: usize,
    },
    /// The ledger is being closed; nothing of the parcel was appended.
    #[error("the ledger takes no more entries: it is being closed")]
    Stopped,
    /// What the ledger said of this parcel, or of all that shared its commit.
    #[error(transparent)]
    Refused(Arc<LedgerError>),
    /// An earlier commit failed; nothing of the parcel was appended, and nothing will be until the ledger is
    /// opened again.
    #[error("nothing is appended after a failed commit")]
    Poisoned {
        /// How that commit failed.
        #[source]
        cause: Arc<LedgerError>,
    },
    /// The writing thread panicked; whether the parcel was kept is not known.
    #[error("the thread that writes has died; what it kept shows when the ledger is opened again")]
    Died,
}

/// Why an entry does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// The sequence has a gap here.
    #[error("it is missing")]
    Missing,
    /// A column holds what no ledger writes.
    #[error("its column {column} cannot be read")]
    Unreadable {
        /// The column.
        column: &'static str,
    },
    /// The stored body is not what a ledger stores with that dictionary, or the dictionary is not there.
    #[error("its body cannot be unpacked with dictionary {dictionary_id}")]
    Packed {
        /// The dictionary that the entry names.
        dictionary_id: u64,
    },
    /// The stream had not adopted the dictionary, or had adopted a newer one.
    #[error(
        "it is stored with dictionary {dictionary_id}, when {adopted} dictionaries were adopted"
    )]
    Dictionary {
        /// The dictionary that the entry names.
        dictionary_id: u64,
        /// How many the stream had adopted: the id of the newest.
        adopted: u64,
    },
    /// The entry opens the stream in a ledger with another meta.
    #[error("it opens the stream in another ledger than the file says it is")]
    Opening,
    /// The entry adopts another dictionary than the file holds, or none that follows.
    #[error("it does not adopt dictionary {dictionary_id} as the file holds it")]
    Adoption {
        /// The dictionary that comes next.
        dictionary_id: u64,
    },
    /// The file holds a dictionary that the stream never adopted.
    #[error("the stream ends with it and never adopted dictionary {dictionary_id}")]
    Unadopted {
        /// The first such dictionary.
        dictionary_id: u64,
    },
    /// The file's tally is not what there is in the stream, counted up to the entry.
    #[error(
        "up to it the tally has {kept} of the kind {kind} and type {type_:?}, and the stream {counted}"
    )]
    Tally {
        /// The kind.
        kind: Kind,
        /// The type.
        type_: String,
        /// What the file says, of one api version.
        kept: u64,
        /// What is there.
        counted: u64,
    },
    /// Body or salt are not the ones that were appended.
    #[error("its body and salt do not match its commitment")]
    Commitment,
    /// The columns, the commitment or the entry before are not the ones that were appended.
    #[error("its chain hash does not follow from its columns and the entry before")]
    Chain,
    /// The log ends before the head that it should extend.
    #[error("the log ends at {last_seq}, before the expected head")]
    Unreached {
        /// The seq of the last entry.
        last_seq: u64,
    },
    /// The log has another entry there than the head says.
    #[error("its chain hash is {found}, the expected head says {expected}")]
    OtherHead {
        /// The hash of the expected head.
        expected: Hash,
        /// The hash in the log.
        found: Hash,
    },
}
