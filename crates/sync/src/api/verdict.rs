//! What is to be done about an answer: take it, ask again, slow down, or give up. A function of the answer alone.

use std::time::Duration;

use serde_json::value::RawValue;

use super::complaint::Complaint;
use super::error::{ApiError, request};
use crate::transport::{Answer, TransportError};

/// What is to be done.
pub(super) enum Verdict {
    /// Take it.
    Good(Answer),
    /// Asking again would not help.
    Final(ApiError),
    /// Ask again.
    Again(Trouble),
}

/// Who has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// This request alone.
    Request,
    /// All of its endpoint.
    Endpoint,
    /// All.
    Everything,
}

/// Something that may pass.
pub(super) struct Trouble {
    /// In words, with the request's id.
    pub(super) reason: String,
    /// Who has to slow down.
    pub(super) slows: Scope,
    /// How long Stripe asks to wait, in seconds.
    pub(super) retry_after_s: Option<u32>,
    /// Whether what came is nothing that Stripe would say.
    pub(super) garbled: bool,
}

impl Trouble {
    /// There was no answer.
    pub(super) fn of(error: &TransportError) -> Self {
        Self {
            reason: error.to_string(),
            slows: Scope::Request,
            retry_after_s: None,
            garbled: matches!(error, TransportError::TooLong { .. }),
        }
    }

    /// The error that it is after the last attempt.
    pub(super) fn last(self, attempts: u32, span: Duration) -> ApiError {
        let reason = self.reason;
        if self.garbled {
            return ApiError::Garbled { attempts, reason };
        }
        let span_s = span.as_secs();
        ApiError::Unreachable {
            attempts,
            span_s,
            reason,
        }
    }
}

/// Judges an answer (<https://docs.stripe.com/api/errors>, <https://docs.stripe.com/rate-limits>).
pub(super) fn judge(answer: Answer) -> Verdict {
    if answer.status == 200 {
        return if is_json(&answer.body) {
            Verdict::Good(answer)
        } else {
            Verdict::Again(garbled(&answer, "a body that is no JSON"))
        };
    }
    if !(400..600).contains(&answer.status) {
        return Verdict::Again(garbled(&answer, "a status that no list or object has"));
    }
    let complaint = Box::new(Complaint::read(&answer.body));
    if asks_again(&answer, &complaint) {
        return Verdict::Again(Trouble {
            reason: in_words(&answer, &complaint),
            slows: slows(&answer, &complaint),
            retry_after_s: answer.retry_after_s,
            garbled: false,
        });
    }
    Verdict::Final(refusal(answer, complaint))
}

/// Stripe's own word decides where it gives one. With a limit it only warns those who would ask at once, and we slow down.
fn asks_again(answer: &Answer, complaint: &Complaint) -> bool {
    let by_status = matches!(answer.status, 408 | 409 | 424 | 425 | 500..=599);
    let by_code = complaint.code.as_deref() == Some("lock_timeout");
    match answer.status {
        429 => true,
        401 | 403 => false,
        _ => answer.should_retry.unwrap_or(by_status || by_code),
    }
}

/// A lock that is held, and a limit of one object, say nothing about how fast we are.
fn slows(answer: &Answer, complaint: &Complaint) -> Scope {
    if answer.status != 429 || complaint.code.as_deref() == Some("lock_timeout") {
        return Scope::Request;
    }
    match answer.limited_by.as_deref() {
        Some("resource-specific") => Scope::Request,
        Some("endpoint-rate" | "endpoint-concurrency") => Scope::Endpoint,
        _ => Scope::Everything,
    }
}

fn refusal(answer: Answer, complaint: Box<Complaint>) -> ApiError {
    let request_id = answer.request_id.clone();
    match answer.status {
        401 => ApiError::Unauthorized {
            complaint,
            request_id,
        },
        403 => ApiError::Forbidden {
            permission: complaint.permission(),
            complaint,
            request_id,
        },
        404 if complaint.code.as_deref() == Some("resource_missing") => ApiError::Absent {
            answer: Box::new(answer),
            complaint,
        },
        status => ApiError::Refused {
            status,
            complaint,
            request_id,
        },
    }
}

fn in_words(answer: &Answer, complaint: &Complaint) -> String {
    let limit = answer
        .limited_by
        .as_ref()
        .map_or(String::new(), |limit| format!(", {limit}"));
    let said = if complaint.is_stripes() {
        format!(": {}", complaint.message)
    } else {
        String::new()
    };
    format!(
        "status {}{limit}{said}{}",
        answer.status,
        request(answer.request_id.as_ref())
    )
}

fn garbled(answer: &Answer, what: &str) -> Trouble {
    Trouble {
        reason: format!(
            "status {} with {what}{}",
            answer.status,
            request(answer.request_id.as_ref())
        ),
        slows: Scope::Request,
        retry_after_s: answer.retry_after_s,
        garbled: true,
    }
}

/// Whether the bytes are one whole JSON object, as all that Stripe gives is.
fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<&RawValue>(body).is_ok_and(|whole| whole.get().starts_with('{'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            date_s: Some(1),
            request_id: Some("req_1".to_owned()),
            version: None,
            retry_after_s: None,
            should_retry: None,
            limited_by: None,
            body: body.to_owned().into(),
            elapsed_ms: 1,
        }
    }

    fn told(code: &str) -> String {
        format!(
            r#"{{"error":{{"type":"invalid_request_error","code":"{code}","message":"so it is"}}}}"#
        )
    }

    /// What becomes of an answer, in a word.
    fn fate(answer: Answer) -> String {
        match judge(answer) {
            Verdict::Good(_) => "good".to_owned(),
            Verdict::Again(trouble) if trouble.garbled => "garbled".to_owned(),
            Verdict::Again(trouble) => format!("again {:?}", trouble.slows),
            Verdict::Final(error) => format!("{error:?}")
                .split([' ', '{'])
                .next()
                .unwrap_or_default()
                .to_owned(),
        }
    }

    #[test]
    fn answers_fall_into_their_classes() {
        let limited = |reason: &str| Answer {
            limited_by: Some(reason.to_owned()),
            ..answer(429, &told("rate_limit"))
        };
        let word = |status, word| Answer {
            should_retry: Some(word),
            ..answer(status, "{}")
        };
        for (given, expected) in [
            (answer(200, r#"{"object":"list"}"#), "good"),
            (answer(200, "<html>"), "garbled"),
            (answer(200, r#"{"object":"li"#), "garbled"),
            (answer(200, "[]"), "garbled"),
            (answer(204, ""), "garbled"),
            (answer(302, ""), "garbled"),
            (answer(401, "{}"), "Unauthorized"),
            (answer(403, "{}"), "Forbidden"),
            (word(403, true), "Forbidden"),
            (answer(404, &told("resource_missing")), "Absent"),
            (answer(404, &told("url_unknown")), "Refused"),
            (answer(400, &told("parameter_unknown")), "Refused"),
            (answer(400, &told("lock_timeout")), "again Request"),
            (answer(402, "{}"), "Refused"),
            (answer(409, "{}"), "again Request"),
            (answer(429, &told("rate_limit")), "again Everything"),
            (answer(429, &told("lock_timeout")), "again Request"),
            (limited("global-rate"), "again Everything"),
            (limited("endpoint-concurrency"), "again Endpoint"),
            (limited("resource-specific"), "again Request"),
            (limited("a-new-one"), "again Everything"),
            (answer(500, "{}"), "again Request"),
            (answer(502, "<html>"), "again Request"),
            (word(500, false), "Refused"),
            (word(400, true), "again Request"),
            (word(429, false), "again Everything"),
        ] {
            let told = format!("{given:?}");
            assert_eq!(fate(given), expected, "{told}");
        }
    }

    #[test]
    fn request_id_is_in_what_is_said() {
        let Verdict::Again(trouble) = judge(answer(500, &told("api_error"))) else {
            panic!("a fault of the server's is asked again");
        };
        assert_eq!(trouble.reason, "status 500: so it is (req_1)");
        let Verdict::Final(error) = judge(answer(400, &told("bad"))) else {
            panic!("a wrong request is not");
        };
        assert_eq!(
            error.to_string(),
            "ask: Stripe refuses with status 400: so it is (req_1)"
        );
    }
}
