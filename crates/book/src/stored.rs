//! The stored form of a register: one blob per object, in a fixed and versioned encoding.
//!
//! Contents are written once each, however many claims state them, and all but the first as what they differ in from it:
//! most changes change little. Integers are LEB128 (signed ones zigzagged), texts are
//! a length and UTF-8. A reader refuses what it does not understand; the cure is a rebuild, for a register is derived.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::schema::{Schema, Shape};
use facts::{Claim, ObjectKey, Origin, Record, Value};

use crate::register::{Register, Tombstone};

/// The first byte of every stored register.
pub const ENCODING: u8 = 1;

/// Why stored bytes are no register of this object: they were cut, changed, or written by another version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl std::fmt::Display for Unreadable {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("stored register is unreadable")
    }
}

impl std::error::Error for Unreadable {}

/// Writes a register down.
#[must_use]
pub fn encode(register: &Register) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_to(&mut bytes, register);
    bytes
}

/// Writes a register down behind what is already in `bytes`.
pub fn encode_to(bytes: &mut Vec<u8>, register: &Register) {
    let mut contents = Contents::default();
    let named: Vec<(u64, u64)> = register
        .claims()
        .iter()
        .map(|claim| {
            (
                contents.name(claim.after.as_deref()),
                contents.name(claim.before.as_deref()),
            )
        })
        .collect();
    let mut out = Writer(bytes);
    out.0.push(ENCODING);
    out.number(contents.records.len() as u64);
    if let Some((first, others)) = contents.records.split_first() {
        out.record(first);
        others
            .iter()
            .for_each(|record| out.difference(first, record));
    }
    out.number(named.len() as u64);
    for (claim, (after, before)) in register.claims().iter().zip(named) {
        out.claim(claim, after, before);
    }
    match register.tombstone() {
        None => out.number(0),
        Some(stone) => {
            out.number(1);
            out.signed(stone.lo_s);
            out.signed(stone.hi_s);
            out.text(&stone.claim);
            out.number(stone.seq);
        }
    }
    out.optional(register.thin_s());
    out.number(u64::from(register.is_seen()));
}

/// Reads a register of this object back.
///
/// # Errors
/// When the bytes are not what [`encode`] writes for such an object.
pub fn decode(key: &ObjectKey, bytes: &[u8]) -> Result<Register, Unreadable> {
    let mut input = Reader(bytes);
    if input.byte()? != ENCODING {
        return Err(Unreadable);
    }
    let mut contents: Vec<Arc<Record>> = Vec::new();
    for _ in 0..input.length()? {
        let content = match contents.first() {
            None => input.record(key.schema)?,
            Some(first) => input.difference(first)?,
        };
        contents.push(Arc::new(content));
    }
    let claims = (0..input.length()?)
        .map(|_| input.claim(key, &contents))
        .collect::<Result<Vec<_>, _>>()?;
    let tombstone = match input.flag()? {
        false => None,
        true => Some(Tombstone {
            lo_s: input.signed()?,
            hi_s: input.signed()?,
            claim: input.text()?,
            seq: input.number()?,
        }),
    };
    let thin_s = input.optional()?;
    let is_seen = input.flag()?;
    if !input.0.is_empty() {
        return Err(Unreadable);
    }
    Ok(Register::from_parts(claims, tombstone, thin_s, is_seen))
}

/// Above so many contents they are looked up in a tree.
const LISTED_MAX: usize = 8;

/// The distinct contents of a register, in the order in which they are met.
#[derive(Default)]
struct Contents<'a> {
    records: Vec<&'a Record>,
    /// All of them by what they hold, once they are many.
    names: BTreeMap<&'a Record, u64>,
}

impl<'a> Contents<'a> {
    /// 0 for no content, else its place in the list and one.
    fn name(&mut self, record: Option<&'a Record>) -> u64 {
        let Some(record) = record else { return 0 };
        let next = self.records.len() as u64 + 1;
        let name = if self.records.len() <= LISTED_MAX {
            (1..)
                .zip(&self.records)
                .find(|(_, known)| std::ptr::eq(**known, record) || **known == record)
                .map_or(next, |(name, _)| name)
        } else {
            if self.names.is_empty() {
                self.names = self.records.iter().copied().zip(1..).collect();
            }
            *self.names.entry(record).or_insert(next)
        };
        if name == next {
            self.records.push(record);
        }
        name
    }
}

struct Writer<'w>(&'w mut Vec<u8>);

impl Writer<'_> {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    fn optional(&mut self, number: Option<i64>) {
        self.number(u64::from(number.is_some()));
        if let Some(number) = number {
            self.signed(number);
        }
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend(text.as_bytes());
    }

    fn claim(&mut self, claim: &Claim, after: u64, before: u64) {
        self.text(&claim.id);
        self.text(&claim.version);
        self.number(match claim.origin {
            Origin::Event => 0,
            Origin::Observation => 1,
            Origin::Embedded => 2,
        });
        self.signed(claim.lo_s);
        self.signed(claim.hi_s.wrapping_sub(claim.lo_s));
        self.text(&claim.event_type);
        self.number(u64::from(claim.request.is_some()));
        if let Some(request) = &claim.request {
            self.text(request);
        }
        self.number(after);
        self.number(before);
        self.number(claim.seq);
    }

    fn record(&mut self, record: &Record) {
        for value in &record.values {
            self.value(value);
        }
    }

    /// The places in which a record differs from the first, with their values.
    fn difference(&mut self, first: &Record, record: &Record) {
        let differing = || {
            let pairs = first.values.iter().zip(&record.values);
            (0..)
                .zip(pairs)
                .filter(|(_, (was, is))| was != is)
                .map(|(place, (_, is))| (place, is))
        };
        self.number(differing().count() as u64);
        for (place, value) in differing() {
            self.number(place);
            self.value(value);
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Unknown => self.number(0),
            Value::Null => self.number(1),
            Value::Flag(false) => self.number(2),
            Value::Flag(true) => self.number(3),
            Value::Int(number) => {
                self.number(4);
                self.signed(*number);
            }
            Value::Text(text) => {
                self.number(5);
                self.text(text);
            }
            Value::Map(entries) => {
                self.number(6);
                self.number(entries.len() as u64);
                for (key, text) in entries {
                    self.text(key);
                    self.text(text);
                }
            }
            Value::List(rows) => {
                self.number(7);
                self.number(rows.len() as u64);
                rows.iter().for_each(|row| self.record(row));
            }
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, Unreadable> {
        let (first, rest) = self.0.split_first().ok_or(Unreadable)?;
        self.0 = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<u64, Unreadable> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f)
                .checked_shl(shift)
                .ok_or(Unreadable)?;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Unreadable)
    }

    /// A count of things of at least a byte each, so that cut bytes never make a reader reserve memory for more.
    fn length(&mut self) -> Result<usize, Unreadable> {
        let length = usize::try_from(self.number()?).map_err(|_| Unreadable)?;
        if length > self.0.len() {
            Err(Unreadable)
        } else {
            Ok(length)
        }
    }

    fn signed(&mut self) -> Result<i64, Unreadable> {
        let number = self.number()?;
        Ok((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }

    fn flag(&mut self) -> Result<bool, Unreadable> {
        match self.number()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Unreadable),
        }
    }

    fn optional(&mut self) -> Result<Option<i64>, Unreadable> {
        self.flag()?.then(|| self.signed()).transpose()
    }

    fn text(&mut self) -> Result<Box<str>, Unreadable> {
        let length = self.length()?;
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        std::str::from_utf8(text)
            .map(Into::into)
            .map_err(|_| Unreadable)
    }

    fn claim(&mut self, key: &ObjectKey, contents: &[Arc<Record>]) -> Result<Claim, Unreadable> {
        let (id, version) = (self.text()?, self.text()?);
        let origin = match self.number()? {
            0 => Origin::Event,
            1 => Origin::Observation,
            2 => Origin::Embedded,
            _ => return Err(Unreadable),
        };
        let lo_s = self.signed()?;
        let hi_s = lo_s.wrapping_add(self.signed()?);
        if hi_s <= lo_s {
            return Err(Unreadable);
        }
        if hi_s <= lo_s {
            return Err(Unreadable);
        }
        let event_type = self.text()?;
        let request = self.flag()?.then(|| self.text()).transpose()?;
        let after = Some(self.content(contents)?.ok_or(Unreadable)?);
        let before = self.content(contents)?;
        let seq = self.number()?;
        Ok(Claim {
            object: key.clone(),
            id,
            version,
            origin,
            lo_s,
            hi_s,
            event_type,
            request,
            deleted: false,
            after,
            before,
            seq,
        })
    }

    fn content(&mut self, contents: &[Arc<Record>]) -> Result<Option<Arc<Record>>, Unreadable> {
        match usize::try_from(self.number()?).map_err(|_| Unreadable)? {
            0 => Ok(None),
            place => contents.get(place - 1).cloned().map(Some).ok_or(Unreadable),
        }
    }

    fn record(&mut self, schema: &'static Schema) -> Result<Record, Unreadable> {
        let values = schema
            .fields
            .iter()
            .map(|field| self.value(&field.shape))
            .collect::<Result<Box<[_]>, _>>()?;
        Ok(Record { schema, values })
    }

    fn difference(&mut self, first: &Record) -> Result<Record, Unreadable> {
        let mut record = first.clone();
        for _ in 0..self.length()? {
            let place = usize::try_from(self.number()?).map_err(|_| Unreadable)?;
            let field = first.schema.fields.get(place).ok_or(Unreadable)?;
            record.values[place] = self.value(&field.shape)?;
        }
        Ok(record)
    }

    fn value(&mut self, shape: &Shape) -> Result<Value, Unreadable> {
        Ok(match (self.number()?, shape) {
            (0, _) => Value::Unknown,
            (1, _) => Value::Null,
            (2, Shape::Flag) => Value::Flag(false),
            (3, Shape::Flag) => Value::Flag(true),
            (4, Shape::Count | Shape::Minor | Shape::Second) => Value::Int(self.signed()?),
            (5, Shape::Text | Shape::Decimal | Shape::Id | Shape::Alias) => {
                Value::Text(self.text()?)
            }
            (6, Shape::Map) => {
                let entries = (0..self.length()?)
                    .map(|_| Ok((self.text()?, self.text()?)))
                    .collect::<Result<Box<[_]>, _>>()?;
                Value::Map(entries)
            }
            (7, Shape::List(rows)) => Value::List(
                (0..self.length()?)
                    .map(|_| self.record(rows))
                    .collect::<Result<Arc<[_]>, _>>()?,
            ),
            _ => return Err(Unreadable),
        })
    }
}
