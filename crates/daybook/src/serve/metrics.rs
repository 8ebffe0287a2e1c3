//! What is counted, and how Prometheus reads it. No label comes from outside: each is one of a few words that stand here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ledger::{Outcome, Role};
use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Seconds: a sync of a good disk takes one or two thousandths, and Stripe has given up after some ten.
const COMMIT_BUCKETS: [f64; 13] = [
    0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 1.0, 4.0, 16.0,
];

/// The last line.
const END: &str = "# EOF\n";

/// Why a request was not answered with 200, as the label `reason`.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub(super) enum Reason {
    Unsigned,
    Forged,
    Stale,
    Early,
    Encoded,
    TooLarge,
    /// The body is not what its head announced.
    Broken,
    /// The body did not come in time.
    Slow,
    /// Too much waits to be appended, or is being received.
    Overload,
    /// The log can't take it now: another process writes, the disk is full.
    Unavailable,
    /// The log takes nothing until it is opened again.
    Poisoned,
    /// What can't be read could not be kept aside either.
    NotKept,
}

impl Reason {
    const ALL: [Self; 12] = [
        Self::Unsigned,
        Self::Forged,
        Self::Stale,
        Self::Early,
        Self::Encoded,
        Self::TooLarge,
        Self::Broken,
        Self::Slow,
        Self::Overload,
        Self::Unavailable,
        Self::Poisoned,
        Self::NotKept,
    ];

    /// The label.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Forged => "forged",
            Self::Stale => "stale",
            Self::Early => "early",
            Self::Encoded => "encoded",
            Self::TooLarge => "too_large",
            Self::Broken => "broken",
            Self::Slow => "slow",
            Self::Overload => "overload",
            Self::Unavailable => "unavailable",
            Self::Poisoned => "poisoned",
            Self::NotKept => "not_kept",
        }
    }
}

type Number = Gauge<u64, AtomicU64>;
/// Name and value of a label, both from here.
type Label = [(&'static str, &'static str); 1];

/// All that is counted.
pub(super) struct Metrics {
    registry: Registry,
    pub(super) accepted: Counter,
    pub(super) duplicates: Counter,
    renderings: Counter,
    conflicts: Counter,
    pub(super) set_aside: Counter,
    rejected: Family<Label, Counter>,
    refused: AtomicU64,
    commit: Histogram,
    last_event_s: Gauge,
    delay_s: Gauge,
    /// In the order of [`MEASURES`].
    measures: Vec<Number>,
}

/// What is asked for when somebody looks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moment {
    pub(super) queue_entries: u64,
    pub(super) queue_bytes: u64,
    pub(super) connections: u64,
    pub(super) sent_away: u64,
    pub(super) log_entries: u64,
    pub(super) book_lag_entries: u64,
    pub(super) book_lag_s: u64,
    pub(super) book_failures: u64,
    pub(super) is_poisoned: bool,
}

/// A gauge: its name, what it says, where its number stands.
type Measure = (&'static str, &'static str, fn(&Moment) -> u64);

const MEASURES: [Measure; 9] = [
    (
        "queue_entries",
        "Deliveries that wait for their commit",
        |now| now.queue_entries,
    ),
    (
        "queue_bytes",
        "Bytes of deliveries that wait for their commit",
        |now| now.queue_bytes,
    ),
    ("connections", "Open connections", |now| now.connections),
    (
        "connections_sent_away",
        "Connections closed to make room, since the start",
        |now| now.sent_away,
    ),
    (
        "log_entries",
        "Entries in the log, all streams together",
        |now| now.log_entries,
    ),
    (
        "book_lag_entries",
        "Entries of the log that are not in the book yet",
        |now| now.book_lag_entries,
    ),
    (
        "book_lag_seconds",
        "For how long the book has been behind the log",
        |now| now.book_lag_s,
    ),
    (
        "book_failures",
        "Failed attempts to bring the book up to the log, since the start",
        |now| now.book_failures,
    ),
    (
        "ledger_poisoned",
        "1 once a commit has failed: nothing is taken until a restart",
        |now| now.is_poisoned.into(),
    ),
];

impl Metrics {
    pub(super) fn new() -> Arc<Self> {
        let metrics = Self {
            registry: Registry::with_prefix("daybook"),
            accepted: Counter::default(),
            duplicates: Counter::default(),
            renderings: Counter::default(),
            conflicts: Counter::default(),
            set_aside: Counter::default(),
            rejected: Family::default(),
            refused: AtomicU64::new(0),
            commit: Histogram::new(COMMIT_BUCKETS),
            last_event_s: Gauge::default(),
            delay_s: Gauge::default(),
            measures: Vec::new(),
        };
        Arc::new(metrics.registered())
    }

    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        let counters = [
            (
                "webhooks_accepted",
                "Deliveries answered with 200 and appended",
                &self.accepted,
            ),
            (
                "webhooks_duplicates",
                "Deliveries answered with 200 that the log had already",
                &self.duplicates,
            ),
            (
                "webhooks_renderings",
                "Of those appended, events that the log had in another API version",
                &self.renderings,
            ),
            (
                "webhooks_conflicts",
                "Of those appended, events that the log had with other content",
                &self.conflicts,
            ),
            (
                "webhooks_set_aside",
                "Rightly signed deliveries that can't be read, kept in rejects: look at them",
                &self.set_aside,
            ),
        ];
        for (name, help, counter) in counters {
            registry.register(name, help, counter.clone());
        }
        // From the start, so that the first one is an increase.
        for reason in Reason::ALL {
            drop(self.rejected.get_or_create(&[("reason", reason.name())]));
        }
        registry.register(
            "webhooks_rejected",
            "Deliveries that were not answered with 200, by reason",
            self.rejected.clone(),
        );
        registry.register(
            "commit_seconds",
            "From a delivery's place in the queue to its commit on disk",
            self.commit.clone(),
        );
        registry.register(
            "last_event_timestamp_seconds",
            "Stripe's second of the newest event appended since the start",
            self.last_event_s.clone(),
        );
        registry.register(
            "log_lag_seconds",
            "From Stripe's second of the last event appended to our recording it",
            self.delay_s.clone(),
        );
        for (name, help, _) in MEASURES {
            let gauge = Number::default();
            registry.register(name, help, gauge.clone());
            self.measures.push(gauge);
        }
        self
    }

    /// Counts a delivery that was appended, or was there.
    pub(super) fn count(&self, outcome: Outcome, waited: Duration) {
        self.commit.observe(waited.as_secs_f64());
        let Outcome::Appended { role, .. } = outcome else {
            self.duplicates.inc();
            return;
        };
        self.accepted.inc();
        match role {
            Role::Original => {}
            Role::Rendering => {
                self.renderings.inc();
            }
            Role::Conflict => {
                self.conflicts.inc();
            }
        }
    }

    /// Counts a delivery that was refused.
    pub(super) fn refuse(&self, reason: Reason) {
        self.rejected
            .get_or_create(&[("reason", reason.name())])
            .inc();
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Deliveries refused so far.
    pub(super) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Notes Stripe's second of an event that was appended, and ours.
    pub(super) fn see(&self, created_s: i64, recorded_us: i64) {
        self.delay_s.set(recorded_us / 1_000_000 - created_s);
        self.last_event_s
            .inner()
            .fetch_max(created_s, Ordering::Relaxed);
    }

    /// The text that Prometheus reads, with what is told of past nights in it.
    pub(super) fn text(&self, now: &Moment, nights: &str) -> String {
        for (gauge, (_, _, number)) in self.measures.iter().zip(MEASURES) {
            gauge.set(number(now));
        }
        let mut text = String::new();
        text::encode(&mut text, &self.registry).expect("writing to a String can't fail");
        let front = text.strip_suffix(END).expect("OpenMetrics ends so");
        format!("{front}{nights}{END}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::report::fixture;
    use crate::serve::nights;

    /// Every name that Prometheus is told, by serve or by a night.
    fn told() -> BTreeSet<String> {
        let metrics = Metrics::new();
        metrics.refuse(Reason::Unsigned);
        metrics.see(0, 0);
        let nights = nights::told(true, &[fixture::watched()]);
        let text = metrics.text(&Moment::default(), &nights);
        assert_eq!(text.matches(END).count(), 1);
        assert!(text.ends_with(END));
        let sample = |line: &str| {
            let name = line.split(['{', ' ']).next()?;
            (!line.starts_with('#')).then(|| name.to_owned())
        };
        text.lines().filter_map(sample).collect()
    }

    /// The names of metrics in a text.
    fn named(text: &str) -> BTreeSet<&str> {
        let is_letter = |letter: char| letter.is_ascii_lowercase() || letter == '_';
        text.split(|letter| !is_letter(letter))
            .filter(|word| word.starts_with("daybook_"))
            .collect()
    }

    #[test]
    fn every_metric_of_the_alert_rules_is_told_by_somebody() {
        let told = told();
        let rules = include_str!("../../../../docs/alerts.yml");
        let named = named(rules);
        assert!(named.len() > 10, "{named:?}");
        for name in named {
            assert!(told.contains(name), "{name} is in no text");
        }
    }

    #[test]
    fn no_name_is_told_twice() {
        let metrics = Metrics::new();
        let text = metrics.text(
            &Moment::default(),
            &nights::told(true, &[fixture::watched()]),
        );
        let names: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("# TYPE "))
            .collect();
        let once: BTreeSet<&&str> = names.iter().collect();
        assert_eq!(once.len(), names.len());
    }
}
