//! `nightly` ended by SIGKILL at random moments: the next run ends as an undisturbed one, and no finding or repair is there twice.

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::process::Stdio;
use std::thread;

use serde_json::Value;

use crate::dice::Dice;
use crate::nights::Company;

/// Kills in all.
const KILLS: u64 = 10;
/// So often one night is killed, then let run to its end.
const KILLS_A_NIGHT: u64 = 5;
const NIGHT: &str = "nightly --no-checks";

/// What a night leaves, without what differs from run to run.
#[derive(Debug, PartialEq)]
struct Left {
    findings: Vec<Value>,
    told: Vec<Value>,
    digests: Vec<Value>,
    runs: usize,
}

impl Left {
    fn of(company: &Company) -> Self {
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
            findings,
            told: company.told(),
            digests,
            runs,
        }
    }
}

fn begun() -> Company {
    let company = Company::new();
    company.folder.ok(NIGHT);
    company.live();
    company
}

fn answered(company: &Company) -> u64 {
    company.stripe.seen()["requests"].as_u64().unwrap()
}

/// Runs a night and kills it some moments after it has asked so often; whether it was killed before it had ended.
fn kill(company: &Company, after: u64, moments: u64) -> bool {
    let before = answered(company);
    let mut command = company.folder.command(NIGHT);
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let mut left = moments;
    while left > 0 {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{status}");
            return false;
        }
        left -= u64::from(answered(company) >= before + after);
    }
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

#[test]
fn a_night_killed_again_and_again_ends_as_an_undisturbed_one() {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let wanted = number("DAYBOOK_KILLS").unwrap_or(KILLS);
    let seed = number("DAYBOOK_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    println!("DAYBOOK_SEED={seed}");
    let mut dice = Dice::new(seed);
    let (calm, mut disturbed) = thread::scope(|scope| {
        let calm = scope.spawn(begun);
        let disturbed = begun();
        (calm.join().unwrap(), disturbed)
    });
    let before = answered(&calm);
    calm.folder.ok(NIGHT);
    let asks = answered(&calm) - before;
    let left = Left::of(&calm);
    assert!(left.findings.len() > 5, "{left:#?}");
    let (mut killed, mut ended) = (0, 0);
    loop {
        for _ in 0..KILLS_A_NIGHT {
            // Now and then long after the last request, when something else is done than to ask.
            let moments = match dice.below(3) {
                0 => 1 + dice.below(60),
                _ => 1 + dice.below(6),
            };
            match kill(&disturbed, 1 + dice.below(asks), moments) {
                true => killed += 1,
                false => {
                    ended += 1;
                    break;
                }
            }
        }
        if disturbed.folder.ok("runs")["runs"]
            .as_array()
            .unwrap()
            .len()
            == 1
        {
            disturbed.folder.ok(NIGHT);
        }
        assert_eq!(Left::of(&disturbed), left, "after {killed} kills");
        if killed >= wanted {
            break;
        }
        disturbed = begun();
    }
    println!("{killed} kills of nightly, and {ended} runs that ended before theirs");
}
