//! Pauses with what one read did not settle: a fresh charge gets its balance transaction seconds later, and what was read
//! in the second of an event can't be told from what was before it. Growing pauses, and at last none for an hour. It
//! remembers for as long as the process lives; nothing is lost with it but a few requests.

use std::collections::BTreeMap;
use std::time::Duration;

use ledger::StreamId;
use tokio::time::Instant;

use crate::follow::errand::Errand;

/// Pauses between reads of the same thing, until it is left for a while.
const PAUSES_S: [u64; 5] = [1, 3, 6, 12, 24];
/// How long what no read settled is left alone.
const REST_S: u64 = 60 * 60;

/// What was read in vain, and when it may be read again.
#[derive(Debug, Default)]
pub(crate) struct Pauses {
    tried: BTreeMap<(StreamId, Errand), Tried>,
}

#[derive(Debug)]
struct Tried {
    times: usize,
    next: Instant,
}

impl Pauses {
    /// Forgets what is wanted no more.
    pub(crate) fn keep(&mut self, stream: &StreamId, is_wanted: impl Fn(&Errand) -> bool) {
        self.tried
            .retain(|(of, errand), _| of != stream || is_wanted(errand));
    }

    /// When it may be read again; none if it has not been read.
    pub(crate) fn next(&self, stream: &StreamId, errand: &Errand) -> Option<Instant> {
        let tried = self.tried.get(&(stream.clone(), errand.clone()))?;
        Some(tried.next)
    }

    /// It was read at this instant.
    pub(crate) fn note(&mut self, stream: &StreamId, errand: &Errand, now: Instant) {
        let key = (stream.clone(), errand.clone());
        let tried = self.tried.entry(key).or_insert(Tried {
            times: 0,
            next: now,
        });
        let pause_s = PAUSES_S.get(tried.times).copied().unwrap_or(REST_S);
        tried.times += 1;
        tried.next = now + Duration::from_secs(pause_s);
    }
}

#[cfg(test)]
mod tests {
    use ledger::StreamId;
    use tokio::time::Instant;

    use super::Pauses;
    use crate::follow::errand::Errand;

    #[test]
    fn what_no_read_settles_is_read_at_growing_pauses_and_then_rests() {
        let stream = StreamId::new("acct_1", false).unwrap();
        let errand = Errand::object("charge", "ch_1").unwrap();
        let mut pauses = Pauses::default();
        let mut now = Instant::now();
        let mut waited_s = Vec::new();
        for _ in 0..6 {
            pauses.note(&stream, &errand, now);
            let next = pauses.next(&stream, &errand).unwrap();
            waited_s.push((next - now).as_secs());
            now = next;
        }
        assert_eq!(waited_s, [1, 3, 6, 12, 24, 3600]);
        pauses.keep(&stream, |_| false);
        assert_eq!(pauses.next(&stream, &errand), None);
    }
}
