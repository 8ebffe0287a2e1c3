//! Where comparing is done: the book and the work in hand, in the hands of one thread at a time that may block. Asks Stripe nothing.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ledger::StreamId;
use projector::OpenBook;

use super::work::Work;
use crate::ReconcileError;

/// The book and the work in hand.
pub(super) struct Bench {
    pub(super) work: Work,
    pub(super) stream: StreamId,
    data: PathBuf,
    book: Option<OpenBook>,
}

impl Bench {
    /// What is worked with, the book opened anew if it may have been turned to another.
    pub(super) fn parts(&mut self) -> Result<(&Work, &OpenBook, &StreamId), ReconcileError> {
        let book = match self.book.take() {
            Some(book) => book,
            None => projector::open_book_readonly(&self.data)?,
        };
        let book = self.book.insert(book);
        Ok((&self.work, book, &self.stream))
    }
}

/// A place to work at. Clones share it.
#[derive(Clone)]
pub(super) struct Table(Arc<Mutex<Bench>>);

impl Table {
    /// The bench of a data folder and one of its streams.
    pub(super) fn open(data: &Path, stream: &StreamId) -> Result<Self, ReconcileError> {
        Ok(Self(Arc::new(Mutex::new(Bench {
            work: Work::open(&data.join("night.db"))?,
            stream: stream.clone(),
            data: data.to_owned(),
            book: None,
        }))))
    }

    /// Does what blocks on a thread that may. Begun, it goes on to its end even if nobody waits any more.
    pub(super) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Bench) -> Result<T, ReconcileError> + Send + 'static,
    ) -> Result<T, ReconcileError> {
        let bench = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            // What a panic leaves half done is undone by SQLite: nothing of it is kept in memory.
            work(&mut bench.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.unwrap_or(Err(ReconcileError::Died))
    }

    /// Forgets the open book, since there may be another by now.
    pub(super) async fn turn(&self) -> Result<(), ReconcileError> {
        self.with(|bench| {
            bench.book = None;
            Ok(())
        })
        .await
    }
}

/// Looks at the book in one state of it.
pub(super) fn at_once<T>(
    book: &OpenBook,
    look: impl FnOnce() -> Result<T, ReconcileError>,
) -> Result<T, ReconcileError> {
    let said = |result: rusqlite::Result<()>| result.map_err(crate::CompareError::from);
    said(book.connection().execute_batch("BEGIN"))?;
    let seen = look();
    said(book.connection().execute_batch("COMMIT"))?;
    seen
}
