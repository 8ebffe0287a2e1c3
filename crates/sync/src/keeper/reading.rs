//! Of which object an entry speaks, and whether it is gone. What the object is like is not read.

use std::borrow::Cow;

use ledger::{EntryRef, Kind};
use serde::Deserialize;

/// What an entry says that sync remembers.
pub(super) enum Said {
    /// Nothing of an object.
    Nothing,
    /// The object was read.
    Observed {
        object: String,
        id: String,
        date_s: i64,
        is_gone: bool,
    },
    /// Something happened to it.
    Touched {
        object: String,
        id: String,
        is_gone: bool,
    },
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    object: Object<'a>,
}

#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow)]
    object: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Notification<'a> {
    #[serde(borrow)]
    related_object: Related<'a>,
}

#[derive(Deserialize)]
struct Related<'a> {
    #[serde(borrow, rename = "type")]
    object: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Body {
    deleted: Option<bool>,
}

impl Said {
    /// What can't be read says nothing: the book will make a notice of it.
    pub(super) fn of(entry: &EntryRef<'_>) -> Self {
        let Some(body) = entry.body else {
            return Self::Nothing;
        };
        let said = match entry.kind {
            Kind::Control => None,
            Kind::Observation => observed(body),
            Kind::Event => touched(entry, event_object(body)),
            Kind::Notification => touched(entry, notified_object(body)),
        };
        said.unwrap_or(Self::Nothing)
    }
}

/// The object of which an entry speaks, by its kind and id, if it speaks of one.
#[must_use]
pub fn spoken_of(entry: &EntryRef<'_>) -> Option<(String, String)> {
    match Said::of(entry) {
        Said::Nothing => None,
        Said::Observed { object, id, .. } | Said::Touched { object, id, .. } => Some((object, id)),
    }
}

fn observed(body: &[u8]) -> Option<Said> {
    let observation = facts::observation(body).ok()?;
    let header = observation.header;
    Some(Said::Observed {
        object: header.object_type?,
        id: header.object_id?,
        date_s: header.date_s.unwrap_or(0),
        is_gone: header.absent.is_some() || is_deleted(observation.body),
    })
}

fn is_deleted(body: &str) -> bool {
    // A search for the word is a hundred times faster than a reading, and most bodies lack it.
    body.contains("\"deleted\"")
        && serde_json::from_str::<Body>(body).is_ok_and(|body| body.deleted == Some(true))
}

fn event_object(body: &[u8]) -> Option<String> {
    let event: Event<'_> = serde_json::from_slice(body).ok()?;
    Some(event.data.object.object.into_owned())
}

fn notified_object(body: &[u8]) -> Option<String> {
    let notification: Notification<'_> = serde_json::from_slice(body).ok()?;
    Some(notification.related_object.object.into_owned())
}

fn touched(entry: &EntryRef<'_>, object: Option<String>) -> Option<Said> {
    let object = object?;
    let schema = facts::objects::schema(&object);
    let id = match schema.map(|schema| schema.key) {
        Some(facts::Key::Single(name)) => name,
        _ => entry.object_id?,
    };
    Some(Said::Touched {
        id: id.to_owned(),
        is_gone: schema.is_some_and(|schema| schema.deleted_by.contains(&entry.type_)),
        object,
    })
}
