//! Entries read into claims: what one event, observation or notification says about which objects, and when it was true.
//!
//! Reading never fails and never panics: what can't be read leaves a notice. Where objects stand in an entry and what
//! interval they get is decided here; how their members are read, in `wire`.
//!
//! Codes of notices. A field is lost to: `not_a_number`, `not_whole` (1999.0), `out_of_range` (beyond 10^14),
//! `not_a_text`, `not_a_flag`, `not_an_id`, `not_a_list`, `not_a_map`, `not_an_object`, `bad_escape` (half a character),
//! `doubled` (a member, a key or a row that stands twice), and in rows `partial` and `no_id`. A claim is lost to:
//! `unreadable`, `partial` (a required member is missing), `no_id`, `doubled` (its id or kind), `absent`, `undated`,
//! `too_deep`. Nothing is lost to: `unlinked` (keyed by its own id, since what it links is not said), `odd_elapsed` (how long
//! the reading took is unknown or absurd), `too_many` (further notices are left out).

use std::sync::Arc;

use crate::claim::{Claim, Fact, GUARD_S, Notice, ObjectKey, Origin};
use crate::content::Content;
use crate::envelope::Kind;
use crate::event::Event;
use crate::head::{Found, head};
use crate::objects;
use crate::observation::observation_in;
use crate::path::Path;
use crate::record::Record;
use crate::scan::Scanner;
use crate::schema::{Key, Schema};
use crate::tree::tree;
use crate::wire::{Expanded, Wire};

/// Readings that claim to have taken longer are noticed.
const ELAPSED_MS_MAX: i64 = 86_400_000;

/// More notices on one entry say nothing new.
const NOTICES_MAX: usize = 100;

/// Stripe expands objects within objects four levels deep at most.
const DEPTH_MAX: u32 = 4;

/// One log entry to be read.
#[derive(Clone, Copy, Debug)]
pub struct EntryText<'a> {
    /// What the body is.
    pub kind: Kind,
    /// Stripe's id of the event, or the observation's own id.
    pub id: &'a str,
    /// The event's type.
    pub type_: &'a str,
    /// The API version that rendered it, if one is known.
    pub api_version: Option<&'a str>,
    /// Stripe's second.
    pub created_s: i64,
    /// The entry's number in its stream; only passed on.
    pub seq: u64,
    /// The body as it came.
    pub body: &'a [u8],
}

/// What one entry says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What it says about objects.
    pub facts: Vec<Fact>,
    /// What is odd in it.
    pub notices: Vec<Notice>,
}

/// Reads one entry. Objects that the books don't hold, and control entries, say nothing.
#[must_use]
pub fn read(entry: &EntryText<'_>) -> Reading {
    let mut reader = Reader {
        entry,
        reading: Reading::default(),
    };
    match (entry.kind, std::str::from_utf8(entry.body)) {
        (Kind::Control, _) => {}
        (_, Err(_)) => reader.note("unreadable", ""),
        (Kind::Event, Ok(text)) => reader.event(text),
        (Kind::Observation, Ok(text)) => reader.observation(text),
        (Kind::Notification, Ok(text)) => reader.notification(text),
    }
    reader.finish()
}

struct Reader<'e> {
    entry: &'e EntryText<'e>,
    reading: Reading,
}

/// What all claims of one entry share.
struct Source<'s> {
    origin: Origin,
    version: &'s str,
    lo_s: i64,
    hi_s: i64,
    event_type: &'s str,
    request: Option<&'s str>,
}

impl Reader<'_> {
    fn note(&mut self, code: &'static str, path: &str) {
        self.reading.notices.push(Notice {
            claim: self.entry.id.into(),
            code,
            path: path.into(),
            seq: self.entry.seq,
        });
    }

    fn note_all(&mut self, oddities: Vec<(&'static str, String)>) {
        for (code, path) in oddities {
            self.note(code, &path);
        }
    }

    /// Each oddity once, in an order of its own, and not too many.
    fn finish(mut self) -> Reading {
        self.reading.notices.sort();
        self.reading.notices.dedup();
        if self.reading.notices.len() > NOTICES_MAX {
            self.reading.notices.truncate(NOTICES_MAX);
            self.note("too_many", "");
        }
        self.reading
    }

    fn event(&mut self, text: &str) {
        // A preview of an invoice that doesn't exist yet; newer versions give it an id all the same.
        if self.entry.type_ == "invoice.upcoming" {
            return;
        }
        let version = self.entry.api_version.unwrap_or_default();
        let mut wire = Wire::new(text);
        let event = Event::read(&mut wire, version);
        if event.unheld {
            return;
        }
        if wire.scan.fault().is_some() {
            return self.note("unreadable", "");
        }
        self.note_all(wire.oddities);
        let (Some(content), false) = (event.content, event.odd) else {
            return self.note("unreadable", "data.object");
        };
        let source = Source {
            origin: Origin::Event,
            version,
            // At the very end of time there must be a second left for it.
            lo_s: self.entry.created_s.min(i64::MAX - 1),
            hi_s: self.entry.created_s.saturating_add(1),
            event_type: self.entry.type_,
            request: event.request.as_deref(),
        };
        self.claim(
            content,
            &source,
            self.entry.id,
            "data.object",
            wire.expanded,
            0,
        )
    }

    fn observation(&mut self, text: &str) {
        let Ok(observation) = observation_in(text) else {
            return self.note("unreadable", "");
        };
        let header = &observation.header;
        if header.absent.is_some() {
            return self.note("absent", "absent");
        }
        let head = head(observation.body);
        let Some(object) = head.object.text() else {
            return self.note("unreadable", "body");
        };
        let Some(tree) = tree(object) else {
            return;
        };
        let Some(date_s) = header.date_s else {
            return self.note("undated", "date_s");
        };
        let elapsed_s = self.elapsed_s(header.elapsed_ms);
        let source = Source {
            origin: Origin::Observation,
            version: self.entry.api_version.unwrap_or_default(),
            lo_s: date_s.saturating_sub(elapsed_s).saturating_sub(GUARD_S),
            hi_s: date_s.saturating_add(1),
            event_type: "",
            request: None,
        };
        let mut wire = Wire::new(observation.body);
        let content = Content::read(&mut wire, tree, head.id, &Path::root("body"));
        self.note_all(wire.oddities);
        self.claim(content, &source, self.entry.id, "body", wire.expanded, 0)
    }

    /// Seconds that the reading took, rounded up. A wide interval is the safe side: what is unknown counts as a day, and
    /// what is longer is believed, but noticed.
    fn elapsed_s(&mut self, elapsed_ms: Option<i64>) -> i64 {
        let known_ms = elapsed_ms.filter(|elapsed_ms| *elapsed_ms >= 0);
        if known_ms.is_none_or(|elapsed_ms| elapsed_ms > ELAPSED_MS_MAX) {
            self.note("odd_elapsed", "elapsed_ms");
        }
        let elapsed_ms = known_ms.unwrap_or(ELAPSED_MS_MAX);
        elapsed_ms / 1000 + i64::from(elapsed_ms % 1000 != 0)
    }

    fn notification(&mut self, text: &str) {
        let mut scan = Scanner::new(text);
        let mut related = None;
        let mut first = true;
        if scan.peek() == b'{' {
            scan.enter();
            while let Some(name) = scan.member(&mut first) {
                match name.decode().as_deref() {
                    Some("related_object") if scan.peek() == b'{' => {
                        related = Some(related_object(&mut scan));
                    }
                    _ => scan.skip(),
                }
            }
        }
        if !scan.end() {
            return self.note("unreadable", "");
        }
        let Some((Found::Text(kind), id)) = related else {
            return;
        };
        let Some(schema) = objects::schema(&kind) else {
            return;
        };
        let id = match (schema.key, id) {
            (Key::Single(name), _) => name.into(),
            (key, Found::Text(id)) => {
                if matches!(key, Key::Joined(_)) {
                    self.note("unlinked", "related_object.id");
                }
                id
            }
            _ => return self.note("no_id", "related_object.id"),
        };
        self.reading.facts.push(Fact::Thin {
            object: ObjectKey {
                schema,
                id: id.into(),
            },
            created_s: self.entry.created_s,
            seq: self.entry.seq,
        });
    }

    /// Makes the claim of an object, and those of the objects in it.
    fn claim(
        &mut self,
        content: Content<'_>,
        source: &Source<'_>,
        id: &str,
        path: &str,
        inside: Vec<Expanded<'_>>,
        depth: u32,
    ) {
        let schema = content.tree.schema;
        let top = depth == 0;
        let deleted = content.deleted || top && schema.deleted_by.contains(&source.event_type);
        if content.torn {
            return;
        }
        if !content.whole && !deleted {
            if top {
                self.note("partial", path);
            }
            return;
        }
        let Some(key) = self.key(&content, path, top) else {
            return;
        };
        // What is read of a deleted object is a stub at best: what it last was, others said.
        let says = content.whole && (!deleted || source.origin == Origin::Event);
        self.reading.facts.push(Fact::Claim(Claim {
            object: ObjectKey { schema, id: key },
            id: id.into(),
            version: source.version.into(),
            origin: source.origin,
            lo_s: source.lo_s,
            hi_s: source.hi_s,
            event_type: source.event_type.into(),
            request: source.request.map(Box::from),
            deleted,
            after: says.then(|| Arc::new(content.after)),
            before: content.before.filter(|_| says).map(Arc::new),
            seq: self.entry.seq,
        }));
        for object in inside {
            self.embedded(&object, source, id, path, depth + 1);
        }
    }

    /// Makes the claims of an object inside another one. What is said in passing may be a little older than the event.
    fn embedded(
        &mut self,
        object: &Expanded<'_>,
        parent: &Source<'_>,
        parent_id: &str,
        parent_path: &str,
        depth: u32,
    ) {
        let head = head(object.body);
        let Some(tree) = head.object.text().and_then(tree) else {
            return;
        };
        if depth > DEPTH_MAX {
            self.note("too_deep", &object.path);
            return;
        }
        let guard_s = if parent.origin == Origin::Event {
            GUARD_S
        } else {
            0
        };
        let source = Source {
            origin: Origin::Embedded,
            lo_s: parent.lo_s.saturating_sub(guard_s),
            ..*parent
        };
        let below = object
            .path
            .strip_prefix(parent_path)
            .unwrap_or(&object.path);
        let id = format!("{parent_id}/{}", below.trim_start_matches('.'));
        let mut wire = Wire::new(object.body);
        let content = Content::read(&mut wire, tree, head.id, &Path::root(&object.path));
        self.note_all(wire.oddities);
        self.claim(content, &source, &id, &object.path, wire.expanded, depth)
    }

    /// What the object is known by; none, with a notice at the top, if it can't be told.
    fn key(&mut self, content: &Content<'_>, path: &str, top: bool) -> Option<Box<str>> {
        let schema = content.tree.schema;
        if let Key::Single(name) = schema.key {
            return Some(name.into());
        }
        if let Key::Joined(fields) = schema.key {
            if let Some(key) = joined(schema, fields, &content.after) {
                return Some(key);
            }
            self.note("unlinked", path);
        }
        match content.id.text() {
            Some(id) if id.starts_with("upcoming_") => None,
            Some(id) if !id.is_empty() => Some(id.into()),
            _ => {
                if top {
                    self.note("no_id", path);
                }
                None
            }
        }
    }
}

/// The first of the fields, and the first of the others that has a value, joined with `/`.
fn joined(schema: &Schema, fields: &[&str], after: &Record) -> Option<Box<str>> {
    let text = |name: &&str| after.text(schema.at(name)).filter(|text| !text.is_empty());
    let mut texts = fields.iter().map(text);
    let first = texts.next()??;
    let other = texts.flatten().next()?;
    Some(format!("{first}/{other}").into())
}

/// `type` and `id` of a notification's `related_object`.
fn related_object<'a>(scan: &mut Scanner<'a>) -> (Found<'a>, Found<'a>) {
    let (mut kind, mut id) = (Found::Absent, Found::Absent);
    let mut first = true;
    scan.enter();
    while let Some(name) = scan.member(&mut first) {
        match name.decode().as_deref() {
            Some("type") => kind = Found::read(scan),
            Some("id") => id = Found::read(scan),
            _ => scan.skip(),
        }
    }
    (kind, id)
}
