//! Entries read into claims: what one event, observation or notification says about which objects, and when it was true.
//!
//! Reading never fails and never panics: what can't be read leaves a notice. Where objects stand in an entry and what
//! interval they get is decided here; how their members are read, in `wire`.
//!
//! Codes of notices. A field is lost to: `not_a_number`, `not_whole` (1999.0), `out_of_range` (beyond 64 bits),
//! `not_a_text`, `not_a_flag`, `not_an_id`, `not_a_list`, `not_a_map`, `not_an_object`, `bad_escape` (half a character),
//! `doubled` (a member, a key or a row that stands twice), and in rows `partial` and `no_id`. A claim is lost to:
//! `unreadable`, `partial` (a required member is missing), `no_id`, `doubled` (its id or kind), `absent`, `undated`,
//! `too_deep`. Nothing is lost to: `unlinked` (keyed by its own id, since what it links is not said), `odd_elapsed` (how long
//! the reading took is unknown or absurd), `too_many` (further notices are left out).

use std::sync::Arc;

use crate::claim::{Claim, Fact, GUARD_S, Notice, ObjectKey, Origin};
use crate::envelope::Kind;
use crate::objects;
use crate::observation::observation_in;
use crate::record::{Record, same_value};
use crate::scan::Scanner;
use crate::schema::{Key, Schema, Shape};
use crate::tree::{Tree, tree};
use crate::wire::{Expanded, Found, Path, Target, Wire, head};

/// The last version whose events give only the changed elements of arrays, so that nothing can be undone.
const PARTIAL_ARRAYS_UNTIL: &str = "2017-04-06";

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

/// One object as it was read.
struct Content<'a> {
    tree: &'static Tree,
    id: Found<'a>,
    after: Record,
    /// Bits of the places that were given, readable or not.
    given: u128,
    before: Option<Record>,
    whole: bool,
    deleted: bool,
    torn: bool,
}

/// The parts of an event, in whatever order they came.
#[derive(Default)]
struct Event<'a> {
    content: Option<Content<'a>>,
    /// Previous values that came before the object that they belong to.
    waiting: Option<&'a str>,
    /// Whether there were previous values.
    undone: bool,
    request: Option<Box<str>>,
    unheld: bool,
    odd: bool,
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
        let mut wire = Wire::new(text);
        let mut event = Event::default();
        self.parts(&mut wire, &mut event);
        if event.unheld {
            return;
        }
        if wire.scan.fault().is_some() {
            return self.note("unreadable", "");
        }
        if let (Some(content), Some(waiting)) = (&mut event.content, event.waiting) {
            let mut past = Wire::new(waiting);
            previous(&mut past, content);
            wire.oddities.append(&mut past.oddities);
        }
        self.note_all(wire.oddities);
        let (Some(content), false) = (event.content, event.odd) else {
            return self.note("unreadable", "data.object");
        };
        let source = Source {
            origin: Origin::Event,
            version: self.entry.api_version.unwrap_or_default(),
            lo_s: self.entry.created_s,
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

    /// Reads the members of an event; stops early at an object that isn't held.
    fn parts<'a>(&self, wire: &mut Wire<'a>, event: &mut Event<'a>) {
        if wire.scan.peek() != b'{' {
            event.odd = true;
            return wire.scan.skip();
        }
        wire.scan.enter();
        let mut first = true;
        while let Some(name) = wire.scan.member(&mut first) {
            match name.decode().as_deref() {
                Some("data") if wire.scan.peek() == b'{' => self.data(wire, event),
                Some("request") => event.request = request(&mut wire.scan),
                _ => wire.scan.skip(),
            }
            if event.unheld {
                return;
            }
        }
        wire.scan.end();
    }

    fn data<'a>(&self, wire: &mut Wire<'a>, event: &mut Event<'a>) {
        wire.scan.enter();
        let mut first = true;
        while let Some(name) = wire.scan.member(&mut first) {
            match name.decode().as_deref() {
                Some("object") => event_object(wire, event),
                Some("previous_attributes") if self.can_undo() => event_previous(wire, event),
                _ => wire.scan.skip(),
            }
            if event.unheld {
                return;
            }
        }
    }

    /// Events without a version are older than any of these.
    fn can_undo(&self) -> bool {
        let version = self.entry.api_version.unwrap_or_default();
        version.get(..PARTIAL_ARRAYS_UNTIL.len()) > Some(PARTIAL_ARRAYS_UNTIL)
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
        let content = object_content(&mut wire, tree, head.id, &Path::root("body"));
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
            after: content.whole.then(|| Arc::new(content.after)),
            before: content.before.filter(|_| content.whole).map(Arc::new),
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
        let content = object_content(&mut wire, tree, head.id, &Path::root(&object.path));
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

/// Reads `data.object`.
fn event_object<'a>(wire: &mut Wire<'a>, event: &mut Event<'a>) {
    if wire.scan.peek() != b'{' || event.content.is_some() {
        event.odd = true;
        return wire.scan.skip();
    }
    let head = head(wire.scan.rest());
    let Some(object) = head.object.text() else {
        event.odd = true;
        return wire.scan.skip();
    };
    let Some(tree) = tree(object) else {
        event.unheld = true;
        return;
    };
    event.content = Some(object_content(
        wire,
        tree,
        head.id,
        &Path::root("data.object"),
    ));
}

/// Reads `data.previous_attributes`, or keeps them until the object is known.
fn event_previous<'a>(wire: &mut Wire<'a>, event: &mut Event<'a>) {
    let again = std::mem::replace(&mut event.undone, true);
    match &mut event.content {
        _ if again => {
            wire.note("doubled", &Path::root("data.previous_attributes"));
            wire.scan.skip();
            event.waiting = None;
            if let Some(content) = &mut event.content {
                content.before = None;
            }
        }
        Some(content) => previous(wire, content),
        None => event.waiting = Some(wire.scan.value()),
    }
}

fn object_content<'a>(
    wire: &mut Wire<'a>,
    tree: &'static Tree,
    id: Found<'a>,
    path: &Path<'_>,
) -> Content<'a> {
    let mut target = Target::new(tree.schema, None);
    wire.scan.peek();
    let seen = wire.hash(&tree.root, &mut target, path);
    Content {
        tree,
        id,
        whole: seen & tree.required == tree.required,
        after: Record {
            schema: tree.schema,
            values: target.values.into(),
        },
        given: target.written,
        before: None,
        deleted: target.deleted,
        torn: target.torn,
    }
}

/// Reads previous values, and undoes the event's change with them.
fn previous(wire: &mut Wire<'_>, content: &mut Content<'_>) {
    let path = Path::root("data.previous_attributes");
    match wire.scan.peek() {
        b'{' => {}
        b'n' => return wire.scan.skip(),
        _ => {
            wire.note("not_an_object", &path);
            return wire.scan.skip();
        }
    }
    let mut target = Target::new(content.tree.schema, Some((&content.after, content.given)));
    wire.hash(&content.tree.root, &mut target, &path);
    content.before = undo(&content.after, target.written, target.values);
}

/// The content before the change; none if nothing that is kept differs.
fn undo(after: &Record, written: u128, older: Vec<crate::Value>) -> Option<Record> {
    let is_written = |place: usize| written & (1 << place) != 0;
    let changed = after
        .schema
        .fields
        .iter()
        .enumerate()
        .any(|(place, field)| {
            is_written(place)
                && !matches!(field.shape, Shape::Alias)
                && !same_value(&after.values[place], &older[place])
        });
    let newer = after.values.iter();
    let values = older.into_iter().zip(newer).enumerate();
    changed.then(|| Record {
        schema: after.schema,
        values: values
            .map(|(place, (older, newer))| {
                if is_written(place) {
                    older
                } else {
                    newer.clone()
                }
            })
            .collect(),
    })
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
