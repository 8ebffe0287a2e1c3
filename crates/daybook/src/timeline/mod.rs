//! The timeline of an object as an answer: what its entries said of it and of what belongs to it, line by line. The order is
//! the book's; here entries are fetched, lines of several objects joined by time, and doubts put into words.

mod text;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use book::{Change, Doubt, Learned, Turn, View};
use facts::{Claim, Fact, ObjectKey, Origin};
use ledger::{Log, Role, Source, StreamId};
use projector::OpenBook;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::listing::Listing;

/// In which order lines are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// As it must have been.
    Resolved,
    /// As the entries came, with what the book said after each.
    AsKnown,
}

/// What was said of an object and of those that belong to it.
pub(crate) struct Timeline {
    lines: Vec<Line>,
    /// Where the book holds something else than the last line.
    otherwise: Vec<Change>,
}

/// One thing that was said.
struct Line {
    object: &'static str,
    id: String,
    is_related: bool,
    /// First second of the interval in which it was true, and first second after it.
    interval: (i64, i64),
    event_type: String,
    origin: Option<Origin>,
    is_making: bool,
    is_deletion: bool,
    mark: Mark,
    /// All entries that say it, renderings in other API versions among them.
    seqs: Vec<u64>,
    is_first: bool,
    changes: Vec<Change>,
    unannounced: Vec<Change>,
    doubts: Vec<Doubt>,
    rivals: Vec<String>,
    at_stake_minor: i64,
    currency: String,
    /// How sure the book was then; only as known.
    certainty: Option<&'static str>,
    is_gap: bool,
}

/// What a line tells of the entry that holds it.
#[derive(Clone, Debug)]
struct Mark {
    seq: u64,
    entry_id: String,
    source: Source,
    role: Role,
    recorded_us: i64,
}

/// One object with all that was said of it.
struct History {
    key: ObjectKey,
    facts: Vec<Fact>,
    marks: BTreeMap<u64, Mark>,
}

impl Timeline {
    /// The timeline of `key` and, marked, of the `related` objects.
    pub(crate) fn of(
        (book, log, stream): (&OpenBook, &dyn Log, &StreamId),
        key: ObjectKey,
        related: Vec<ObjectKey>,
        order: Order,
    ) -> Result<Self, Failure> {
        let own = History::fetch(book, log, stream, key)?;
        let mut parts = vec![own.lines(order, false)];
        for key in related {
            parts.push(History::fetch(book, log, stream, key)?.lines(order, true));
        }
        let otherwise = match order {
            Order::Resolved => own.otherwise(),
            Order::AsKnown => Vec::new(),
        };
        let lines = joined(parts, order);
        Ok(Self { lines, otherwise })
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        text::text(&self.lines, &self.otherwise)
    }

    /// For programs: an object a line.
    pub(crate) fn json(&self) -> Value {
        self.lines.iter().map(Line::json).collect()
    }

    /// For spreadsheets: a row for every change, and one for a line without any.
    pub(crate) fn listing(&self) -> Listing {
        let columns = [
            "at_s", "seq", "source", "type", "object", "id", "column", "old", "new", "currency",
            "doubt",
        ];
        Listing::new(&columns, self.lines.iter().flat_map(Line::rows).collect())
    }
}

impl History {
    fn fetch(
        book: &OpenBook,
        log: &dyn Log,
        stream: &StreamId,
        key: ObjectKey,
    ) -> Result<Self, Failure> {
        let (mut facts, mut marks) = (Vec::new(), BTreeMap::new());
        for seq in book.entries_of(stream, key.schema.object, &key.id)? {
            log.read(stream, seq..=seq, &mut |entry| {
                let reading = projector::read(&entry);
                facts.extend(
                    reading
                        .facts
                        .into_iter()
                        .filter(|fact| *fact.object() == key),
                );
                let mark = Mark {
                    seq,
                    entry_id: entry.id.to_owned(),
                    source: entry.source,
                    role: entry.role,
                    recorded_us: entry.recorded_us,
                };
                marks.insert(seq, mark);
                ControlFlow::Continue(())
            })?;
        }
        Ok(Self { key, facts, marks })
    }

    fn lines(&self, order: Order, is_related: bool) -> Vec<Line> {
        match order {
            Order::Resolved => {
                let turns = book::timeline(&self.facts);
                turns
                    .into_iter()
                    .map(|turn| self.of_turn(turn, is_related))
                    .collect()
            }
            Order::AsKnown => {
                let lessons = book::learned(&self.facts).into_iter();
                lessons
                    .map(|lesson| self.of_lesson(lesson, is_related))
                    .collect()
            }
        }
    }

    /// What the book holds other than the last turn says.
    fn otherwise(&self) -> Vec<Change> {
        let mut register = book::Register::default();
        register.extend(self.facts.iter().cloned());
        let turns = book::timeline(&self.facts);
        let mut contents = turns
            .iter()
            .filter_map(|turn| claim(turn.fact)?.after.as_deref());
        let last = contents.next_back();
        match (last, book::resolve(&register)) {
            (Some(last), Some(view)) => book::changes(last, &view.content),
            _ => Vec::new(),
        }
    }

    fn of_turn(&self, turn: Turn<'_>, is_related: bool) -> Line {
        let seq = turn.seqs.first().copied().unwrap_or_default();
        Line {
            seqs: turn.seqs,
            is_first: turn.is_first,
            changes: turn.changes,
            unannounced: turn.unannounced,
            doubts: turn.doubts,
            rivals: turn.rivals.into_iter().map(str::to_owned).collect(),
            at_stake_minor: turn.at_stake_minor,
            ..self.line(turn.fact, seq, is_related)
        }
    }

    fn of_lesson(&self, lesson: Learned<'_>, is_related: bool) -> Line {
        let view = lesson.view.as_ref();
        Line {
            is_first: lesson.is_first,
            changes: lesson.changes,
            at_stake_minor: view.map_or(0, |view| view.at_stake_minor),
            certainty: view.map(|view| view.certainty.as_str()),
            is_gap: view.is_some_and(|view: &View| view.gap),
            ..self.line(lesson.fact, lesson.seq, is_related)
        }
    }

    /// A line with all that the fact and its entry say, and nothing of what it changed.
    fn line(&self, fact: &Fact, seq: u64, is_related: bool) -> Line {
        let schema = self.key.schema;
        let said = claim(fact);
        let interval = match fact {
            Fact::Claim(claim) => (claim.lo_s, claim.hi_s),
            Fact::Thin { created_s, .. } => (*created_s, created_s.saturating_add(1)),
        };
        let event_type = said.map_or(String::new(), |claim| claim.event_type.to_string());
        let content = said.and_then(|claim| claim.after.as_deref());
        let currency = content.and_then(|content| {
            let place = schema
                .fields
                .iter()
                .position(|field| field.name == "currency")?;
            content.text(place).map(str::to_owned)
        });
        Line {
            object: schema.object,
            id: self.key.id.to_string(),
            is_related,
            interval,
            is_making: !event_type.is_empty() && event_type == schema.created_by,
            event_type,
            origin: said.map(|claim| claim.origin),
            is_deletion: said.is_some_and(|claim| claim.deleted),
            mark: self.marks[&seq].clone(),
            seqs: vec![seq],
            is_first: false,
            changes: Vec::new(),
            unannounced: Vec::new(),
            doubts: Vec::new(),
            rivals: Vec::new(),
            at_stake_minor: 0,
            currency: currency.unwrap_or_default(),
            certainty: None,
            is_gap: false,
        }
    }
}

fn claim(fact: &Fact) -> Option<&Claim> {
    match fact {
        Fact::Claim(claim) => Some(claim),
        Fact::Thin { .. } => None,
    }
}

/// The lines of several objects as one: each object's own order is kept, among the objects the earlier line comes first.
fn joined(parts: Vec<Vec<Line>>, order: Order) -> Vec<Line> {
    let mut parts: Vec<_> = parts
        .into_iter()
        .map(|part| part.into_iter().peekable())
        .collect();
    let mut lines = Vec::new();
    loop {
        let heads = parts.iter_mut().enumerate().filter_map(|(place, part)| {
            let line = part.peek()?;
            let key = match order {
                Order::Resolved => line.at_s(),
                Order::AsKnown => i64::try_from(line.mark.seq).unwrap_or(i64::MAX),
            };
            Some((key, place))
        });
        let Some((_, first)) = heads.min() else {
            return lines;
        };
        lines.extend(parts[first].next());
    }
}

impl Line {
    /// The second of an event, or the last one of a read.
    fn at_s(&self) -> i64 {
        self.interval.1.saturating_sub(1)
    }

    /// What said it: the event's type, or that it was read, and whether that was about something else.
    fn what(&self) -> String {
        let said = match (&*self.event_type, self.origin) {
            (_, None) => "notification",
            ("", _) => "read",
            (event_type, _) => event_type,
        };
        match self.origin {
            Some(Origin::Embedded) => format!("in {said}"),
            _ => said.to_owned(),
        }
    }

    fn doubt_words(&self) -> Vec<&'static str> {
        self.doubts.iter().map(|doubt| doubt.as_str()).collect()
    }

    fn json(&self) -> Value {
        let changes =
            |changes: &[Change]| changes.iter().map(text::change_json).collect::<Vec<_>>();
        json!({
            "at_s": self.at_s(),
            "lo_s": self.interval.0,
            "hi_s": self.interval.1,
            "what": self.what(),
            "object": self.object,
            "id": self.id,
            "related": self.is_related,
            "first": self.is_first,
            "deleted": self.is_deletion,
            "changes": changes(&self.changes),
            "unannounced": changes(&self.unannounced),
            "doubts": self.doubt_words(),
            "rivals": self.rivals,
            "at_stake_minor": self.at_stake_minor,
            "currency": self.currency,
            "certainty": self.certainty,
            "gap": self.certainty.map(|_| self.is_gap),
            "seq": self.mark.seq,
            "seqs": self.seqs,
            "entry_id": self.mark.entry_id,
            "source": self.mark.source.as_str(),
            "role": self.mark.role.as_str(),
            "recorded_us": self.mark.recorded_us,
        })
    }

    fn rows(&self) -> Vec<Vec<Cell>> {
        let row = |change: Option<(&Change, &str)>| {
            let text = |text: &str| Cell::Text(text.to_owned());
            let of = |part: fn(&Change) -> &facts::Value| {
                change.map_or(Cell::Null, |(change, _)| text::cell(part(change)))
            };
            let currency = change.and_then(|(change, _)| change.currency.as_deref());
            let mut doubts = self.doubt_words();
            doubts.extend(
                change
                    .map(|(_, doubt)| doubt)
                    .filter(|doubt| !doubt.is_empty()),
            );
            vec![
                Cell::Integer(self.at_s()),
                Cell::Integer(i64::try_from(self.mark.seq).unwrap_or(i64::MAX)),
                text(self.mark.source.as_str()),
                text(&self.what()),
                text(self.object),
                text(&self.id),
                change.map_or(Cell::Null, |(change, _)| text(&change.path)),
                of(|change| &change.old),
                of(|change| &change.new),
                currency.map_or(Cell::Null, text),
                Some(doubts.join(" "))
                    .filter(|doubts| !doubts.is_empty())
                    .map_or(Cell::Null, Cell::Text),
            ]
        };
        let unannounced = self
            .unannounced
            .iter()
            .map(|change| (change, "unannounced"));
        let changes = unannounced.chain(self.changes.iter().map(|change| (change, "")));
        let rows: Vec<_> = changes.map(|change| row(Some(change))).collect();
        if rows.is_empty() {
            vec![row(None)]
        } else {
            rows
        }
    }
}
