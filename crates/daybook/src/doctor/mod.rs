//! What has to be right for Stripe to be read: one sign per thing looked at, and for what isn't, what to do. Mends nothing.

mod home;
mod night;
mod stripe;
#[cfg(test)]
mod tests;

pub(crate) use home::look_at_home;
pub(crate) use stripe::{Subject, ask_stripe, unasked};

use crate::failure::Failure;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sign {
    /// What was looked at, in a word.
    pub(crate) check: &'static str,
    /// How it is.
    pub(crate) word: Word,
    /// What was seen.
    pub(crate) says: String,
    /// What to do about it.
    pub(crate) remedy: Option<String>,
}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// As it should be.
    Fine,
    /// It works, and could be better.
    Advice,
    /// Something will not work.
    Wrong,
    /// It could not be looked at, because of something else.
    Unasked,
}

impl Word {
    /// As it is shown.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Advice => "advice",
            Self::Wrong => "wrong",
            Self::Unasked => "unasked",
        }
    }
}

impl Sign {
    /// All is well.
    pub(crate) fn fine(check: &'static str, says: impl Into<String>) -> Self {
        Self::new(check, Word::Fine, says, None)
    }

    /// It works, and could be better.
    pub(crate) fn advice(
        check: &'static str,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(check, Word::Advice, says, Some(remedy.into()))
    }

    /// Something will not work.
    pub(crate) fn wrong(
        check: &'static str,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self::new(check, Word::Wrong, says, Some(remedy.into()))
    }

    /// It could not be looked at.
    pub(crate) fn unasked(check: &'static str, says: impl Into<String>) -> Self {
        Self::new(check, Word::Unasked, says, None)
    }

    /// What a command would have stopped with.
    pub(crate) fn stopped(check: &'static str, failure: &Failure) -> Self {
        let remedy = failure.hint().map(str::to_owned);
        Self::new(check, Word::Wrong, failure.to_string(), remedy)
    }

    fn new(
        check: &'static str,
        word: Word,
        says: impl Into<String>,
        remedy: Option<String>,
    ) -> Self {
        Self {
            check,
            word,
            says: says.into(),
            remedy,
        }
    }
}
