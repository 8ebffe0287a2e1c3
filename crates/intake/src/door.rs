//! What a body becomes at the door: an entry of the stream that it names, or a refusal with its reason. Appends nothing and
//! sets nothing aside.

use facts::Envelope;
use ledger::{Hash, Kind, LedgerError, OwnedEntry, Source, StreamId};

/// Makes entries of what comes one way; cheap to clone.
#[derive(Clone, Debug)]
pub struct Door {
    default: StreamId,
    source: Source,
}

/// A body that can't enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong, and what to do.
    pub reason: String,
    /// Its bytes, as they came.
    pub body: Vec<u8>,
}

impl Door {
    /// The door for what comes from `source`. What names no account or mode belongs to `default`.
    pub fn new(default: &StreamId, source: Source) -> Self {
        Self {
            default: default.clone(),
            source,
        }
    }

    /// The stream of what names none.
    pub fn default_stream(&self) -> &StreamId {
        &self.default
    }

    /// An entry of what was delivered unasked: an event or a notification. An observation is what we ourselves make of what
    /// was asked for; delivered, it is refused.
    pub fn delivered(&self, body: Vec<u8>, recorded_us: i64) -> Result<OwnedEntry, Refused> {
        let refused = |kind| {
            let reason = "an observation, which is never delivered; import it if it is yours";
            (kind == facts::Kind::Observation).then(|| reason.to_owned())
        };
        self.take(body, recorded_us, refused)
    }

    /// An entry of what was asked for: an event, or an observation that was made of an answer.
    pub fn asked(&self, body: Vec<u8>, recorded_us: i64) -> Result<OwnedEntry, Refused> {
        self.take(body, recorded_us, |_| None)
    }

    fn take(
        &self,
        body: Vec<u8>,
        recorded_us: i64,
        refused: impl FnOnce(facts::Kind) -> Option<String>,
    ) -> Result<OwnedEntry, Refused> {
        let envelope = match facts::envelope(&body) {
            Ok(envelope) => envelope,
            Err(error) => {
                let reason = error.to_string();
                return Err(Refused { reason, body });
            }
        };
        match refused(envelope.kind) {
            Some(reason) => Err(Refused { reason, body }),
            None => self.entry(envelope, body, recorded_us),
        }
    }

    /// An entry of a body whose envelope has been read.
    pub(crate) fn entry(
        &self,
        envelope: Envelope,
        body: Vec<u8>,
        recorded_us: i64,
    ) -> Result<OwnedEntry, Refused> {
        let stream = match self.stream_of(&envelope) {
            Ok(stream) => stream,
            Err(error) => {
                let reason = error.to_string();
                return Err(Refused { reason, body });
            }
        };
        Ok(OwnedEntry {
            stream,
            kind: kind(envelope.kind),
            id: envelope.id.into(),
            type_: envelope.type_.into(),
            object_id: envelope.object_id.map(String::from),
            api_version: envelope.api_version.map(String::from),
            created_s: envelope.created_s,
            recorded_us,
            source: self.source,
            content_hash: Hash(envelope.content_hash),
            body,
        })
    }

    fn stream_of(&self, envelope: &Envelope) -> Result<StreamId, LedgerError> {
        let livemode = envelope.livemode.unwrap_or(self.default.livemode());
        match envelope.account.as_deref() {
            None if livemode == self.default.livemode() => Ok(self.default.clone()),
            account => StreamId::new(account.unwrap_or(self.default.account()), livemode),
        }
    }
}

fn kind(kind: facts::Kind) -> Kind {
    match kind {
        facts::Kind::Event => Kind::Event,
        facts::Kind::Notification => Kind::Notification,
        facts::Kind::Observation => Kind::Observation,
        facts::Kind::Control => Kind::Control,
    }
}
