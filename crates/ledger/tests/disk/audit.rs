//! What a ledger shows, and the judgement on it once the disk works again.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use ledger::{Head, Ledger, LedgerError, Log, Outcome, Role, SqliteLedger, verify};

use crate::life::Told;
use crate::script::Item;

/// What a log shows of its streams.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    /// By stream: seq, id, role and body of each entry.
    pub(crate) entries: BTreeMap<String, Vec<(u64, String, Role, Body)>>,
    /// By stream: how many duplicates were counted; what no proof covers.
    pub(crate) duplicates: BTreeMap<String, u64>,
}

#[derive(PartialEq, Eq)]
pub(crate) struct Body(Vec<u8>);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = String::from_utf8_lossy(&self.0[..self.0.len().min(15)]);
        write!(f, "{start}… of {} bytes", self.0.len())
    }
}

pub(crate) fn shown(log: &dyn Log) -> Result<Shown, LedgerError> {
    let mut shown = Shown::default();
    for info in log.streams()? {
        let mut entries = Vec::new();
        log.read(&info.stream, 1..=u64::MAX, &mut |entry| {
            let body = Body(entry.body.unwrap().to_vec());
            entries.push((entry.seq, entry.id.to_owned(), entry.role, body));
            ControlFlow::Continue(())
        })?;
        let stream = info.stream.to_string();
        shown.duplicates.insert(stream.clone(), info.duplicates);
        shown.entries.insert(stream, entries);
    }
    Ok(shown)
}

/// On a disk that works again, all that was told is true, and the ledger goes on.
pub(crate) fn assert_told_the_truth(path: &Path, told: &Told) {
    let mut ledger = match told.created {
        true => SqliteLedger::open(path).unwrap(),
        false => create_or_open(path),
    };
    let shown = shown(&ledger).unwrap();
    let allowed = told.allowed();
    assert!(allowed.contains(&shown), "{shown:?}, allowed {allowed:?}");
    verify(&ledger, None, &mut |_| ()).unwrap();
    let heads: Vec<Head> = ledger
        .streams()
        .unwrap()
        .into_iter()
        .map(|info| info.head)
        .collect();
    append_new(&mut ledger);
    drop(ledger);
    let ledger = SqliteLedger::open(path).unwrap();
    for head in &heads {
        verify(&ledger, Some(head), &mut |_| ()).unwrap();
    }
    drop(ledger);
    assert_is_alone(path);
}

/// A creation that failed has left nothing, or what the next one removes by itself, or a whole ledger.
fn create_or_open(path: &Path) -> SqliteLedger {
    match SqliteLedger::create(path, 0) {
        Err(LedgerError::Exists { .. }) => SqliteLedger::open(path).unwrap(),
        created => created.unwrap(),
    }
}

fn append_new(ledger: &mut SqliteLedger) {
    let item = Item::new(true, "evt_new", 300);
    let next = ledger.head(item.entry().stream).unwrap().seq + 1;
    let outcomes = ledger.append(&[item.entry()]).unwrap();
    let role = Role::Original;
    assert_eq!(outcomes, [Outcome::Appended { seq: next, role }]);
}

/// Nothing is left beside the ledger for anyone to remove by hand.
fn assert_is_alone(path: &Path) {
    let files = fs::read_dir(path.parent().unwrap()).unwrap();
    let names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(names, [path.file_name().unwrap()]);
}
