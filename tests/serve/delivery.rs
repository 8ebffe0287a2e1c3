//! Events as Stripe posts them: a head and a body. Sends nothing.

use crate::signing::{SECRET, signature};

/// An event about a customer, of about so many bytes.
pub(crate) fn event(id: &str, bytes: usize) -> Vec<u8> {
    event_with(
        id,
        "2026-07-29.dahlia",
        &"n".repeat(bytes.saturating_sub(400)),
    )
}

/// The same, of one version and with these words in it.
pub(crate) fn event_with(id: &str, version: &str, words: &str) -> Vec<u8> {
    format!(
        "{{\n  \"id\": \"{id}\",\n  \"object\": \"event\",\n  \"api_version\": \"{version}\",\n  \"created\": 1789999999,\n  \
         \"data\": {{\n    \"object\": {{\n      \"id\": \"cus_1\",\n      \"object\": \"customer\",\n      \
         \"created\": 1789999990,\n      \"description\": \"{words}\",\n      \"livemode\": true\n    }}\n  }},\n  \
         \"livemode\": true,\n  \"pending_webhooks\": 1,\n  \"type\": \"customer.updated\"\n}}"
    )
    .into_bytes()
}

/// The head of a delivery, up to and with the empty line, with what else is to stand in it.
pub(crate) fn head(signature: &str, length: usize, others: &str) -> String {
    format!(
        "POST /webhooks/stripe HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json; charset=utf-8\r\n\
         stripe-signature: {signature}\r\ncontent-length: {length}\r\n{others}\r\n"
    )
}

/// A whole request with a body that was signed in that second.
pub(crate) fn request(at_s: i64, body: &[u8]) -> Vec<u8> {
    let head = head(&signature(SECRET, at_s, body), body.len(), "");
    [head.as_bytes(), body].concat()
}
