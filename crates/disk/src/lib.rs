//! A faulty disk under SQLite, for tests only: it counts what SQLite asks of it, and at the n-th call fails, is
//! full, says yes and forgets, or loses power. Must never be reached by anything that runs outside tests.
//!
//! SQLite reaches its files through a table of functions, a VFS. The one here stands in front of the
//! platform's and is the process's default once a [`Disk`] was made, so what is tested needs no change and knows
//! nothing of it. Files outside every disk's folder go straight to the platform. Locks and the shared memory
//! of the WAL stay the platform's own; so does everything written, which is read back as usual. Only a
//! sync is not passed on: the disk keeps its own account of what was synced, and after a power loss
//! [`Disk::restore_power`] rewrites the files to that, and to whichever unsynced sectors are to survive.
//!
//! What other code does to files (creating, linking, removing them with `std::fs`) is taken as done for good.
//!
//! # Unsafe
//! A VFS is C functions on C structs, so this crate, alone in the workspace, may use `unsafe`. It is confined to
//! `vfs` and `file`, which only translate; what is decided, counted and remembered is safe code beside them.
//! A ready crate was looked for: those that wrap a VFS in a trait replace the platform's files, locks and shared
//! memory instead of standing in front of them, and hide from it what is synced with a deletion.

mod contents;
mod disk;
mod fault;
mod file;
mod random;
mod vfs;

pub use disk::Disk;
pub use fault::{Call, Fault, Kept, Plan};
