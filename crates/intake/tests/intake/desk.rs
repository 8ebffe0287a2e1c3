//! A ledger in memory, a folder for rejects and a clock that counts: what a test imports into.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use intake::{BareReading, Ended, ImportOptions, Intake, Tally, import};
use ledger::{Entry, Log, MemoryLedger, Source, StreamId};
use tempfile::TempDir;

pub(crate) struct Desk {
    pub(crate) ledger: MemoryLedger,
    pub(crate) folder: TempDir,
    pub(crate) options: ImportOptions,
}

/// The stream of what names none.
pub(crate) fn home() -> StreamId {
    StreamId::new("acct_1", true).unwrap()
}

/// A small sound event.
pub(crate) fn event(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","object":"event","created":1700000000,"type":"customer.updated","data":{{"object":{{"id":"cus_1","object":"customer"}}}}}}"#
    )
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// What a reject holds, unpacked if it is packed.
pub(crate) fn exact_bytes(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "body") {
        return bytes;
    }
    let mut unpacked = Vec::new();
    GzDecoder::new(&bytes[..])
        .read_to_end(&mut unpacked)
        .unwrap();
    unpacked
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            ledger: MemoryLedger::new(),
            folder: TempDir::new().unwrap(),
            options: ImportOptions::default(),
        }
    }

    pub(crate) fn with_bare(mut self, from_s: i64, to_s: i64) -> Self {
        self.options.bare = Some(BareReading {
            api_version: "2026-07-29.dahlia".to_owned(),
            from_s,
            to_s,
        });
        self
    }

    pub(crate) fn import(&mut self, bytes: &[u8]) -> Tally {
        let (tally, ended) = self.import_from(&mut BufReader::new(bytes));
        assert!(matches!(ended, Ended::Whole));
        tally
    }

    pub(crate) fn import_from(&mut self, source: &mut dyn BufRead) -> (Tally, Ended) {
        let now_us = Cell::new(1_000_000_i64);
        let clock = || now_us.replace(now_us.get() + 1);
        let rejects = self.folder.path().join("rejects");
        let mut intake = Intake::new(&mut self.ledger, &home(), Source::Import, &rejects, &clock);
        let ended = import(source, "given", &mut intake, &self.options).unwrap();
        (intake.finish().unwrap(), ended)
    }

    pub(crate) fn import_read(&mut self, source: impl Read) -> (Tally, Ended) {
        self.import_from(&mut BufReader::new(source))
    }

    /// All entries of a stream.
    pub(crate) fn entries(&self, stream: &StreamId) -> Vec<Entry> {
        let mut entries = Vec::new();
        self.ledger
            .read(stream, 1..=u64::MAX, &mut |entry| {
                entries.push(entry.to_entry());
                ControlFlow::Continue(())
            })
            .unwrap();
        entries
    }

    /// The bodies of the home stream, without the control entry that opens it.
    pub(crate) fn bodies(&self) -> Vec<String> {
        let entries = self.entries(&home()).into_iter().skip(1);
        entries
            .map(|entry| String::from_utf8(entry.body.unwrap()).unwrap())
            .collect()
    }

    /// Where the rejects' bodies are, in the order of their names.
    pub(crate) fn reject_paths(&self) -> Vec<PathBuf> {
        let Ok(listing) = fs::read_dir(self.folder.path().join("rejects")) else {
            return Vec::new();
        };
        let paths = listing.map(|entry| entry.unwrap().path());
        let mut paths: Vec<_> = paths.filter(|path| intake::is_reject_body(path)).collect();
        paths.sort();
        paths
    }

    /// Every reject: its bytes, and the lines of its reason.
    pub(crate) fn rejects(&self) -> Vec<(Vec<u8>, BTreeMap<String, String>)> {
        let mut rejects: Vec<_> = self
            .reject_paths()
            .iter()
            .map(|path| {
                let name = path.to_str().unwrap().split(".body").next().unwrap();
                let reason = fs::read_to_string(format!("{name}.reason")).unwrap();
                let lines = reason.lines().filter_map(|line| line.split_once(": "));
                let lines = lines.map(|(key, value)| (key.to_owned(), value.to_owned()));
                (exact_bytes(path), lines.collect::<BTreeMap<_, _>>())
            })
            .collect();
        rejects.sort_by_key(|(_, reason)| reason["line"].parse::<u64>().unwrap());
        rejects
    }
}
