//! The functions on file names that SQLite is handed. They translate: names to paths, faults to codes.

use std::ffi::{CStr, OsStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;
use std::sync::{Arc, OnceLock};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_vfs};

use crate::disk::State;
use crate::fault::Call;
use crate::file::{self, FaultyFile};

/// The platform's VFS, found once, before ours took its place.
struct Platform(*mut sqlite3_vfs);

// SAFETY: SQLite's built-in VFS objects are statics that SQLite itself calls from any thread; through this
// pointer they are only read.
unsafe impl Send for Platform {}
// SAFETY: as above.
unsafe impl Sync for Platform {}

static PLATFORM: OnceLock<Platform> = OnceLock::new();

/// Makes ours the default VFS of this process, once.
pub(crate) fn register() {
    PLATFORM.get_or_init(|| {
        // SAFETY: a null name asks for the default; the answer is checked before it is read.
        let platform = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
        assert!(
            !platform.is_null(),
            "SQLite brings a VFS on every platform it was built for"
        );
        // SAFETY: it is not null and lives as long as the process. All that is not replaced stays the platform's,
        // whose functions look at no member of their VFS that differs in the copy but at its private data.
        let mut ours = unsafe { *platform };
        ours.pNext = ptr::null_mut();
        ours.zName = c"disk".as_ptr();
        ours.szOsFile += file::OWN_BYTES;
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        ours.xAccess = Some(access);
        // SAFETY: a registered VFS must stay where it is for as long as SQLite runs: it is leaked.
        let code = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite refused a VFS");
        Platform(platform)
    });
}

fn platform() -> *mut sqlite3_vfs {
    let platform = PLATFORM.get();
    platform.expect("it was found before ours was registered").0
}

/// The path in a name, and the disk that it is on.
///
/// # Safety
/// `name` is null or a C string that outlives the answer.
unsafe fn place<'a>(name: *const c_char) -> Option<(&'a Path, Arc<State>)> {
    if name.is_null() {
        return None;
    }
    // SAFETY: it is not null, so it is a C string by this function's contract.
    let name = unsafe { CStr::from_ptr(name) };
    let path = Path::new(OsStr::from_bytes(name.to_bytes()));
    Some((path, State::of(path)?))
}

unsafe extern "C" fn open(
    _vfs: *mut sqlite3_vfs,
    name: *const c_char,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let vfs = platform();
    // SAFETY: `vfs` is the platform's, which has this function.
    let open = unsafe { (*vfs).xOpen }.expect("every VFS opens files");
    // SAFETY: SQLite's contract for xOpen: `name` is null or a C string that outlives the file.
    let Some((path, state)) = (unsafe { place(name) }) else {
        // SAFETY: the arguments are SQLite's own, and `file` has more than the room that the platform wants.
        return unsafe { open(vfs, name, file, flags, out_flags) };
    };
    // SAFETY: `file` is SQLite's uninitialised room for a file; null methods tell it that there is nothing to close.
    unsafe { (*file).pMethods = ptr::null() };
    if state.strike(Call::Open).is_some() {
        return Call::Open.error();
    }
    let was_there = path.exists();
    // SAFETY: `file` has `szOsFile` bytes, of which ours come first and the platform's after them.
    let platform_file = unsafe { file::platform_file(file) };
    // SAFETY: the arguments are SQLite's own, and the room is as large as the platform asked for.
    let code = unsafe { open(vfs, name, platform_file, flags, out_flags) };
    if code != ffi::SQLITE_OK {
        return code;
    }
    let inode = state.opened(path, was_there).expect("it was just opened");
    // SAFETY: as above; the platform's file beside it is open.
    unsafe { FaultyFile::place(file, state, inode) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_vfs: *mut sqlite3_vfs, name: *const c_char, for_good: c_int) -> c_int {
    let vfs = platform();
    // SAFETY: SQLite's contract for xDelete: `name` is a C string.
    if let Some((path, state)) = unsafe { place(name) } {
        if state.strike(Call::Delete).is_some() {
            return Call::Delete.error();
        }
        state.removing(path, for_good != 0);
    }
    // SAFETY: `vfs` is the platform's, which has this function.
    let delete = unsafe { (*vfs).xDelete }.expect("every VFS removes files");
    // SAFETY: the arguments are SQLite's own; the folder need not be synced, the disk keeps that account.
    unsafe { delete(vfs, name, 0) }
}

unsafe extern "C" fn access(
    _vfs: *mut sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    answer: *mut c_int,
) -> c_int {
    let vfs = platform();
    // SAFETY: SQLite's contract for xAccess: `name` is a C string.
    if let Some((_, state)) = unsafe { place(name) }
        && state.strike(Call::Access).is_some()
    {
        return Call::Access.error();
    }
    // SAFETY: `vfs` is the platform's, which has this function.
    let access = unsafe { (*vfs).xAccess }.expect("every VFS looks for files");
    // SAFETY: the arguments are SQLite's own.
    unsafe { access(vfs, name, flags, answer) }
}
