//! Every state that every object ever had, by the instant it began. States are typed and small; JSON is made on demand.

use std::any::Any;
use std::collections::BTreeMap;
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
    /// Whether an event carries this state.
    pub(crate) announced: bool,
}

/// The states of one object, oldest first, at instants that differ.
pub(crate) struct History {
    pub(crate) object: &'static str,
    pub(crate) id: Text,
    /// The connected account it belongs to; none for the platform's own.
    pub(crate) account: Option<Text>,
    pub(crate) versions: Vec<Version>,
    /// The greatest `created` of its events: per object they never run backwards.
    pub(crate) last_created_s: i64,
}

/// All objects, in the order of their making.
#[derive(Default)]
pub(crate) struct Histories {
    pub(crate) all: Vec<History>,
    by_id: BTreeMap<Text, usize>,
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
        let id = state.id().clone();
        let (object, first) = (state.object(), version(at_us, state));
        let doubled = self.by_id.insert(id.clone(), index);
        assert!(doubled.is_none(), "an id is minted once");
        let history = History {
            object,
            id,
            account: account.cloned(),
            versions: vec![first],
            last_created_s: 0,
        };
        self.all.push(history);
        Handle {
            index,
            shape: PhantomData,
        }
    }

    /// Adds a state at `at_us`, or just after the last one; the instant it began.
    pub(crate) fn add<T: Shape>(&mut self, handle: Handle<T>, at_us: i64, state: T) -> i64 {
        let versions = &mut self.all[handle.index].versions;
        let last_us = versions.last().expect("a history is never empty").at_us;
        let at_us = at_us.max(last_us + 1);
        versions.push(version(at_us, state));
        at_us
    }

    /// The newest state.
    pub(crate) fn newest<T: Shape>(&self, handle: Handle<T>) -> &T {
        let version = self.all[handle.index]
            .versions
            .last()
            .expect("a history is never empty");
        let state: &dyn Any = &*version.state;
        state
            .downcast_ref()
            .expect("a handle's shape is its object's")
    }

    /// Notes that an event tells of the newest state without showing it.
    pub(crate) fn mark_told<T: Shape>(&mut self, handle: Handle<T>) {
        let versions = &mut self.all[handle.index].versions;
        versions
            .last_mut()
            .expect("a history is never empty")
            .announced = true;
    }

    /// The instant an object was made.
    pub(crate) fn begun<T: Shape>(&self, handle: Handle<T>) -> i64 {
        self.all[handle.index].versions[0].at_us
    }

    /// The history of an object of this type and id.
    pub(crate) fn find(&self, object: &str, id: &str) -> Option<&History> {
        let history = &self.all[*self.by_id.get(id)?];
        (history.object == object).then_some(history)
    }
}

impl History {
    /// The state that holds at an instant.
    pub(crate) fn at(&self, at_us: i64) -> Option<&Version> {
        let begun = self
            .versions
            .partition_point(|version| version.at_us <= at_us);
        begun.checked_sub(1).map(|index| &self.versions[index])
    }

    /// The last state of all.
    pub(crate) fn last(&self) -> &Version {
        self.versions.last().expect("a history is never empty")
    }
}

fn version<T: Shape>(at_us: i64, state: T) -> Version {
    Version {
        at_us,
        state: Arc::new(state),
        announced: false,
    }
}
