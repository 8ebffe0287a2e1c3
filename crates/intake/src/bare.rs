//! Objects without an envelope, as an export or a saved answer holds them: they enter as observations, once someone says
//! which API version wrote them and when they were read. Guesses neither.

use facts::ObservationHeader;
use ledger::StreamId;

/// What says that it is an object of these kinds is an envelope or a list, and was refused as such.
const NO_OBJECTS: [&str; 4] = ["event", "v2.core.event", "daybook.observation", "list"];

/// What must be known of bare objects before they can enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BareReading {
    /// The API version that rendered them.
    pub api_version: String,
    /// The second from which on they may have been read.
    pub from_s: i64,
    /// The second by which they had been read; not before `from_s`.
    pub to_s: i64,
}

impl BareReading {
    /// The line of the observation that a bare object is; none if it doesn't say what it is.
    pub(crate) fn observation(&self, body: &str, default: &StreamId) -> Option<String> {
        let (object_type, object_id) = facts::bare(body)?;
        if NO_OBJECTS.contains(&&*object_type) {
            return None;
        }
        let header = ObservationHeader {
            request: "import".to_owned(),
            request_id: None,
            version: Some(self.api_version.clone()),
            account: Some(default.account().to_owned()),
            livemode: Some(facts::livemode(body).unwrap_or(default.livemode())),
            date_s: Some(self.to_s),
            elapsed_ms: Some(self.to_s.saturating_sub(self.from_s).saturating_mul(1000)),
            absent: None,
            object_id: Some(object_id.map_or_else(|| object_type.to_string(), String::from)),
            object_type: Some(object_type.into()),
        };
        Some(facts::observation_line(&header, body))
    }
}
