//! What an answer stands on: stream, head, fold, digest and book clock, for people as a last line, for programs as an object.

use ledger::{Head, Log, StreamId};
use projector::OpenBook;
use serde::Serialize;

use crate::currency::worded;
use crate::failure::Failure;
use crate::moment;

/// Hex digits of a hash that people are shown.
const SHOWN_DIGITS: usize = 12;

/// What an answer stands on.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Standing {
    /// The stream.
    stream: String,
    /// The last entry that was looked at, with its chain hash.
    head: String,
    /// The fold's version; none where the log alone was asked.
    fold: Option<u32>,
    /// The digest of the stream's rows; none where the log alone was asked.
    digest: Option<String>,
    /// The book clock; none where the log alone was asked, or before the first event.
    book_clock_s: Option<i64>,
    /// Entries of the log that are not in the book yet.
    behind: u64,
}

impl Standing {
    /// Of an answer from the log alone.
    pub(crate) fn of_log(log: &dyn Log, stream: &StreamId) -> Result<Self, Failure> {
        Ok(Self {
            stream: stream.to_string(),
            head: log.head(stream)?.to_string(),
            fold: None,
            digest: None,
            book_clock_s: None,
            behind: 0,
        })
    }

    /// Of an answer from the book; `log_head` tells how far the log is.
    pub(crate) fn of_book(
        book: &OpenBook,
        stream: &StreamId,
        log_head: &Head,
    ) -> Result<Self, Failure> {
        let position = book.position(stream)?;
        Ok(Self {
            stream: stream.to_string(),
            head: position.head.to_string(),
            fold: Some(book::FOLD_VERSION),
            digest: Some(book.digest(stream)?.to_string()),
            book_clock_s: position.clock_s,
            behind: log_head.seq.saturating_sub(position.head.seq),
        })
    }

    /// Whether the log has entries that are not in the book yet.
    pub(crate) fn is_behind(&self) -> bool {
        self.behind > 0
    }

    /// The last line for people.
    pub(crate) fn line(&self) -> String {
        let mut parts = vec![short(&self.head)];
        parts.extend(self.digest.as_deref().map(short));
        if self.digest.is_some() {
            let clock = self
                .book_clock_s
                .map_or("not set".to_owned(), moment::shown);
            parts.push(format!("book clock {clock}"));
        }
        if self.behind > 0 {
            parts.push(format!(
                "{} behind the log: run `daybook project`",
                worded(self.behind, "entry", "entries")
            ));
        }
        format!("-- {}", parts.join(" · "))
    }
}

/// A head or digest with its hash cut short.
pub(crate) fn short(text: &str) -> String {
    match text.rsplit_once(':') {
        Some((front, hash)) if hash.len() > SHOWN_DIGITS => {
            format!("{front}:{}…", &hash[..SHOWN_DIGITS])
        }
        _ => text.to_owned(),
    }
}
