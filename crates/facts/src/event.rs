//! An event taken apart: its object, what that was before, and the request behind it, in whatever order they come.
//!
//! It makes no claims; it stops reading at an object that the books don't hold.

use crate::content::Content;
use crate::head::head;
use crate::path::Path;
use crate::scan::Scanner;
use crate::tree::tree;
use crate::wire::Wire;

/// The last version whose events give only the changed elements of arrays, so that nothing can be undone.
const PARTIAL_ARRAYS_UNTIL: &str = "2017-04-06";

/// The parts of an event.
#[derive(Default)]
pub(crate) struct Event<'a> {
    /// Its object, if it is of a kind that is held.
    pub(crate) content: Option<Content<'a>>,
    /// The id of the API request that made it.
    pub(crate) request: Option<Box<str>>,
    /// Whether its object is of a kind that isn't held; nothing more was read then.
    pub(crate) unheld: bool,
    /// Whether it has no object that could be read, or two.
    pub(crate) odd: bool,
    /// Previous values that came before the object that they belong to.
    waiting: Option<&'a str>,
    /// Whether there were previous values.
    undone: bool,
}

impl<'a> Event<'a> {
    /// Reads an event rendered by this version; faults stay in the reader.
    pub(crate) fn read(wire: &mut Wire<'a>, version: &str) -> Event<'a> {
        let mut event = Event::default();
        if wire.scan.peek() == b'{' {
            event.members(wire, version);
        } else {
            wire.scan.skip();
        }
        if event.unheld {
            return event;
        }
        wire.scan.end();
        event.odd |= event.content.is_none();
        if let (Some(content), Some(waiting)) = (&mut event.content, event.waiting) {
            let mut past = Wire::new(waiting);
            content.undo(&mut past, &previous_path());
            wire.oddities.append(&mut past.oddities);
        }
        event
    }

    fn members(&mut self, wire: &mut Wire<'a>, version: &str) {
        let mut first = true;
        wire.scan.enter();
        while !self.unheld
            && let Some(name) = wire.scan.member(&mut first)
        {
            match name.decode().as_deref() {
                Some("data") if wire.scan.peek() == b'{' => self.data(wire, version),
                Some("request") => self.request = request(&mut wire.scan),
                _ => wire.scan.skip(),
            }
        }
    }

    fn data(&mut self, wire: &mut Wire<'a>, version: &str) {
        let mut first = true;
        wire.scan.enter();
        while !self.unheld
            && let Some(name) = wire.scan.member(&mut first)
        {
            match name.decode().as_deref() {
                Some("object") => self.object(wire),
                Some("previous_attributes") if can_undo(version) => self.previous(wire),
                _ => wire.scan.skip(),
            }
        }
    }

    fn object(&mut self, wire: &mut Wire<'a>) {
        wire.scan.peek();
        let head = head(wire.scan.rest());
        let Some(object) = head.object.text().filter(|_| self.content.is_none()) else {
            self.odd = true;
            return wire.scan.skip();
        };
        match tree(object) {
            Some(tree) => {
                let path = Path::root("data.object");
                self.content = Some(Content::read(wire, tree, head.id, &path));
            }
            None => self.unheld = true,
        }
    }

    fn previous(&mut self, wire: &mut Wire<'a>) {
        let again = std::mem::replace(&mut self.undone, true);
        match &mut self.content {
            _ if again => self.doubled(wire),
            Some(content) => content.undo(wire, &previous_path()),
            None => self.waiting = Some(wire.scan.value()),
        }
    }

    /// Previous values a second time: which of them hold can't be known.
    fn doubled(&mut self, wire: &mut Wire<'a>) {
        wire.note("doubled", &previous_path());
        wire.scan.skip();
        self.waiting = None;
        if let Some(content) = &mut self.content {
            content.before = None;
        }
    }
}

fn previous_path() -> Path<'static> {
    Path::root("data.previous_attributes")
}

/// Events without a version are older than any that says its own.
fn can_undo(version: &str) -> bool {
    version.get(..PARTIAL_ARRAYS_UNTIL.len()) > Some(PARTIAL_ARRAYS_UNTIL)
}

/// The id of the request that made the event: `{"id":…}`, in old versions the text itself.
fn request(scan: &mut Scanner<'_>) -> Option<Box<str>> {
    match scan.peek() {
        b'"' => scan.string().decode().map(Box::from),
        b'{' => head(scan.value()).id.text().map(Box::from),
        _ => {
            scan.skip();
            None
        }
    }
}
