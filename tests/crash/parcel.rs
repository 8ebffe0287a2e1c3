//! What is appended: every byte of a parcel follows from its name, so that parent and child agree without speaking.

use std::fmt;
use std::str::FromStr;

use ledger::{EntryRef, Hash, Kind, OwnedEntry, Source, StreamId};
use sha2::{Digest, Sha256};

use crate::dice::Dice;

const ENTRIES_MAX: u64 = 12;

/// One parcel: the `number`th that a thread of the child of a round made. Written `3.0.17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Parcel {
    pub(crate) round: u64,
    pub(crate) thread: u64,
    pub(crate) number: u64,
}

impl Parcel {
    /// How many entries it has.
    pub(crate) fn len(self) -> u64 {
        1 + self.dice().below(ENTRIES_MAX)
    }

    /// The stream of all its entries.
    pub(crate) fn stream(self) -> StreamId {
        StreamId::new("acct_crash", self.thread.is_multiple_of(2)).unwrap()
    }

    /// Its entries.
    pub(crate) fn entries(self) -> Vec<OwnedEntry> {
        (0..self.len()).map(|place| self.entry(place)).collect()
    }

    /// The entry at this place in it.
    pub(crate) fn entry(self, place: u64) -> OwnedEntry {
        let mut dice = Dice::new(self.dice().next() ^ place);
        // Most bodies fit a page of the file, some go over many.
        let body_bytes = if dice.once_in(64) {
            20_000 + dice.below(60_000)
        } else {
            100 + dice.below(2_000)
        };
        let words = (0..body_bytes.div_ceil(8)).flat_map(|_| dice.next().to_le_bytes());
        let body: Vec<u8> = words.take(usize::try_from(body_bytes).unwrap()).collect();
        OwnedEntry {
            stream: self.stream(),
            kind: Kind::Event,
            id: format!("evt.{self}.{place}"),
            type_: "charge.updated".to_owned(),
            object_id: Some(format!("ch_{}", dice.below(100))),
            api_version: Some("2026-07-29.dahlia".to_owned()),
            created_s: 1_790_000_000 + i64::try_from(dice.below(1_000_000)).unwrap(),
            recorded_us: 1_790_000_000_000_000,
            source: Source::Webhook,
            content_hash: Hash(Sha256::digest(&body).into()),
            body,
        }
    }

    /// The parcel of an entry and its place there, by its id.
    pub(crate) fn of(id: &str) -> (Self, u64) {
        let name = id.strip_prefix("evt.").unwrap();
        let (parcel, place) = name.rsplit_once('.').unwrap();
        (parcel.parse().unwrap(), place.parse().unwrap())
    }

    /// Whether an entry of the log is the one at this place, to the byte.
    pub(crate) fn is_at(self, place: u64, entry: &EntryRef<'_>) -> bool {
        let sent = self.entry(place);
        let kept = (
            entry.stream,
            entry.kind,
            entry.id,
            entry.type_,
            entry.object_id,
        );
        let rest = (
            entry.api_version,
            entry.created_s,
            entry.recorded_us,
            entry.source,
        );
        let bytes = (entry.content_hash, entry.body);
        kept == (
            &sent.stream,
            sent.kind,
            &*sent.id,
            &*sent.type_,
            sent.object_id.as_deref(),
        ) && rest
            == (
                sent.api_version.as_deref(),
                sent.created_s,
                sent.recorded_us,
                sent.source,
            )
            && bytes == (sent.content_hash, Some(&*sent.body))
    }

    fn dice(self) -> Dice {
        let mut dice = Dice::new(self.round << 40 | self.thread << 32 | self.number);
        dice.next();
        dice
    }
}

impl fmt::Display for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.round, self.thread, self.number)
    }
}

impl FromStr for Parcel {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.').map(str::parse);
        let mut part = || parts.next().unwrap();
        Ok(Self {
            round: part()?,
            thread: part()?,
            number: part()?,
        })
    }
}
