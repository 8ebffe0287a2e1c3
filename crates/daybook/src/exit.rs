//! How a run ends, as a number that scripts can rely on. Nothing else decides an exit code.

/// The ways a run can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is done and all is true.
    AllTrue,
    /// It could not be done.
    Failed,
    /// The command line makes no sense; clap ends most such runs with the same number.
    Usage,
    /// It was done, and something differs or was set aside.
    Differences,
    /// Only a part could be done; doing it again may help.
    Unfinished,
    /// The ledger is damaged, or a failed commit made it unsure.
    Damaged,
}

impl Exit {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::AllTrue => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Differences => 3,
            Self::Unfinished => 4,
            Self::Damaged => 5,
        }
    }
}
