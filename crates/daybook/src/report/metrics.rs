//! What the nights came to, as Prometheus reads it, for the node exporter's textfile collector and for serve. All are gauges, made of
//! records of the log alone, so that whoever asks gets the same; no time is told but those of the records.

use std::collections::BTreeMap;
use std::fmt::Write;

use ledger::StreamId;
use reconcile::{Memory, Outcome, ReconcileError, Run, State};

use super::words::{self, CAUSES, CLASSES, QUESTIONS, STATES};

/// What is known of a stream's nights.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched {
    /// The stream.
    pub(crate) stream: String,
    /// Its runs, oldest first; the newest and the last true night are enough.
    pub(crate) runs: Vec<Run>,
    /// The findings of the newest, and those of earlier ones that it left standing.
    pub(crate) findings: Vec<Outcome>,
}

/// A metric: its name, what it says, its samples as labels and value.
struct Metric {
    name: &'static str,
    help: &'static str,
    samples: Vec<(Vec<(&'static str, String)>, i64)>,
}

/// The numbers of these streams, without OpenMetrics' last line.
pub(crate) fn prometheus(watched: &[Watched]) -> String {
    let mut text = String::new();
    let runs = newest(watched);
    for metric in of_runs(&runs)
        .into_iter()
        .chain(of_questions(&runs))
        .chain(of_findings(watched))
        .chain(of_sweeps(&runs))
        .chain(of_balances(&runs))
        .chain([last_true(watched)])
    {
        metric.write(&mut text);
    }
    text
}

impl Watched {
    /// What the memory of runs has of a stream.
    pub(crate) fn read(memory: &Memory, stream: &StreamId) -> Result<Self, ReconcileError> {
        let standing = memory.standing(stream)?.into_iter();
        let mut findings: Vec<Outcome> = standing.map(|tracked| tracked.outcome).collect();
        let newest = memory.report(stream, "")?;
        let settled = newest.into_iter().flat_map(|report| report.findings);
        findings.extend(settled.filter(|one| matches!(one.state, State::Repaired | State::Gone)));
        let mut runs = memory.runs(stream)?;
        let last_true = runs.iter().rposition(is_true_night);
        let newest = runs.pop();
        runs = last_true
            .filter(|place| *place < runs.len())
            .map(|place| runs.swap_remove(place))
            .into_iter()
            .collect();
        runs.extend(newest);
        Ok(Self {
            stream: stream.to_string(),
            runs,
            findings,
        })
    }
}

impl Metric {
    fn write(&self, text: &mut String) {
        let Self {
            name,
            help,
            samples,
        } = self;
        writeln!(
            text,
            "# HELP daybook_{name} {help}.\n# TYPE daybook_{name} gauge"
        )
        .expect("writing to a String can't fail");
        for (labels, value) in samples {
            let labels: Vec<String> = labels
                .iter()
                .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
                .collect();
            writeln!(text, "daybook_{name}{{{}}} {value}", labels.join(","))
                .expect("writing to a String can't fail");
        }
    }
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

type Newest<'w> = Vec<(&'w str, &'w Run)>;

fn newest(watched: &[Watched]) -> Newest<'_> {
    let newest = |one: &'_ Watched| one.runs.last().is_some();
    let some = watched.iter().filter(|one| newest(one));
    some.map(|one| (&*one.stream, &one.runs[one.runs.len() - 1]))
        .collect()
}

/// The second at which the last night ended that was true; 0 while there is none, so that an age of it is never missing.
fn last_true(watched: &[Watched]) -> Metric {
    let last = |one: &Watched| {
        let place = one.runs.iter().rposition(is_true_night);
        place.map_or(0, |place| one.runs[place].ended_s)
    };
    Metric {
        name: "last_true_night_timestamp_seconds",
        help: "Stripe's second at which the last nightly run ended that left no finding open; 0 while there is none",
        samples: watched
            .iter()
            .map(|one| (labels(&one.stream), last(one)))
            .collect(),
    }
}

/// A run over part of a stream, or by hand, is none.
fn is_true_night(run: &Run) -> bool {
    run.command == "nightly" && run.only.is_empty() && run.is_true()
}

/// Of a run: a name, what it says, the number.
type Measure = (&'static str, &'static str, fn(&Run) -> i64);

const OF_RUN: [Measure; 9] = [
    (
        "last_run_timestamp_seconds",
        "Stripe's second at which the newest run ended",
        |run| run.ended_s,
    ),
    ("last_run_seconds", "How long the newest run took", |run| {
        run.ended_s.saturating_sub(run.began_s)
    }),
    (
        "last_run_finished",
        "1 if the newest run came to its end",
        |run| run.finished.into(),
    ),
    (
        "last_run_true",
        "1 if the newest run came to its end and left no finding open",
        |run| run.is_true().into(),
    ),
    (
        "last_run_requests",
        "Requests to Stripe of the newest run",
        |run| number(run.requests),
    ),
    (
        "last_run_objects",
        "Objects that the newest run compared",
        |run| number(run.objects),
    ),
    (
        "last_run_unsettled",
        "Objects that moved whenever the newest run looked at them",
        |run| number(run.unsettled.len() as u64),
    ),
    (
        "last_run_unproven",
        "Things that the newest run did not come to",
        |run| number(run.unproven.len() as u64),
    ),
    (
        "last_run_unlisted_members",
        "Members that Stripe sends and nobody has listed",
        |run| number(run.unlisted.len() as u64),
    ),
];

fn of_runs(runs: &Newest<'_>) -> Vec<Metric> {
    measured(runs, &OF_RUN)
}

const OF_SWEEP: [Measure; 3] = [
    (
        "sweep_objects",
        "Objects of the book that can be swept",
        |run| number(run.sweep.objects),
    ),
    (
        "sweep_compared",
        "Of those, how many the newest run's part of the sweep compared",
        |run| number(run.sweep.compared),
    ),
    (
        "sweep_oldest_timestamp_seconds",
        "Stripe's second since which every object was compared at least once; 0 while not every one was",
        |run| run.sweep.all_since_s.unwrap_or(0),
    ),
];

fn of_sweeps(runs: &Newest<'_>) -> Vec<Metric> {
    measured(runs, &OF_SWEEP)
}

fn measured(runs: &Newest<'_>, measures: &[Measure]) -> Vec<Metric> {
    let metric = |&(name, help, value): &Measure| Metric {
        name,
        help,
        samples: runs
            .iter()
            .map(|(stream, run)| (labels(stream), value(run)))
            .collect(),
    };
    measures.iter().map(metric).collect()
}

fn of_questions(runs: &Newest<'_>) -> Vec<Metric> {
    let samples = |value: fn(&reconcile::Score) -> u64| {
        let each = |(stream, run): &(&str, &Run)| {
            QUESTIONS.map(|question| {
                let mut labels = labels(stream);
                labels.push(("question", words::of_question(question).to_owned()));
                (labels, number(value(words::score(run, question))))
            })
        };
        runs.iter().flat_map(each).collect()
    };
    vec![
        Metric {
            name: "score_agreed",
            help: "How many agreed when the newest run looked at them, by question",
            samples: samples(|score| score.agreed),
        },
        Metric {
            name: "score_of",
            help: "Of how many, by question",
            samples: samples(|score| score.of),
        },
    ]
}

fn of_findings(watched: &[Watched]) -> Vec<Metric> {
    let (mut numbers, mut causes, mut money) = (Vec::new(), Vec::new(), Vec::new());
    for Watched {
        stream, findings, ..
    } in watched
    {
        for (class, state) in CLASSES
            .iter()
            .flat_map(|class| STATES.map(|state| (*class, state)))
        {
            let mine: Vec<&Outcome> = findings
                .iter()
                .filter(|one| one.finding.class == class && one.state == state)
                .collect();
            let mut labels = labels(stream);
            labels.push(("class", token(words::of_class(class))));
            labels.push(("state", token(words::of_state(state))));
            numbers.push((labels.clone(), number(mine.len() as u64)));
            let stakes = mine.iter().flat_map(|one| &one.finding.at_stake);
            for amount in words::by_currency(stakes) {
                let mut labels = labels.clone();
                labels.push(("currency", amount.currency));
                money.push((labels, amount.minor));
            }
        }
        let open = findings.iter().filter(|one| one.state.is_open());
        let mut by_cause: BTreeMap<&str, u64> = BTreeMap::new();
        for one in open {
            *by_cause
                .entry(words::of_cause(one.finding.cause))
                .or_default() += 1;
        }
        for cause in CAUSES.map(words::of_cause) {
            let mut labels = labels(stream);
            labels.push(("cause", token(cause)));
            causes.push((labels, number(by_cause.get(cause).copied().unwrap_or(0))));
        }
    }
    let metric = |name, help, samples| Metric {
        name,
        help,
        samples,
    };
    vec![
        metric(
            "findings",
            "Findings as the newest run left them, by class and state; new and known are open",
            numbers,
        ),
        metric("findings_open_by_cause", "Open findings, by cause", causes),
        metric(
            "findings_at_stake_minor",
            "Money that findings put in question, in minor units, by class, state and currency",
            money,
        ),
    ]
}

fn of_balances(runs: &Newest<'_>) -> Vec<Metric> {
    let off = runs.iter().flat_map(|(stream, run)| {
        run.balances.iter().map(|line| {
            let mut labels = labels(stream);
            labels.push(("currency", line.currency.clone()));
            labels.push(("side", line.side.clone()));
            (labels, line.ours_minor.saturating_sub(line.theirs_minor))
        })
    });
    let settled: Measure = (
        "balance_settled",
        "1 if the newest run could hold Stripe's balance against the book; 0 if it moved each time",
        |run| run.balance_settled.into(),
    );
    let mut metrics = measured(runs, &[settled]);
    metrics.push(Metric {
        name: "balance_off_minor",
        help: "By how many minor units the book's balance is above Stripe's, by currency and side",
        samples: off.collect(),
    });
    metrics
}

fn labels(stream: &str) -> Vec<(&'static str, String)> {
    vec![("stream", stream.to_owned())]
}

fn token(words: &str) -> String {
    words.replace(' ', "_")
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
