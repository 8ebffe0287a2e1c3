//! `nightly` ended by SIGKILL at random moments and in each of its stages: the next run ends as an undisturbed one, and no finding or
//! repair is there twice.

use std::collections::BTreeMap;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::dice::Dice;
use crate::nights::Company;
use crate::stages::{Seen, Stage, Watch};

/// Kills in all.
const KILLS: u64 = 10;
/// From so many on every stage must have been hit.
const ALL_HIT: u64 = 200;
/// So often at most one night is killed, then let run to its end.
const KILLS_A_NIGHT: u64 = 10;
/// So many stages ahead at most it is killed: a night is to be killed in several.
const AHEAD: usize = 4;
const NIGHT: &str = "nightly --no-checks";

/// What a night leaves, without what differs from run to run.
#[derive(Debug, PartialEq)]
struct Left {
    report: Value,
    findings: Vec<Value>,
    told: Vec<Value>,
    digests: Vec<Value>,
    /// Runs, and the last one's entries of its own in the log: each comes once.
    runs: (usize, i64),
}

impl Left {
    fn of(company: &Company, last: i64) -> Self {
        let folder = &company.folder;
        let (mut findings, mut digests, mut runs) = (Vec::new(), Vec::new(), 0);
        for stream in folder.streams() {
            let found = folder.ok(&format!("findings --all --stream {stream}"));
            for finding in found["findings"].as_array().unwrap() {
                let mut finding = finding.clone();
                assert_eq!(finding["times"], 1, "{finding}");
                for member in ["first_run", "last_run", "request_id"] {
                    finding[member] = Value::Null;
                }
                findings.push(finding);
            }
            let checked = folder.ok(&format!("check digest --stream {stream}"));
            digests.push(checked["checks"][0]["what"].clone());
            let past = folder.ok(&format!("runs --stream {stream}"));
            runs += past["runs"].as_array().unwrap().len();
        }
        folder.ok("verify");
        Self {
            report: reported(&folder.ok("report")),
            findings,
            told: company.told(),
            digests,
            runs: (runs, Watch::open(&folder.data(), last).records()),
        }
    }
}

/// What a report says of the run, but its name and how many requests it made: those under way were lost with each kill.
fn reported(report: &Value) -> Value {
    let mut run = report["run"].clone();
    for member in ["run", "requests"] {
        run[member] = Value::Null;
    }
    // The chain's hash is another with each clock, its length is not.
    let head = run["basis"]["head"].as_str().unwrap();
    run["basis"]["head"] = head.rsplit_once(':').unwrap().0.into();
    run
}

/// When a night is killed.
enum Moment {
    /// So many looks after it has asked so often.
    Asked(u64, u64),
    /// So many looks after it has come to a stage.
    Reached(Stage, u64),
}

/// The company before its second night, and what an undisturbed one asks and leaves.
struct Eve {
    company: Company,
    /// The log's last row.
    last: i64,
    asks: u64,
    left: Left,
}

impl Eve {
    fn new() -> Self {
        let company = Company::new();
        company.folder.ok(NIGHT);
        company.live();
        company.folder.keep();
        let last = Watch::last(&company.folder.data());
        let before = answered(&company);
        company.folder.ok(NIGHT);
        Self {
            asks: answered(&company) - before,
            left: Left::of(&company, last),
            last,
            company,
        }
    }

    /// Draws when a night is killed that was left so.
    fn draw(&self, dice: &mut Dice, left: &Seen) -> Moment {
        let is_new = left.stage == Stage::Begin;
        let ahead = Stage::ALL.iter().copied();
        let ahead = ahead.filter(|stage| *stage > left.stage || (is_new && *stage == left.stage));
        // Who misses a stage finds the night over often enough.
        let ahead = ahead.filter(|stage| *stage < Stage::Over);
        let ahead: Vec<Stage> = ahead.take(AHEAD).collect();
        let count = u64::try_from(ahead.len()).unwrap();
        if count == 0 || dice.once_in(3) {
            // What was read is not asked for again.
            let asks = if is_new { self.asks } else { self.asks / 4 };
            // Now and then long after the last request, when something else is done than to ask.
            let looks = match dice.below(3) {
                0 => 1 + dice.below(60),
                _ => 1 + dice.below(6),
            };
            return Moment::Asked(1 + dice.below(asks), looks);
        }
        let stage = ahead[usize::try_from(dice.below(count)).unwrap()];
        // Some stages last some looks, others thousands.
        let looks = match dice.below(2) {
            1 if stage < Stage::Record => 1 << dice.below(12),
            looks => looks,
        };
        Moment::Reached(stage, looks)
    }

    /// Runs a night and kills it; how it was left before and after, or none if it had ended.
    fn kill(&self, dice: &mut Dice) -> Option<(Seen, Seen)> {
        let watch = Watch::open(&self.company.folder.data(), self.last);
        let first = watch.left();
        let moment = self.draw(dice, &first);
        let before = answered(&self.company);
        let mut command = self.company.folder.command(NIGHT);
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        let mut last = first.stage;
        match moment {
            Moment::Asked(after, mut looks) => {
                while looks > 0 {
                    has_ended(&mut child)?;
                    looks -= u64::from(answered(&self.company) >= before + after);
                }
            }
            Moment::Reached(stage, looks) => {
                while last < stage {
                    has_ended(&mut child)?;
                    last = watch.stage();
                }
                for _ in 0..looks {
                    has_ended(&mut child)?;
                    last = watch.stage();
                }
            }
        }
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            return None;
        }
        let mut left = watch.left();
        if last == Stage::Plan && left.stage == Stage::Level {
            // What it was writing when it was killed is not there after it.
            left.stage = last;
        }
        Some((first, left))
    }
}

/// None if the child has ended, which it can only well.
fn has_ended(child: &mut Child) -> Option<()> {
    match child.try_wait().unwrap() {
        Some(status) => {
            assert!(status.success(), "{status}");
            None
        }
        None => Some(()),
    }
}

fn answered(company: &Company) -> u64 {
    company.stripe.seen()["requests"].as_u64().unwrap()
}

/// Kills, by the stage in which they came.
#[derive(Default)]
struct Kills {
    by_stage: BTreeMap<Stage, u64>,
    /// Kills of runs that had not come further than those before them.
    no_further: u64,
    ended: u64,
    nights: u64,
}

impl Kills {
    fn count(&self) -> u64 {
        self.by_stage.values().sum::<u64>() + self.no_further
    }

    /// Kills one night again and again, and lets it run to its end.
    fn disturb(&mut self, eve: &Eve, dice: &mut Dice) {
        self.nights += 1;
        for _ in 0..KILLS_A_NIGHT {
            let Some((before, after)) = eve.kill(dice) else {
                self.ended += 1;
                return;
            };
            let is_stage_sure = before != after || before.stage == Stage::Begin;
            match is_stage_sure {
                true => *self.by_stage.entry(after.stage).or_default() += 1,
                false => self.no_further += 1,
            }
            if after.stage == Stage::Over {
                return;
            }
        }
        eve.company.folder.ok(NIGHT);
    }

    fn tell(&self) {
        println!(
            "{} kills of nightly in {} nights, and {} runs that ended before theirs; {} had not come further than the run before",
            self.count(),
            self.nights,
            self.ended,
            self.no_further
        );
        for stage in Stage::ALL {
            println!("{:>5}  {stage:?}", self.at(stage));
        }
    }

    fn at(&self, stage: Stage) -> u64 {
        self.by_stage.get(&stage).copied().unwrap_or(0)
    }
}

#[test]
fn a_night_killed_again_and_again_ends_as_an_undisturbed_one() {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let wanted = number("DAYBOOK_KILLS").unwrap_or(KILLS);
    let seed = number("DAYBOOK_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    println!("DAYBOOK_SEED={seed}");
    let mut dice = Dice::new(seed);
    let eve = Eve::new();
    assert!(eve.left.findings.len() > 5, "{:#?}", eve.left);
    let mut kills = Kills::default();
    while kills.count() < wanted {
        eve.company.folder.go_back();
        kills.disturb(&eve, &mut dice);
        assert_eq!(
            Left::of(&eve.company, eve.last),
            eve.left,
            "night {}, after {} kills",
            kills.nights,
            kills.count()
        );
    }
    kills.tell();
    let missed = Stage::ALL.iter().filter(|stage| kills.at(**stage) == 0);
    let missed: Vec<&Stage> = missed.collect();
    assert!(wanted < ALL_HIT || missed.is_empty(), "{missed:?}");
}
