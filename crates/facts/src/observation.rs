//! Observations: one object as read from the API, with what must be known about the reading, in one line.
//!
//! The body is kept byte for byte. Nothing here reads the object or asks the time.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::envelope::{EnvelopeError, utf8};
use crate::members::Members;

/// What is known about one reading of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservationHeader {
    /// The request that was answered (`GET /v1/…?…`); empty when unknown.
    pub request: String,
    /// Stripe's id of the request.
    pub request_id: Option<String>,
    /// The API version that rendered the answer.
    pub version: Option<String>,
    /// The account that was asked.
    pub account: Option<String>,
    /// Whether live money was asked about.
    pub livemode: Option<bool>,
    /// The answer's Date header in Unix seconds.
    pub date_s: Option<i64>,
    /// Milliseconds from before the request was sent to the answer's head, on a monotonic clock.
    pub elapsed_ms: Option<i64>,
    /// `not_found` or `missing` when the object was not there.
    pub absent: Option<String>,
    /// Stripe's name of the kind of object.
    pub object_type: Option<String>,
    /// Stripe's id of the object.
    pub object_id: Option<String>,
}

/// One observation as read from its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation<'a> {
    /// What is known about the reading.
    pub header: ObservationHeader,
    /// The object's JSON, exactly as answered; `null` when it was absent.
    pub body: &'a str,
}

const MEMBERS: [&str; 12] = [
    "object",
    "request",
    "request_id",
    "version",
    "account",
    "livemode",
    "date_s",
    "elapsed_ms",
    "absent",
    "object_type",
    "object_id",
    "body",
];

/// Writes the line of an observation, without a line end. `body` is JSON and stays as it is, line ends included.
#[must_use]
pub fn observation_line(header: &ObservationHeader, body: &str) -> String {
    let mut line = String::with_capacity(body.len() + 400);
    line.push_str(r#"{"object":"daybook.observation","request":"#);
    write_text(&mut line, &header.request);
    write_optional(&mut line, "request_id", header.request_id.as_deref());
    write_optional(&mut line, "version", header.version.as_deref());
    write_optional(&mut line, "account", header.account.as_deref());
    write_plain(
        &mut line,
        "livemode",
        header.livemode.map(|flag| flag.to_string()),
    );
    write_plain(
        &mut line,
        "date_s",
        header.date_s.map(|number| number.to_string()),
    );
    write_plain(
        &mut line,
        "elapsed_ms",
        header.elapsed_ms.map(|number| number.to_string()),
    );
    write_optional(&mut line, "absent", header.absent.as_deref());
    write_optional(&mut line, "object_type", header.object_type.as_deref());
    write_optional(&mut line, "object_id", header.object_id.as_deref());
    write_plain(&mut line, "body", Some(body.to_owned()));
    line.push('}');
    line
}

/// Reads the line of an observation.
///
/// # Errors
/// When it is no JSON object, or a member is missing or of the wrong type.
pub fn observation(line: &[u8]) -> Result<Observation<'_>, EnvelopeError> {
    observation_in(utf8(line)?)
}

/// Reads the line of an observation that is known to be UTF-8.
pub(crate) fn observation_in(line: &str) -> Result<Observation<'_>, EnvelopeError> {
    let members = Members::read(line, &MEMBERS, &mut |_, _| {})?;
    let text = |member| Ok::<_, EnvelopeError>(members.text(member)?.map(String::from));
    let header = ObservationHeader {
        request: text("request")?.unwrap_or_default(),
        request_id: text("request_id")?,
        version: text("version")?,
        account: text("account")?,
        livemode: members.flag("livemode")?,
        date_s: members.second("date_s")?,
        elapsed_ms: members.whole("elapsed_ms")?,
        absent: text("absent")?,
        object_type: text("object_type")?,
        object_id: text("object_id")?,
    };
    let body = members.get("body").map(|slot| slot.value);
    if body.is_none() && header.absent.is_none() {
        return Err(EnvelopeError::Missing { member: "body" });
    }
    Ok(Observation {
        header,
        body: body.unwrap_or("null"),
    })
}

impl Observation<'_> {
    /// The id of the claim and of the entry: `obs_` and the SHA-256 of body, date and request in hexadecimal.
    #[must_use]
    pub fn id(&self) -> String {
        let date = self.header.date_s.map(|date_s| date_s.to_string());
        let mut hasher = Sha256::new();
        for part in [
            self.body,
            date.as_deref().unwrap_or(""),
            &self.header.request,
        ] {
            let length = u32::try_from(part.len()).expect("entries are below 4 GiB");
            hasher.update(length.to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let mut id = String::with_capacity(68);
        id.push_str("obs_");
        for byte in hasher.finalize() {
            write!(id, "{byte:02x}").expect("writing to a String can't fail");
        }
        id
    }
}

fn write_optional(line: &mut String, member: &str, text: Option<&str>) {
    let written = text.map(|text| {
        let mut written = String::with_capacity(text.len() + 2);
        write_text(&mut written, text);
        written
    });
    write_plain(line, member, written);
}

fn write_plain(line: &mut String, member: &str, json: Option<String>) {
    line.push_str(",\"");
    line.push_str(member);
    line.push_str("\":");
    line.push_str(json.as_deref().unwrap_or("null"));
}

fn write_text(line: &mut String, text: &str) {
    line.push('"');
    for character in text.chars() {
        match character {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\0'..='\u{1f}' => {
                write!(line, "\\u{:04x}", u32::from(character))
                    .expect("writing to a String can't fail");
            }
            _ => line.push(character),
        }
    }
    line.push('"');
}
