//! What import promises of any file: no panic, every byte of it in an entry, in a reject or blank, nothing invented, and
//! nothing new the second time. Judges no envelope.
//!
//! An input is a byte that chooses how to read, and then the file.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use std::path::Path;

use intake::{BareReading, Ended, ImportOptions, Intake, Tally};
use ledger::{Kind, Log, MemoryLedger, Source, StreamId, StreamInfo};
use tempfile::TempDir;

const SHORT_LINE_BYTES: u64 = 300;
const CAPACITY: usize = 1 << 16;

/// Any file.
pub(crate) fn check(input: &[u8]) {
    let Some((&choice, file)) = input.split_first() else {
        return;
    };
    let folder = TempDir::new().expect("a folder can be made");
    let rejects = folder.path().join("rejects");
    let mut ledger = MemoryLedger::new();
    let options = options(choice);
    let (tally, is_whole) = import(file, CAPACITY, &mut ledger, &rejects, &options);
    let entered = bodies(&ledger);
    let kept = kept(&rejects);
    assert_eq!(entered.len() as u64, tally.appended());
    assert!(kept.len() as u64 <= tally.rejected, "{kept:?}");
    if !is_packed(file) {
        assert!(is_whole, "nothing cuts plain bytes short");
        is_accounted_for(file, &entered, &kept, &tally, options.bare.is_some());
    }

    let heads = ledger.streams().expect("memory can be read");
    // How much of damaged gzip or zstd can be read depends on the buffers, so that those stay the same.
    let capacity = if is_whole {
        usize::from(choice) % 7 + 1
    } else {
        CAPACITY
    };
    let (again, _) = import(file, capacity, &mut ledger, &rejects, &options);
    assert_eq!(again.appended(), 0, "the same file brings nothing new");
    assert_eq!(again.rejected, tally.rejected);
    assert_eq!(again.first_rejects, tally.first_rejects);
    let seqs = |infos: Vec<StreamInfo>| infos.into_iter().map(|info| info.head).collect::<Vec<_>>();
    assert_eq!(
        seqs(ledger.streams().expect("memory can be read")),
        seqs(heads)
    );
    assert_eq!(self::kept(&rejects), kept, "and sets nothing new aside");
}

/// Whether it begins as gzip or zstd does.
fn is_packed(file: &[u8]) -> bool {
    let is_skipped =
        |(first, rest): (&u8, &[u8])| first & 0xf0 == 0x50 && rest.starts_with(b"\x2a\x4d\x18");
    file.split_first().is_some_and(is_skipped)
        || file.starts_with(b"\x1f\x8b")
        || file.starts_with(b"\x28\xb5\x2f\xfd")
}

fn options(choice: u8) -> ImportOptions {
    let mut options = ImportOptions::default();
    if choice & 1 != 0 {
        options.line_bytes_max = SHORT_LINE_BYTES;
    }
    if choice & 2 != 0 {
        options.bare = Some(BareReading {
            api_version: "2026-07-29.dahlia".to_owned(),
            from_s: 1_735_689_600,
            to_s: 1_735_689_601,
        });
    }
    options
}

fn import(
    file: &[u8],
    capacity: usize,
    ledger: &mut MemoryLedger,
    rejects: &Path,
    options: &ImportOptions,
) -> (Tally, bool) {
    let stream = StreamId::new("acct_1", true).expect("it names a stream");
    let now_us = Cell::new(1_735_689_600_000_000_i64);
    let clock = || now_us.replace(now_us.get() + 1);
    let mut intake = Intake::new(ledger, &stream, Source::Import, rejects, &clock);
    let mut source = BufReader::with_capacity(capacity, file);
    let ended = intake::import(&mut source, "given", &mut intake, options);
    let is_whole = match ended.expect("a ledger in memory takes all") {
        Ended::Whole => true,
        Ended::Cut(_) => false,
    };
    (
        intake.finish().expect("a ledger in memory takes all"),
        is_whole,
    )
}

/// Every body in the log but those of control entries.
fn bodies(log: &dyn Log) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    for info in log.streams().expect("memory can be read") {
        let read = log.read(&info.stream, 1..=u64::MAX, &mut |entry| {
            let body = entry.body.filter(|_| entry.kind != Kind::Control);
            bodies.extend(body.map(<[u8]>::to_vec));
            ControlFlow::Continue(())
        });
        read.expect("memory can be read");
    }
    bodies
}

/// The exact bytes of each reject by the name of its file.
fn kept(rejects: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(files) = fs::read_dir(rejects) else {
        return BTreeMap::new();
    };
    let paths = files.map(|file| file.expect("a folder can be listed").path());
    let mut kept = BTreeMap::new();
    for path in paths.filter(|path| intake::is_reject_body(path)) {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.expect("rejects have plain names").to_owned();
        let bytes = fs::read(&path).expect("a reject can be read");
        let bytes = if name.ends_with(".gz") {
            unpacked(&bytes)
        } else {
            bytes
        };
        let why = rejects.join(&name[..32]).with_extension("reason");
        assert!(why.exists(), "each reject says why");
        kept.insert(name, bytes);
    }
    kept
}

fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut decoder = flate2::bufread::GzDecoder::new(packed);
    decoder
        .read_to_end(&mut bytes)
        .expect("a packed reject is gzip");
    bytes
}

/// Every byte that means something is where it came to, as often as it came.
fn is_accounted_for(
    file: &[u8],
    entered: &[Vec<u8>],
    kept: &BTreeMap<String, Vec<u8>>,
    tally: &Tally,
    is_bare: bool,
) {
    let given = counts([file]);
    let found = counts(entered.iter().chain(kept.values()).map(Vec::as_slice));
    let text = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let mut lines = text.split(|byte| *byte == b'\n');
    let is_listed = lines.any(|line| line.trim_ascii_start().starts_with(b"["));
    let parts: [&[u8]; 2] = [b"list", br"\u"];
    let has_list = is_listed || parts.iter().any(|part| has(file, part));
    // Lists lose their frame, bare objects get one, a byte order mark goes, and what comes twice is kept once.
    let is_kept_once = kept.len() as u64 == tally.rejected && tally.duplicates == 0;
    let is_exact = !has_list && !is_bare && !has(file, b"\xef\xbb\xbf") && is_kept_once;
    for byte in 0..=u8::MAX {
        let (given, found) = (given[usize::from(byte)], found[usize::from(byte)]);
        if is_exact {
            assert_eq!(given, found, "byte {byte}");
        }
        assert!(is_bare || found <= given, "byte {byte} was invented");
        let may_go = has_list || b"\xef\xbb\xbf".contains(&byte);
        assert!(may_go || given == 0 || found > 0, "byte {byte} is gone");
    }
}

fn has(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|window| window == part)
}

/// How often each byte but white space stands in the pieces.
fn counts<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> [usize; 256] {
    let mut counts = [0; 256];
    for byte in pieces.into_iter().flatten() {
        counts[usize::from(*byte)] += usize::from(!byte.is_ascii_whitespace());
    }
    counts
}
