//! What befalls a request or an event, drawn by seed: the same terms and the same number, or id, always give the same.

use super::kinds::kind_of;
use super::terms::Terms;
use crate::calendar::{HOUR_S, MILLI_US, SECOND_US};
use crate::history::History;
use crate::identity::short;
use crate::json::Text;
use crate::random::Random;
use crate::recording::Event;

/// What befalls one request.
pub(crate) struct Luck {
    pub(crate) request_id: Text,
    pub(crate) took_us: i64,
    pub(crate) mishap: Option<Mishap>,
    /// How far the replica that answers is behind.
    pub(crate) lag_us: i64,
    pub(crate) skew_s: i64,
    /// Where a body breaks, of a thousand parts.
    pub(crate) part: usize,
    /// Seconds to wait, where an answer names some.
    pub(crate) wait_s: i64,
    /// Why a request within the limits is refused all the same.
    pub(crate) reason: &'static str,
}

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mishap {
    LimitedWithWait,
    Limited,
    Locked,
    Failed { retry: bool },
    BadGateway,
    Unavailable,
    Reset,
    Refused,
    Stalled,
    Garbage,
    Slow,
}

impl Luck {
    /// What befalls the request of a number.
    pub(crate) fn of(terms: &Terms, number: u64) -> Self {
        let mut random = Random::new(terms.seed ^ number.rotate_left(24), "answer");
        let faults = &terms.faults;
        let request_id = short(&mut random, "req");
        let mishap = mishap(terms, random.below(1_000));
        let (least_ms, most_ms) = terms.latency_ms;
        let usual_us = random.between(least_ms * MILLI_US, most_ms * MILLI_US);
        let slow_us = random.between(0, faults.slow_ms * MILLI_US);
        let lag_us = random.between(0, faults.lag_ms * MILLI_US);
        let is_behind = random.chance(faults.lagging);
        Self {
            request_id,
            took_us: match mishap {
                Some(Mishap::Slow) => usual_us.max(slow_us),
                _ => usual_us,
            },
            mishap,
            lag_us: if is_behind { lag_us } else { 0 },
            skew_s: random.between(-faults.skew_s, faults.skew_s),
            part: random.index(1_000),
            wait_s: random.between(1, 5),
            reason: random.pick(&[
                "global-concurrency",
                "endpoint-concurrency",
                "resource-specific",
            ]),
        }
    }
}

fn mishap(terms: &Terms, drawn: u64) -> Option<Mishap> {
    let faults = &terms.faults;
    let shares = [
        (faults.limited_with_wait, Mishap::LimitedWithWait),
        (faults.limited, Mishap::Limited),
        (faults.locked, Mishap::Locked),
        (faults.failed_retry, Mishap::Failed { retry: true }),
        (faults.failed_no_retry, Mishap::Failed { retry: false }),
        (faults.bad_gateway, Mishap::BadGateway),
        (faults.unavailable, Mishap::Unavailable),
        (faults.reset, Mishap::Reset),
        (faults.refused, Mishap::Refused),
        (faults.stalled, Mishap::Stalled),
        (faults.garbage, Mishap::Garbage),
        (faults.slow, Mishap::Slow),
    ];
    let mut bound = 0;
    shares.iter().find_map(|&(share, mishap)| {
        bound += u64::from(share);
        (drawn < bound).then_some(mishap)
    })
}

/// Whether Stripe fails to generate an event, by name or by chance. By chance never one whose object can't be read from a
/// list of the account in its last state: all that it told would be lost.
pub(crate) fn is_unborn(terms: &Terms, event: &Event, history: &History) -> bool {
    if terms.unborn.iter().any(|id| **id == *event.id) {
        return true;
    }
    let drawn = Random::new(terms.seed, &event.id).chance(terms.faults.events_unborn);
    (drawn && is_in_lists(event) && !history.last().state.is_deleted())
        || is_untold(terms, event, history)
}

/// Whether no event tells of the change that an event would tell of: drawn once for all events of one state. Never of the making of an
/// object that is deleted in the end, nor of a deletion that leaves no stub: nobody could ever know.
fn is_untold(terms: &Terms, event: &Event, history: &History) -> bool {
    if terms.faults.changes_untold == 0 || !is_in_lists(event) {
        return false;
    }
    let is_deleted = history.last().state.is_deleted();
    let is_deletion = is_deleted && event.event_type.ends_with(".deleted");
    let is_making = event.committed_us <= history.begun_us;
    let is_lost = match is_deletion {
        true => event.object != "customer",
        false => is_deleted && is_making,
    };
    // A deletion shows a state of before, of which other events tell.
    let change_us = match is_deletion {
        true => event.emitted_us,
        false => event.committed_us,
    };
    let change = change_us.cast_unsigned();
    let mut random = Random::new(terms.seed ^ change.rotate_left(20), &event.object_id);
    !is_lost && random.chance(terms.faults.changes_untold)
}

/// Whether a list of the account shows the event's object.
fn is_in_lists(event: &Event) -> bool {
    kind_of(event.object).is_some_and(|kind| {
        let partial = matches!(
            event.object,
            "payment_method" | "reserve.hold" | "reserve.release"
        );
        !kind.path.is_empty() && kind.required.is_empty() && !partial
    })
}

/// The instant from which on an event is listed.
pub(crate) fn listed_us(terms: &Terms, event: &Event) -> i64 {
    let mut random = Random::new(terms.seed ^ 1, &event.id);
    let (late_us, very_late_us) = (
        random.between(0, 3 * SECOND_US),
        random.between(10 * SECOND_US, 240 * SECOND_US),
    );
    let (late, very_late) = (
        random.chance(terms.faults.events_late),
        random.chance(terms.faults.events_very_late),
    );
    match (late, very_late) {
        (_, true) => event.emitted_us + very_late_us,
        (true, false) => event.emitted_us + late_us,
        (false, false) => event.emitted_us,
    }
}

/// How an event is posted to one endpoint.
pub(crate) struct Posting {
    /// The first attempt.
    pub(crate) first_us: i64,
    /// Once more although it was accepted.
    pub(crate) again_us: Option<i64>,
    /// Whether somebody else accepts it.
    pub(crate) is_swallowed: bool,
}

/// How an event is posted to an endpoint; none where it never is.
pub(crate) fn posting(terms: &Terms, event: &Event, endpoint: usize) -> Option<Posting> {
    let number = u64::try_from(endpoint).expect("a place fits 64 bits") + 2;
    let mut random = Random::new(terms.seed ^ number, &event.id);
    let faults = &terms.faults;
    if random.chance(faults.posts_lost) {
        return None;
    }
    let moved_us = random.between(0, faults.posts_moved_ms * MILLI_US);
    let longest_s = random.pick(&[HOUR_S, 6 * HOUR_S, 24 * HOUR_S, 70 * HOUR_S]);
    let late_us = random.between(60, longest_s) * SECOND_US;
    let late = random.chance(faults.posts_late);
    let first_us = event.emitted_us + moved_us + if late { late_us } else { 0 };
    let again_us = random.between(SECOND_US, 30 * HOUR_S * SECOND_US);
    let doubled = random.chance(faults.posts_doubled);
    let is_swallowed = random.chance(faults.posts_swallowed);
    Some(Posting {
        first_us,
        again_us: (doubled && !is_swallowed).then_some(first_us + again_us),
        is_swallowed,
    })
}
