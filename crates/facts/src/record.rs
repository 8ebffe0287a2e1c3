//! The content of an object: one value per field of its schema, owned, comparable, and hashable as a state.
//!
//! Two contents are the same *state* when they agree after everything unknown, null or absent is left out; that is what
//! orders and ties are decided on. Nothing here knows JSON, time or order.

use std::cmp::Ordering;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::schema::{Schema, Shape};

/// What one field holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// This API version or place can't say, or said something unreadable.
    Unknown,
    /// Stripe says that there is none.
    Null,
    /// true or false.
    Flag(bool),
    /// A count, an amount in minor units, or Unix seconds, as the field's shape says.
    Int(i64),
    /// A text, a decimal as Stripe wrote it, or the id of another object.
    Text(Box<str>),
    /// Keys and values of the user's own, sorted by key.
    Map(Box<[(Box<str>, Box<str>)]>),
    /// Rows that belong to the object; those that have ids are sorted by them. Shared by the contents that have the same.
    List(Arc<[Record]>),
}

impl Value {
    /// Whether the value says anything at all.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        !matches!(self, Value::Unknown | Value::Null)
    }

    /// The number, if this is one.
    #[must_use]
    pub fn int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, if this is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The flag, if this is one.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        match self {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The rows, if this is a list; else none.
    #[must_use]
    pub fn rows(&self) -> &[Record] {
        match self {
            Value::List(rows) => rows,
            _ => &[],
        }
    }
}

/// The content of one object, or of one row of a list in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What kind of object it is.
    pub schema: &'static Schema,
    /// One value per field, in the schema's order.
    pub values: Box<[Value]>,
}

impl PartialOrd for Record {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Record {
    fn cmp(&self, other: &Self) -> Ordering {
        self.values.cmp(&other.values)
    }
}

impl Record {
    /// A content about which nothing is known yet.
    #[must_use]
    pub fn unknown(schema: &'static Schema) -> Self {
        Record {
            schema,
            values: vec![Value::Unknown; schema.fields.len()].into(),
        }
    }

    /// The value of the field at this place (a constant of the object's module).
    #[must_use]
    pub fn get(&self, place: usize) -> &Value {
        &self.values[place]
    }

    /// Shorthand for a text field.
    #[must_use]
    pub fn text(&self, place: usize) -> Option<&str> {
        self.values[place].text()
    }

    /// Shorthand for a number field.
    #[must_use]
    pub fn int(&self, place: usize) -> Option<i64> {
        self.values[place].int()
    }

    /// Whether both are the same state: they agree in all that either of them states.
    #[must_use]
    pub fn same_state(&self, other: &Record) -> bool {
        std::ptr::eq(self, other) || self.same_state_within(other, &|_| true)
    }

    /// Whether both are the same state as far as the fields that `counts` accepts (by place) go.
    #[must_use]
    pub fn same_state_within(&self, other: &Record, counts: &dyn Fn(usize) -> bool) -> bool {
        self.schema == other.schema
            && (0..self.values.len()).all(|place| {
                matches!(self.schema.fields[place].shape, Shape::Alias)
                    || !counts(place)
                    || same_value(&self.values[place], &other.values[place])
            })
    }

    /// The first 128 bits of the SHA-256 of the state, over a form in which unknown, null and absent leave no trace.
    #[must_use]
    pub fn state_hash(&self) -> [u8; 16] {
        let mut bytes = Vec::with_capacity(1024);
        self.write_state(&mut bytes);
        let mut hash = [0; 16];
        hash.copy_from_slice(&Sha256::digest(&bytes)[..16]);
        hash
    }

    fn write_state(&self, out: &mut Vec<u8>) {
        for (field, value) in self.schema.fields.iter().zip(&self.values) {
            if value.is_stated() && !matches!(field.shape, Shape::Alias) {
                write_bytes(out, field.name.as_bytes());
                write_value(out, value);
            }
        }
        out.push(b'.');
    }
}

/// Whether both say the same, where unknown and null say nothing.
pub(crate) fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::List(one), Value::List(other)) => {
            Arc::ptr_eq(one, other)
                || one.len() == other.len()
                    && one
                        .iter()
                        .zip(other.iter())
                        .all(|(one, other)| one.same_state(other))
        }
        _ => one == other || !(one.is_stated() || other.is_stated()),
    }
}

fn write_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Unknown | Value::Null => {}
        Value::Flag(flag) => out.extend([b'f', u8::from(*flag)]),
        Value::Int(number) => {
            out.push(b'i');
            out.extend(number.to_le_bytes());
        }
        Value::Text(text) => {
            out.push(b't');
            write_bytes(out, text.as_bytes());
        }
        Value::Map(entries) => {
            out.push(b'm');
            for (key, text) in entries {
                write_bytes(out, key.as_bytes());
                write_bytes(out, text.as_bytes());
            }
            out.push(b'.');
        }
        Value::List(rows) => {
            out.push(b'l');
            out.extend((rows.len() as u64).to_le_bytes());
            rows.iter().for_each(|row| row.write_state(out));
        }
    }
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u64).to_le_bytes());
    out.extend(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::refund;

    fn content(status: Value, reason: Value) -> Record {
        let mut record = Record::unknown(&refund::SCHEMA);
        record.values[refund::STATUS] = status;
        record.values[refund::REASON] = reason;
        record
    }

    #[test]
    fn unknown_and_null_are_the_same_state_and_a_value_is_another() {
        let text = || Value::Text("x".into());
        assert!(content(text(), Value::Null).same_state(&content(text(), Value::Unknown)));
        assert_eq!(
            content(text(), Value::Null).state_hash(),
            content(text(), Value::Unknown).state_hash()
        );
        assert!(!content(text(), text()).same_state(&content(text(), Value::Unknown)));
        assert_ne!(
            content(text(), text()).state_hash(),
            content(text(), Value::Null).state_hash()
        );
    }

    #[test]
    fn a_value_in_another_field_is_another_state() {
        let text = || Value::Text("x".into());
        assert_ne!(
            content(text(), Value::Null).state_hash(),
            content(Value::Null, text()).state_hash()
        );
    }
}
