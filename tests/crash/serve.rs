//! `serve` killed while many deliver: whatever got a 200 is in the log, once, and what was left open can be sent again.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use ledger::{Kind, Log, SqliteLedger, StreamId, verify};
use serde_json::Value;

use crate::client::{self, Client};
use crate::delivery::{event, request};
use crate::dice::Dice;
use crate::folder::Folder;
use crate::signing::SECRET;
use crate::victim::spin;

const CLIENTS: usize = 8;
const ACKNOWLEDGED_MAX: u64 = 120;
const SPIN_TURNS_MAX: u64 = 200_000;
/// The whole log is verified after so many rounds.
const ROUNDS_PER_VERIFY: u64 = 20;

/// What is known of the log between two rounds.
struct History {
    path: PathBuf,
    stream: StreamId,
    seq: u64,
    /// How often each event is there.
    entries: BTreeMap<String, u64>,
    acknowledged: BTreeSet<String>,
    sent: BTreeSet<String>,
}

/// What the clients of a round did.
#[derive(Default)]
struct Round {
    acknowledged: Mutex<BTreeSet<String>>,
    sent: Mutex<BTreeSet<String>>,
    answers: AtomicU64,
}

/// Kills so often, and checks after each kill.
pub(crate) fn scenario(dice: &mut Dice, kills: u64) -> String {
    let folder = Folder::new();
    folder.ok("init --account acct_1");
    let mut history = History {
        path: folder.path("daybook-data/ledger.db"),
        stream: "acct_1/live".parse().unwrap(),
        seq: 0,
        entries: BTreeMap::new(),
        acknowledged: BTreeSet::new(),
        sent: BTreeSet::new(),
    };
    for number in 1..=kills {
        let round = Round::default();
        kill(&folder, number, &history.left_open(), &round, dice);
        history.check(round);
        if number.is_multiple_of(ROUNDS_PER_VERIFY) || number == kills {
            history.verify();
        }
    }
    folder.ok("project");
    folder.ok("check digest");
    let kept = history.entries.len();
    let acknowledged = history.acknowledged.len();
    format!("{kills} kills; {acknowledged} events acknowledged, each there once; {kept} kept")
}

/// One life of the server, with clients at it to the end.
fn kill(folder: &Folder, number: u64, left_open: &[String], round: &Round, dice: &mut Dice) {
    let mut child = start(folder);
    // Some die before they listen.
    let target = dice.below(ACKNOWLEDGED_MAX);
    let turns = dice.below(SPIN_TURNS_MAX);
    let address = (!dice.once_in(10)).then(|| listening(&mut child)).flatten();
    let Some(address) = address else {
        spin(turns);
        return end(&mut child);
    };
    let now_s = now_s(address);
    thread::scope(|scope| {
        for thread in 0..CLIENTS {
            let again: Vec<String> = left_open
                .iter()
                .skip(thread)
                .step_by(CLIENTS)
                .cloned()
                .collect();
            scope.spawn(move || deliver(address, now_s, number, thread, &again, round));
        }
        while round.answers.load(Ordering::Relaxed) < target && child.try_wait().unwrap().is_none()
        {
            thread::yield_now();
        }
        spin(turns);
        end(&mut child);
    });
}

fn start(folder: &Folder) -> Child {
    folder
        .command("serve --json --listen 127.0.0.1:0")
        .env("STRIPE_WEBHOOK_SECRET", SECRET)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Where it listens; what else it says is read and dropped.
fn listening(child: &mut Child) -> Option<SocketAddr> {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let line: Value = serde_json::from_str(&line).ok()?;
        (line["what"] == "listening").then(|| line["address"].as_str().unwrap().parse().unwrap())
    });
    thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    address
}

fn end(child: &mut Child) {
    assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
}

fn now_s(address: SocketAddr) -> i64 {
    let answer = client::get(address, "/healthz");
    let date = answer.header("date").unwrap();
    chrono::DateTime::parse_from_rfc2822(date)
        .unwrap()
        .timestamp()
}

/// Delivers one event after the other until the server has gone.
fn deliver(
    address: SocketAddr,
    now_s: i64,
    number: u64,
    thread: usize,
    again: &[String],
    round: &Round,
) {
    let Ok(mut client) = Client::try_connect(address) else {
        return;
    };
    let fresh = (0..).map(|n| format!("evt_{number}_{thread}_{n}"));
    for id in again.iter().cloned().chain(fresh) {
        round.sent.lock().unwrap().insert(id.clone());
        if !client.send(&request(now_s, &event(&id, 3000))) {
            return;
        }
        let Some(answer) = client.answer() else {
            return;
        };
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{id}");
        round.acknowledged.lock().unwrap().insert(id);
        round.answers.fetch_add(1, Ordering::Relaxed);
    }
}

impl History {
    /// Sent, and never acknowledged.
    fn left_open(&self) -> Vec<String> {
        self.sent.difference(&self.acknowledged).cloned().collect()
    }

    fn check(&mut self, round: Round) {
        self.sent.extend(round.sent.into_inner().unwrap());
        let log = SqliteLedger::open_readonly(&self.path).unwrap();
        log.read(&self.stream, self.seq + 1..=u64::MAX, &mut |entry| {
            self.seq = entry.seq;
            if entry.kind != Kind::Control {
                assert_eq!(entry.body, Some(event(entry.id, 3000).as_slice()));
                *self.entries.entry(entry.id.to_owned()).or_default() += 1;
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        for id in round.acknowledged.into_inner().unwrap() {
            assert_eq!(self.entries.get(&id), Some(&1), "{id} was acknowledged");
            self.acknowledged.insert(id);
        }
    }

    /// The chain, and that nothing is there twice, or was never sent.
    fn verify(&self) {
        let log = SqliteLedger::open_readonly(&self.path).unwrap();
        verify(&log, None, &mut |_| ()).unwrap();
        for (id, times) in &self.entries {
            assert!(
                *times == 1 && self.sent.contains(id),
                "{id} is there {times} times"
            );
        }
    }
}
