//! The twin in memory: the same answers as the ledger on disk, for tests and dry runs. Keeps nothing
//! after it is dropped.

use std::collections::BTreeMap;
use std::ops::{ControlFlow, RangeInclusive};
use std::sync::{Arc, RwLock, RwLockReadGuard};

use crate::control::Control;
use crate::meta::Meta;
use crate::tally::Tally;
use crate::{
    DictionaryInfo, Entry, EntryRef, Hash, Head, Ledger, LedgerError, Log, NewEntry, Outcome, Role,
    Salt, StreamId, StreamInfo, TallyRow, salt,
};

/// A ledger in memory.
pub struct MemoryLedger {
    streams: Shared,
    salts: SaltSource,
}

type Shared = Arc<RwLock<BTreeMap<StreamId, Stream>>>;
type SaltSource = Box<dyn FnMut(usize) -> Result<Vec<Salt>, LedgerError> + Send>;

const UNPOISONED: &str = "no caller's code runs while the lock is held";

impl MemoryLedger {
    /// An empty ledger whose salts come from the operating system.
    pub fn new() -> Self {
        Self::over(Shared::default())
    }

    /// An empty ledger whose salts come from `next`, so that its hashes can be foretold; for tests.
    pub fn with_salts(mut next: impl FnMut() -> Salt + Send + 'static) -> Self {
        let salts = move |count| Ok(std::iter::repeat_with(&mut next).take(count).collect());
        Self {
            streams: Shared::default(),
            salts: Box::new(salts),
        }
    }

    fn over(streams: Shared) -> Self {
        Self {
            streams,
            salts: Box::new(salt::draw),
        }
    }

    fn open(&self) -> RwLockReadGuard<'_, BTreeMap<StreamId, Stream>> {
        self.streams.read().expect(UNPOISONED)
    }

    fn get(&self, stream: &StreamId, seq: u64) -> Option<Arc<Entry>> {
        self.open().get(stream)?.get(seq).cloned()
    }
}

impl Default for MemoryLedger {
    fn default() -> Self {
        Self::new()
    }
}

impl Log for MemoryLedger {
    fn streams(&self) -> Result<Vec<StreamInfo>, LedgerError> {
        let info = |(stream, held): (&StreamId, &Stream)| StreamInfo {
            stream: stream.clone(),
            head: held.head(stream),
            duplicates: held.duplicates,
        };
        Ok(self.open().iter().map(info).collect())
    }

    fn head(&self, stream: &StreamId) -> Result<Head, LedgerError> {
        Ok(self
            .open()
            .get(stream)
            .map_or_else(|| Head::empty(stream), |held| held.head(stream)))
    }

    fn read(
        &self,
        stream: &StreamId,
        seqs: RangeInclusive<u64>,
        visit: &mut dyn FnMut(EntryRef<'_>) -> ControlFlow<()>,
    ) -> Result<(), LedgerError> {
        let last = self.head(stream)?.seq.min(*seqs.end());
        // The lock is let go before each visit: a visitor may append, as it may with a file.
        for seq in (*seqs.start()).max(1)..=last {
            let entry = self
                .get(stream, seq)
                .expect("entries up to the head never go away");
            if visit(entry.as_entry_ref()).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn find(&self, stream: &StreamId, id: &str) -> Result<Vec<Entry>, LedgerError> {
        let streams = self.open();
        Ok(streams
            .get(stream)
            .into_iter()
            .flat_map(|held| held.of_id(id))
            .map(|entry| Entry::clone(entry))
            .collect())
    }

    fn tally(&self) -> Result<Vec<TallyRow>, LedgerError> {
        let streams = self.open();
        let rows = streams.iter().flat_map(|(stream, held)| {
            let mut tally = Tally::default();
            for entry in &held.entries {
                tally.count(entry.kind, &entry.type_, entry.api_version.as_deref());
            }
            tally.rows(stream)
        });
        Ok(rows.collect())
    }

    fn meta_hash(&self) -> Result<Hash, LedgerError> {
        Ok(Meta {
            format: 1,
            ledger_id: "0".repeat(32),
            created_us: 0,
        }
        .hash())
    }

    fn dictionaries(&self) -> Result<Vec<DictionaryInfo>, LedgerError> {
        Ok(Vec::new())
    }

    fn reader(&self) -> Result<Box<dyn Log + Send>, LedgerError> {
        Ok(Box::new(Self::over(Arc::clone(&self.streams))))
    }
}

impl Ledger for MemoryLedger {
    fn append(&mut self, batch: &[NewEntry<'_>]) -> Result<Vec<Outcome>, LedgerError> {
        // The one step that can fail comes first: a batch enters whole or not at all.
        let salts = (self.salts)(batch.len())?;
        let mut streams = self.streams.write().expect(UNPOISONED);
        let append = |(new, salt): (&NewEntry<'_>, Salt)| {
            streams
                .entry(new.stream.clone())
                .or_default()
                .append(new, salt)
        };
        Ok(batch.iter().zip(salts).map(append).collect())
    }

    fn open_stream(&mut self, stream: &StreamId, recorded_us: i64) -> Result<bool, LedgerError> {
        let meta = self.meta_hash()?;
        let salts = (self.salts)(2)?;
        let mut streams = self.streams.write().expect(UNPOISONED);
        if streams.contains_key(stream) {
            return Ok(false);
        }
        let opening = Control::opened(stream, meta, recorded_us, &salts[0]);
        let held = streams.entry(stream.clone()).or_default();
        held.append(&opening.entry(stream), salts[1]);
        Ok(true)
    }

    fn train(
        &mut self,
        _scrub: &dyn Fn(&[u8]) -> Vec<u8>,
        _recorded_us: i64,
    ) -> Result<Option<DictionaryInfo>, LedgerError> {
        Ok(None)
    }
}

#[derive(Default)]
struct Stream {
    /// The entry of seq n stands at n - 1.
    entries: Vec<Arc<Entry>>,
    seqs_by_id: BTreeMap<String, Vec<u64>>,
    duplicates: u64,
}

impl Stream {
    fn head(&self, stream: &StreamId) -> Head {
        self.entries.last().map_or_else(
            || Head::empty(stream),
            |entry| Head {
                stream: stream.clone(),
                seq: entry.seq,
                hash: entry.chain_hash,
            },
        )
    }

    fn get(&self, seq: u64) -> Option<&Arc<Entry>> {
        self.entries.get(usize::try_from(seq.checked_sub(1)?).ok()?)
    }

    fn of_id(&self, id: &str) -> impl Iterator<Item = &Arc<Entry>> {
        self.seqs_by_id
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|&seq| self.get(seq))
    }

    fn append(&mut self, new: &NewEntry<'_>, salt: Salt) -> Outcome {
        let is_same = |entry: &&Arc<Entry>| entry.content_hash == new.content_hash;
        let same = self.of_id(new.id).find(is_same).map(|entry| entry.seq);
        if let Some(seq) = same {
            self.duplicates += 1;
            return Outcome::Duplicate { seq };
        }
        let role = Role::after(
            new.api_version,
            self.of_id(new.id).map(|entry| entry.api_version.as_deref()),
        );
        let head = self.head(new.stream);
        let seq = head.seq + 1;
        let entry = new.seal(seq, role, salt, head.hash).to_entry();
        self.entries.push(Arc::new(entry));
        self.seqs_by_id
            .entry(new.id.to_owned())
            .or_default()
            .push(seq);
        Outcome::Appended { seq, role }
    }
}
