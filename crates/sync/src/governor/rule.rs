//! When the next request may go. A function of what went before and of the instant: nothing is read or written here.
//!
//! Two bounds hold at once. *Surely*: of the requests that Stripe may have seen within any second there are never more than its
//! limit. When a request is seen is not known, but it is seen before its answer is there; so each counts from before it is sent until
//! a second after its answer. *Share*: of requests sent within a second there are no more than the share of the limit that is ours.
//! The first holds however long a request is under way, and costs `limit / (1 + way)`; the second is what is used as long as ways
//! are shorter than what the share leaves: a quarter of a second with four fifths.

/// Nanoseconds of a second.
pub(super) const SECOND_NS: u64 = 1_000_000_000;

/// How long a request counts after its answer. The millisecond is for clocks that count in larger steps than ours.
const SURELY_NS: u64 = SECOND_NS + 1_000_000;

/// How long a request counts against the share after it was sent. Three hundredths are given up so that ways that differ by as much
/// don't show more than the share to Stripe in any second.
const SHARE_NS: u64 = SECOND_NS + 30_000_000;

/// What was lost on its way, or given up by us, may be seen this much later still.
pub(super) const AFTERLIFE_NS: u64 = SECOND_NS;

/// No answer is awaited for so long (see [`crate::Https`]): what is older belongs to nobody.
const FORGOTTEN_NS: u64 = 180 * SECOND_NS;

/// How old a request must be before it is asked whether its process still lives.
const ORPHAN_NS: u64 = SECOND_NS;

/// One request, as all processes of a data folder see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// When it was about to be sent; 0 for a free place.
    pub(super) sent_ns: u64,
    /// When it was answered; 0 while it is not.
    pub(super) answered_ns: u64,
    /// The endpoint, by its key.
    pub(super) endpoint: u64,
    /// The process that sent it.
    pub(super) pid: u32,
    /// Which governor of that process.
    pub(super) nonce: u32,
}

impl Record {
    /// Whether the place is free.
    pub(super) fn is_free(&self) -> bool {
        self.sent_ns == 0
    }

    /// The record as it stands now: freed if it no longer counts, ended if its process is gone.
    pub(super) fn aged(mut self, now_ns: u64, lives: impl Fn(u32) -> bool) -> Self {
        // The clock begins anew with the machine: what lies ahead is from an earlier life of it.
        if self.sent_ns > now_ns || self.answered_ns > now_ns + AFTERLIFE_NS {
            return Self::default();
        }
        let age_ns = now_ns - self.sent_ns;
        if self.answered_ns == 0
            && (age_ns > FORGOTTEN_NS || age_ns > ORPHAN_NS && !lives(self.pid))
        {
            self.answered_ns = now_ns + AFTERLIFE_NS;
        }
        if self.answered_ns > 0 && self.surely_ns(now_ns) <= now_ns && self.share_ns() <= now_ns {
            return Self::default();
        }
        self
    }

    /// Until when Stripe may count it in a second that has not ended. While it is unanswered: a second from now at the earliest.
    fn surely_ns(&self, now_ns: u64) -> u64 {
        let seen_ns = if self.answered_ns == 0 {
            now_ns
        } else {
            self.answered_ns
        };
        seen_ns + SURELY_NS
    }

    fn share_ns(&self) -> u64 {
        self.sent_ns + SHARE_NS
    }
}

/// How many are allowed, of one endpoint or of all together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// What Stripe allows in any second.
    pub(super) limit: usize,
    /// What we send in a second.
    pub(super) share: usize,
}

/// The earliest instant at which one more may go, as far as these requests are concerned; the past if one may go now. As unanswered
/// ones may be answered meanwhile it has to be asked again then, but nothing can make it earlier.
pub(super) fn opens_ns<'a>(
    records: impl Iterator<Item = &'a Record>,
    bounds: Bounds,
    now_ns: u64,
) -> u64 {
    let mut surely = Vec::new();
    let mut share = Vec::new();
    for record in records {
        if record.surely_ns(now_ns) > now_ns {
            surely.push(record.surely_ns(now_ns));
        }
        if record.share_ns() > now_ns {
            share.push(record.share_ns());
        }
    }
    below(&mut surely, bounds.limit).max(below(&mut share, bounds.share))
}

/// When fewer than `most` of these are still to come.
fn below(ends_ns: &mut [u64], most: usize) -> u64 {
    if ends_ns.len() < most {
        return 0;
    }
    ends_ns.sort_unstable();
    ends_ns[ends_ns.len() - most]
}

/// How fast one endpoint, or all, may be asked after Stripe said that it was too fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pace {
    /// The endpoint's key; [`EVERYTHING`] for all of them.
    pub(super) endpoint: u64,
    /// Thousandths of the share, at the instant of the last cut.
    pub(super) cut_permille: u32,
    /// When it was cut; 0 for a free place.
    pub(super) cut_ns: u64,
    /// Until when nothing goes.
    pub(super) pause_ns: u64,
}

/// The key that stands for all endpoints together.
pub(super) const EVERYTHING: u64 = 0;

/// What a cut leaves.
const CUT_PERMILLE: u32 = 700;
/// What a second without a cut gives back.
const RECOVERY_PERMILLE: u32 = 25;
/// What is always left.
const FLOOR_PERMILLE: u32 = 50;

impl Pace {
    /// Thousandths of the share that may be used now.
    pub(super) fn permille(&self, now_ns: u64) -> u32 {
        if self.cut_ns == 0 || self.cut_ns > now_ns {
            return 1000;
        }
        let seconds = u32::try_from((now_ns - self.cut_ns) / SECOND_NS).unwrap_or(u32::MAX);
        seconds
            .saturating_mul(RECOVERY_PERMILLE)
            .saturating_add(self.cut_permille)
            .min(1000)
    }

    /// Until when nothing may go.
    pub(super) fn pause_ns(&self, now_ns: u64) -> u64 {
        // A pause that ends beyond anything we grant is from before the machine was started again.
        if self.cut_ns > now_ns {
            0
        } else {
            self.pause_ns
        }
    }

    /// Slows down. Refusals of one second are one: their requests were under way together.
    pub(super) fn cut(&mut self, now_ns: u64, pause_ns: u64) {
        let known = self.cut_ns != 0 && self.cut_ns <= now_ns;
        if !known {
            self.pause_ns = 0;
        }
        if !known || now_ns - self.cut_ns >= SECOND_NS {
            self.cut_permille = (self.permille(now_ns) * CUT_PERMILLE / 1000).max(FLOOR_PERMILLE);
            self.cut_ns = now_ns;
        }
        self.pause_ns = self.pause_ns.max(now_ns + pause_ns);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: u64 = 1_000_000;

    fn sent(sent_ns: u64, answered_ns: u64) -> Record {
        Record {
            sent_ns,
            answered_ns,
            endpoint: 7,
            pid: 1,
            nonce: 1,
        }
    }

    const TWO: Bounds = Bounds { limit: 2, share: 2 };

    #[test]
    fn request_counts_until_a_second_after_its_answer() {
        let records = [
            sent(SECOND_NS, SECOND_NS + 400 * MS),
            sent(SECOND_NS, SECOND_NS + 100 * MS),
        ];
        let now_ns = SECOND_NS + 500 * MS;
        assert_eq!(
            opens_ns(records.iter(), TWO, now_ns),
            2 * SECOND_NS + 101 * MS
        );
        let more = Bounds { limit: 3, share: 3 };
        assert_eq!(opens_ns(records.iter(), more, now_ns), 0);
    }

    #[test]
    fn unanswered_request_counts_for_a_second_from_now_at_least() {
        let records = [sent(SECOND_NS, 0), sent(SECOND_NS, 0)];
        assert_eq!(
            opens_ns(records.iter(), TWO, 5 * SECOND_NS),
            6 * SECOND_NS + MS
        );
    }

    #[test]
    fn share_counts_from_the_sending() {
        let records = [sent(SECOND_NS, SECOND_NS + MS)];
        let bounds = Bounds { limit: 9, share: 1 };
        assert_eq!(
            opens_ns(records.iter(), bounds, SECOND_NS + 2 * MS),
            2 * SECOND_NS + 30 * MS
        );
    }

    #[test]
    fn request_of_a_dead_process_ends_and_one_of_a_living_stays() {
        let now_ns = 10 * SECOND_NS;
        let orphan = sent(8 * SECOND_NS, 0).aged(now_ns, |_| false);
        assert_eq!(orphan.answered_ns, 11 * SECOND_NS);
        assert!(orphan.aged(12 * SECOND_NS + MS, |_| false).is_free());
        assert_eq!(sent(8 * SECOND_NS, 0).aged(now_ns, |_| true).answered_ns, 0);
        assert!(
            sent(SECOND_NS, 0)
                .aged(500 * SECOND_NS, |_| true)
                .answered_ns
                > 0
        );
    }

    #[test]
    fn request_from_before_the_machine_was_started_again_is_forgotten() {
        assert!(sent(90 * SECOND_NS, 0).aged(SECOND_NS, |_| true).is_free());
        assert!(
            sent(90 * SECOND_NS, 91 * SECOND_NS)
                .aged(SECOND_NS, |_| true)
                .is_free()
        );
        let mut pace = Pace::default();
        pace.cut(90 * SECOND_NS, 60 * SECOND_NS);
        assert_eq!(
            (pace.permille(SECOND_NS), pace.pause_ns(SECOND_NS)),
            (1000, 0)
        );
        pace.cut(2 * SECOND_NS, 0);
        assert_eq!(
            (pace.permille(2 * SECOND_NS), pace.pause_ns(2 * SECOND_NS)),
            (700, 2 * SECOND_NS)
        );
    }

    #[test]
    fn refusals_of_one_second_cut_once_and_time_gives_back() {
        let mut pace = Pace::default();
        pace.cut(5 * SECOND_NS, 0);
        pace.cut(5 * SECOND_NS + 900 * MS, 0);
        assert_eq!(pace.permille(5 * SECOND_NS + 900 * MS), 700);
        assert_eq!(pace.permille(9 * SECOND_NS), 800);
        pace.cut(9 * SECOND_NS, 2 * SECOND_NS);
        assert_eq!(pace.permille(9 * SECOND_NS), 560);
        assert_eq!(pace.pause_ns(9 * SECOND_NS), 11 * SECOND_NS);
        assert_eq!(pace.permille(100 * SECOND_NS), 1000);
    }

    #[test]
    fn pace_never_falls_to_nothing() {
        let mut pace = Pace::default();
        for second in 1..100 {
            pace.cut(second * SECOND_NS, 0);
        }
        assert!(pace.permille(100 * SECOND_NS) >= FLOOR_PERMILLE);
    }

    /// Of these, the most that may have been seen within one second that has `at_ns` in it, each at any instant between its sending
    /// and its answer.
    fn most_seen(records: &[Record], at_ns: u64) -> usize {
        let begins = records.iter().map(|record| record.answered_ns);
        let begins = begins.chain([at_ns + 1 - SURELY_NS, at_ns]);
        let with_it = begins.filter(|begin| (at_ns + 1 - SURELY_NS..=at_ns).contains(begin));
        let seen = |begin: u64| {
            let seen = records.iter().filter(|record| {
                record.sent_ns < begin + SURELY_NS
                    && (record.answered_ns == 0 || record.answered_ns >= begin)
            });
            seen.count()
        };
        with_it.map(seen).max().expect("two are always there")
    }

    fn any_record(now_ns: u64) -> impl Strategy<Value = Record> {
        (1..3000u64, any::<bool>(), 0..1000u64).prop_map(move |(age_ms, open, part)| {
            let sent_ns = now_ns - age_ms * MS;
            let answered_ns = if open {
                0
            } else {
                sent_ns + age_ms * part * (MS / 1000)
            };
            sent(sent_ns, answered_ns)
        })
    }

    proptest! {
        #[test]
        fn one_more_goes_as_soon_as_no_second_can_have_too_many_and_no_sooner(
            records in proptest::collection::vec(any_record(9 * SECOND_NS), 0..12),
            limit in 1usize..6,
        ) {
            let now_ns = 9 * SECOND_NS;
            let bounds = Bounds { limit, share: usize::MAX };
            let opens_ns = opens_ns(records.iter(), bounds, now_ns);
            prop_assert_eq!(opens_ns <= now_ns, most_seen(&records, now_ns) < limit);
            if opens_ns > now_ns {
                // Even if all that is under way were answered this instant.
                let answered = |record: &Record| match record.answered_ns {
                    0 => sent(record.sent_ns, now_ns),
                    _ => *record,
                };
                let answered: Vec<_> = records.iter().map(answered).collect();
                prop_assert!(most_seen(&answered, opens_ns - 1) >= limit);
                prop_assert!(most_seen(&answered, opens_ns) < limit);
            }
        }
    }
}
