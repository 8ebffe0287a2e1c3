//! What passes between the exchanges, and the forms in which it is laid aside: portions of objects, links, notices.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::mem::size_of;
use std::sync::{Mutex, PoisonError};

use book::{Folded, Link, Register, Target, link, stored};
use facts::{Notice, ObjectKey, objects};

use super::run::{Item, push_bytes, push_text, take_bytes, text};
use super::weight::piece;
use crate::entries::{Entries, push_varint, varint};

/// What is known of an object in a part of the log.
pub(super) struct Portion {
    pub(super) target: Target,
    pub(super) known: Known,
}

/// All of an object, or what was laid aside of it.
pub(super) enum Known {
    Object(Object),
    Packed { register: Vec<u8>, entries: Vec<u8> },
}

/// An object of the books.
pub(super) struct Object {
    /// Its own links are with their targets.
    pub(super) folded: Folded,
    /// The entries that spoke of it.
    pub(super) entries: Entries,
}

impl Object {
    /// Brings all portions of one object together; none when one can't be read.
    pub(super) fn of(portions: Vec<Portion>) -> Option<Object> {
        let (mut register, mut entries) = (Register::default(), Entries::default());
        let mut object = None;
        for portion in portions {
            match portion.known {
                Known::Object(whole) => return Some(whole),
                Known::Packed {
                    register: bytes,
                    entries: seqs,
                } => {
                    let schema = objects::schema(portion.target.object)?;
                    let id = portion.target.id;
                    let key = ObjectKey { schema, id };
                    let one = stored::decode(&key, &bytes).ok()?;
                    let seqs = Entries::from_bytes(&seqs)?;
                    match object {
                        None => (register, entries) = (one, seqs),
                        Some(_) => {
                            register.join(one);
                            entries.join(&seqs);
                        }
                    }
                    object = Some(key);
                }
            }
        }
        Some(Object {
            folded: Folded::new(object?, register),
            entries,
        })
    }
}

/// Writes what [`Portion`] reads.
pub(super) fn write_packed(
    out: &mut Vec<u8>,
    key: &ObjectKey,
    register: &Register,
    entries: &Entries,
) {
    push_text(out, key.schema.object);
    push_text(out, &key.id);
    push_bytes(out, entries.bytes());
    stored::encode_to(out, register);
}

impl Item for Portion {
    fn write(&self, out: &mut Vec<u8>) {
        match &self.known {
            Known::Object(Object { folded, entries }) => {
                write_packed(out, &folded.key, &folded.register, entries);
            }
            Known::Packed { register, entries } => {
                push_text(out, self.target.object);
                push_text(out, &self.target.id);
                push_bytes(out, entries);
                out.extend_from_slice(register);
            }
        }
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let target = read_target(bytes)?;
        let entries = take_bytes(bytes)?.to_vec();
        let register = std::mem::take(bytes).to_vec();
        Some(Portion {
            target,
            known: Known::Packed { register, entries },
        })
    }

    fn weight(&self) -> usize {
        size_of::<Portion>()
    }
}

/// In the order of the objects; two portions of one object are equal.
impl Ord for Portion {
    fn cmp(&self, other: &Self) -> Ordering {
        self.target.cmp(&other.target)
    }
}

impl PartialOrd for Portion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Portion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Portion {}

/// In the order of the key of their table: target, relation, source.
impl Item for Link {
    fn write(&self, out: &mut Vec<u8>) {
        for target in [&self.target, &self.source] {
            push_text(out, target.object);
            push_text(out, &target.id);
        }
        push_text(out, self.relation);
        push_text(out, &self.currency);
        out.extend(self.amount_minor.to_le_bytes());
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let (target, source) = (read_target(bytes)?, read_target(bytes)?);
        let relation = link::relation(text(bytes)?)?;
        let currency = text(bytes)?.into();
        let (amount, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(Link {
            target,
            relation,
            source,
            amount_minor: i64::from_le_bytes(*amount),
            currency,
        })
    }

    fn weight(&self) -> usize {
        size_of::<Link>()
            + piece(self.target.id.len())
            + piece(self.source.id.len())
            + piece(self.currency.len())
    }
}

fn read_target(bytes: &mut &[u8]) -> Option<Target> {
    let object = link::object(text(bytes)?)?;
    let id = text(bytes)?.into();
    Some(Target { object, id })
}

/// The codes of the notices that were laid aside: few, and fixed when the program is written.
static CODES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

impl Item for Notice {
    fn write(&self, out: &mut Vec<u8>) {
        push_text(out, &self.claim);
        push_text(out, self.code);
        push_text(out, &self.path);
        push_varint(out, self.seq);
        let mut codes = CODES.lock().unwrap_or_else(PoisonError::into_inner);
        codes.insert(self.code);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let claim = text(bytes)?.into();
        let code = text(bytes)?;
        let codes = CODES.lock().unwrap_or_else(PoisonError::into_inner);
        let code = codes.get(code).copied()?;
        Some(Notice {
            claim,
            code,
            path: text(bytes)?.into(),
            seq: varint(bytes)?,
        })
    }

    fn weight(&self) -> usize {
        size_of::<Notice>() + piece(self.claim.len()) + piece(self.path.len())
    }
}
