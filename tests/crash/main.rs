//! Processes ended by SIGKILL at random moments, again and again: what was acknowledged is there, once; nothing is half there;
//! what comes next goes on. Knows no fault of a disk: what the system was given it keeps, for a kill takes a process alone.
//!
//! `DAYBOOK_KILLS` sets the number of kills, `DAYBOOK_SEED` repeats the choices of a run. This executable is also the child
//! that appends until it is killed.

#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on fails, in its helpers too"
)]

mod append;
mod child;
#[path = "../serve/client.rs"]
mod client;
mod company;
#[path = "../serve/delivery.rs"]
mod delivery;
mod dice;
mod folder;
mod parcel;
mod program;
mod serve;
#[path = "../serve/signing.rs"]
mod signing;
mod victim;

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use crate::company::Company;
use crate::dice::Dice;

/// Kills of the child that appends. The program's own commands take longer and are killed less often.
const KILLS: u64 = 200;
const KILLS_PER_KILL_OF_A_COMMAND: u64 = 20;
/// The server is up in no time.
const KILLS_PER_KILL_OF_SERVE: u64 = 10;

/// What is killed, and how often: gives what was seen, for the eye.
type Scenario = fn(&mut Dice, u64) -> String;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    if words.first().is_some_and(|word| word == "child") {
        child::run(&words[1..]);
        return ExitCode::SUCCESS;
    }
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let kills = number("DAYBOOK_KILLS").unwrap_or(KILLS);
    let seed = number("DAYBOOK_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    let of_a_command = (kills / KILLS_PER_KILL_OF_A_COMMAND).max(2);
    let trials = vec![
        trial(
            "what_was_acknowledged_is_there_once",
            append::scenario,
            kills,
            seed,
        ),
        trial(
            "what_serve_acknowledged_is_there_once",
            serve::scenario,
            (kills / KILLS_PER_KILL_OF_SERVE).max(2),
            seed,
        ),
        trial(
            "an_init_can_be_done_again",
            program::init,
            of_a_command * 3,
            seed,
        ),
        trial(
            "an_import_can_be_done_again",
            program::import,
            of_a_command,
            seed,
        ),
        trial("a_book_catches_up", program::project, of_a_command, seed),
        trial(
            "a_book_is_whole_while_the_next_is_made",
            program::rebuild,
            of_a_command,
            seed,
        ),
        trial(
            "a_book_is_whole_while_it_is_switched",
            program::switch,
            of_a_command,
            seed,
        ),
        trial(
            "a_backup_is_whole_or_none",
            program::backup,
            of_a_command,
            seed,
        ),
        trial(
            "a_restored_ledger_is_whole_or_none",
            program::restore,
            of_a_command,
            seed,
        ),
    ];
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    Company::remove();
    conclusion.exit_code()
}

fn trial(name: &'static str, scenario: Scenario, kills: u64, seed: u64) -> Trial {
    Trial::test(name, move || {
        println!("{name}: {kills} kills, DAYBOOK_SEED={seed}");
        let seen = scenario(&mut Dice::new(seed), kills);
        println!("{name}: {seen}");
        Ok(())
    })
}
