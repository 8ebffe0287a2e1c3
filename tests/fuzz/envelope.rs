//! What the envelope reader promises of any bytes: no panic, JSON told from what is none as another reader tells it, and a
//! content hash that sees neither white space nor what differs between deliveries. Looks at no object.

use facts::{Envelope, EnvelopeError, Kind};
use serde::de::IgnoredAny;

/// Any bytes as a body.
pub(crate) fn check(body: &[u8]) {
    let read = facts::envelope(body);
    assert_eq!(read, facts::envelope(body), "a second look sees the same");
    agrees_with_another_reader(body, &read);
    match read {
        Ok(envelope) => holds(body, &envelope),
        Err(error) => points_inside(body, &error),
    }
}

/// What is JSON is not for the reader to decide.
fn agrees_with_another_reader(body: &[u8], read: &Result<Envelope, EnvelopeError>) {
    let Ok(text) = std::str::from_utf8(body) else {
        assert!(matches!(read, Err(EnvelopeError::NotUtf8 { .. })));
        return;
    };
    let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
    match read {
        Err(EnvelopeError::NotJson { .. }) => assert!(!is_json, "{read:?}"),
        _ => assert!(is_json, "{read:?}"),
    }
}

/// A refusal says where, inside the body or right behind it, and what to do.
fn points_inside(body: &[u8], error: &EnvelopeError) {
    let at = match error {
        EnvelopeError::NotUtf8 { at }
        | EnvelopeError::NotJson { at, .. }
        | EnvelopeError::NotAnObject { at }
        | EnvelopeError::WrongType { at, .. }
        | EnvelopeError::Doubled { at, .. }
        | EnvelopeError::UnknownObject { at, .. } => *at,
        EnvelopeError::TooLarge | EnvelopeError::Missing { .. } => 0,
    };
    assert!(at <= body.len(), "{error:?}");
    assert!(error.to_string().contains(';'), "{error} says what to do");
}

fn holds(body: &[u8], envelope: &Envelope) {
    assert!(!envelope.id.is_empty() && !envelope.type_.is_empty());
    assert!(
        envelope.kind != Kind::Control,
        "control entries are ours alone"
    );
    for filler in ["", " \t\r\n"] {
        assert_same(envelope, &respaced(body, filler));
    }
    if envelope.kind != Kind::Observation {
        assert_same(envelope, &delivered_again(body));
    }
}

/// The same said once more: an observation's id counts its white space, all else is blind to it.
fn assert_same(one: &Envelope, body: &[u8]) {
    let mut other = facts::envelope(body).expect("what was said once can be said again");
    if one.kind == Kind::Observation {
        other.id = one.id.clone();
    }
    assert_eq!(*one, other, "{}", String::from_utf8_lossy(body));
}

/// The body with `filler` around its punctuation, and no other white space outside of texts.
fn respaced(body: &[u8], filler: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() * 2);
    let mut is_text = false;
    let mut is_escaped = false;
    for &byte in body {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' if !is_text => continue,
            b'{' | b'}' | b'[' | b']' | b':' | b',' if !is_text => {
                out.extend(filler.bytes());
                out.push(byte);
                out.extend(filler.bytes());
                continue;
            }
            b'"' if !is_escaped => is_text = !is_text,
            _ => {}
        }
        is_escaped = is_text && byte == b'\\' && !is_escaped;
        out.push(byte);
    }
    out
}

/// The body as a later delivery might bring it.
fn delivered_again(body: &[u8]) -> Vec<u8> {
    let start = body.iter().position(|byte| *byte == b'{');
    let inside = start.expect("a body that was accepted is an object") + 1;
    let (before, after) = body.split_at(inside);
    [before, br#""pending_webhooks": 3, "#, after].concat()
}
