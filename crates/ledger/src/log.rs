//! The two halves of a ledger: reading it and appending to it. No storage, no rule of its own.

use std::ops::{ControlFlow, RangeInclusive};

use crate::{
    DictionaryInfo, Entry, EntryRef, Hash, Head, Kind, LedgerError, NewEntry, Outcome, StreamId,
};

/// The reading half. Each call sees the log as it stands when the call begins; it only ever grows.
pub trait Log {
    /// Every stream with at least one entry, in the order of their texts.
    fn streams(&self) -> Result<Vec<StreamInfo>, LedgerError>;

    /// The head of a stream, never from a cache; that of an unknown stream has seq 0.
    fn head(&self, stream: &StreamId) -> Result<Head, LedgerError>;

    /// Shows the entries of `seqs` in order until `visit` breaks; `1..=u64::MAX` is all of them.
    /// [`LedgerError::Faulty`] names an entry whose columns can't be read.
    fn read(
        &self,
        stream: &StreamId,
        seqs: RangeInclusive<u64>,
        visit: &mut dyn FnMut(EntryRef<'_>) -> ControlFlow<()>,
    ) -> Result<(), LedgerError>;

    /// Whether the entry of this number has this hash: that of a head that was kept, if the log only grew since.
    fn has(&self, stream: &StreamId, seq: u64, chain_hash: Hash) -> Result<bool, LedgerError> {
        let mut is_there = false;
        self.read(stream, seq..=seq, &mut |entry| {
            is_there = entry.chain_hash == chain_hash;
            ControlFlow::Break(())
        })?;
        Ok(is_there)
    }

    /// The numbers of the control entries of one type within `seqs`, in order. No body is read for it; on disk not one other entry
    /// is looked at.
    fn control_seqs(
        &self,
        stream: &StreamId,
        type_: &str,
        seqs: RangeInclusive<u64>,
    ) -> Result<Vec<u64>, LedgerError> {
        let mut found = Vec::new();
        self.read(stream, seqs, &mut |entry| {
            if entry.kind == Kind::Control && entry.type_ == type_ {
                found.push(entry.seq);
            }
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// All entries of one id, in the order of seq; several when there are renderings or conflicts.
    fn find(&self, stream: &StreamId, id: &str) -> Result<Vec<Entry>, LedgerError>;

    /// How many entries there are of each kind, type and api version, ordered by the texts of those.
    fn tally(&self) -> Result<Vec<TallyRow>, LedgerError>;

    /// The hash of what this ledger says of itself: its format, id and time of creation.
    fn meta_hash(&self) -> Result<Hash, LedgerError>;

    /// Every dictionary with which bodies are stored, in the order of ids; none in a ledger that compresses nothing.
    fn dictionaries(&self) -> Result<Vec<DictionaryInfo>, LedgerError>;

    /// A second, reading handle on the same log, for another thread.
    fn reader(&self) -> Result<Box<dyn Log + Send>, LedgerError>;
}

/// The appending half.
pub trait Ledger: Log {
    /// Appends a batch, all of it or nothing, and returns once it is as safe as this ledger can make it
    /// (on disk: after the sync of the commit). One outcome per entry, in the order given.
    fn append(&mut self, batch: &[NewEntry<'_>]) -> Result<Vec<Outcome>, LedgerError>;

    /// Appends to a stream without entries the control entry that opens it; whether it did. As safe as [`Ledger::append`].
    fn open_stream(&mut self, stream: &StreamId, recorded_us: i64) -> Result<bool, LedgerError>;

    /// Trains a dictionary on bodies of the log and stores what is appended from now on with it; none if the log has too
    /// little to learn from, or compresses nothing. A dictionary holds pieces of what it was trained on for ever:
    /// `scrub` gets each body and gives what of it may stay, nothing to leave it out.
    fn train(
        &mut self,
        scrub: &dyn Fn(&[u8]) -> Vec<u8>,
        recorded_us: i64,
    ) -> Result<Option<DictionaryInfo>, LedgerError>;
}

/// One stream at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    /// The stream.
    pub stream: StreamId,
    /// Its head; `head.seq` is the number of its entries.
    pub head: Head,
    /// How many deliveries repeated an entry; a tally that no proof covers.
    pub duplicates: u64,
}

/// How many entries a stream has of one kind, type and api version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TallyRow {
    /// The stream.
    pub stream: StreamId,
    /// The kind.
    pub kind: Kind,
    /// The type.
    pub type_: String,
    /// The api version, if the entries have one.
    pub api_version: Option<String>,
    /// The number of entries, renderings and conflicts among them.
    pub count: u64,
}
