//! `backfill` and `follow` ended by SIGKILL at random moments: in the end the log has what an undisturbed run gives it, and no page
//! was read twice but those under way when a run was killed.

use std::collections::BTreeMap;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::thread;

use serde_json::Value;

use crate::dice::Dice;
use crate::folder::Folder;
use crate::stripe::Stripe;
use crate::whole::{COMPANY, account};

/// 2025-02-15, in the middle of the company's days.
pub(crate) const MIDDLE: &str = "2025-02-15";
/// 2025-04-01, when nothing happens to the company any more.
const LATER: &str = "2025-04-01";
/// Kills, all scenarios of the suite of kills together; a run that talks to a server takes long and has one of so many.
const KILLS: u64 = 200;
const KILLS_PER_KILL: u64 = 20;
/// Pages that a run may have under way at once.
const PAGES_AT_ONCE: u64 = 64;

/// A log of the company, and the simulated Stripe that it was read from.
struct Account {
    folder: Folder,
    stripe: Stripe,
}

impl Account {
    fn new(at: &str) -> Self {
        let mut folder = Folder::new();
        let account = account(&folder);
        folder.ok(&format!("init --account {account} --live"));
        folder.hurry();
        let stripe = Stripe::serve(
            &folder,
            COMPANY,
            &format!("--speed 0 --limits none --at {at}"),
        );
        folder.tell("STRIPE_API_BASE", stripe.base());
        folder.tell("STRIPE_API_KEY", stripe.key());
        Self { folder, stripe }
    }

    /// Pages of lists that were answered, by what they were asked for.
    fn pages(&self) -> BTreeMap<String, u64> {
        serde_json::from_value(self.stripe.seen()["pages"].clone()).unwrap()
    }

    fn answered(&self) -> u64 {
        self.stripe.seen()["requests"].as_u64().unwrap()
    }

    /// Runs a command and kills it when it has asked so often; whether it was killed before it had ended.
    fn kill(&self, line: &str, after: u64) -> bool {
        let before = self.answered();
        let mut child = self.folder.command(line).spawn().unwrap();
        while self.answered() < before + after {
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success(), "{line}: {status}");
                return false;
            }
            thread::yield_now();
        }
        child.kill().unwrap();
        !child.wait().unwrap().success()
    }

    /// Kills a command again and again, then lets it run to its end; how often it was killed, and how often it ended first.
    fn disturb(&self, line: &str, kills: u64, asks: u64, dice: &mut Dice) -> (u64, u64) {
        let (mut killed, mut ended) = (0, 0);
        while killed < kills && ended < 2 * kills + 2 {
            match self.kill(line, 1 + dice.below(asks)) {
                true => killed += 1,
                false => ended += 1,
            }
        }
        self.folder.ok(line);
        (killed, ended)
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

fn numbers() -> (u64, Dice) {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let kills = number("DAYBOOK_KILLS").unwrap_or(KILLS);
    let seed = number("DAYBOOK_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    println!("DAYBOOK_SEED={seed}");
    ((kills / KILLS_PER_KILL).max(2), Dice::new(seed))
}

/// Pages answered more often than in an undisturbed run.
fn read_again(undisturbed: &BTreeMap<String, u64>, disturbed: &BTreeMap<String, u64>) -> u64 {
    let extra = disturbed.iter().map(|(page, times)| {
        let once = undisturbed.get(page).copied().unwrap_or(1);
        times.saturating_sub(once)
    });
    extra.sum()
}

#[test]
fn a_backfill_killed_again_and_again_ends_as_an_undisturbed_one() {
    let (kills, mut dice) = numbers();
    let calm = Account::new(LATER);
    calm.folder.ok("backfill");
    let asks = calm.answered();
    let disturbed = Account::new(LATER);
    let (killed, ended) = disturbed.disturb("backfill", kills, asks / 2, &mut dice);
    let again = read_again(&calm.pages(), &disturbed.pages());
    println!("{killed} kills of backfill, {ended} ended first; {again} pages read again of {asks}");
    assert!(
        again <= killed * PAGES_AT_ONCE + ended * asks,
        "{again} pages were read again after {killed} kills"
    );
    expect_same(&disturbed, &calm);
}

#[test]
fn following_killed_again_and_again_ends_as_an_undisturbed_one() {
    let (kills, mut dice) = numbers();
    let begun = || {
        let account = Account::new(MIDDLE);
        account.folder.ok("backfill");
        account.folder.ok("follow");
        account.stripe.push_to_end();
        account
    };
    let calm = begun();
    let before = calm.answered();
    calm.folder.ok("follow");
    let asks = calm.answered() - before;
    let disturbed = begun();
    let (killed, ended) = disturbed.disturb("follow", kills, asks, &mut dice);
    println!("{killed} kills of follow, {ended} ended first, which asks {asks} times");
    for account in [&calm, &disturbed] {
        account.folder.ok("backfill");
        account.folder.ok("follow");
    }
    expect_same(&disturbed, &calm);
}

fn expect_same(disturbed: &Account, calm: &Account) {
    assert_eq!(disturbed.entries(), calm.entries());
    assert_eq!(disturbed.digests(), calm.digests());
    disturbed.folder.ok("verify");
}
