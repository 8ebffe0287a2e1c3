//! Changes behind the company's back, put into a recording after it was made: somebody edits or deletes an object on the dashboard, and
//! Stripe makes no event of it. Reads, lists and the truth show them from their instant on.

use std::sync::Arc;

use crate::api::replace_member;
use crate::json::{self, Members, Text};
use crate::recording::Recording;
use crate::shapes::Shape;

/// A change that no event tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behind {
    /// A member gets another value.
    Member {
        /// Its name, at the top of the object.
        name: String,
        /// The value, as JSON.
        json: String,
    },
    /// The object is deleted: of a customer its stub is left, of all else nothing.
    Deleted,
}

impl Recording {
    /// Changes an object at an instant (microseconds). Whether it could be: it must be there and must not change any more by itself; a
    /// member must be one that it has; balance transactions never change.
    pub fn change_behind(&mut self, id: &str, at_us: i64, change: Behind) -> bool {
        let Some(index) = self.place_of(id) else {
            return false;
        };
        let history = &mut self.histories.all[index];
        let last = history.last();
        let is_known = match &change {
            Behind::Deleted => true,
            Behind::Member { name, json } => {
                replace_member(&last.state.render(at_us), name, json).is_some()
            }
        };
        let can_change = history.object() != "balance_transaction" && !last.state.is_deleted();
        if !is_known || !can_change || last.at_us >= at_us {
            return false;
        }
        let was = last.state.clone();
        history.add_untold(at_us, Touched { was, change });
        true
    }
}

/// A state as it is after a change behind the company's back.
struct Touched {
    was: Arc<dyn Shape>,
    change: Behind,
}

impl Shape for Touched {
    fn object(&self) -> &'static str {
        self.was.object()
    }

    fn id(&self) -> &Text {
        self.was.id()
    }

    fn created_s(&self) -> i64 {
        self.was.created_s()
    }

    fn write(&self, members: &mut Members<'_>, at_us: i64) {
        match &self.change {
            Behind::Member { .. } => self.was.write(members, at_us),
            Behind::Deleted => drop(members.flag("deleted", true)),
        }
    }

    fn is_deleted(&self) -> bool {
        self.change == Behind::Deleted
    }

    fn whole_lists(&self) -> Vec<(&'static str, Vec<String>)> {
        match &self.change {
            Behind::Member { .. } => self.was.whole_lists(),
            Behind::Deleted => Vec::new(),
        }
    }

    fn render(&self, at_us: i64) -> String {
        match &self.change {
            Behind::Member { name, json } => {
                let before = self.was.render(at_us);
                replace_member(&before, name, json).unwrap_or(before)
            }
            Behind::Deleted => json::object(|members| {
                members.text("id", self.id()).text("object", self.object());
                self.write(members, at_us);
            }),
        }
    }
}
