//! What is read enters the log here, and nowhere else in sync: through intake's door, and only if it says something new. It asks
//! Stripe nothing and reads no clock of its own.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use facts::ObservationHeader;
use intake::{Origin, Rejects};
use ledger::{Ledger, Log, NewEntry, Outcome, OwnedEntry, Source, StreamId};

use crate::{Answer, Call, Keeper, SyncError};

/// The caller's clock: microseconds since 1970. It says when entries were recorded, and nothing else rests on it.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What all things read in one answer share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The request, as observations keep it: `GET /v1/charges?limit=100`.
    pub request: String,
    /// Stripe's name of it.
    pub request_id: Option<String>,
    /// The API version that rendered the answer.
    pub version: Option<String>,
    /// Stripe's second of the answer.
    pub date_s: Option<i64>,
    /// Milliseconds from before sending to the answer's head.
    pub elapsed_ms: i64,
}

impl Reading {
    /// What an answer tells of its reading.
    #[must_use]
    pub fn of(call: &Call, answer: &Answer) -> Self {
        Self {
            request: call.request.line(),
            request_id: answer.request_id.clone(),
            version: answer.version.clone(),
            date_s: answer.date_s,
            elapsed_ms: answer.elapsed_ms,
        }
    }

    fn line(&self, stream: &StreamId, object: &str, id: &str, body: Option<&str>) -> String {
        let header = ObservationHeader {
            request: self.request.clone(),
            request_id: self.request_id.clone(),
            version: self.version.clone(),
            account: Some(stream.account().to_owned()),
            livemode: Some(stream.livemode()),
            date_s: self.date_s,
            elapsed_ms: Some(self.elapsed_ms),
            absent: body.is_none().then(|| "not_found".to_owned()),
            object_type: Some(object.to_owned()),
            object_id: Some(id.to_owned()),
        };
        facts::observation_line(&header, body.unwrap_or("null"))
    }
}

/// One thing that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Find {
    /// An object as it stands, or a list of one parent's that was read whole, under the parent's id.
    Object {
        /// What it calls itself, or the kind of the list.
        object: String,
        /// Its id.
        id: String,
        /// Its JSON, exactly as answered.
        body: String,
    },
    /// An object that was asked for and is not there.
    Absent {
        /// What it called itself.
        object: String,
        /// Its id.
        id: String,
    },
    /// An event, exactly as it stands in the answer.
    Event {
        /// Its JSON.
        body: String,
    },
    /// What stands where an object should, and can't enter the log.
    Odd {
        /// Its JSON.
        body: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
}

/// What came of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// It is in the log now.
    Appended,
    /// The newest observation says the same, and no event came after it. Never of what is read while comparing.
    Unchanged,
    /// The log had that very entry.
    Duplicate,
    /// It can't enter and was set aside, with its reason.
    SetAside,
}

/// A place where things that were read are handed in. Clones share it.
#[derive(Clone)]
pub struct Desk {
    clerk: Arc<Mutex<Clerk>>,
}

impl Desk {
    /// A desk before `ledger`. What can't enter goes to the folder `rejects`.
    #[must_use]
    pub fn new(
        ledger: Box<dyn Ledger + Send>,
        keeper: Keeper,
        rejects: PathBuf,
        clock: Clock,
    ) -> Self {
        Self {
            clerk: Arc::new(Mutex::new(Clerk {
                ledger,
                keeper,
                rejects,
                clock,
                opened: BTreeSet::new(),
                is_trained: false,
            })),
        }
    }

    /// Does what blocks on a thread that may. Begun, it goes on to its end even if nobody waits any more.
    ///
    /// # Errors
    /// Those of `work`; [`SyncError::Died`] if it panicked.
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Clerk) -> Result<T, SyncError> + Send + 'static,
    ) -> Result<T, SyncError> {
        let clerk = Arc::clone(&self.clerk);
        let done = tokio::task::spawn_blocking(move || {
            // What a panic leaves half done is undone by SQLite: nothing of it is kept in memory.
            work(&mut clerk.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.unwrap_or(Err(SyncError::Died))
    }

    /// Takes what was read in one answer; what came of each, in that order, once it is as safe as the log can make it.
    ///
    /// # Errors
    /// When the log or what sync remembers can't be written; then nothing of it was taken, or it will be found there next time.
    pub async fn take(
        &self,
        stream: &StreamId,
        source: Source,
        reading: Reading,
        finds: Vec<Find>,
    ) -> Result<Vec<Came>, SyncError> {
        let stream = stream.clone();
        self.with(move |clerk| {
            clerk.take(
                &stream,
                source,
                &reading,
                finds,
                |_, came| Ok(came.to_vec()),
            )
        })
        .await
    }
}

/// Who writes: the log and the memory of sync, in the hands of one thread at a time.
pub struct Clerk {
    ledger: Box<dyn Ledger + Send>,
    keeper: Keeper,
    rejects: PathBuf,
    clock: Clock,
    opened: BTreeSet<StreamId>,
    is_trained: bool,
}

impl Clerk {
    /// The log.
    #[must_use]
    pub fn log(&self) -> &dyn Log {
        &*self.ledger
    }

    /// What sync remembers.
    #[must_use]
    pub fn keeper(&self) -> &Keeper {
        &self.keeper
    }

    /// Takes what was read in one answer into `stream`, and does `then` with what came of each, in the same transaction of the
    /// memory: the log first, then cursors.
    ///
    /// # Errors
    /// When either can't be written, or those of `then`.
    pub fn take<T>(
        &mut self,
        stream: &StreamId,
        source: Source,
        reading: &Reading,
        finds: Vec<Find>,
        then: impl FnOnce(&Keeper, &[Came]) -> Result<T, SyncError>,
    ) -> Result<T, SyncError> {
        self.open(stream)?;
        let drafts = self.drafts(stream, source, reading, finds)?;
        let Self { ledger, keeper, .. } = self;
        let done = keeper.write(|keeper| {
            keeper.catch_up(&**ledger, stream)?;
            let came = append(&mut **ledger, keeper, stream, &drafts)?;
            then(keeper, &came)
        })?;
        self.train()?;
        Ok(done)
    }

    /// Writes down what daybook did, as a control entry: `body` is its JSON, `about_s` Stripe's second of what it tells. The same
    /// body is the same entry.
    ///
    /// # Errors
    /// When the log or what sync remembers can't be written, or those of `then`.
    pub fn note<T>(
        &mut self,
        stream: &StreamId,
        source: Source,
        about_s: i64,
        note: Note,
        then: impl FnOnce(&Keeper) -> Result<T, SyncError>,
    ) -> Result<T, SyncError> {
        self.open(stream)?;
        let moments = (about_s, (self.clock)());
        let entry = intake::control(stream, note.type_, note.body, source, moments);
        self.ledger.append(&[entry.as_new_entry()])?;
        self.keeper.write(then)
    }

    /// Takes in what came to a stream of the log since, opens it if it has no entry, and does `then` in the same transaction of the
    /// memory.
    ///
    /// # Errors
    /// When either can't be written, or those of `then`.
    pub fn enter<T>(
        &mut self,
        stream: &StreamId,
        then: impl FnOnce(&Keeper) -> Result<T, SyncError>,
    ) -> Result<T, SyncError> {
        self.open(stream)?;
        let Self { ledger, keeper, .. } = self;
        keeper.write(|keeper| {
            keeper.catch_up(&**ledger, stream)?;
            then(keeper)
        })
    }

    fn open(&mut self, stream: &StreamId) -> Result<(), SyncError> {
        if !self.opened.contains(stream) {
            self.ledger.open_stream(stream, (self.clock)())?;
            self.opened.insert(stream.clone());
        }
        Ok(())
    }

    fn drafts(
        &self,
        stream: &StreamId,
        source: Source,
        reading: &Reading,
        finds: Vec<Find>,
    ) -> Result<Vec<Option<Draft>>, SyncError> {
        let recorded_us = (self.clock)();
        let mut rejects = Aside {
            rejects: Rejects::new(&self.rejects, &*self.clock),
            request: &reading.request,
            is_used: false,
        };
        let mut drafts = Vec::with_capacity(finds.len());
        for (place, find) in finds.into_iter().enumerate() {
            let (key, body) = match find {
                Find::Object { object, id, body } => {
                    let line = reading.line(stream, &object, &id, Some(&body));
                    (Some((object, id)), line)
                }
                Find::Absent { object, id } => {
                    let line = reading.line(stream, &object, &id, None);
                    (Some((object, id)), line)
                }
                Find::Event { body } => (None, body),
                Find::Odd { body, reason } => {
                    rejects.keep(place, &reason, body.as_bytes())?;
                    drafts.push(None);
                    continue;
                }
            };
            match intake::entry(body.into_bytes(), stream, source, recorded_us) {
                Ok(entry) => drafts.push(Some(Draft { key, entry })),
                Err((body, reason)) => {
                    rejects.keep(place, &reason, &body)?;
                    drafts.push(None);
                }
            }
        }
        rejects.finish()?;
        Ok(drafts)
    }

    fn train(&mut self) -> Result<(), SyncError> {
        if !self.is_trained {
            let recorded_us = (self.clock)();
            self.is_trained = intake::train_first(&mut *self.ledger, &self.opened, recorded_us)?;
        }
        Ok(())
    }
}

/// What daybook did, to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its type, such as `sync.window`.
    pub type_: &'static str,
    /// Its JSON, an object whose first members are `"object":"daybook.control"` and the type.
    pub body: String,
}

/// An entry that may be appended. Only what is known of an object can be unchanged.
struct Draft {
    key: Option<(String, String)>,
    entry: OwnedEntry,
}

/// Where odd things of one answer go.
struct Aside<'a> {
    rejects: Rejects<'a>,
    request: &'a str,
    is_used: bool,
}

impl Aside<'_> {
    fn keep(&mut self, place: usize, reason: &str, body: &[u8]) -> Result<(), SyncError> {
        self.is_used = true;
        let origin = Origin {
            file: self.request,
            line: 1,
            last_line: 1,
            item: Some(place + 1),
        };
        Ok(self.rejects.set_aside(origin, reason, body)?)
    }

    fn finish(self) -> Result<(), SyncError> {
        if self.is_used {
            self.rejects.sync()?;
        }
        Ok(())
    }
}

fn append(
    ledger: &mut dyn Ledger,
    keeper: &Keeper,
    stream: &StreamId,
    drafts: &[Option<Draft>],
) -> Result<Vec<Came>, SyncError> {
    let mut came = Vec::with_capacity(drafts.len());
    let mut batch: Vec<NewEntry<'_>> = Vec::new();
    for draft in drafts {
        came.push(match draft {
            None => Came::SetAside,
            Some(draft) if is_unchanged(keeper, draft)? => Came::Unchanged,
            Some(draft) => {
                batch.push(draft.entry.as_new_entry());
                Came::Appended
            }
        });
    }
    if batch.is_empty() {
        return Ok(came);
    }
    let outcomes = ledger.append(&batch)?;
    let entered = came.iter_mut().filter(|came| **came == Came::Appended);
    for (came, outcome) in entered.zip(&outcomes) {
        if matches!(outcome, Outcome::Duplicate { .. }) {
            *came = Came::Duplicate;
        }
    }
    // The entries are read back, with what other processes wrote meanwhile: the memory has one way of learning.
    keeper.catch_up(ledger, stream)?;
    Ok(came)
}

/// What is read while comparing is appended because the book says something else, whatever the log has: a second word settles what one
/// left in doubt.
fn is_unchanged(keeper: &Keeper, draft: &Draft) -> Result<bool, SyncError> {
    let Some((object, id)) = &draft.key else {
        return Ok(false);
    };
    if draft.entry.source == Source::Sync {
        return Ok(false);
    }
    let known = keeper.known(&draft.entry.stream, object, id)?;
    Ok(known.and_then(|known| known.content_hash) == Some(draft.entry.content_hash))
}
