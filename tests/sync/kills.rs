//! `backfill` and `follow` ended by SIGKILL at random moments: in the end the log has what an undisturbed run gives it, and no page
//! was read twice but those under way when a run was killed.

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::asked::{Ask, AtOnce, Story};
use crate::dice::Dice;
use crate::folder::Folder;
use crate::remembered::Remembered;
use crate::stripe::Stripe;
use crate::whole::account_of;

/// The company, in words of `simulate`.
const COMPANY: &str = "--seed 4 --customers 60 --days 60";
/// 2025-02-01, when follow begins.
const BEGINNING: i64 = 1_738_368_000;
/// 2025-04-01, when nothing happens to the company any more.
const LATER: i64 = 1_743_465_600;
/// Kills, all scenarios of the suites of kills together; a run that talks to a server takes long and has one of so many.
const KILLS: u64 = 200;
const KILLS_PER_KILL: u64 = 25;
/// A backfill: what it may have under way is `IN_FLIGHT_MAX` and `LANE_MAX` of crates/sync.
const BACKFILL: Command = Command {
    words: "backfill",
    at_once: AtOnce {
        all: 64,
        of_one_kind: 16,
        asks_what_is_new: false,
    },
    remembered: Remembered::of_backfill,
    kills_max: 8,
    killed_within: 2,
};
/// A round of follow: it may have one page of one walk under way, or `AT_ONCE` errands.
const FOLLOW: Command = Command {
    words: "follow --patience 0",
    at_once: AtOnce {
        all: 8,
        of_one_kind: 8,
        asks_what_is_new: true,
    },
    remembered: Remembered::of_follow,
    kills_max: 8,
    killed_within: 2,
};

/// A command that is killed.
struct Command {
    words: &'static str,
    at_once: AtOnce,
    remembered: fn(&Path, &str) -> Remembered,
    /// So often at most it is killed, then let run to its end.
    kills_max: usize,
    /// It is killed within this part of the requests that it makes when nobody kills it: what is under way is lost with each kill.
    killed_within: usize,
}

/// A log of the company, and the simulated Stripe that it was read from.
struct Account {
    folder: Folder,
    stripe: Stripe,
    own: String,
    /// The words that name the connected accounts to a command.
    connected: String,
}

impl Account {
    fn new(at_s: i64) -> Self {
        let mut folder = Folder::new();
        let own = account_of(&folder, COMPANY);
        folder.ok(&format!("init --account {own} --live"));
        folder.hurry();
        let words = format!("--speed 0 --limits none --at {at_s}");
        let stripe = Stripe::serve(&folder, COMPANY, &words);
        folder.tell("STRIPE_API_BASE", stripe.base());
        folder.tell("STRIPE_API_KEY", stripe.key());
        let truth: Value = serde_json::from_str(&stripe.truth()).unwrap();
        let connected = truth["connected"].as_array().unwrap().iter();
        let connected =
            connected.map(|of| format!(" --account {}", of["account"].as_str().unwrap()));
        Self {
            connected: connected.collect(),
            folder,
            stripe,
            own,
        }
    }

    fn line(&self, command: &str) -> String {
        format!("{command}{}", self.connected)
    }

    /// Runs a command to its end; what it asked for.
    fn run(&self, command: &str) -> Vec<Ask> {
        let (first, _) = self.stripe.asked(usize::MAX);
        self.folder.ok(&self.line(command));
        self.stripe.asked(first).1
    }

    /// Runs a command and kills it some moments after it has asked so often; what it asked for, and whether it was killed before it
    /// had ended.
    fn kill(&self, command: &str, after: usize, moments: usize) -> (Vec<Ask>, bool) {
        let (first, _) = self.stripe.asked(usize::MAX);
        let mut process = self.folder.command(&self.line(command));
        let mut child = process.stdout(Stdio::null()).spawn().unwrap();
        let mut moments_left = moments;
        while moments_left > 0 {
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success(), "{command}: {status}");
                return (self.stripe.asked(first).1, false);
            }
            let (next, _) = self.stripe.asked(usize::MAX);
            moments_left -= usize::from(next >= first + after);
        }
        child.kill().unwrap();
        let was_killed = !child.wait().unwrap().success();
        (self.stripe.asked_at_last(first), was_killed)
    }

    /// How many entries there are, by stream, kind and type; those of daybook's own apart.
    fn entries(&self) -> Vec<(String, Value)> {
        let mut all = Vec::new();
        for stream in self.folder.streams() {
            let tallied = self.folder.ok(&format!("versions --stream {stream}"));
            let rows = tallied["versions"].as_array().unwrap().iter();
            let told = rows.filter(|row| row["kind"] != "control");
            all.extend(told.map(|row| (stream.clone(), row.clone())));
        }
        all
    }

    /// The digests of the books.
    fn digests(&self) -> Vec<Value> {
        self.folder.ok("project");
        let streams = self.folder.streams();
        let digests = streams.iter().map(|stream| {
            let checked = self.folder.ok(&format!("check digest --stream {stream}"));
            checked["checks"][0]["what"].clone()
        });
        digests.collect()
    }
}

/// Kills of one command, and what came of them.
struct Kills {
    wanted: u64,
    killed: u64,
    ended: u64,
    /// What was asked for again, kill by kill.
    again: Vec<usize>,
    dice: Dice,
}

impl Kills {
    fn new() -> Self {
        let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
        let kills = number("DAYBOOK_KILLS").unwrap_or(KILLS);
        let seed = number("DAYBOOK_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
        println!("DAYBOOK_SEED={seed}");
        Self {
            wanted: (kills / KILLS_PER_KILL).max(2),
            killed: 0,
            ended: 0,
            again: Vec::new(),
            dice: Dice::new(seed),
        }
    }

    /// Kills a command that asks so much when nobody does, again and again, until it ends by itself.
    fn disturb(&mut self, of: &Account, command: &Command, calm: &[Ask]) {
        let memory = of.folder.path("daybook-data/sync.db");
        let mut story = Story::new(calm);
        let reach = calm.len() / command.killed_within + 1;
        for _ in 0..command.kills_max {
            let after = 1 + self.below(reach);
            // Now and then long after the last request, when nothing is asked and something else is done.
            let moments = match self.below(4) {
                0 => 1 + self.below(100),
                _ => 1 + self.below(10),
            };
            let (asked, was_killed) = of.kill(command.words, after, moments);
            if !was_killed {
                self.ended += 1;
                self.again.extend(story.ended(&asked, command.at_once));
                return;
            }
            self.killed += 1;
            story.killed(asked, (command.remembered)(&memory, &of.own));
        }
        let asked = of.run(command.words);
        self.again.extend(story.ended(&asked, command.at_once));
    }

    /// One of `0..bound`.
    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap();
        usize::try_from(self.dice.below(bound)).unwrap()
    }

    fn are_enough(&self) -> bool {
        self.killed >= self.wanted
    }

    fn tell(&self, command: &str) {
        let Self {
            killed,
            ended,
            again,
            ..
        } = self;
        let (sum, most) = (again.iter().sum::<usize>(), again.iter().max().unwrap());
        println!(
            "{killed} kills of {command}, and {ended} runs that ended before theirs: {sum} requests were repeated, all of them under \
             way when their run was killed, {most} at most after one kill"
        );
    }
}

/// What a log and its books hold in the end.
#[derive(Debug, PartialEq)]
struct Left {
    entries: Vec<(String, Value)>,
    digests: Vec<Value>,
}

impl Left {
    fn of(account: &Account) -> Self {
        account.folder.ok("verify");
        Self {
            entries: account.entries(),
            digests: account.digests(),
        }
    }
}

/// Has a command run undisturbed, then again and again from where it began, killed in between.
fn run(account: &Account, command: &Command) {
    let mut kills = Kills::new();
    account.folder.keep();
    let asks = account.run(command.words);
    let left = Left::of(account);
    while !kills.are_enough() {
        account.folder.go_back();
        kills.disturb(account, command, &asks);
        assert_eq!(Left::of(account), left, "after {} kills", kills.killed);
    }
    kills.tell(command.words);
}

#[test]
fn a_backfill_killed_again_and_again_ends_as_an_undisturbed_one() {
    run(&Account::new(LATER), &BACKFILL);
}

#[test]
fn following_killed_again_and_again_ends_as_an_undisturbed_one() {
    let account = Account::new(BEGINNING);
    account.run(BACKFILL.words);
    account.run(FOLLOW.words);
    account.stripe.push_to_end();
    run(&account, &FOLLOW);
}
