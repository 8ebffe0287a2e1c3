//! The last night: how long ago, and whether all was true. Runs none.

use ledger::{Log, StreamId};
use reconcile::Run;

use super::Sign;
use crate::currency::worded;
use crate::folder::Folder;
use crate::moment;
use crate::past;
use crate::report::words::{Verdict, duration};

const CHECK: &str = "night";
/// A night a day, and half a day for one that is late.
const AGE_S_MAX: i64 = 36 * 60 * 60;
const DAY_S: i64 = 24 * 60 * 60;

/// Looks at the newest run that compared all kinds, before `now_s`. What a night finds is no ill of the set-up: it is told as advice.
pub(super) fn last(folder: &Folder, log: &dyn Log, stream: &StreamId, now_s: i64) -> Sign {
    let runs = past::look(folder, log, stream).and_then(|memory| Ok(memory.runs(stream)?));
    let runs = match runs {
        Ok(runs) => runs,
        Err(failure) => return Sign::stopped(CHECK, &failure),
    };
    let whole = || runs.iter().filter(|run| run.only.is_empty());
    let Some(last) = whole().next_back() else {
        return Sign::advice(
            CHECK,
            "book and Stripe were never held against each other",
            "run `daybook nightly`, and have a timer run it every night",
        );
    };
    let ago = |run: &Run| {
        let age_s = now_s.saturating_sub(run.ended_s);
        match age_s / DAY_S {
            ..2 => format!("{} ago", duration(age_s)),
            days => format!("{} ago", worded(days.unsigned_abs(), "day", "days")),
        }
    };
    let (at, verdict) = (moment::shown(last.ended_s), Verdict::of(last));
    let outcome = match verdict {
        Verdict::True => "all was true",
        Verdict::FindingsLeft => "findings were left",
        Verdict::Unproven => "not all was proven",
        Verdict::Unfinished => "it was broken off",
    };
    let mut says = format!("the last one ended {}, at {at}: {outcome}", ago(last));
    if verdict != Verdict::True {
        let last_true = whole().rfind(|run| Verdict::of(run) == Verdict::True);
        says.push_str(&match last_true {
            Some(run) => format!("; the last true one {}", ago(run)),
            None => "; none was ever true".to_owned(),
        });
    }
    if now_s.saturating_sub(last.ended_s) > AGE_S_MAX {
        return Sign::advice(
            CHECK,
            says,
            "look whether the timer of `daybook nightly` runs, and what it said last",
        );
    }
    match verdict {
        Verdict::True => Sign::fine(CHECK, says),
        Verdict::FindingsLeft => {
            Sign::advice(CHECK, says, "`daybook findings` says what is to be done")
        }
        Verdict::Unproven => {
            Sign::advice(CHECK, says, "`daybook report` says what is not, and why")
        }
        Verdict::Unfinished => Sign::advice(
            CHECK,
            says,
            "`daybook report` says why; run `daybook nightly` again, which goes on with it",
        ),
    }
}
