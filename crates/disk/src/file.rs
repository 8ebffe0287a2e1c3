//! The functions on open files that SQLite is handed. Each asks the disk whether it fails, passes the call on to the
//! platform's file, and tells the disk what was done.
//!
//! A file is our part and, right behind it in the same room, the platform's. SQLite's contract for all
//! functions here: `file` was opened by `vfs::open`, is not closed, and is used by one thread at a time;
//! the pointers that come with it are valid for the call.

use std::ffi::{c_int, c_void};
use std::slice;
use std::sync::Arc;

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods};

use crate::disk::{Inode, State};
use crate::fault::{Call, Fault, Kept};

/// Our part of an open file. Its first member is what SQLite knows of it.
#[repr(C)]
pub(crate) struct FaultyFile {
    base: sqlite3_file,
    place: *mut Place,
}

/// The disk that a file is on, and which of its files it is.
struct Place {
    state: Arc<State>,
    inode: Inode,
}

/// The room that our part takes before the platform's.
pub(crate) const OWN_BYTES: c_int = size_of::<FaultyFile>() as c_int;

/// Version 2: with shared memory, without memory-mapped reads, which would go past the disk.
static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

impl FaultyFile {
    /// Makes `file` ours.
    ///
    /// # Safety
    /// `file` is room of our `szOsFile`, and the platform's file in it is open.
    pub(crate) unsafe fn place(file: *mut sqlite3_file, state: Arc<State>, inode: Inode) {
        let ours = Self {
            base: sqlite3_file { pMethods: &METHODS },
            place: Box::into_raw(Box::new(Place { state, inode })),
        };
        // SAFETY: the room is large enough, and aligned as SQLite aligns every file.
        unsafe { file.cast::<Self>().write(ours) };
    }
}

/// The platform's part of a file.
///
/// # Safety
/// `file` is room of our `szOsFile`.
pub(crate) unsafe fn platform_file(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: the room goes on behind our part.
    unsafe { file.cast::<FaultyFile>().add(1).cast() }
}

/// The platform's functions for a file.
///
/// # Safety
/// The contract of this module.
unsafe fn methods(file: *mut sqlite3_file) -> &'static sqlite3_io_methods {
    // SAFETY: an open file of the platform points at its functions, which are statics.
    unsafe { &*(*platform_file(file)).pMethods }
}

/// Where a file is.
///
/// # Safety
/// The contract of this module.
unsafe fn place<'a>(file: *mut sqlite3_file) -> &'a Place {
    // SAFETY: `FaultyFile::place` put it there, and `close` alone takes it away.
    unsafe { &*(*file.cast::<FaultyFile>()).place }
}

/// Passes a call on to the platform's file.
macro_rules! forward {
    ($file:ident . $function:ident ( $($argument:expr),* )) => {{
        // SAFETY: the contract of this module; the arguments are SQLite's own.
        unsafe {
            let function = methods($file).$function;
            function.expect("files of the platform have every function of version 2")(
                platform_file($file), $($argument),*
            )
        }
    }};
}

/// Counts a call that, when struck, fails and does nothing.
macro_rules! fail_if_struck {
    ($file:ident, $call:expr) => {{
        // SAFETY: the contract of this module.
        let place = unsafe { place($file) };
        if place.state.strike($call).is_some() {
            return $call.error();
        }
        place
    }};
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes a file once and doesn't use it again, so this is the box's only owner.
    let place = unsafe { Box::from_raw((*file.cast::<FaultyFile>()).place) };
    let code = forward!(file.xClose());
    place.state.closed();
    code
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    buffer: *mut c_void,
    amount: c_int,
    offset: sqlite3_int64,
) -> c_int {
    fail_if_struck!(file, Call::Read);
    forward!(file.xRead(buffer, amount, offset))
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    amount: c_int,
    offset: sqlite3_int64,
) -> c_int {
    // SAFETY: the contract of this module.
    let place = unsafe { place(file) };
    let (amount, answer) = match place.state.strike(Call::Write) {
        None => (amount, ffi::SQLITE_OK),
        Some(Fault::ShortWrite) => (amount / 2, ffi::SQLITE_FULL),
        Some(Fault::Full) => return ffi::SQLITE_FULL,
        Some(_) => return Call::Write.error(),
    };
    let code = forward!(file.xWrite(bytes, amount, offset));
    if code != ffi::SQLITE_OK {
        return code;
    }
    // SAFETY: SQLite hands in at least `amount` bytes.
    let bytes = unsafe { slice::from_raw_parts(bytes.cast::<u8>(), natural(amount.into())) };
    place.state.wrote(place.inode, natural(offset), bytes);
    answer
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size_bytes: sqlite3_int64) -> c_int {
    let place = fail_if_struck!(file, Call::Truncate);
    let code = forward!(file.xTruncate(size_bytes));
    if code == ffi::SQLITE_OK {
        place.state.resized(place.inode, natural(size_bytes));
    }
    code
}

/// The platform is not asked: what a sync is worth is the disk's own account.
unsafe extern "C" fn sync(file: *mut sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: the contract of this module.
    let place = unsafe { place(file) };
    let kept = match place.state.strike(Call::Sync) {
        None => Kept::Everything,
        Some(Fault::LyingSync(kept) | Fault::LyingSyncs(kept)) => kept,
        Some(_) => return Call::Sync.error(),
    };
    place.state.synced(place.inode, kept);
    ffi::SQLITE_OK
}

unsafe extern "C" fn size(file: *mut sqlite3_file, answer: *mut sqlite3_int64) -> c_int {
    fail_if_struck!(file, Call::Size);
    forward!(file.xFileSize(answer))
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    fail_if_struck!(file, Call::Lock);
    forward!(file.xLock(level))
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    forward!(file.xUnlock(level))
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, answer: *mut c_int) -> c_int {
    forward!(file.xCheckReservedLock(answer))
}

unsafe extern "C" fn control(
    file: *mut sqlite3_file,
    operation: c_int,
    argument: *mut c_void,
) -> c_int {
    forward!(file.xFileControl(operation, argument))
}

unsafe extern "C" fn sector_size(file: *mut sqlite3_file) -> c_int {
    forward!(file.xSectorSize())
}

/// The platform's, without batches of writes that are atomic: those would go past the disk.
unsafe extern "C" fn characteristics(file: *mut sqlite3_file) -> c_int {
    forward!(file.xDeviceCharacteristics()) & !ffi::SQLITE_IOCAP_BATCH_ATOMIC
}

unsafe extern "C" fn shm_map(
    file: *mut sqlite3_file,
    region: c_int,
    region_bytes: c_int,
    extend: c_int,
    answer: *mut *mut c_void,
) -> c_int {
    fail_if_struck!(file, Call::ShmMap);
    forward!(file.xShmMap(region, region_bytes, extend, answer))
}

unsafe extern "C" fn shm_lock(
    file: *mut sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    if flags & ffi::SQLITE_SHM_LOCK != 0 {
        fail_if_struck!(file, Call::ShmLock);
    }
    forward!(file.xShmLock(offset, count, flags))
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    forward!(file.xShmBarrier());
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, remove: c_int) -> c_int {
    forward!(file.xShmUnmap(remove))
}

fn natural(value: i64) -> usize {
    usize::try_from(value).expect("sizes and offsets are never negative")
}
