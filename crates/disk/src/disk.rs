//! One disk: the folder it stands for, the calls it counted, the faults it was given, and what of its files was
//! synced. Safe code only; the calls come from `vfs` and `file`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io::{self, Read};
use std::mem;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::contents::Contents;
use crate::fault::{Call, Fault, Kept, Plan};
use crate::random::Random;
use crate::vfs;

static DISKS: Mutex<Vec<Arc<State>>> = Mutex::new(Vec::new());

/// The files that SQLite opens below one folder, and what goes wrong with them. Nothing does until it is planned.
pub struct Disk {
    state: Arc<State>,
}

/// A disk as the functions handed to SQLite see it.
pub(crate) struct State {
    folder: PathBuf,
    account: Mutex<Account>,
}

#[derive(Default)]
struct Account {
    calls: Vec<Call>,
    plans: Vec<Plan>,
    lasting: Option<Fault>,
    open_files: usize,
    files: BTreeMap<Inode, Tracked>,
    removed: Vec<(PathBuf, Contents)>,
}

/// Device and number: a file keeps it when it is linked or renamed.
pub(crate) type Inode = (u64, u64);

struct Tracked {
    contents: Contents,
    /// Whether its name outlives a power loss.
    name_synced: bool,
    /// Held so that the inode's number is not given to another file.
    _pin: fs::File,
}

impl Disk {
    /// Takes charge of what SQLite opens below `folder`, which must exist, from now on.
    pub fn below(folder: &Path) -> io::Result<Self> {
        vfs::register();
        let state = Arc::new(State {
            // SQLite asks for files by their path without links.
            folder: folder.canonicalize()?,
            account: Mutex::default(),
        });
        lock(&DISKS).push(Arc::clone(&state));
        Ok(Self { state })
    }

    /// What goes wrong from now on, instead of what was planned before.
    pub fn plan(&self, plans: &[Plan]) {
        self.account().plans = plans.to_vec();
    }

    /// Nothing goes wrong any more. What was lost stays lost.
    pub fn mend(&self) {
        let mut account = self.account();
        account.plans.clear();
        account.lasting = None;
    }

    /// Every call so far, in order; a plan's number is an index into this.
    pub fn calls(&self) -> Vec<Call> {
        self.account().calls.clone()
    }

    /// Rewrites the files to what was synced and to what else is `kept`, and mends the disk. Every
    /// connection must be closed: after a power loss no program runs on.
    pub fn restore_power(&self, kept: Kept) -> io::Result<()> {
        self.mend();
        let mut account = self.account();
        assert_eq!(account.open_files, 0, "a file is still open");
        let turn = account.calls.len();
        let mut choice = kept.choice(turn);
        let files = mem::take(&mut account.files);
        let paths = paths_below(&self.state.folder)?;
        for (inode, mut tracked) in files {
            let Some(path) = paths.get(&inode) else {
                continue;
            };
            tracked.contents.settle(&mut choice);
            if tracked.name_synced || choice.keeps() {
                fs::write(path, tracked.contents.settled())?;
            } else {
                fs::remove_file(path)?;
            }
        }
        for (path, mut contents) in mem::take(&mut account.removed) {
            contents.settle(&mut choice);
            let comes_back = !choice.keeps();
            if comes_back && !path.exists() {
                fs::write(&path, contents.settled())?;
            }
        }
        spoil_shared_memory(paths.values(), turn)
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        lock(&self.state.account)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        lock(&DISKS).retain(|state| !Arc::ptr_eq(state, &self.state));
    }
}

impl State {
    /// The disk that a path lies on.
    pub(crate) fn of(path: &Path) -> Option<Arc<Self>> {
        let disks = lock(&DISKS);
        let found = disks.iter().find(|state| path.starts_with(&state.folder));
        found.cloned()
    }

    /// Counts a call and says what goes wrong with it.
    pub(crate) fn strike(&self, call: Call) -> Option<Fault> {
        let mut account = lock(&self.account);
        let at = account.calls.len();
        account.calls.push(call);
        let planned = account.plans.iter().find(|plan| plan.at == at);
        let planned = planned.map(|plan| plan.fault);
        if let Some(fault) = planned.filter(|fault| fault.lasts()) {
            account.lasting = Some(fault);
        }
        let fault = planned.or(account.lasting);
        fault.filter(|fault| fault.applies_to(call))
    }

    /// Begins to track a file that was just opened. What is in one that was there before is taken as synced.
    pub(crate) fn opened(&self, path: &Path, was_there: bool) -> io::Result<Inode> {
        let inode = inode(&fs::metadata(path)?);
        let mut account = lock(&self.account);
        account.open_files += 1;
        if let Entry::Vacant(place) = account.files.entry(inode) {
            // Opened once: closing any handle on a file drops the locks that this process has on it.
            let mut pin = fs::File::open(path)?;
            let mut synced = Vec::new();
            if was_there {
                pin.read_to_end(&mut synced)?;
            }
            place.insert(Tracked {
                contents: Contents::new(synced),
                name_synced: was_there,
                _pin: pin,
            });
        }
        Ok(inode)
    }

    pub(crate) fn closed(&self) {
        lock(&self.account).open_files -= 1;
    }

    pub(crate) fn wrote(&self, inode: Inode, offset: usize, bytes: &[u8]) {
        self.change(inode, |contents| contents.write(offset, bytes));
    }

    pub(crate) fn resized(&self, inode: Inode, size_bytes: usize) {
        self.change(inode, |contents| contents.resize(size_bytes));
    }

    /// A sync that keeps what it should, and the name with it, or one that lies.
    pub(crate) fn synced(&self, inode: Inode, kept: Kept) {
        let mut account = lock(&self.account);
        let turn = account.calls.len();
        let tracked = account.files.get_mut(&inode).expect("it is open");
        tracked.contents.settle(&mut kept.choice(turn));
        if kept == Kept::Everything {
            tracked.name_synced = true;
            account.removed.clear();
        }
    }

    /// A file is about to be removed; with `for_good`, so that no power loss brings it back.
    pub(crate) fn removing(&self, path: &Path, for_good: bool) {
        let Ok(metadata) = fs::metadata(path) else {
            return;
        };
        let mut account = lock(&self.account);
        let tracked = account.files.remove(&inode(&metadata));
        if for_good {
            account.removed.clear();
        } else if let Some(tracked) = tracked.filter(|tracked| tracked.name_synced) {
            account.removed.push((path.to_owned(), tracked.contents));
        }
    }

    fn change(&self, inode: Inode, change: impl FnOnce(&mut Contents)) {
        let mut account = lock(&self.account);
        let tracked = account.files.get_mut(&inode).expect("it is open");
        change(&mut tracked.contents);
    }
}

/// A test that failed while it held a disk must not make the others fail.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn inode(metadata: &fs::Metadata) -> Inode {
    (metadata.dev(), metadata.ino())
}

fn paths_below(folder: &Path) -> io::Result<BTreeMap<Inode, PathBuf>> {
    let mut paths = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let metadata = fs::symlink_metadata(&path)?;
        if metadata.is_dir() {
            paths.extend(paths_below(&path)?);
        } else if metadata.is_file() {
            paths.insert(inode(&metadata), path);
        }
    }
    Ok(paths)
}

/// The WAL's shared memory is a file too, never synced: after a power loss there may be anything in it.
fn spoil_shared_memory<'a>(
    paths: impl Iterator<Item = &'a PathBuf>,
    turn: usize,
) -> io::Result<()> {
    let mut random = Random::new(turn as u64);
    for path in paths.filter(|path| path.to_string_lossy().ends_with("-shm")) {
        let size_bytes = fs::metadata(path)?.len();
        let rubbish: Vec<u8> = (0..size_bytes).map(|_| random.byte()).collect();
        fs::write(path, rubbish)?;
    }
    Ok(())
}
