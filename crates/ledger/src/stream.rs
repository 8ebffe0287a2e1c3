//! The name of a stream: one account in one mode. Not the place for anything that a stream holds.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::LedgerError;

const LIVE: &str = "live";
const TEST: &str = "test";

/// An account and its mode, written `acct_…/live` or `acct_…/test`; ordered by that text; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(Arc<str>);

impl StreamId {
    /// The stream of `account` in live or test mode; [`LedgerError::BadStream`] unless the account is one
    /// or more ASCII letters, digits, `_` and `-`.
    pub fn new(account: &str, livemode: bool) -> Result<Self, LedgerError> {
        let text = format!("{account}/{}", if livemode { LIVE } else { TEST });
        Self::parse(&text)
    }

    /// Reads the written form; [`LedgerError::BadStream`] for any other text.
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let is_account_byte =
            |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        match text.split_once('/') {
            Some((account, LIVE | TEST))
                if !account.is_empty() && account.bytes().all(is_account_byte) =>
            {
                Ok(Self(Arc::from(text)))
            }
            _ => Err(LedgerError::BadStream {
                text: text.to_owned(),
            }),
        }
    }

    /// The written form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account alone.
    pub fn account(&self) -> &str {
        self.halves().0
    }

    /// Whether the stream holds live data.
    pub fn livemode(&self) -> bool {
        self.halves().1 == LIVE
    }

    fn halves(&self) -> (&str, &str) {
        self.0
            .split_once('/')
            .expect("parse admits no text without a slash")
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for StreamId {
    type Err = LedgerError;

    fn from_str(text: &str) -> Result<Self, LedgerError> {
        Self::parse(text)
    }
}
