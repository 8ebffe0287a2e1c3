//! What Stripe says when it refuses: `{"error": {…}}`, in whatever shape it comes. Types and codes stay text, so that new ones are kept.

use serde_json::Value;

/// How much of a message is kept.
const MESSAGE_CHARS_MAX: usize = 600;

/// A refusal in Stripe's words, or what a proxy in between said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Complaint {
    /// `invalid_request_error`, `api_error`, or one that is new.
    pub kind: Option<String>,
    /// `resource_missing`, `lock_timeout`, …
    pub code: Option<String>,
    /// The parameter that it is about.
    pub param: Option<String>,
    /// In words, without anything that looks like a key.
    pub message: String,
}

impl Complaint {
    /// Reads the body of an answer that is no success. What is not Stripe's way of putting it becomes the message.
    pub(super) fn read(body: &[u8]) -> Self {
        let whole = serde_json::from_slice::<Value>(body).unwrap_or_default();
        let error = &whole["error"];
        let text = |name: &str| error[name].as_str().map(str::to_owned);
        let message = match error {
            Value::String(message) => message.clone(),
            Value::Object(_) => text("message").unwrap_or_default(),
            _ => {
                String::from_utf8_lossy(&body[..body.len().min(4 * MESSAGE_CHARS_MAX)]).into_owned()
            }
        };
        Self {
            kind: text("type"),
            code: text("code"),
            param: text("param"),
            message: without_keys(&message)
                .chars()
                .take(MESSAGE_CHARS_MAX)
                .collect(),
        }
    }

    /// Whether it is Stripe's way of putting it.
    pub(super) fn is_stripes(&self) -> bool {
        self.kind.is_some()
    }

    /// The permissions of a restricted key that are named in the message, as Stripe calls them (`rak_charge_read`).
    pub(super) fn permission(&self) -> Option<String> {
        let named = self
            .message
            .split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'))
            .filter(|word| word.starts_with("rak_"))
            .collect::<Vec<_>>();
        (!named.is_empty()).then(|| named.join(", "))
    }
}

/// The text with every key of Stripe's masked but for its kind and its last four signs.
fn without_keys(text: &str) -> String {
    let is_word = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        let (before, from_word) = rest.split_at(start);
        let end = from_word
            .find(|sign| !is_word(sign))
            .unwrap_or(from_word.len());
        let (word, after) = from_word.split_at(end);
        masked.push_str(before);
        let kind = ["sk_", "rk_", "whsec_"]
            .into_iter()
            .find(|kind| word.starts_with(kind));
        match kind.filter(|kind| word.len() > kind.len() + 8) {
            Some(kind) => {
                masked.push_str(kind);
                masked.push('…');
                masked.push_str(&word[word.len() - 4..]);
            }
            None => masked.push_str(word),
        }
        rest = after;
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusal_of_a_restricted_key_names_the_permission() {
        let body = br#"{"error":{"type":"invalid_request_error","message":"The key 'rk_test_***abc123' may not. Having the 'rak_charge_read' permission would allow it."}}"#;
        let complaint = Complaint::read(body);
        assert_eq!(complaint.permission().as_deref(), Some("rak_charge_read"));
        assert_eq!(complaint.kind.as_deref(), Some("invalid_request_error"));
    }

    #[test]
    fn key_in_a_message_is_masked() {
        let body = br#"{"error":{"type":"invalid_request_error","message":"Invalid API Key provided: sk_test_0123456789abcdef"}}"#;
        assert_eq!(
            Complaint::read(body).message,
            "Invalid API Key provided: sk_…cdef"
        );
        assert_eq!(
            without_keys("sk_test_1, whsec_0123456789"),
            "sk_test_1, whsec_…6789"
        );
    }

    #[test]
    fn unknown_type_and_odd_shapes_are_kept_as_text() {
        let complaint =
            Complaint::read(br#"{"error":{"type":"weather_error","code":7,"message":null}}"#);
        assert_eq!(
            (complaint.kind.as_deref(), complaint.code),
            (Some("weather_error"), None)
        );
        assert_eq!(
            Complaint::read(b"<html>bad gateway").message,
            "<html>bad gateway"
        );
        assert_eq!(
            Complaint::read(br#"{"error":"unavailable"}"#).message,
            "unavailable"
        );
        assert_eq!(Complaint::read(b"\xff").message, "\u{fffd}");
    }
}
