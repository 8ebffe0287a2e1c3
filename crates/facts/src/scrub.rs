//! What of a body may be kept for ever: how it is made, without what it says. Dictionaries are trained on that.
//!
//! Kept are punctuation and white space, member names that look like Stripe's, `true`, `false`, `null`, and the values of
//! one fixed list. Everything else is masked by letters that depend on its length and its place alone: two bodies that
//! differ in nothing else leave the same.

mod words;

use crate::scan::Scanner;
use crate::stride::plain_end;

/// The longest name of a member that is taken for Stripe's.
const NAME_BYTES_MAX: usize = 40;
/// The longest mask: masks are as long as what they hide, because zstd learns from them what such values cost.
const MASK_BYTES_MAX: usize = 64;
/// Every fourth byte of a mask is one that no text has, so that no four bytes of any value can stand in one by chance.
const STOP_EVERY: usize = 4;
const STOPS: &[u8; 11] = b"\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff";
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &[u8; 9] = b"123456789";

/// The body without what it says of anybody, as bytes that are no text; nothing if it isn't JSON.
pub fn scrub(body: &[u8]) -> Vec<u8> {
    scrub_with(body, mask)
}

/// Puts a mask for so many bytes behind what is kept, made of these letters.
type Mask = fn(kept: &mut Vec<u8>, bytes: usize, letters: &[u8]);

fn scrub_with(body: &[u8], mask: Mask) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Vec::new();
    };
    let mut scanner = Scanner::new(text);
    scanner.skip();
    if !scanner.end() {
        return Vec::new();
    }
    let mut walk = Walk {
        text,
        at: 0,
        inside: Vec::new(),
        awaits_name: false,
        names_users: false,
        mask,
        out: Vec::with_capacity(text.len()),
    };
    walk.run();
    walk.out
}

/// A walk over sound JSON.
struct Walk<'a> {
    text: &'a str,
    at: usize,
    inside: Vec<Inside>,
    /// Whether the next text is the name of a member.
    awaits_name: bool,
    /// Whether the value that comes next belongs to a member below which users make the names.
    names_users: bool,
    mask: Mask,
    out: Vec<u8>,
}

/// What a bracket opened.
#[derive(Clone, Copy)]
struct Inside {
    is_object: bool,
    is_users: bool,
}

impl Walk<'_> {
    fn run(&mut self) {
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'"' => self.string(),
                b'-' | b'0'..=b'9' => self.number(),
                _ => self.keep(byte),
            }
        }
    }

    /// Punctuation, white space, and the letters of `true`, `false` and `null`.
    fn keep(&mut self, byte: u8) {
        match byte {
            b'{' | b'[' => {
                let is_users = self.is_users() || self.names_users;
                let is_object = byte == b'{';
                self.inside.push(Inside {
                    is_object,
                    is_users,
                });
                self.awaits_name = is_object;
                self.names_users = false;
            }
            b'}' | b']' => {
                self.inside.pop();
            }
            b',' => self.awaits_name = self.inside.last().is_some_and(|inside| inside.is_object),
            b':' => self.awaits_name = false,
            _ => {}
        }
        self.out.push(byte);
        self.at += 1;
    }

    fn is_users(&self) -> bool {
        self.inside.last().is_some_and(|inside| inside.is_users)
    }

    fn string(&mut self) {
        let text = self.text;
        let start = self.at + 1;
        let end = text_end(text.as_bytes(), start);
        let inner = &text[start..end];
        self.at = end + 1;
        self.out.push(b'"');
        if self.awaits_name {
            self.name(inner);
        } else if self.is_users() || self.names_users {
            self.mask(inner, LETTERS);
        } else {
            self.value(inner);
        }
        self.out.push(b'"');
    }

    fn name(&mut self, name: &str) {
        self.names_users = words::is_named_by_users(name);
        if !self.is_users() && is_stripes(name) {
            self.out.extend_from_slice(name.as_bytes());
        } else {
            self.mask(name, LETTERS);
        }
    }

    fn value(&mut self, value: &str) {
        if let Some(path) = value.strip_prefix("GET ").filter(|path| is_path(path)) {
            self.out.extend_from_slice(b"GET ");
            self.path(path);
        } else if is_path(value) {
            self.path(value);
        } else if let Some(start) = words::known_start(value) {
            self.out.extend_from_slice(start.as_bytes());
            self.mask(&value[start.len()..], LETTERS);
        } else {
            self.word_or_id(value);
        }
    }

    /// The path of a request: its known parts stay, ids and the query are masked.
    fn path(&mut self, path: &str) {
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        for (index, part) in path.split('/').enumerate() {
            if index > 0 {
                self.out.push(b'/');
            }
            if words::is_path_part(part) {
                self.out.extend_from_slice(part.as_bytes());
            } else {
                self.word_or_id(part);
            }
        }
        if let Some(query) = query {
            self.out.push(b'?');
            self.mask(query, LETTERS);
        }
    }

    fn word_or_id(&mut self, text: &str) {
        if words::is_word(text) {
            self.out.extend_from_slice(text.as_bytes());
        } else if let Some((prefix, rest)) = id(text) {
            self.out.extend_from_slice(prefix.as_bytes());
            self.mask(rest, LETTERS);
        } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
            self.mask(text, DIGITS);
        } else {
            self.mask(text, LETTERS);
        }
    }

    fn number(&mut self) {
        let rest = &self.text[self.at..];
        let is_number = |byte: char| byte.is_ascii_alphanumeric() || "+-.".contains(byte);
        let end = rest.find(|byte| !is_number(byte)).unwrap_or(rest.len());
        self.at += end;
        if !self.is_users() && words::is_word(&rest[..end]) {
            self.out.extend_from_slice(&rest.as_bytes()[..end]);
        } else {
            self.mask(&rest[..end], DIGITS);
        }
    }

    fn mask(&mut self, text: &str, letters: &[u8]) {
        (self.mask)(&mut self.out, text.len(), letters);
    }
}

fn mask(kept: &mut Vec<u8>, bytes: usize, letters: &[u8]) {
    for at in 1..=bytes.min(MASK_BYTES_MAX) {
        let letters = if at % STOP_EVERY == 0 { STOPS } else { letters };
        // Fibonacci hashing of the place: letters without a pattern that zstd could learn.
        let mixed = kept.len().wrapping_mul(0x9e37_79b1) >> 16;
        kept.push(letters[mixed % letters.len()]);
    }
}

/// Where the text that begins at `at` ends.
fn text_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = plain_end(bytes, at);
        match bytes.get(at) {
            Some(b'\\') => at += 2,
            _ => return at,
        }
    }
}

fn is_stripes(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.len() <= NAME_BYTES_MAX
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(is_inner)
}

fn is_path(text: &str) -> bool {
    text.starts_with("/v1/") || text.starts_with("/v2/")
}

/// A known prefix, and what follows it.
fn id(text: &str) -> Option<(&str, &str)> {
    let (prefix, rest) = text.split_at(text.rfind('_')? + 1);
    let is_id = words::is_id_prefix(prefix)
        && !rest.is_empty()
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_id.then_some((prefix, rest))
}

#[cfg(test)]
mod tests;
