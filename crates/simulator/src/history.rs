//! The states that every object had, by the instant each began. States are typed and small; JSON is made on demand. Old
//! states are kept until somebody says that nothing will look at them again.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::json::Text;
use crate::shapes::Shape;

/// Names one object whose states are of one shape.
pub(crate) struct Handle<T> {
    pub(crate) index: usize,
    shape: PhantomData<fn() -> T>,
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

/// One state and the instant it began.
pub(crate) struct Version {
    pub(crate) at_us: i64,
    pub(crate) state: Arc<dyn Shape>,
    /// The instant that the first event carrying this state was emitted; `NEVER` where none did.
    pub(crate) told_us: i64,
}

/// Later than all instants.
pub(crate) const NEVER: i64 = i64::MAX;

/// The states of one object, at instants that differ. There are millions of these.
pub(crate) struct History {
    /// The connected account it belongs to; none for the platform's own.
    pub(crate) account: Option<Text>,
    /// The instant it was made.
    pub(crate) begun_us: i64,
    /// Oldest first, without the newest.
    older: Vec<Version>,
    newest: Version,
    /// How many states before the kept ones are forgotten.
    forgotten: usize,
    /// The greatest `created` of its events: per object they never run backwards.
    pub(crate) last_created_s: i64,
}

/// That an object got a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) at_us: i64,
    pub(crate) index: usize,
    /// The state's place among all states of the object, from 0.
    pub(crate) place: usize,
}

/// All objects, in the order of their making.
#[derive(Default)]
pub(crate) struct Histories {
    pub(crate) all: Vec<History>,
    /// What happened, in the order it was decided; taken away by whoever follows.
    pub(crate) changes: Vec<Change>,
}

impl Histories {
    /// Opens an object of an account (none for the platform) with its first state.
    pub(crate) fn open<T: Shape>(
        &mut self,
        account: Option<&Text>,
        at_us: i64,
        state: T,
    ) -> Handle<T> {
        let index = self.all.len();
        self.all.push(History {
            account: account.cloned(),
            begun_us: at_us,
            older: Vec::new(),
            newest: version(at_us, state),
            forgotten: 0,
            last_created_s: 0,
        });
        self.changes.push(Change {
            at_us,
            index,
            place: 0,
        });
        Handle {
            index,
            shape: PhantomData,
        }
    }

    /// Adds a state at `at_us`, or just after the last one; the instant it began.
    pub(crate) fn add<T: Shape>(&mut self, handle: Handle<T>, at_us: i64, state: T) -> i64 {
        let index = handle.index;
        let history = &mut self.all[index];
        let at_us = at_us.max(history.newest.at_us + 1);
        let superseded = std::mem::replace(&mut history.newest, version(at_us, state));
        history.older.push(superseded);
        let place = history.last_place();
        self.changes.push(Change {
            at_us,
            index,
            place,
        });
        at_us
    }

    /// The newest state.
    pub(crate) fn newest<T: Shape>(&self, handle: Handle<T>) -> &T {
        let state: &dyn Any = &*self.all[handle.index].newest.state;
        state
            .downcast_ref()
            .expect("a handle's shape is its object's")
    }

    /// The instant an object was made.
    pub(crate) fn begun<T: Shape>(&self, handle: Handle<T>) -> i64 {
        self.all[handle.index].begun_us
    }

    /// Notes that an event tells of the newest state without showing it.
    pub(crate) fn mark_told<T: Shape>(&mut self, handle: Handle<T>) {
        let newest = &mut self.all[handle.index].newest;
        newest.told_us = newest.told_us.min(newest.at_us);
    }
}

impl History {
    /// The value of the member `object`.
    pub(crate) fn object(&self) -> &'static str {
        self.newest.state.object()
    }

    /// The object's id.
    pub(crate) fn id(&self) -> &Text {
        self.newest.state.id()
    }

    /// The place of the newest state.
    pub(crate) fn last_place(&self) -> usize {
        self.forgotten + self.older.len()
    }

    /// The state at a place, which must still be kept.
    pub(crate) fn version(&self, place: usize) -> &Version {
        let kept = place - self.forgotten;
        self.older.get(kept).unwrap_or(&self.newest)
    }

    /// Notes that an event carrying the state at a place was emitted.
    pub(crate) fn mark_shown(&mut self, place: usize, emitted_us: i64) {
        let kept = place - self.forgotten;
        let version = self.older.get_mut(kept).unwrap_or(&mut self.newest);
        version.told_us = version.told_us.min(emitted_us);
    }

    /// The place of the state that holds at an instant, and the state; none before there was one.
    pub(crate) fn at(&self, at_us: i64) -> Option<(usize, &Version)> {
        if self.newest.at_us <= at_us {
            return Some((self.last_place(), &self.newest));
        }
        let older = &self.older;
        let begun = older.partition_point(|older| older.at_us <= at_us);
        assert!(
            begun > 0 || self.forgotten == 0,
            "what is forgotten is not asked for"
        );
        let kept = begun.checked_sub(1)?;
        Some((self.forgotten + kept, &older[kept]))
    }

    /// Forgets the states that ended at or before an instant; how many.
    pub(crate) fn forget_before(&mut self, at_us: i64) -> usize {
        let older = &mut self.older;
        let ended = match self.newest.at_us <= at_us {
            true => older.len(),
            false => {
                let begun = older.partition_point(|older| older.at_us <= at_us);
                begun.saturating_sub(1)
            }
        };
        older.drain(..ended);
        if older.is_empty() {
            *older = Vec::new();
        }
        self.forgotten += ended;
        ended
    }

    /// Puts a state after the newest one, of which no event tells.
    pub(crate) fn add_untold(&mut self, at_us: i64, state: impl Shape) {
        let superseded = std::mem::replace(&mut self.newest, version(at_us, state));
        self.older.push(superseded);
    }

    /// The last state of all.
    pub(crate) fn last(&self) -> &Version {
        &self.newest
    }
}

fn version<T: Shape>(at_us: i64, state: T) -> Version {
    Version {
        at_us,
        state: Arc::new(state),
        told_us: NEVER,
    }
}
