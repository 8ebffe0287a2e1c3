//! The envelope of an entry: what the log keeps in columns beside a body. Here alone bytes can be refused.
//!
//! It does not read objects, and it asks of Stripe's members only what the log needs.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::compact::compact;
use crate::head::head;
use crate::members::Members;
use crate::observation::{Observation, observation_in};
use crate::rfc3339;
use crate::scan::{Scanner, Text};

/// Kinds of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A snapshot event of Stripe's.
    Event,
    /// A thin event of Stripe's: it says that an object changed, not how.
    Notification,
    /// One object as read from the API.
    Observation,
    /// What daybook did or was told; never read from a body, and no fact about Stripe.
    Control,
}

impl Kind {
    /// The kind's name in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Event => "event",
            Kind::Notification => "notification",
            Kind::Observation => "observation",
            Kind::Control => "control",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Kind> {
        [
            Kind::Event,
            Kind::Notification,
            Kind::Observation,
            Kind::Control,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }
}

/// What the log keeps of a body in columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// What the body is.
    pub kind: Kind,
    /// The connected account that it is about, if it says so.
    pub account: Option<Box<str>>,
    /// Whether it is about live money, if it says so.
    pub livemode: Option<bool>,
    /// Stripe's id of the event, or the observation's own id (`obs_…`).
    pub id: Box<str>,
    /// The event's type, or `observation`.
    pub type_: Box<str>,
    /// The id of the object that it is about, if it has one.
    pub object_id: Option<Box<str>>,
    /// The API version that rendered it, if it says so.
    pub api_version: Option<Box<str>>,
    /// Stripe's second; 0 for an observation without one.
    pub created_s: i64,
    /// SHA-256 of what is said, blind to white space and to what changes between deliveries.
    pub content_hash: [u8; 32],
}

/// Why a body can't enter the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnvelopeError {
    /// 4 GiB or more.
    TooLarge,
    /// Not UTF-8.
    NotUtf8 {
        /// Offset of the first bad byte.
        at: usize,
    },
    /// Not JSON.
    NotJson {
        /// Offset of the first bad byte.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// JSON, but not a JSON object.
    NotAnObject {
        /// Offset of the value.
        at: usize,
    },
    /// A member that must be there is not, or is null.
    Missing {
        /// Its name.
        member: &'static str,
    },
    /// A member of another type than it must have.
    WrongType {
        /// Its name.
        member: &'static str,
        /// Offset of its value.
        at: usize,
        /// The type that it must have.
        wanted: &'static str,
    },
    /// A member that stands twice.
    Doubled {
        /// Its name.
        member: &'static str,
        /// Offset of its second value.
        at: usize,
    },
    /// An object of a kind that is no entry.
    UnknownObject {
        /// What `object` says, cut short if it is long.
        object: Box<str>,
        /// Offset of it.
        at: usize,
    },
}

const MEMBERS: [&str; 10] = [
    "object",
    "id",
    "type",
    "created",
    "api_version",
    "account",
    "context",
    "livemode",
    "data",
    "related_object",
];

/// Top-level members that differ between deliveries of the same event.
const VOLATILE: [&str; 2] = ["pending_webhooks", "account"];

/// Reads the envelope of one line or webhook body.
///
/// The content hash is SHA-256 over the body without insignificant white space and without the volatile top-level
/// members, as if they had never been written: `{`, the kept members as written and joined with `,`, `}`. That of an
/// observation is over its `body` without insignificant white space.
///
/// # Errors
/// When the body is no JSON object, or is none that the log can hold; the message says where and what to do.
pub fn envelope(body: &[u8]) -> Result<Envelope, EnvelopeError> {
    if u32::try_from(body.len()).is_err() {
        return Err(EnvelopeError::TooLarge);
    }
    let text = utf8(body)?;
    let mut content = Vec::with_capacity(body.len() + 2);
    let members = Members::read(text, &MEMBERS, &mut |name, value| {
        if !is_volatile(name) {
            content.extend_from_slice(if content.is_empty() { b"{\"" } else { b",\"" });
            content.extend_from_slice(name.raw().as_bytes());
            content.extend_from_slice(b"\":");
            compact(value, &mut content);
        }
    })?;
    let object = members.name("object")?;
    match &*object {
        "event" => event(&members, hash_members(&mut content)),
        "v2.core.event" => notification(&members, hash_members(&mut content)),
        "daybook.observation" => observed(&observation_in(text)?),
        _ => Err(EnvelopeError::UnknownObject {
            object: object.chars().take(40).collect(),
            at: members.get("object").map_or(0, |slot| slot.at),
        }),
    }
}

/// The text of a body.
pub(crate) fn utf8(body: &[u8]) -> Result<&str, EnvelopeError> {
    std::str::from_utf8(body).map_err(|error| EnvelopeError::NotUtf8 {
        at: error.valid_up_to(),
    })
}

fn is_volatile(name: Text<'_>) -> bool {
    let name = name.decode();
    VOLATILE.iter().any(|own| name.as_deref() == Some(own))
}

fn hash_members(content: &mut Vec<u8>) -> [u8; 32] {
    // `object` is among the kept members, so that the opening bracket is there.
    content.push(b'}');
    Sha256::digest(content.as_slice()).into()
}

fn event(
    members: &Members<'_, { MEMBERS.len() }>,
    content_hash: [u8; 32],
) -> Result<Envelope, EnvelopeError> {
    Ok(Envelope {
        kind: Kind::Event,
        account: members.text("account")?,
        livemode: members.flag("livemode")?,
        id: members.name("id")?,
        type_: members.name("type")?,
        object_id: members.get("data").and_then(|data| object_id(data.value)),
        api_version: members.text("api_version")?,
        created_s: members.required("created", members.second("created")?)?,
        content_hash,
    })
}

fn notification(
    members: &Members<'_, { MEMBERS.len() }>,
    content_hash: [u8; 32],
) -> Result<Envelope, EnvelopeError> {
    let created = members.name("created")?;
    let created_s = rfc3339::seconds(&created)
        .ok_or_else(|| members.wrong("created", "a moment like 2026-01-31T12:00:00Z"))?;
    let related = members.get("related_object");
    let related = related.map(|related| head(related.value));
    Ok(Envelope {
        kind: Kind::Notification,
        account: members.text("account")?.or(context(members)?),
        livemode: members.flag("livemode")?,
        id: members.name("id")?,
        type_: members.name("type")?,
        object_id: related.and_then(|head| head.id.text().map(Box::from)),
        api_version: members.text("api_version")?,
        created_s,
        content_hash,
    })
}

/// The account at the end of a notification's `context` (`org_…/acct_…`).
fn context(members: &Members<'_, { MEMBERS.len() }>) -> Result<Option<Box<str>>, EnvelopeError> {
    let context = members.text("context")?;
    let last = context.as_deref().and_then(|text| text.rsplit('/').next());
    Ok(last.filter(|last| last.starts_with("acct_")).map(Box::from))
}

fn observed(observation: &Observation<'_>) -> Result<Envelope, EnvelopeError> {
    let header = &observation.header;
    let mut content = Vec::with_capacity(observation.body.len());
    compact(observation.body, &mut content);
    let owned = |text: &Option<String>| text.as_deref().map(Box::from);
    Ok(Envelope {
        kind: Kind::Observation,
        account: owned(&header.account),
        livemode: header.livemode,
        id: observation.id().into(),
        type_: "observation".into(),
        object_id: owned(&header.object_id),
        api_version: owned(&header.version),
        created_s: header.date_s.unwrap_or(0),
        content_hash: Sha256::digest(&content).into(),
    })
}

/// `object.id` of an event's `data`; what follows the object is not looked at.
fn object_id(data: &str) -> Option<Box<str>> {
    let mut scan = Scanner::new(data);
    if scan.peek() != b'{' {
        return None;
    }
    scan.enter();
    let mut first = true;
    while let Some(name) = scan.member(&mut first) {
        if name.decode().as_deref() == Some("object") {
            return head(scan.rest()).id.text().map(Box::from);
        }
        scan.skip();
    }
    None
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => write!(out, "4 GiB or more; give one event or observation"),
            Self::NotUtf8 { at } => write!(out, "not UTF-8 at byte {at}; save it as UTF-8"),
            Self::NotJson { at, expected } => write!(
                out,
                "not JSON at byte {at}: {expected} expected; give one whole JSON object"
            ),
            Self::NotAnObject { at } => write!(
                out,
                "not a JSON object at byte {at}; give one event, notification or observation"
            ),
            Self::Missing { member } => write!(
                out,
                "`{member}` is missing or null; give the event or observation whole"
            ),
            Self::WrongType { member, at, wanted } => write!(
                out,
                "`{member}` at byte {at} is not {wanted}; give it as Stripe sent it"
            ),
            Self::Doubled { member, at } => write!(
                out,
                "a second `{member}` at byte {at}; give it as Stripe sent it"
            ),
            Self::UnknownObject { object, at } => write!(
                out,
                "`object` at byte {at} is `{object}`; event, v2.core.event or daybook.observation \
                 can enter, and a bare object or list only with its version and time of reading"
            ),
        }
    }
}

impl std::error::Error for EnvelopeError {}
