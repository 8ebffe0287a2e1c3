//! Writes JSON text member by member: no tree, no reflection. The writer keeps the order it is called in; wire order
//! (id, object, then alphabetical) is its caller's duty and a test's.

use std::fmt::Write as _;
use std::sync::Arc;

/// Shared text, so that the next version of an object costs no copies.
pub(crate) type Text = Arc<str>;

/// Writes the members of one JSON object.
pub(crate) struct Members<'a> {
    out: &'a mut String,
    first: bool,
}

/// The text of one JSON object.
pub(crate) fn object(fill: impl FnOnce(&mut Members<'_>)) -> String {
    object_of(4096, fill)
}

/// The text of one JSON object that is about so many bytes long.
pub(crate) fn object_of(capacity: usize, fill: impl FnOnce(&mut Members<'_>)) -> String {
    let mut out = String::with_capacity(capacity);
    write_object(&mut out, fill);
    out
}

/// Appends one JSON object.
pub(crate) fn write_object(out: &mut String, fill: impl FnOnce(&mut Members<'_>)) {
    out.push('{');
    fill(&mut Members { out, first: true });
    out.push('}');
}

/// Appends a JSON string with its quotes.
pub(crate) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    // Without a way out of the loop the compiler looks at many bytes at once; nearly all text is plain.
    if !text
        .bytes()
        .fold(false, |found, byte| found | is_escaped(byte))
    {
        out.push_str(text);
        out.push('"');
        return;
    }
    while let Some(place) = rest.bytes().position(is_escaped) {
        let (plain, from) = rest.split_at(place);
        out.push_str(plain);
        write_escaped(out, from.as_bytes()[0]);
        rest = &from[1..];
    }
    out.push_str(rest);
    out.push('"');
}

/// Whether a byte can't stand in a JSON string as it is; no part of a longer character is one.
fn is_escaped(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

fn write_escaped(out: &mut String, byte: u8) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        control => {
            write!(out, "\\u{control:04x}").expect("a String takes all text");
        }
    }
}

impl Members<'_> {
    /// A member whose value is already JSON.
    pub(crate) fn raw(&mut self, key: &str, json: &str) -> &mut Self {
        self.key(key).push_str(json);
        self
    }

    pub(crate) fn text(&mut self, key: &str, value: &str) -> &mut Self {
        write_text(self.key(key), value);
        self
    }

    pub(crate) fn text_or_null(&mut self, key: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(key, value),
            None => self.null(key),
        }
    }

    pub(crate) fn int(&mut self, key: &str, value: i64) -> &mut Self {
        write!(self.key(key), "{value}").expect("a String takes all text");
        self
    }

    pub(crate) fn int_or_null(&mut self, key: &str, value: Option<i64>) -> &mut Self {
        match value {
            Some(value) => self.int(key, value),
            None => self.null(key),
        }
    }

    pub(crate) fn flag(&mut self, key: &str, value: bool) -> &mut Self {
        self.raw(key, if value { "true" } else { "false" })
    }

    pub(crate) fn null(&mut self, key: &str) -> &mut Self {
        self.raw(key, "null")
    }

    /// Members that are all null.
    pub(crate) fn nulls(&mut self, keys: &[&str]) -> &mut Self {
        for key in keys {
            self.null(key);
        }
        self
    }

    pub(crate) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Members<'_>)) -> &mut Self {
        write_object(self.key(key), fill);
        self
    }

    /// An array of texts.
    pub(crate) fn texts(&mut self, key: &str, values: &[Text]) -> &mut Self {
        let out = self.key(key);
        out.push('[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_text(out, value);
        }
        out.push(']');
        self
    }

    /// An array with one object per item.
    pub(crate) fn objects<T>(
        &mut self,
        key: &str,
        items: &[T],
        fill: impl Fn(&T, &mut Members<'_>),
    ) -> &mut Self {
        let out = self.key(key);
        out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_object(out, |members| fill(item, members));
        }
        out.push(']');
        self
    }

    /// Bytes written so far, from the start of the whole text.
    pub(crate) fn written(&self) -> usize {
        self.out.len()
    }

    fn key(&mut self, key: &str) -> &mut String {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        write_text(self.out, key);
        self.out.push(':');
        self.out
    }
}
