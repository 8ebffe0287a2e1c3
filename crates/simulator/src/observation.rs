//! Reads of the API as observation lines: one object as it stood at an instant, with what the answer told of the time.

use crate::calendar::{MILLI_US, second};
use crate::json::{self, Text};
use crate::recording::Recording;
use crate::shapes::API_VERSION;

/// One read of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The instant whose state is returned, microseconds.
    pub at_us: i64,
    /// Milliseconds from sending to the answer's head; the instant lies in their middle.
    pub elapsed_ms: i64,
    /// How much older than that instant the returned state may be: a replica behind, microseconds.
    pub lag_us: i64,
}

impl Recording {
    /// An honest read: its state held at some instant in [Date − elapsed, Date + 1 s). None where there was no object.
    pub fn observe(
        &self,
        object_type: &str,
        id: &str,
        at_us: i64,
        elapsed_ms: i64,
    ) -> Option<String> {
        self.observe_lagging(
            object_type,
            id,
            Read {
                at_us,
                elapsed_ms,
                lag_us: 0,
            },
        )
    }

    /// As `observe`, answered by a replica that lags: the state is older than the answer says.
    pub fn observe_lagging(&self, object_type: &str, id: &str, read: Read) -> Option<String> {
        let body = self.read(object_type, id, read.at_us - read.lag_us)?;
        let request = path(object_type, id);
        Some(self.line(&request, object_type, id, read, Some(&body)))
    }

    /// What the API answers about an object it does not know: a 404, as a line without a body.
    pub fn observe_absent(&self, object_type: &str, id: &str, read: Read) -> String {
        let request = path(object_type, id);
        self.line(&request, object_type, id, read, None)
    }

    /// An item of a list that was read at once.
    pub(crate) fn observe_in_list(
        &self,
        request: &str,
        object_type: &str,
        id: &str,
        read: Read,
    ) -> Option<String> {
        let body = self.read(object_type, id, read.at_us - read.lag_us)?;
        Some(self.line(request, object_type, id, read, Some(&body)))
    }

    fn line(
        &self,
        request: &str,
        object_type: &str,
        id: &str,
        read: Read,
        body: Option<&str>,
    ) -> String {
        let answered_us = read.at_us + read.elapsed_ms * MILLI_US / 2;
        json::object(|members| {
            members
                .text("object", "daybook.observation")
                .text("request", request)
                .text("request_id", &request_id(request, answered_us))
                .text("version", API_VERSION)
                .text("account", self.account_of(object_type, id))
                .flag("livemode", self.livemode())
                .int("date_s", second(answered_us))
                .int("elapsed_ms", read.elapsed_ms)
                .text_or_null("absent", body.is_none().then_some("not_found"))
                .text("object_type", object_type)
                .text("object_id", id)
                .raw("body", body.unwrap_or("null"));
        })
    }
}

fn path(object_type: &str, id: &str) -> String {
    match object_type {
        "balance" => "GET /v1/balance".to_owned(),
        "checkout.session" => format!("GET /v1/checkout/sessions/{id}"),
        "reserve.hold" => format!("GET /v1/reserve/holds/{id}"),
        "reserve.release" => format!("GET /v1/reserve/releases/{id}"),
        _ => format!("GET /v1/{object_type}s/{id}"),
    }
}

/// Equal for the items of one answer, and nothing but a function of the read.
fn request_id(request: &str, answered_us: i64) -> Text {
    let seed = u64::try_from(answered_us).expect("reads happen after 1970");
    crate::identity::short(&mut crate::random::Random::new(seed, request), "req")
}
