//! From a difference that stood still to a finding: what kind it is, what it is worth, why it may be, what shows it and what mends it.
//! It reads log, book and memory, and changes none of them.
//!
//! The rules of the cause, the first that applies:
//!
//! 1. `ours_wrong`: the log's newest word on the object is exactly what was read (the newest observation with no event after it, or the
//!    newest entries of it by Stripe's second), and yet the book differs. Nothing can be appended that mends it. Where the book itself
//!    is in doubt between several words of the same seconds it is `unknown`, and one more word mends it.
//! 2. `deleted`: Stripe says that it deleted the object, or does not find it, and the book has it alive.
//! 3. `conflict`: the newest word on it is an entry that contradicts an earlier one of the same id.
//! 4. `other_version`: the book calls every member that differs unknown, or has nothing there and its newest word was rendered by
//!    another API version than what was read.
//! 5. `webhook_lost`: the change lies in a time of which Stripe listed no events any more, and no list was read since that would show it.
//! 6. `edited_without_event`: of no member that differs Stripe makes events ([`told`]); of a missing object: it makes none when such an
//!    object is made.
//! 7. `unknown`: the change may be older than the log's listening; nothing tells whether it had an event.
//! 8. `never_generated`: Stripe makes an event of it, every list of events since was read to its end, and there was none.

mod heard;
#[cfg(test)]
mod tests;
mod told;

use ledger::{Log, Role, StreamId};
use projector::OpenBook;
use rusqlite::{OptionalExtension, params};
use serde_json::Value;
use sync::{Keeper, Reading};

use crate::compare::objects::MAPS;
use crate::compare::{Difference, UNKNOWN};
use crate::{Amount, Cause, Class, FieldDifference, Finding, ReconcileError, Repair};
use crate::{finding_id, worth};
use heard::Said;

pub(crate) use heard::own_object;

/// A gap's lists are read when it is found: what differs a day later was changed since.
const DAY_S: i64 = 24 * 60 * 60;

/// Two words of so many seconds may have been true in either order: a read takes its time, and Stripe's seconds are not exact.
const RIVAL_S: i64 = 60;

/// An object that still differs, with the read that shows it.
#[derive(Clone, Debug)]
pub(crate) struct Suspect {
    /// What it calls itself.
    pub(crate) object_type: String,
    /// Stripe's id of it.
    pub(crate) object_id: String,
    /// The id of the parent under which alone Stripe finds it.
    pub(crate) parent_id: Option<String>,
    /// The read.
    pub(crate) reading: Reading,
    /// What Stripe answered; none: it does not find the object.
    pub(crate) body: Option<String>,
    /// What differs. May be empty where nothing was answered.
    pub(crate) differences: Vec<Difference>,
}

/// The finding about a suspect. To be asked once log, memory and book are level with the read.
///
/// # Errors
/// When log, memory or book can't be read.
pub(crate) fn finding_of(
    log: &dyn Log,
    keeper: &Keeper,
    book: &OpenBook,
    stream: &StreamId,
    suspect: &Suspect,
) -> Result<Finding, ReconcileError> {
    let case = Case::of(log, keeper, book, stream, suspect)?;
    let (fields, cause) = (case.fields()?, case.cause()?);
    let Suspect {
        object_type,
        object_id,
        ..
    } = suspect;
    Ok(Finding {
        id: finding_id(case.class, None, object_type, object_id),
        class: case.class,
        code: None,
        object_type: object_type.clone(),
        object_id: object_id.clone(),
        parent_id: suspect.parent_id.clone(),
        at_stake: worth::at_stake(fields.iter().filter_map(|field| field.amount.as_ref())),
        fields,
        cause,
        evidence: case.said.iter().map(|said| said.seq).collect(),
        request_id: suspect.reading.request_id.clone(),
        repair: case.repair(cause),
    })
}

/// The entries of the log that a finding about an object shows, oldest first.
///
/// # Errors
/// When the book can't be read.
pub(crate) fn evidence(
    book: &OpenBook,
    stream: &StreamId,
    object: &str,
    id: &str,
) -> Result<Vec<u64>, ReconcileError> {
    heard::newest(book, stream, (object, id))
}

/// A suspect, and all that is asked about it.
struct Case<'a> {
    log: &'a dyn Log,
    keeper: &'a Keeper,
    book: &'a OpenBook,
    stream: &'a StreamId,
    suspect: &'a Suspect,
    class: Class,
    /// What Stripe answered, read; null where it does not find the object.
    answered: Value,
    /// The id under which the book keeps it, which may be another than Stripe's.
    book_id: &'a str,
    said: Vec<Said>,
}

impl<'a> Case<'a> {
    fn of(
        log: &'a dyn Log,
        keeper: &'a Keeper,
        book: &'a OpenBook,
        stream: &'a StreamId,
        suspect: &'a Suspect,
    ) -> Result<Self, ReconcileError> {
        let answered: Value = suspect
            .body
            .as_deref()
            .and_then(|body| serde_json::from_str(body).ok())
            .unwrap_or_default();
        let first = suspect.differences.first();
        let book_id = first.map_or(&*suspect.object_id, |difference| &*difference.id);
        let object = (&*suspect.object_type, book_id);
        let said = heard::about(log, book, stream, object, &suspect.object_id)?;
        Ok(Self {
            log,
            keeper,
            book,
            stream,
            suspect,
            class: class_of(suspect, &answered),
            answered,
            book_id,
            said,
        })
    }

    /// What differs, with amounts; of an object that one side lacks, what it is worth.
    fn fields(&self) -> Result<Vec<FieldDifference>, ReconcileError> {
        let worth = match self.class {
            Class::ObjectGone => {
                let object = &self.suspect.object_type;
                worth::of_row(self.book, self.stream, object, self.book_id)?
            }
            Class::ObjectMissing => worth::of_object(&self.answered),
            _ => None,
        };
        if self.suspect.differences.is_empty() {
            return Ok(vec![FieldDifference {
                field: String::new(),
                ours: "there".to_owned(),
                theirs: "missing".to_owned(),
                amount: worth,
            }]);
        }
        let of = |difference: &Difference| FieldDifference {
            field: difference.member.clone(),
            ours: difference.ours.clone(),
            theirs: difference.truth.clone(),
            amount: match self.class {
                Class::ObjectDiffers => known(difference.by.clone()),
                _ => worth.clone(),
            },
        };
        Ok(self.suspect.differences.iter().map(of).collect())
    }

    fn cause(&self) -> Result<Cause, ReconcileError> {
        if self.is_in_log()? {
            return Ok(match self.is_in_doubt()? {
                true => Cause::Unknown,
                false => Cause::OursWrong,
            });
        }
        if self.class == Class::ObjectGone {
            return Ok(Cause::Deleted);
        }
        if self.is_contradicted() {
            return Ok(Cause::Conflict);
        }
        if self.is_of_other_version() {
            return Ok(Cause::OtherVersion);
        }
        if self.is_in_gap()? {
            return Ok(Cause::WebhookLost);
        }
        let Some(told) = told::of(&self.suspect.object_type) else {
            return Ok(Cause::Unknown);
        };
        let mut differences = self.suspect.differences.iter();
        let is_told = match self.class {
            Class::ObjectMissing => told.is_made,
            _ => differences.any(|difference| told.tells(&difference.member)),
        };
        if !is_told {
            return Ok(Cause::EditedWithoutEvent);
        }
        let since_s = heard::listening_since(self.log, self.stream)?;
        let is_older = since_s.is_some_and(|since_s| self.changed_from_s() < since_s);
        Ok(if is_older {
            Cause::Unknown
        } else {
            Cause::NeverGenerated
        })
    }

    /// Whether the log's newest word is what was read.
    fn is_in_log(&self) -> Result<bool, ReconcileError> {
        let Some(body) = self.suspect.body.as_deref() else {
            return Ok(false);
        };
        let (object, id) = (&self.suspect.object_type, &self.suspect.object_id);
        let known = self.keeper.known(self.stream, object, id)?;
        let newest = known.and_then(|known| known.content_hash);
        if newest.is_some() && newest.map(|hash| hash.0) == content_hash(body) {
            return Ok(true);
        }
        let newest: Vec<&Value> = self.newest().filter_map(|s| s.object.as_ref()).collect();
        Ok(!newest.is_empty() && newest.iter().all(|object| **object == self.answered))
    }

    /// The entries about the object itself that are newest by Stripe's second.
    fn newest(&self) -> impl Iterator<Item = &Said> {
        let own = || self.said.iter().filter(|said| said.object.is_some());
        let newest_s = own().map(|said| said.created_s).max();
        own().filter(move |said| Some(said.created_s) == newest_s)
    }

    /// Whether the book could not tell for sure which of several words is the newest; one more settles it.
    fn is_in_doubt(&self) -> Result<bool, ReconcileError> {
        let object = &*self.suspect.object_type;
        let Some(map) = MAPS.iter().find(|map| map.object == object) else {
            return Ok(false);
        };
        let table = map.table;
        let sql = format!("SELECT certainty FROM {table} WHERE stream = ?1 AND id = ?2");
        let mut statement = self
            .book
            .connection()
            .prepare_cached(&sql)
            .map_err(crate::CompareError::from)?;
        let place = params![self.stream.as_str(), self.book_id];
        let certainty: Option<Option<String>> = statement
            .query_row(place, |row| row.get(0))
            .optional()
            .map_err(crate::CompareError::from)?;
        Ok(match certainty.flatten().as_deref() {
            Some("ambiguous") => true,
            Some("hinted") => self.has_rivals(),
            _ => false,
        })
    }

    /// Whether something else was said of the object at about the time of the newest word on it.
    fn has_rivals(&self) -> bool {
        let newest_s = self.newest().map(|said| said.created_s).max();
        self.said.iter().any(|said| {
            let apart_s = newest_s.map(|newest_s| newest_s.saturating_sub(said.created_s));
            let others = said
                .object
                .as_ref()
                .is_some_and(|object| *object != self.answered);
            others && apart_s <= Some(RIVAL_S)
        })
    }

    fn is_contradicted(&self) -> bool {
        self.newest().any(|said| {
            let mut others = self.said.iter();
            said.role == Role::Conflict
                || others.any(|other| other.id == said.id && other.role == Role::Conflict)
        })
    }

    fn is_of_other_version(&self) -> bool {
        if self.class != Class::ObjectDiffers {
            return false;
        }
        let version = self.suspect.reading.version.as_deref();
        let mut newest = self.newest().peekable();
        let is_other = newest.peek().is_some() && newest.all(|s| s.version.as_deref() != version);
        let mut differences = self.suspect.differences.iter();
        differences.all(|difference| match &*difference.ours {
            UNKNOWN => true,
            "null" => is_other,
            _ => false,
        })
    }

    fn is_in_gap(&self) -> Result<bool, ReconcileError> {
        let Some(read_s) = self.suspect.reading.date_s else {
            return Ok(false);
        };
        let (from_s, until_s) = match self.class {
            Class::ObjectMissing => (self.changed_from_s(), self.changed_from_s()),
            _ => (self.changed_from_s(), read_s),
        };
        let is_listed = requests::listing(&self.suspect.object_type).is_some();
        let gaps = sync::gaps(self.log, self.keeper, self.stream)?;
        Ok(gaps.iter().any(|gap| {
            let may_still = !is_listed || read_s <= gap.until_s.saturating_add(DAY_S);
            may_still && gap.may_hide(from_s, until_s)
        }))
    }

    /// Stripe's second since which it changed: that of the log's newest word on it, or of its making.
    fn changed_from_s(&self) -> i64 {
        let newest_s = self.newest().map(|said| said.created_s).max();
        let created_s = self.answered["created"].as_i64();
        newest_s
            .or(created_s)
            .or(self.suspect.reading.date_s)
            .unwrap_or(0)
    }

    /// What Stripe does not find is no deletion for the fold: it may be the wrong key, too. And nothing that is appended mends the fold.
    fn repair(&self, cause: Cause) -> Repair {
        match self.suspect.body {
            Some(_) if cause != Cause::OursWrong => Repair::Append,
            _ => Repair::Look,
        }
    }
}

fn class_of(suspect: &Suspect, answered: &Value) -> Class {
    let is_missing = |difference: &Difference| difference.member.is_empty();
    let is_gone = suspect.body.is_none() || answered["deleted"] == true;
    match suspect.differences.iter().any(is_missing) {
        true if suspect.body.is_some() => Class::ObjectMissing,
        _ if is_gone => Class::ObjectGone,
        _ => Class::ObjectDiffers,
    }
}

/// An amount that says something: what is unknown differs by nothing that is known.
fn known(by: Option<Amount>) -> Option<Amount> {
    by.filter(|by| by.minor != 0)
}

/// The content hash that an observation of this body has.
fn content_hash(body: &str) -> Option<[u8; 32]> {
    let line = facts::observation_line(&facts::ObservationHeader::default(), body);
    let envelope = facts::envelope(line.as_bytes()).ok()?;
    Some(envelope.content_hash)
}
