//! A ledger living through a script on a disk that may fail, remembering what it was told. Every answer on the
//! way is judged here: what is shown, what is refused and how.

use std::path::Path;

use disk::{Disk, Fault};
use ledger::{Ledger, LedgerError, Log, MemoryLedger, Outcome, SqliteLedger};
use rusqlite::Connection;

use crate::audit::{Shown, shown};
use crate::script::{Item, Step, entries};

/// What a ledger answered so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// A handle was given out, so there is a ledger.
    pub(crate) created: bool,
    /// The batches that were acknowledged, or were seen after a commit that failed.
    pub(crate) kept: Vec<Vec<Item>>,
    /// A batch whose commit failed and which nobody has looked for since.
    pub(crate) unsure: Option<Vec<Item>>,
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
    /// What a ledger with these batches shows, by the twin in memory.
    pub(crate) fn expected(&self) -> Shown {
        shown(&self.model()).unwrap()
    }

    /// The same with the unsure batch.
    pub(crate) fn expected_with_unsure(&self) -> Option<Shown> {
        let mut model = self.model();
        let unsure = self.unsure.as_ref()?;
        model.append(&entries(unsure)).unwrap();
        Some(shown(&model).unwrap())
    }

    fn model(&self) -> MemoryLedger {
        let mut model = MemoryLedger::new();
        for batch in &self.kept {
            model.append(&entries(batch)).unwrap();
        }
        model
    }

    fn outcomes(&self, batch: &[Item]) -> Vec<Outcome> {
        self.model().append(&entries(batch)).unwrap()
    }
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

    /// What a freshly opened ledger shows decides about a batch whose commit had failed.
    fn look_for_unsure(&mut self) {
        let Some(handle) = &self.handle else { return };
        if self.told.unsure.is_none() {
            return;
        }
        match shown(handle) {
            Ok(shown) if Some(&shown) == self.told.expected_with_unsure().as_ref() => {
                self.told.kept.extend(self.told.unsure.take());
            }
            Ok(shown) => {
                assert_eq!(shown, self.told.expected());
                self.told.unsure = None;
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
        if let Err(error) = self.try_append(batch) {
            match error {
                LedgerError::Commit { .. } => {
                    self.assert_poisoned();
                    self.handle = None;
                    self.told.unsure = Some(batch.to_vec());
                    if self.is_open() {
                        self.again(batch);
                    }
                }
                error => {
                    assert_is_transient(&error);
                    self.read();
                    self.again(batch);
                }
            }
        }
    }

    fn try_append(&mut self, batch: &[Item]) -> Result<(), LedgerError> {
        let handle = self.handle.as_mut().unwrap();
        let outcomes = handle.append(&entries(batch))?;
        assert_eq!(outcomes, self.told.outcomes(batch));
        self.told.kept.push(batch.to_vec());
        Ok(())
    }

    /// Once the fault is over, the same handle takes the same batch.
    fn again(&mut self, batch: &[Item]) {
        match self.fault {
            Some(Fault::Gone | Fault::PowerLoss) => {
                let error = self.try_append(batch).unwrap_err();
                assert_is_transient(&error);
            }
            Some(Fault::Full) => {
                let error = self.try_append(batch).unwrap_err();
                assert!(matches!(error, LedgerError::Full { .. }), "{error:?}");
                self.disk.mend();
                self.try_append(batch).unwrap();
            }
            _ => self.try_append(batch).unwrap(),
        }
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
            Ok(shown) => assert_eq!(shown, self.told.expected()),
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
