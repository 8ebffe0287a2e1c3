//! Who asks: the key, the account asked for, the version. It knows no endpoint.

use super::ApiRequest;
use super::problem::Problem;
use super::terms::{Grant, Key, Terms};
use crate::shapes::API_VERSION;

/// The releases that gave versions their names, and the day each began.
const RELEASES: [(&str, &str); 5] = [
    ("2024-09-30", "acacia"),
    ("2025-03-31", "basil"),
    ("2025-09-30", "clover"),
    ("2026-03-25", "dahlia"),
    ("2026-09-30", "endive"),
];

/// A header's value.
pub(crate) fn header<'a>(request: &ApiRequest<'a>, name: &str) -> Option<&'a str> {
    let mut headers = request.headers.iter();
    headers
        .find(|header| header.0 == name)
        .map(|header| header.1)
}

/// The key that a request carries, if it is good at the instant.
pub(crate) fn key<'a>(
    terms: &'a Terms,
    request: &ApiRequest<'_>,
    at_us: i64,
) -> Result<&'a Key, Problem> {
    let given = header(request, "authorization").and_then(|value| {
        let bearer = value.strip_prefix("Bearer ").map(str::to_owned);
        bearer.or_else(|| user(value.strip_prefix("Basic ")?))
    });
    let Some(given) = given else {
        let message = "You did not provide an API key. You need to provide your API key in the Authorization header, \
                       using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See \
                       https://stripe.com/docs/api#authentication for details, or we can help at \
                       https://support.stripe.com/.";
        return Err(Problem::unauthorized(message.to_owned()));
    };
    let masked = mask(&given);
    let Some(key) = terms.keys.iter().find(|key| key.secret == given) else {
        let message = format!("Invalid API Key provided: {masked}");
        return Err(Problem::unauthorized(message));
    };
    match key.revoked_us {
        Some(revoked_us) if revoked_us <= at_us => Err(Problem::expired(&masked)),
        _ => Ok(key),
    }
}

/// A key with all but its kind and its last characters hidden.
pub(crate) fn mask(key: &str) -> String {
    let characters: Vec<char> = key.chars().collect();
    let shown = |from: usize| characters.iter().skip(from).collect::<String>();
    let kind: String = key.chars().take(8).collect();
    let hidden = characters.len().saturating_sub(12);
    if hidden == 0 {
        return "*".repeat(characters.len());
    }
    format!(
        "{kind}{}{}",
        "*".repeat(hidden),
        shown(characters.len() - 4)
    )
}

/// Whether a key opens what a permission guards.
pub(crate) fn allows(key: &Key, permission: &str) -> bool {
    match &key.grant {
        Grant::All => true,
        Grant::Only(permissions) => permissions.contains(&permission),
        Grant::AllBut(permissions) => !permissions.contains(&permission),
    }
}

/// The version that the answer names; objects have one shape in all of them.
pub(crate) fn version<'a>(request: &ApiRequest<'a>) -> Result<&'a str, Problem> {
    let Some(version) = header(request, "stripe-version") else {
        return Ok(API_VERSION);
    };
    if is_known(version) {
        return Ok(version);
    }
    let message = format!("Invalid Stripe API version: {version}");
    Err(Problem::invalid(message))
}

/// Whether a version may have been released: a day, and the name of the releases of its time.
fn is_known(version: &str) -> bool {
    let (day, name) = match version.split_once('.') {
        Some((day, name)) => (day, Some(name)),
        None => (version, None),
    };
    let bytes = day.as_bytes();
    let well_formed = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !well_formed || !("2011-01-01".."2027-01-01").contains(&day) {
        return false;
    }
    let release = RELEASES.iter().rev().find(|(from, _)| *from <= day);
    match (release, name) {
        (None, None) => true,
        (Some((_, release)), Some(name)) => name == *release || name == "preview",
        _ => false,
    }
}

/// The user of a `Basic` header's Base64.
fn user(encoded: &str) -> Option<String> {
    let mut bits = 0_u32;
    let mut count = 0;
    let mut out = Vec::new();
    for byte in encoded.bytes().filter(|byte| *byte != b'=') {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push(u8::try_from(bits >> count & 0xFF).expect("eight bits are a byte"));
        }
    }
    let text = String::from_utf8(out).ok()?;
    text.split(':').next().map(str::to_owned)
}
