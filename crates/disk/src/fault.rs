//! What can be asked of the disk, and what can go wrong with it. Decides nothing.

use std::ffi::c_int;

use rusqlite::ffi;

use crate::random::Random;

/// A call of SQLite that can fail. Closing, unlocking and asking for properties can't.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// Opens or creates a file.
    Open,
    /// Asks whether a file is there.
    Access,
    /// Removes a file.
    Delete,
    /// Reads bytes.
    Read,
    /// Writes bytes.
    Write,
    /// Cuts a file.
    Truncate,
    /// Syncs a file.
    Sync,
    /// Asks for a file's size.
    Size,
    /// Takes a lock on a file.
    Lock,
    /// Maps a piece of the WAL's shared memory.
    ShmMap,
    /// Takes a lock in the WAL's shared memory.
    ShmLock,
}

impl Call {
    /// What SQLite's own code for files says when this call meets an input or output error.
    pub(crate) fn error(self) -> c_int {
        match self {
            Self::Open => ffi::SQLITE_CANTOPEN,
            Self::Access => ffi::SQLITE_IOERR_ACCESS,
            Self::Delete => ffi::SQLITE_IOERR_DELETE,
            Self::Read => ffi::SQLITE_IOERR_READ,
            Self::Write => ffi::SQLITE_IOERR_WRITE,
            Self::Truncate => ffi::SQLITE_IOERR_TRUNCATE,
            Self::Sync => ffi::SQLITE_IOERR_FSYNC,
            Self::Size => ffi::SQLITE_IOERR_FSTAT,
            Self::Lock => ffi::SQLITE_IOERR_LOCK,
            Self::ShmMap => ffi::SQLITE_IOERR_SHMMAP,
            Self::ShmLock => ffi::SQLITE_IOERR_SHMLOCK,
        }
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The call fails and does nothing; the next ones work.
    Error,
    /// The call fails, and so does every one after it until the disk is mended.
    Gone,
    /// There is no room for this write, nor for any after it until the disk is mended.
    Full,
    /// Half of the bytes are written, then there is no room; the next writes work.
    ShortWrite,
    /// The power goes: this call and all after it fail until it is restored.
    PowerLoss,
    /// The sync says yes and keeps only this much. The rest is read back as if it were there, until the power goes.
    LyingSync(Kept),
    /// So does every sync from here on until the disk is mended.
    LyingSyncs(Kept),
}

impl Fault {
    /// Whether the fault can strike this call at all.
    pub fn applies_to(self, call: Call) -> bool {
        match self {
            Self::Error | Self::Gone | Self::PowerLoss => true,
            Self::Full | Self::ShortWrite => call == Call::Write,
            Self::LyingSync(_) | Self::LyingSyncs(_) => call == Call::Sync,
        }
    }

    /// Whether it goes on until the disk is mended.
    pub(crate) fn lasts(self) -> bool {
        match self {
            Self::Gone | Self::Full | Self::PowerLoss | Self::LyingSyncs(_) => true,
            Self::Error | Self::ShortWrite | Self::LyingSync(_) => false,
        }
    }
}

/// A fault and the call that it strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The number of the call, counted from 0 since the disk was made.
    pub at: usize,
    /// What happens then.
    pub fault: Fault,
}

/// How much of what was not synced outlives a power loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing: the disk is as it was at the last syncs.
    Nothing,
    /// Everything: as if only the program had died.
    Everything,
    /// Any 512-byte sector of a write, any truncation, creation or deletion, by a coin.
    Sectors {
        /// Where the coins start.
        seed: u64,
    },
}

/// The answers to "is this piece kept?".
pub(crate) enum Choice {
    Always(bool),
    Coin(Random),
}

impl Kept {
    /// The choices of the `turn`-th time that this is asked.
    pub(crate) fn choice(self, turn: usize) -> Choice {
        match self {
            Self::Nothing => Choice::Always(false),
            Self::Everything => Choice::Always(true),
            Self::Sectors { seed } => Choice::Coin(Random::new(seed ^ (turn as u64) << 32)),
        }
    }
}

impl Choice {
    pub(crate) fn keeps(&mut self) -> bool {
        match self {
            Self::Always(keeps) => *keeps,
            Self::Coin(random) => random.coin(),
        }
    }
}
