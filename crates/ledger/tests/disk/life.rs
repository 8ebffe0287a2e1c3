//! A ledger living through a script on a disk that may fail, remembering what it was told. Every answer on the
//! way is judged here: what is shown, what is refused and how.

use std::path::Path;

use disk::{Disk, Fault};
use ledger::{Head, Ledger, LedgerError, Log, MemoryLedger, SqliteLedger};
use rusqlite::Connection;

use crate::audit::{Shown, shown};
use crate::script::{Item, Step, entries};

/// What a ledger answered so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// A handle was given out, so there is a ledger.
    pub(crate) created: bool,
    /// The batches that were acknowledged, and those that such a batch was seen to follow.
    pub(crate) kept: Vec<Vec<Item>>,
    /// The heads after the last acknowledgement, as somebody wrote them down.
    pub(crate) heads: Vec<Head>,
    /// Batches since then whose commit failed: each may be there or not, and none without those before it.
    pub(crate) unsure: Vec<Vec<Item>>,
    /// How many of those the ledger showed when it was last opened.
    seen: usize,
}

/// The life of the ledger at `path`.
pub(crate) struct Life<'a> {
    disk: &'a Disk,
    path: &'a Path,
    handle: Option<SqliteLedger>,
    fault: Option<Fault>,
    told: Told,
}

impl Told {
    /// Everything that a ledger which told this may show, by the twin in memory: first what it must, then more and more
    /// of what it may.
    pub(crate) fn allowed(&self) -> Vec<Shown> {
        (0..=self.unsure.len())
            .map(|count| shown(&self.model(count)).unwrap())
            .collect()
    }

    /// What it showed after the first `count` of the batches that it kept.
    pub(crate) fn shown_after(&self, count: usize) -> Shown {
        shown(&model(self.kept[..count].iter())).unwrap()
    }

    /// The batches that are kept and `count` of those that may be.
    fn model(&self, count: usize) -> MemoryLedger {
        model(self.kept.iter().chain(&self.unsure[..count]))
    }

    fn acknowledge(&mut self, batch: &[Item], heads: Vec<Head>) {
        self.kept.extend(self.unsure.drain(..).take(self.seen));
        self.kept.push(batch.to_vec());
        self.heads = heads;
        self.seen = 0;
    }
}

fn model<'a>(batches: impl Iterator<Item = &'a Vec<Item>>) -> MemoryLedger {
    let mut model = MemoryLedger::new();
    for batch in batches {
        model.append(&entries(batch)).unwrap();
    }
    model
}

/// Runs the script to its end, whatever fails on the way, and closes the ledger.
pub(crate) fn live(disk: &Disk, path: &Path, script: &[Step], fault: Option<Fault>) -> Told {
    let mut life = Life {
        disk,
        path,
        handle: None,
        fault,
        told: Told::default(),
    };
    for step in script {
        life.step(step);
    }
    life.told
}

impl Life<'_> {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Append(batch) => self.append(batch),
            Step::Read => self.read(),
            Step::Watch => self.watch(),
            Step::CarryOver => self.carry_over(),
            Step::Close => self.handle = None,
        }
    }

    /// Opens the ledger unless it is open; false when it could not be.
    fn is_open(&mut self) -> bool {
        if self.handle.is_some() {
            return true;
        }
        let opened = match self.told.created {
            true => SqliteLedger::open(self.path),
            false => match SqliteLedger::create(self.path, 0) {
                // An earlier creation was told as failed after the file was in place.
                Err(LedgerError::Exists { .. }) => SqliteLedger::open(self.path),
                created => created,
            },
        };
        match opened {
            Ok(ledger) => {
                self.told.created = true;
                self.handle = Some(ledger);
                self.look_for_unsure();
            }
            Err(error) => assert_is_transient(&error),
        }
        self.handle.is_some()
    }

    /// A freshly opened ledger shows which batches it has of those whose commit failed.
    fn look_for_unsure(&mut self) {
        let Some(handle) = &self.handle else { return };
        match shown(handle) {
            Ok(shown) => {
                let mut allowed = self.told.allowed().into_iter();
                let seen = allowed.position(|allowed| allowed == shown);
                self.told.seen = seen.unwrap_or_else(|| panic!("{shown:?}"));
            }
            Err(error) => {
                assert_is_transient(&error);
                self.handle = None;
            }
        }
    }

    fn append(&mut self, batch: &[Item]) {
        if !self.is_open() {
            return;
        }
        match self.try_append(batch) {
            Ok(()) => {}
            Err(LedgerError::Commit { .. }) => {
                self.give_up(batch);
                if self.is_open() {
                    self.again(batch);
                }
            }
            Err(error) => {
                assert_is_transient(&error);
                self.read();
                self.again(batch);
            }
        }
    }

    fn try_append(&mut self, batch: &[Item]) -> Result<(), LedgerError> {
        let Some(handle) = &mut self.handle else {
            return Ok(());
        };
        let outcomes = handle.append(&entries(batch))?;
        let mut model = self.told.model(self.told.seen);
        assert_eq!(outcomes, model.append(&entries(batch)).unwrap());
        let infos = self.disk.aside(|| handle.streams())?;
        let heads = infos.into_iter().map(|info| info.head).collect();
        self.told.acknowledge(batch, heads);
        Ok(())
    }

    /// Once the fault is over, the same handle takes the same batch.
    fn again(&mut self, batch: &[Item]) {
        match self.fault {
            Some(Fault::Gone | Fault::PowerLoss) => match self.try_append(batch) {
                Ok(()) => {}
                Err(LedgerError::Commit { .. }) => self.give_up(batch),
                Err(error) => assert_is_transient(&error),
            },
            Some(Fault::Full) => {
                let error = self.try_append(batch).unwrap_err();
                assert!(matches!(error, LedgerError::Full { .. }), "{error:?}");
                self.disk.mend();
                self.try_append(batch).unwrap();
            }
            _ => self.try_append(batch).unwrap(),
        }
    }

    /// A commit failed: the handle refuses everything, and is closed.
    fn give_up(&mut self, batch: &[Item]) {
        self.assert_poisoned();
        self.handle = None;
        self.told.unsure.push(batch.to_vec());
    }

    fn assert_poisoned(&mut self) {
        let handle = self.handle.as_mut().unwrap();
        let refusals = [
            handle.streams().map(drop),
            handle.reader().map(drop),
            handle.append(&[]).map(drop),
        ];
        for refusal in refusals {
            assert!(matches!(refusal, Err(LedgerError::Poisoned { .. })));
        }
    }

    fn read(&mut self) {
        if self.is_open() {
            let handle = self.handle.as_ref().unwrap();
            self.judge(shown(handle));
        }
    }

    fn watch(&mut self) {
        if self.is_open() {
            let handle = self.handle.as_ref().unwrap();
            self.judge(handle.reader().and_then(|reader| shown(reader.as_ref())));
        }
    }

    fn judge(&self, shown: Result<Shown, LedgerError>) {
        match shown {
            Ok(shown) => assert_eq!(shown, self.told.allowed()[self.told.seen]),
            Err(error) => assert_is_transient(&error),
        }
    }

    fn carry_over(&mut self) {
        if self.is_open() {
            // Whoever does this copes with his own errors; the ledger must not care.
            let connection = Connection::open(self.path);
            let carried = connection.and_then(|connection| {
                connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))
            });
            if self.fault.is_none() {
                carried.unwrap();
            }
        }
    }
}

/// A disk that fails is no reason to call a ledger damaged, foreign or missing.
fn assert_is_transient(error: &LedgerError) {
    assert!(
        matches!(
            error,
            LedgerError::Sqlite { .. } | LedgerError::Full { .. } | LedgerError::Io { .. }
        ),
        "{error:?}"
    );
}
