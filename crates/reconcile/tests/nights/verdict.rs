//! Whether a night's report is right: what had to be named is, nothing is invented, and the book equals the truth. What was lost is
//! taken from the simulator, what is true too; of daybook only the log and the book are looked at.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Kind, Source};
use reconcile::compare::{Difference, compare_objects};
use reconcile::{Class, Finding, Outcome, Report, State};
use simulator::{Loss, LossClass, Night};
use sync::Followed;

use crate::home::{DAY_S, Home, MICROS};
use crate::known::Known;

/// By how much what is read may be older than its reading.
const MARGIN_US: i64 = 5 * MICROS;

/// What came of many nights.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) nights: u64,
    pub(crate) tries: u64,
    pub(crate) requests: u64,
    pub(crate) most_requests: u64,
    pub(crate) objects: u64,
    /// By class and state.
    pub(crate) findings: BTreeMap<(Class, State), u64>,
    /// By cause.
    pub(crate) causes: BTreeMap<String, u64>,
    pub(crate) unsettled: u64,
    pub(crate) balances_unsettled: u64,
    /// Objects that moved between a night's reads and the look at the truth.
    pub(crate) moved: u64,
    /// Losses that had to be named and were, by class.
    pub(crate) named: BTreeMap<LossClass, u64>,
    /// States that no event told of and that were read while following.
    pub(crate) followed: u64,
    /// Those that the book knew by other means, such as an object that holds a copy.
    pub(crate) known_otherwise: u64,
}

/// The nights of one account.
pub(crate) struct Account {
    pub(crate) at: Followed,
    pub(crate) nights: Vec<Night>,
    pub(crate) known: Known,
    /// By the id of an event or an object: the nights that named it.
    named: BTreeMap<String, Vec<usize>>,
    /// By night: what the book had otherwise than it was before the night.
    untrue_before: Vec<BTreeSet<String>>,
    /// Losses that had their night.
    done: BTreeSet<(LossClass, String, i64)>,
}

impl Account {
    pub(crate) fn new(at: Followed) -> Self {
        Self {
            at,
            nights: Vec::new(),
            known: Known::default(),
            named: BTreeMap::new(),
            untrue_before: Vec::new(),
            done: BTreeSet::new(),
        }
    }

    /// Looks at the book before a night.
    pub(crate) fn look_before(&mut self, home: &Home) {
        let comparison = self.compare(home, home.now_us());
        let differences = comparison.1.into_iter();
        let untrue = differences.map(|found| found.id).collect();
        self.untrue_before.push(untrue);
    }

    /// The book against all that was true at an instant: since when each object is as it is, and what differs.
    pub(crate) fn compare(
        &self,
        home: &Home,
        at_us: i64,
    ) -> (BTreeMap<String, i64>, Vec<Difference>) {
        let book = home.book();
        let position = book.position(&self.at.stream).unwrap();
        let shown_us = position.clock_s.unwrap_or_default() * MICROS;
        let (recording, mut since) = (home.recording(), BTreeMap::<String, i64>::new());
        let states = recording.states_at(self.account(), at_us, shown_us);
        let mut deleted = BTreeSet::new();
        let objects = states.map(|(_, id, json, since_us)| {
            if json.ends_with("\"deleted\":true}") {
                deleted.insert(id.to_owned());
            }
            let newest = since.entry(id.to_owned()).or_default();
            *newest = since_us.max(*newest);
            serde_json::from_str(&json).unwrap()
        });
        let comparison = compare_objects(&book, &self.at.stream, objects).unwrap();
        // What was made and deleted before anybody looked is in no list.
        let mut differences = comparison.differences;
        differences.retain(|one| one.ours != "missing" || !deleted.contains(&one.id));
        (since, differences)
    }

    fn account(&self) -> &str {
        self.at.stream.account()
    }

    /// What is wrong about a night's report, the newest of `nights`.
    pub(crate) fn judge(
        &mut self,
        home: &Home,
        report: &Report,
        sweep_days: i64,
        figures: &mut Figures,
    ) -> Vec<String> {
        let night = self.nights.len() - 1;
        self.known.read(&home.log(), &self.at.stream);
        let losses = self.losses(home);
        count(report, figures);
        let mut wrong = Vec::new();
        for outcome in &report.findings {
            if outcome.state == State::Gone || self.waits_for_its_sweep(outcome, &losses, report) {
                continue;
            }
            if outcome.state.is_open() {
                wrong.push(format!("open: {}", told(&outcome.finding)));
            }
            if let Some(why) = self.invented(&outcome.finding, &losses, night) {
                let past = self.past_of(home, &outcome.finding.object_id, night);
                wrong.push(format!("{why}: {}; {past}", told(&outcome.finding)));
            }
            let id = outcome.finding.object_id.clone();
            self.named.entry(id).or_default().push(night);
        }
        wrong.extend(self.unnamed(&losses, night, sweep_days, figures));
        wrong.extend(self.untrue(home, report, &losses, figures));
        let when = (self.nights[night].begun_us / MICROS - 1_735_689_600) / DAY_S;
        let place = format!("{} night {night}, day {when}", self.account());
        wrong.iter().map(|one| format!("{place}: {one}")).collect()
    }

    /// What was told of an object, in seconds from a night's begin.
    fn past_of(&self, home: &Home, id: &str, night: usize) -> String {
        let (begun_us, recording) = (self.nights[night].begun_us, home.recording());
        let events = recording.events().iter();
        let events = events.filter(|event| *event.object_id == *id || *event.id == *id);
        let events = events.map(|event| {
            let arrived_us = home.arrived.get(&*event.id);
            let after_s = |at_us: i64| (at_us - begun_us) / MICROS;
            let (type_, arrived_s) = (event.event_type, arrived_us.map(|at_us| after_s(*at_us)));
            format!(
                "{type_} at {} came {arrived_s:?}",
                after_s(event.emitted_us)
            )
        });
        let events: Vec<String> = events.collect();
        let reads = self.known.reads.get(id).into_iter().flatten();
        let reads: Vec<String> = reads
            .map(|(date_s, source, _)| format!("{source} at {}", date_s - begun_us / MICROS))
            .collect();
        format!("{events:?}; read {reads:?}")
    }

    pub(crate) fn losses(&self, home: &Home) -> Vec<Loss> {
        let (account, nights) = (self.account(), &self.nights);
        home.stripe
            .stripe(|stripe| stripe.losses(account, &home.arrived, nights))
    }

    /// Whether a sum lacks an object that was lost and whose kind is not swept yet.
    fn waits_for_its_sweep(&self, outcome: &Outcome, losses: &[Loss], report: &Report) -> bool {
        let finding = &outcome.finding;
        finding.class == Class::SumDiffers
            && finding.code.as_deref() == Some("missing")
            && report_sweeps(report)
            && self.is_pending(&finding.object_id, losses)
    }

    /// Whether an object was lost and may still be found.
    fn is_pending(&self, id: &str, losses: &[Loss]) -> bool {
        losses.iter().any(|loss| {
            *loss.object_id == *id
                && loss.class == LossClass::Difference
                && self.due(loss, self.nights.len() - 1, 30) != Some(true)
                && !self.named_since(loss)
        })
    }

    /// Why a finding has nothing behind it; none if it has.
    fn invented(&self, finding: &Finding, losses: &[Loss], night: usize) -> Option<String> {
        let id = &*finding.object_id;
        let by_now = |loss: &&Loss| loss.first_night.is_some_and(|first| first <= night);
        let mut losses = losses.iter().filter(by_now);
        match finding.class {
            Class::EventMissing if self.known.events.get(id) != Some(&Source::Poll) => {
                Some("came otherwise".to_owned())
            }
            Class::EventMissing => {
                let lost = losses.any(|loss| {
                    loss.class == LossClass::Listed && loss.event_id.as_deref() == Some(id)
                });
                (!lost).then(|| "was not lost".to_owned())
            }
            Class::ObjectMissing | Class::ObjectDiffers | Class::ObjectGone => {
                let lost = losses
                    .any(|loss| loss.class == LossClass::Difference && &*loss.object_id == id);
                (!lost).then(|| "was told".to_owned())
            }
            Class::BalanceDiffers | Class::SumDiffers => Some("sums".to_owned()),
        }
    }

    /// What had to be named by now and was not.
    fn unnamed(
        &mut self,
        losses: &[Loss],
        night: usize,
        sweep_days: i64,
        figures: &mut Figures,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        for loss in losses {
            let id = match loss.class {
                LossClass::Listed => loss.event_id.as_deref().unwrap_or_default(),
                _ => &*loss.object_id,
            };
            let key = (loss.class, id.to_owned(), loss.from_us);
            if self.due(loss, night, sweep_days) != Some(true) || self.done.contains(&key) {
                continue;
            }
            self.done.insert(key);
            let first = loss.first_night.unwrap_or_default();
            let named = self.named.get(id).into_iter().flatten();
            let is_named = named.clone().any(|named| *named >= first);
            let from_s = (loss.from_us - MARGIN_US) / MICROS;
            if is_named {
                *figures.named.entry(loss.class).or_default() += 1;
            } else if loss.class == LossClass::Difference && self.known.followed_since(id, from_s) {
                figures.followed += 1;
            } else if loss.class == LossClass::Difference && !self.untrue_before[first].contains(id)
            {
                figures.known_otherwise += 1;
            } else {
                let named: Vec<&usize> = named.collect();
                let reads = self.known.reads.get(id);
                wrong.push(format!(
                    "not named (but in {named:?}, read {reads:?}): {loss:?}"
                ));
            }
        }
        wrong
    }

    /// Whether this night is the last that may name a loss; none where no night has to.
    fn due(&self, loss: &Loss, night: usize, sweep_days: i64) -> Option<bool> {
        let sure_by = loss.sure_by?;
        if loss.class == LossClass::Listed || sweep_days <= 1 {
            return Some(night >= sure_by);
        }
        let due_us = self.nights[sure_by].begun_us + (sweep_days + 1) * DAY_S * MICROS;
        let due = self.nights.iter().position(|one| one.begun_us >= due_us)?;
        (loss.until_us > self.nights[due].ended_us).then_some(night >= due)
    }

    /// What differs between the book and the truth at the night's end, and neither moved nor waits for its sweep.
    fn untrue(
        &self,
        home: &Home,
        report: &Report,
        losses: &[Loss],
        figures: &mut Figures,
    ) -> Vec<String> {
        let night = self.nights[self.nights.len() - 1];
        let (since, differences) = self.compare(home, night.ended_us);
        let mut wrong = Vec::new();
        for found in &differences {
            let since_us = since.get(&found.id);
            let moved = since_us.is_none_or(|since_us| *since_us > night.begun_us - MARGIN_US);
            let unsettled = report.run.unsettled.iter();
            let unsettled = unsettled
                .map(|one| &one.object_id)
                .any(|id| *id == found.id);
            let waits = self.is_pending(&found.id, losses);
            if moved || unsettled || (waits && report_sweeps(report)) {
                figures.moved += 1;
            } else {
                wrong.push(format!(
                    "untrue: {} {} {}: ours {}, true {}",
                    found.object, found.id, found.member, found.ours, found.truth
                ));
            }
        }
        wrong
    }

    fn named_since(&self, loss: &Loss) -> bool {
        let named = self.named.get(&*loss.object_id).into_iter().flatten();
        let first = loss.first_night.unwrap_or_default();
        named.clone().any(|named| *named >= first)
    }

    /// What a run that found nothing left in the log beside its record: must be nothing.
    pub(crate) fn left_behind(&mut self, home: &Home) -> Vec<String> {
        self.known.read(&home.log(), &self.at.stream);
        let entries = self.known.kinds.iter();
        let others = entries.filter(|kind| **kind != Kind::Control).count();
        let mut wrong = Vec::new();
        if self.known.controls != [reconcile::RUN] || others > 0 {
            let controls = &self.known.controls;
            wrong.push(format!("left {controls:?} and {others} others"));
        }
        wrong
    }
}

/// Whether the run compared a share of history alone.
fn report_sweeps(report: &Report) -> bool {
    report.run.sweep.compared < report.run.sweep.objects
}

fn told(finding: &Finding) -> String {
    let fields: Vec<String> = finding
        .fields
        .iter()
        .map(|one| format!("{}: ours {}, theirs {}", one.field, one.ours, one.theirs))
        .collect();
    format!(
        "{:?} {} {} {:?} {}",
        finding.class,
        finding.object_type,
        finding.object_id,
        finding.cause,
        fields.join("; ")
    )
}

fn count(report: &Report, figures: &mut Figures) {
    let run = &report.run;
    figures.nights += 1;
    figures.requests += run.requests;
    figures.most_requests = figures.most_requests.max(run.requests);
    figures.objects += run.objects;
    figures.unsettled += u64::try_from(run.unsettled.len()).unwrap();
    figures.balances_unsettled += u64::from(!run.balance_settled);
    for outcome in &report.findings {
        let key = (outcome.finding.class, outcome.state);
        *figures.findings.entry(key).or_default() += 1;
        let cause = format!("{:?}", outcome.finding.cause);
        *figures.causes.entry(cause).or_default() += 1;
    }
}
