//! The data folder: who may look into it, how much room is left, whether log and book open and belong together.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use ledger::{Log, SqliteLedger};
use projector::ProjectorError;

use super::{Sign, night};
use crate::currency::{count, worded};
use crate::failure::Failure;
use crate::folder::Folder;

/// With less room than this nothing can be relied on.
const ROOM_BYTES_MIN: u64 = 64 << 20;
/// With less than this it is time to make some.
const ROOM_BYTES_WANTED: u64 = 1 << 30;

/// Looks at the folder, the disk under it, the log and the book, and at when they were last held against Stripe before `now_s`.
pub(crate) fn look_at_home(folder: &Folder, now_s: i64) -> Vec<Sign> {
    let stream = match folder.stream() {
        Ok(stream) => stream,
        Err(failure) => return vec![Sign::stopped("folder", &failure)],
    };
    let mut signs = vec![privacy(folder), room(folder.path())];
    let log = match SqliteLedger::open(&folder.ledger_path()) {
        Ok(log) => log,
        Err(error) => {
            signs.push(Sign::stopped("log", &Failure::from(error)));
            return signs;
        }
    };
    match log.head(&stream) {
        Ok(head) => {
            let entries = worded(head.seq, "entry", "entries");
            signs.push(Sign::fine(
                "log",
                format!("it opens, and has {entries} of {stream}"),
            ));
        }
        Err(error) => signs.push(Sign::stopped("log", &Failure::from(error))),
    }
    signs.push(book(folder, &log));
    signs.push(night::last(folder, &log, &stream, now_s));
    signs.push(match folder.sync_settings() {
        Ok(settings) => {
            let limits = settings.limits(stream.livemode());
            let share = limits.share(limits.per_second);
            Sign::fine(
                "rate",
                format!(
                    "at most {share} requests a second, {} of one endpoint",
                    limits.share(limits.per_endpoint)
                ),
            )
        }
        Err(failure) => Sign::stopped("rate", &failure),
    });
    signs
}

/// Names and addresses of customers lie in the folder.
fn privacy(folder: &Folder) -> Sign {
    let open: Vec<String> = [folder.path(), &folder.ledger_path()]
        .into_iter()
        .filter_map(|path| Some((path, fs::metadata(path).ok()?.permissions().mode() & 0o777)))
        .filter(|(_, mode)| mode & 0o007 != 0)
        .map(|(path, mode)| format!("{} is {mode:04o}", path.display()))
        .collect();
    if open.is_empty() {
        return Sign::fine("folder", "nobody but its owner and group looks into it");
    }
    let remedy = format!("chmod -R o= {}", folder.path().display());
    Sign::wrong(
        "folder",
        format!("every user may look into it: {}", open.join(", ")),
        remedy,
    )
}

fn room(path: &Path) -> Sign {
    let free_bytes = match rustix::fs::statvfs(path) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize),
        Err(error) => {
            return Sign::unasked("disk", format!("the room on it can't be asked: {error}"));
        }
    };
    let says = format!("{} MiB are free", count(free_bytes >> 20));
    if free_bytes < ROOM_BYTES_MIN {
        return Sign::wrong(
            "disk",
            says,
            "make room: a full disk stops every command that writes",
        );
    }
    if free_bytes < ROOM_BYTES_WANTED {
        return Sign::advice("disk", says, "make room before the disk is full");
    }
    Sign::fine("disk", says)
}

fn book(folder: &Folder, log: &SqliteLedger) -> Sign {
    let open = || -> Result<u64, Failure> {
        let book = projector::open_book_readonly(folder.path())?;
        projector::check_position(log, &book)?;
        let mut behind = 0;
        for info in log.streams()? {
            let position = book.position(&info.stream)?;
            behind += info.head.seq.saturating_sub(position.head.seq);
        }
        Ok(behind)
    };
    if matches!(
        projector::open_book_readonly(folder.path()),
        Err(ProjectorError::NoBook { .. })
    ) {
        return Sign::advice(
            "book",
            "there is none yet",
            "make one with `daybook project`",
        );
    }
    match open() {
        Ok(0) => Sign::fine("book", "it is level with the log"),
        Ok(behind) => {
            let entries = worded(behind, "entry", "entries");
            Sign::advice(
                "book",
                format!("it is {entries} behind the log"),
                "bring it up with `daybook project`",
            )
        }
        Err(failure) => Sign::stopped("book", &failure),
    }
}
