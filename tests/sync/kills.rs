//! `backfill` and `follow` ended by SIGKILL at random moments: in the end the log has what an undisturbed run gives it, and no page
//! was read twice but those under way when a run was killed.

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use serde_json::Value;

use crate::asked::{Ask, AtOnce, Story};
use crate::dice::Dice;
use crate::folder::Folder;
use crate::remembered::Remembered;
use crate::stripe::Stripe;
use crate::whole::account_of;

/// The company, in words of `simulate`.
const COMPANY: &str = "--seed 4 --customers 60 --days 60";
/// When follow begins, 2025-01-25, and up to when it follows, round by round: 2025-02-05, 2025-02-16, and the end of all.
const ROUNDS: [i64; 4] = [1_737_763_200, 1_738_713_600, 1_739_664_000, 1_740_873_600];
/// 2025-04-01, when nothing happens to the company any more.
const LATER: i64 = 1_743_465_600;
/// Kills, all scenarios of the suites of kills together; a run that talks to a server takes long and has one of so many.
const KILLS: u64 = 200;
const KILLS_PER_KILL: u64 = 20;
/// So often at most is killed what then is let run to its end.
const KILLS_A_STORY: usize = 12;
/// What a backfill may have under way: `IN_FLIGHT_MAX` and `LANE_MAX` of crates/sync.
const OF_BACKFILL: AtOnce = AtOnce {
    all: 64,
    of_one_kind: 16,
    asks_what_is_new: false,
};
/// What follow may: one page of one walk, or `AT_ONCE` errands.
const OF_FOLLOW: AtOnce = AtOnce {
    all: 8,
    of_one_kind: 8,
    asks_what_is_new: true,
};

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
    fn kill(&self, command: &str, after: usize, moments: u64) -> (Vec<Ask>, bool) {
        let (first, _) = self.stripe.asked(usize::MAX);
        let mut child = self.folder.command(&self.line(command)).spawn().unwrap();
        let mut moments_left = moments;
        while moments_left > 0 {
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success(), "{command}: {status}");
                return (self.stripe.asked(first).1, false);
            }
            let (next, _) = self.stripe.asked(usize::MAX);
            moments_left -= u64::from(next >= first + after);
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
    again: usize,
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
            again: 0,
            dice: Dice::new(seed),
        }
    }

    /// Kills a command that asks so much when nobody does, again and again, until it ends by itself.
    fn disturb(
        &mut self,
        of: &Account,
        command: &str,
        calm: &[Ask],
        (remembered, at_once): (fn(&Path, &str) -> Remembered, AtOnce),
    ) {
        let memory = of.folder.path("daybook-data/sync.db");
        let mut story = Story::new(calm);
        let reach = calm.len() / 4 + 1;
        for _ in 0..KILLS_A_STORY {
            let after = 1 + self.dice.below(reach as u64) as usize;
            // Now and then long after the last request, when nothing is asked and something else is done.
            let moments = match self.dice.below(4) {
                0 => 1 + self.dice.below(400),
                _ => 1 + self.dice.below(20),
            };
            let (asked, was_killed) = of.kill(command, after, moments);
            if !was_killed {
                self.ended += 1;
                self.again += story.ended(&asked, at_once);
                return;
            }
            self.killed += 1;
            story.killed(asked, remembered(&memory, &of.own));
        }
        self.again += story.ended(&of.run(command), at_once);
    }

    fn are_enough(&self) -> bool {
        self.killed >= self.wanted
    }

    fn tell(&self, command: &str) {
        println!(
            "{} kills of {command}, {} runs ended before theirs; {} requests repeated, all under way when killed",
            self.killed, self.ended, self.again
        );
    }
}

#[test]
fn a_backfill_killed_again_and_again_ends_as_an_undisturbed_one() {
    let mut kills = Kills::new();
    let calm = Account::new(LATER);
    let asks = calm.run("backfill");
    while !kills.are_enough() {
        let disturbed = Account::new(LATER);
        let rules = (Remembered::of_backfill as fn(&_, &_) -> _, OF_BACKFILL);
        kills.disturb(&disturbed, "backfill", &asks, rules);
        expect_same(&disturbed, &calm);
    }
    kills.tell("backfill");
}

#[test]
fn following_killed_again_and_again_ends_as_an_undisturbed_one() {
    let mut kills = Kills::new();
    let begun = || {
        let account = Account::new(ROUNDS[0]);
        account.run("backfill");
        account.run("follow");
        account
    };
    let calm = begun();
    let asks = ROUNDS[1..].iter().map(|round| {
        calm.stripe.push_to(*round);
        calm.run("follow")
    });
    let asks: Vec<Vec<Ask>> = asks.collect();
    while !kills.are_enough() {
        let disturbed = begun();
        for (round, asks) in ROUNDS[1..].iter().zip(&asks) {
            disturbed.stripe.push_to(*round);
            let rules = (Remembered::of_follow as fn(&_, &_) -> _, OF_FOLLOW);
            kills.disturb(&disturbed, "follow", asks, rules);
        }
        expect_same(&disturbed, &calm);
    }
    kills.tell("follow");
}

fn expect_same(disturbed: &Account, calm: &Account) {
    assert_eq!(disturbed.entries(), calm.entries());
    assert_eq!(disturbed.digests(), calm.digests());
    disturbed.folder.ok("verify");
}
