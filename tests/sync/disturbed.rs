//! `nightly` ended by SIGKILL at random moments and in each of its stages: the next run ends as an undisturbed one, and no finding or
//! repair is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::dice::Dice;
use crate::nights::Company;
use crate::stages::{Seen, Stage, Watch};

/// Kills in all.
const KILLS: u64 = 10;
/// From so many on every stage must be hit, if need be by twice as many.
const ALL_HIT: u64 = 200;
/// So often at most one night is killed, then let run to its end.
const KILLS_A_NIGHT: u64 = 10;
/// So many stages ahead at most it is killed: a night is to be killed in several.
const AHEAD: usize = 4;
const NIGHT: &str = "nightly --no-checks";

/// What a night leaves, without what differs from run to run: every value by its path.
struct Left(BTreeMap<String, Value>);

impl Left {
    fn of(company: &Company, last: i64) -> Self {
        let folder = &company.folder;
        let mut left = Self(BTreeMap::new());
        for stream in folder.streams() {
            let mut found = folder.ok(&format!("findings --all --stream {stream}"));
            let findings = found["findings"].as_array_mut().unwrap();
            assert!(findings.len() > 5, "{findings:#?}");
            for finding in findings {
                assert_eq!(finding["times"], 1, "{finding}");
                for member in ["first_run", "last_run", "request_id"] {
                    finding[member] = Value::Null;
                }
            }
            left.add(format!("{stream} findings"), &found["findings"]);
            let checked = folder.ok(&format!("check digest --stream {stream}"));
            left.add(format!("{stream} digest"), &checked["checks"][0]["what"]);
            let past = folder.ok(&format!("runs --stream {stream}"));
            let runs = past["runs"].as_array().unwrap().len();
            left.add(format!("{stream} runs"), &runs.into());
        }
        folder.ok("verify");
        left.add("report".to_owned(), &reported(&folder.ok("report")));
        left.add("told".to_owned(), &company.told().into());
        let records = Watch::open(&folder.data(), last).records();
        left.add("records in the log".to_owned(), &records.into());
        left
    }

    fn add(&mut self, path: String, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    self.add(format!("{path}.{name}"), value);
                }
            }
            Value::Array(items) => {
                for (place, value) in items.iter().enumerate() {
                    self.add(format!("{path}.{place}"), value);
                }
            }
            _ => drop(self.0.insert(path, value.clone())),
        }
    }

    /// What is not as in the other, a line each.
    fn differences(&self, other: &Self) -> Vec<String> {
        let paths: BTreeSet<&String> = self.0.keys().chain(other.0.keys()).collect();
        let differing = paths.into_iter().filter_map(|path| {
            let (ours, theirs) = (self.0.get(path), other.0.get(path));
            let line = || format!("{path}: {ours:?}, undisturbed {theirs:?}");
            (ours != theirs).then(line)
        });
        differing.collect()
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
            1 if stage < Stage::Record && stage != Stage::Repair => 1 << dice.below(12),
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

    fn missed(&self) -> Vec<Stage> {
        let stages = Stage::ALL.iter().copied();
        stages.filter(|stage| self.at(*stage) == 0).collect()
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
    let mut kills = Kills::default();
    let is_short = |kills: &Kills| {
        let count = kills.count();
        let misses = wanted >= ALL_HIT && !kills.missed().is_empty();
        count < wanted || (misses && count < 2 * wanted)
    };
    while is_short(&kills) {
        eve.company.folder.go_back();
        kills.disturb(&eve, &mut dice);
        let differences = Left::of(&eve.company, eve.last).differences(&eve.left);
        let (count, nights) = (kills.count(), kills.nights);
        assert!(
            differences.is_empty(),
            "after {count} kills, in night {nights}: {differences:#?}"
        );
    }
    kills.tell();
    let missed = kills.missed();
    assert!(wanted < ALL_HIT || missed.is_empty(), "{missed:?}");
}
