//! The last days of a demonstration: posts are lost, one event is never made and one payment edited by hand, and each day ends with
//! `nightly`. What was lost is known here from the simulation and the log alone, not from the report.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ledger::{Kind, Log};
use reconcile::{Class, Outcome, Report, State};
use simulator::{Behind, Config, Recording};

use super::{Demonstration, SECOND_US, Untold};
use crate::failure::{Failure, ShellError, failed};

/// How many days end with a night.
const NIGHTS: i64 = 3;
const DAY_US: i64 = 86_400 * SECOND_US;
/// Of a thousand posts, those that somebody else accepts.
const SWALLOWED: u32 = 200;
/// Where the pages are, in the folder.
const PAGES: &str = "reports";
/// How long before a day ends somebody edits a payment.
const EDITED_BEFORE_US: i64 = 3_600 * SECOND_US;
/// What they write.
const EDITED_JSON: &str = "\"Paid for by the parent company\"";

/// A night, what was there to be found, and what it found.
pub(crate) struct Nightly {
    /// The instant at which it began, Unix seconds.
    pub(crate) at_s: i64,
    /// Events of the day, by their ids.
    made: BTreeSet<String>,
    /// Those that no post has brought.
    pub(crate) lost: BTreeSet<String>,
    /// Its reports, stream by stream.
    pub(crate) reports: Vec<Report>,
    /// The platform's report as a page.
    pub(crate) page: PathBuf,
    /// How long it took.
    pub(crate) time: Duration,
}

impl Nightly {
    /// What it found, over all streams.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Outcome> {
        self.reports.iter().flat_map(|report| &report.findings)
    }

    /// How many of its findings are events that are missing, of days before too, and how many are about objects.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let is_event = |one: &&Outcome| one.finding.class == Class::EventMissing;
        let events = self.findings().filter(is_event).count() as u64;
        (events, self.findings().count() as u64 - events)
    }

    /// The ids of the events of the day that it found missing.
    pub(crate) fn missed(&self) -> BTreeSet<String> {
        let ids = self.findings().map(|one| &one.finding.object_id);
        ids.filter(|id| self.made.contains(*id)).cloned().collect()
    }

    /// What it found of an object, and repaired.
    pub(crate) fn repaired(&self, object_id: &str) -> Option<&Outcome> {
        self.findings().find(|one| {
            one.finding.object_id == object_id
                && one.finding.class == Class::ObjectDiffers
                && one.state == State::Repaired
        })
    }

    /// How much money was in question of what no event told, by currency, in minor units.
    pub(crate) fn at_stake(&self) -> BTreeMap<&str, i64> {
        let told = |one: &&Outcome| one.finding.class != Class::EventMissing;
        let mut sums = BTreeMap::new();
        for amount in self
            .findings()
            .filter(told)
            .flat_map(|one| &one.finding.at_stake)
        {
            *sums.entry(&*amount.currency).or_default() += amount.minor;
        }
        sums
    }

    /// Whether all three questions were answered with yes, of every stream.
    pub(crate) fn is_true(&self) -> bool {
        self.reports.iter().all(|report| report.run.is_true())
    }

    /// How many objects were compared.
    pub(crate) fn objects(&self) -> u64 {
        self.reports.iter().map(|report| report.run.objects).sum()
    }
}

/// The instant from which on each day of the company ends with a night.
pub(super) fn begin_us(recording: &Recording, config: &Config) -> i64 {
    let opens_us = config.start_s * SECOND_US;
    (recording.end_us() - NIGHTS * DAY_US).max(opens_us)
}

/// Leaves a write-off of the last days without its event, and has a payment of the last day but one edited behind everybody's back.
pub(super) fn leave_untold(recording: &mut Recording, config: &Config) -> Untold {
    let from_us = begin_us(recording, config);
    let withholdable = recording.withholdable();
    let mut events = recording.events().iter();
    let last = withholdable.last();
    let last = last.and_then(|last| events.find(|event| *event.id == **last));
    let last = last.filter(|event| event.committed_us > from_us);
    let event_id = last.map(|event| event.id.to_string());
    let written_off = last.map(|event| event.object_id.to_string());
    let edited_us = recording.end_us() - DAY_US - EDITED_BEFORE_US;
    let that_day_us = edited_us - DAY_US / 2..edited_us;
    let made = recording.events().iter().filter(|event| {
        event.event_type == "payment_intent.created"
            && event.account.is_none()
            && that_day_us.contains(&event.committed_us)
    });
    let made: Vec<String> = made.map(|event| event.object_id.to_string()).collect();
    let edited = made.into_iter().find(|id| {
        let edit = Behind::Member {
            name: "description".to_owned(),
            json: EDITED_JSON.to_owned(),
        };
        recording.change_behind(id, edited_us, edit)
    });
    Untold {
        event_id,
        object_ids: written_off.into_iter().chain(edited).collect(),
    }
}

impl Demonstration {
    /// Whether the company has days left that end with a night.
    pub(crate) fn has_days(&self) -> bool {
        self.stripe.now_us() < self.recording.end_us()
    }

    /// Lets a day pass on which posts are lost, and ends it with a night.
    pub(crate) fn night(&self, number: u32) -> Result<Nightly, Failure> {
        let from_us = self.stripe.now_us();
        let until_us = (from_us + DAY_US).min(self.recording.end_us());
        self.stripe
            .change(|stripe| stripe.terms_mut().faults.posts_swallowed = SWALLOWED);
        let heads = self.heads()?;
        self.stripe.push_to(until_us);
        let arrived = self.arrived(&heads)?;
        let emitted = self.recording.events().iter().filter(|event| {
            (from_us + 1..=until_us).contains(&event.emitted_us)
                && self.untold.event_id.as_deref() != Some(&event.id)
        });
        let made: BTreeSet<String> = emitted.map(|event| event.id.to_string()).collect();
        let lost = made.difference(&arrived).cloned().collect();
        if !self.has_days() {
            self.sweep_all()?;
        }
        self.reconcile(&format!("night-{number}.html"), made, lost)
    }

    /// From now on each night compares everything that was made a day ago or earlier, and not a thirtieth: what no event tells of what is
    /// old, only the sweep finds.
    fn sweep_all(&self) -> Result<(), Failure> {
        let path = self.folder.settings_path();
        let text = fs::read_to_string(&path).map_err(failed("read", &path))?;
        let text = text.replace("sweep_days = 30", "sweep_days = 1");
        fs::write(&path, text).map_err(failed("write", &path))
    }

    /// A night right behind the one before: nothing is left to be found.
    pub(crate) fn last_night(&self) -> Result<Nightly, Failure> {
        self.reconcile("night-last.html", BTreeSet::new(), BTreeSet::new())
    }

    fn reconcile(
        &self,
        page: &str,
        made: BTreeSet<String>,
        lost: BTreeSet<String>,
    ) -> Result<Nightly, Failure> {
        let start = Instant::now();
        let folder = self.folder.path().join(PAGES);
        fs::create_dir_all(&folder).map_err(failed("make", &folder))?;
        let page = folder.join(page);
        let path = page.to_string_lossy();
        let answer = self
            .program
            .answer(&["nightly", "--no-checks", "--html", &path])?;
        let reports = serde_json::from_value(answer["reports"].clone());
        let reports = reports.map_err(|error| ShellError::Demo(error.to_string()))?;
        Ok(Nightly {
            at_s: self.stripe.now_us().div_euclid(SECOND_US),
            made,
            lost,
            reports,
            page,
            time: start.elapsed(),
        })
    }

    /// The last entry of each stream.
    fn heads(&self) -> Result<BTreeMap<String, u64>, Failure> {
        let log = self.folder.log()?;
        let mut heads = BTreeMap::new();
        for info in log.streams()? {
            heads.insert(info.stream.to_string(), log.head(&info.stream)?.seq);
        }
        Ok(heads)
    }

    /// The ids of the events that have entered the log behind these entries.
    fn arrived(&self, heads: &BTreeMap<String, u64>) -> Result<BTreeSet<String>, Failure> {
        let log = self.folder.log()?;
        let mut arrived = BTreeSet::new();
        for info in log.streams()? {
            let first = heads.get(info.stream.as_str()).map_or(1, |seq| seq + 1);
            log.read(&info.stream, first..=u64::MAX, &mut |entry| {
                if entry.kind == Kind::Event {
                    arrived.insert(entry.id.to_owned());
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(arrived)
    }
}
