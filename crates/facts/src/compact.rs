//! JSON without its insignificant white space: what content hashes are taken over.
//!
//! It copies bytes and changes none: numbers, escapes and the order of members stay as written.

use crate::stride::{plain_end, spaces};

/// Appends a JSON value without its insignificant white space; all else stays as written.
pub(crate) fn compact(value: &str, out: &mut Vec<u8>) {
    let bytes = value.as_bytes();
    let mut kept = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = text_end(bytes, at + 1),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.extend_from_slice(&bytes[kept..at]);
                at += 1 + spaces(bytes, at + 1);
                kept = at;
            }
            _ => at += 1,
        }
    }
    out.extend_from_slice(&bytes[kept..]);
}

/// The place after the quote that closes the text whose inside starts here.
fn text_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = plain_end(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at = bytes.len().min(at + 2),
            Some(_) => at += 1,
            None => return at,
        }
    }
}
