//! The child that appends parcels from several threads, and says each that was acknowledged, until it is killed.
//! The line of an acknowledgement is written whole after the append has returned, and never before.

use std::io::{self, Write};
use std::path::Path;
use std::thread;

use ledger::{Appender, GroupCommit, Limits, Outcome, SqliteLedger};

use crate::dice::Dice;
use crate::parcel::Parcel;

/// After these it ends by itself, should nobody kill it.
const PARCELS_MAX: u64 = 300;

/// Runs as `LEDGER ROUND THREADS SEED PARCEL…`: the parcels are those that earlier rounds left open, and come first.
pub(crate) fn run(words: &[String]) {
    let number = |place: usize| words[place].parse::<u64>().unwrap();
    let (round, threads, seed) = (number(1), number(2), number(3));
    let left_open: Vec<Parcel> = words[4..]
        .iter()
        .map(|word| word.parse().unwrap())
        .collect();
    let ledger = SqliteLedger::open(Path::new(&words[0])).unwrap();
    let group = GroupCommit::start(ledger, Limits::default()).unwrap();
    thread::scope(|scope| {
        for thread in 0..threads {
            let appender = group.appender();
            let parcels =
                parcels(round, thread, &left_open).take(usize::try_from(PARCELS_MAX).unwrap());
            scope.spawn(move || send(&appender, parcels, Dice::new(seed ^ thread)));
        }
    });
    group.stop().unwrap();
}

/// All that a thread sends, in its order.
pub(crate) fn parcels(
    round: u64,
    thread: u64,
    left_open: &[Parcel],
) -> impl Iterator<Item = Parcel> + Send + use<> {
    let own = left_open.iter().filter(|parcel| parcel.thread == thread);
    let open: Vec<Parcel> = own.copied().collect();
    let fresh = (0..).map(move |number| Parcel {
        round,
        thread,
        number,
    });
    open.into_iter().chain(fresh)
}

fn send(appender: &Appender, parcels: impl Iterator<Item = Parcel>, mut dice: Dice) {
    for parcel in parcels {
        let outcomes = appender.append(parcel.entries()).unwrap();
        say(parcel, &outcomes);
        // A sender that did not hear the acknowledgement sends again.
        if dice.once_in(8) {
            let again = appender.append(parcel.entries()).unwrap();
            assert!(
                again
                    .iter()
                    .all(|outcome| matches!(outcome, Outcome::Duplicate { .. }))
            );
            say(parcel, &again);
        }
    }
}

/// One line, in one write: `PARCEL FIRST-SEQ`.
fn say(parcel: Parcel, outcomes: &[Outcome]) {
    assert_eq!(outcomes.len() as u64, parcel.len());
    let first = outcomes[0].seq();
    let is_run = outcomes
        .iter()
        .zip(first..)
        .all(|(outcome, seq)| outcome.seq() == seq);
    assert!(
        is_run,
        "a parcel's entries stand next to each other: {outcomes:?}"
    );
    let line = format!("{parcel} {first}\n");
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())
        .and_then(|()| out.flush())
        .unwrap();
}
