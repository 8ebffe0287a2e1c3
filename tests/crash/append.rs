//! A child that appends is killed, over and over, on one ledger; and its history is checked entry by entry.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use ledger::{Head, Kind, Log, SqliteLedger, StreamId, verify};
use tempfile::TempDir;

use crate::child;
use crate::dice::Dice;
use crate::parcel::Parcel;
use crate::victim::{Ended, Victim, spin};

const THREADS: u64 = 4;
/// Whatever else was waited for, after so many lines it is time.
const LINES_MAX: u64 = 40;
const SPIN_TURNS_MAX: u64 = 40_000;
/// Each round reads what is new; the whole log is verified after so many, if a quarter of it is new.
const ROUNDS_PER_VERIFY: u64 = 25;

/// The ledger is opened for appending, and closed, so rarely that its WAL comes to be carried over by children too.
const ROUNDS_PER_OPEN: u64 = 50;

/// When a child is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// After so many acknowledgements, which may be none.
    Lines(u64),
    /// While a commit is being written: the WAL is longer than it was.
    WalGrows,
    /// While a checkpoint carries pages over: the ledger is longer than it was.
    LedgerGrows,
}

/// What is known of the ledger between two rounds.
struct History {
    path: PathBuf,
    /// Each stream's end, as it was checked.
    heads: BTreeMap<StreamId, Head>,
    /// Where each parcel begins that is in the log.
    places: BTreeMap<Parcel, u64>,
    /// Parcels sent and not acknowledged, in each thread's order.
    left_open: Vec<Parcel>,
    entries: u64,
    controls: u64,
    /// Of the entries, those that were there when the whole log was verified.
    verified: u64,
    acknowledged: u64,
    kept_without: u64,
}

/// Kills so often, and checks after each kill.
pub(crate) fn scenario(dice: &mut Dice, kills: u64) -> String {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ledger.db");
    SqliteLedger::create(&path, 1_790_000_000_000_000).unwrap();
    let mut history = History::of(path);
    let (mut killed, mut checkpoints, mut round) = (0, 0, 0);
    while killed < kills {
        round += 1;
        assert!(
            round <= 2 * kills + 10,
            "children end before they are killed"
        );
        let before = length(&history.path);
        let ended = kill(&history, round, dice);
        killed += u64::from(ended.is_killed);
        checkpoints += u64::from(length(&history.path) > before);
        history.check(round, &ended.lines, dice);
    }
    history.verify();
    format!(
        "{killed} kills, {checkpoints} of them in a round with a checkpoint; {} parcels acknowledged, {} kept without; \
         {} entries, each there once and as it was sent",
        history.acknowledged, history.kept_without, history.entries
    )
}

fn kill(history: &History, round: u64, dice: &mut Dice) -> Ended {
    let mut command = Command::new(env::current_exe().unwrap());
    command.arg("child").arg(&history.path);
    command.args([round, THREADS, dice.next()].map(|number| number.to_string()));
    command.args(history.left_open.iter().map(Parcel::to_string));
    let moment = match dice.below(8) {
        0..=4 => Moment::Lines(dice.below(24)),
        5..=6 => Moment::WalGrows,
        _ => Moment::LedgerGrows,
    };
    let first = dice.below(20);
    let turns = dice.below(SPIN_TURNS_MAX);
    let wal = history.path.with_extension("db-wal");
    let mut lengths = None;
    Victim::spawn(&mut command).kill_when(&[0], |victim| {
        let lines = victim.lines() as u64;
        let is_time = match moment {
            Moment::Lines(wanted) => lines >= wanted,
            _ if lines < first => false,
            Moment::WalGrows => grows(&wal, &mut lengths),
            Moment::LedgerGrows => grows(&history.path, &mut lengths),
        };
        if is_time {
            spin(turns);
        }
        is_time || lines >= LINES_MAX
    })
}

/// Whether a file is longer than when it was first asked about.
fn grows(path: &Path, before: &mut Option<u64>) -> bool {
    let now = length(path);
    now > *before.get_or_insert(now)
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

impl History {
    fn of(path: PathBuf) -> Self {
        Self {
            path,
            heads: BTreeMap::new(),
            places: BTreeMap::new(),
            left_open: Vec::new(),
            entries: 0,
            controls: 0,
            verified: 0,
            acknowledged: 0,
            kept_without: 0,
        }
    }

    /// Holds what is in the ledger now against what was acknowledged in this round.
    fn check(&mut self, round: u64, lines: &[String], dice: &mut Dice) {
        let log = self.reopen(dice);
        let found = self.read_new(&log);
        let mut acknowledged = BTreeSet::new();
        for line in lines {
            let (parcel, first) = line.split_once(' ').unwrap();
            let (parcel, first): (Parcel, u64) = (parcel.parse().unwrap(), first.parse().unwrap());
            assert_eq!(
                self.places.get(&parcel),
                Some(&first),
                "{parcel} was acknowledged"
            );
            acknowledged.insert(parcel);
        }
        self.acknowledged += acknowledged.len() as u64;
        let mut in_flight = BTreeSet::new();
        let mut left_open = Vec::new();
        for thread in 0..THREADS {
            let sent = child::parcels(round, thread, &self.left_open);
            let mut unheard = sent.skip_while(|parcel| acknowledged.contains(parcel));
            let next = unheard.next().unwrap();
            in_flight.insert(next);
            left_open.push(next);
            left_open.extend(unheard.take_while(|parcel| parcel.round < round));
        }
        for parcel in found.difference(&acknowledged) {
            assert!(
                in_flight.contains(parcel),
                "{parcel} is there, and nobody had sent it yet"
            );
            self.kept_without += 1;
        }
        self.left_open = left_open;
        let has_grown = self.entries > self.verified + self.verified / 4;
        if round.is_multiple_of(ROUNDS_PER_VERIFY) && has_grown {
            self.verify();
        }
    }

    /// Sometimes for appending, which looks at the tails and carries the WAL over when it is closed.
    fn reopen(&self, dice: &mut Dice) -> SqliteLedger {
        if dice.once_in(ROUNDS_PER_OPEN) {
            return SqliteLedger::open(&self.path).unwrap();
        }
        SqliteLedger::open_readonly(&self.path).unwrap()
    }

    /// Reads what is behind the known heads: whole parcels, none that was there already.
    fn read_new(&mut self, log: &SqliteLedger) -> BTreeSet<Parcel> {
        let mut found = BTreeSet::new();
        for info in log.streams().unwrap() {
            let from = self.heads.get(&info.stream).map_or(0, |head| head.seq);
            let mut open: Option<(Parcel, u64)> = None;
            let mut last = from;
            log.read(&info.stream, from + 1..=info.head.seq, &mut |entry| {
                assert_eq!(entry.seq, last + 1);
                last = entry.seq;
                if entry.kind == Kind::Control {
                    // The ledger's own, which it puts between parcels.
                    assert_eq!(open, None, "within a parcel");
                    self.controls += 1;
                    return ControlFlow::Continue(());
                }
                let (parcel, place) = Parcel::of(entry.id);
                assert!(
                    parcel.is_at(place, &entry),
                    "{} is not what was sent",
                    entry.id
                );
                assert_eq!(
                    open.unwrap_or((parcel, 0)),
                    (parcel, place),
                    "a parcel in pieces"
                );
                if place == 0 {
                    assert!(
                        found.insert(parcel) && self.places.insert(parcel, entry.seq).is_none(),
                        "{parcel} is there twice"
                    );
                }
                self.entries += 1;
                open = (place + 1 < parcel.len()).then_some((parcel, place + 1));
                ControlFlow::Continue(())
            })
            .unwrap();
            assert_eq!((last, open), (info.head.seq, None), "half a parcel");
            self.heads.insert(info.stream, info.head);
        }
        found
    }

    /// The whole chain, up to the heads that are known.
    fn verify(&mut self) {
        let log = SqliteLedger::open_readonly(&self.path).unwrap();
        for head in self.heads.values() {
            verify(&log, Some(head), &mut |_| ()).unwrap();
        }
        let entries: u64 = self.heads.values().map(|head| head.seq).sum();
        assert_eq!(entries, self.entries + self.controls);
        self.verified = self.entries;
    }
}
