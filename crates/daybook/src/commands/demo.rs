//! `demo`: a simulated year goes into the log, becomes books, is reconciled night by night in its last days, and agrees with the truth to
//! the cent. Tells it as it goes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use reconcile::Finding;
use serde_json::{Value, json};
use simulator::Config;

use super::simulate::Size;
use crate::compare::{Comparison, Difference};
use crate::currency::{self, count, worded};
use crate::demonstration::{Demonstration, Nightly, fresh_folder, sum};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::moment;
use crate::paint::{WRONG, painted};
use crate::shell::Shell;
use crate::standing::short;

const FOLDER: &str = "daybook-demo";
const SEED: u64 = 1;
const DIFFERENCES_SHOWN: usize = 10;

/// Simulate a year of a company, make its books in ./daybook-demo, and hold them against the truth
#[derive(Debug, Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    size: Size,
}

impl Demo {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let config = self.size.config(SEED);
        let folder = fresh_folder(Path::new(FOLDER))?;
        let mut story = Story {
            shell,
            is_true: true,
            report: json!({}),
        };
        let span = if config.days == 365 {
            "one year".to_owned()
        } else {
            format!("{} days", config.days)
        };
        let currencies = Config::currencies().join(", ");
        story.part(&format!(
            "simulating   seed {SEED} · {span} · {currencies} · "
        ))?;
        let recording = simulator::simulate(&config);
        let connected = recording.accounts().len() - 1;
        story.line(&format!(
            "{connected} connected accounts · {} events",
            count(recording.events().len() as u64)
        ))?;
        let mut demonstration = Demonstration::new(folder, recording, &config)?;
        story.living(&demonstration)?;
        story.first_books(&demonstration)?;
        story.reading(&demonstration)?;
        let page = story.nights(&demonstration)?;
        story.stragglers(&mut demonstration)?;
        let whole = story.books(&demonstration)?;
        story.truth(&whole)?;
        story.end(&page)
    }
}

/// The telling, and whether all that was told is true.
struct Story<'s> {
    shell: &'s mut Shell,
    is_true: bool,
    /// The same for programs.
    report: Value,
}

impl Story<'_> {
    fn living(&mut self, demonstration: &Demonstration) -> Result<(), Failure> {
        // What takes long begins with its name, so that people see what they wait for.
        self.part("delivering   ")?;
        let lived = demonstration.live()?;
        let posted = lived.posted;
        self.line(&format!(
            "{} deliveries · {} of them again · {} refused · {}",
            count(posted.all()),
            count(posted.repeated),
            count(posted.refused + posted.unanswered),
            tenths(lived.posting)
        ))?;
        self.line(&format!(
            "following    {} rounds · {} events ahead of their delivery · {} objects read · {}",
            count(lived.rounds),
            count(lived.events),
            count(lived.read),
            tenths(lived.following)
        ))?;
        self.report["duplicates"] = posted.repeated.into();
        self.report["rejected"] = (posted.refused + posted.unanswered).into();
        self.expect(
            posted.accepted == posted.all(),
            "each delivery is acknowledged",
        )
    }

    /// What webhooks and events alone come to.
    fn first_books(&mut self, demonstration: &Demonstration) -> Result<(), Failure> {
        let reports = demonstration.project()?;
        let tables: BTreeSet<_> = reports
            .iter()
            .flat_map(|stream| stream.rows.iter().filter(|(_, rows)| *rows > 0))
            .map(|(table, _)| table)
            .collect();
        let compared = demonstration.compare_invoices()?;
        // Other members change without any event: a backfill reads them.
        let differing = compared.differences.iter();
        let differing = differing.filter(|one| one.member == "status").count() as u64;
        self.line(&format!(
            "books        {} tables · {} of {} invoices have the status that is true",
            tables.len(),
            count(compared.objects - differing),
            count(compared.objects)
        ))?;
        self.expect(differing == 0, "what events tell is right")
    }

    /// What no event tells.
    fn reading(&mut self, demonstration: &Demonstration) -> Result<(), Failure> {
        self.part("backfill     ")?;
        let start = Instant::now();
        let read = demonstration.backfill()?;
        let [requests, objects, appended] =
            ["requests", "objects", "appended"].map(|name| read[name].as_u64().unwrap_or_default());
        self.report["requests"] = requests.into();
        self.line(&format!(
            "{} objects in {} requests · {} observations appended · {}",
            count(objects),
            count(requests),
            count(appended),
            tenths(start.elapsed())
        ))?;
        let read = demonstration.follow()?;
        self.expect(
            sum(&read, "wanted") == 0,
            "what was read made the book sure",
        )
    }

    /// The last days, each with a night; the page of the first.
    fn nights(&mut self, demonstration: &Demonstration) -> Result<PathBuf, Failure> {
        let mut left = demonstration.untold().object_ids.clone();
        let (mut pages, mut found) = (Vec::new(), 0);
        for number in 1.. {
            if !demonstration.has_days() {
                break;
            }
            self.part(&format!("night {number}      "))?;
            let night = demonstration.night(number)?;
            self.line(&told_night(&night))?;
            for outcome in left.iter().filter_map(|id| night.repaired(id)) {
                self.line(&told_change(&outcome.finding))?;
            }
            left.retain(|id| night.repaired(id).is_none());
            self.expect(
                night.missed() == night.lost,
                "each lost event is found, and no other",
            )?;
            self.expect(night.is_true(), "what was found is repaired")?;
            found += night.findings().count() as u64;
            pages.push(night.page);
        }
        self.report["findings"] = found.into();
        self.expect(left.is_empty(), "what no event told is found")?;
        Ok(pages.into_iter().next().unwrap_or_default())
    }

    /// One more night finds nothing; then what is still on its way comes.
    fn stragglers(&mut self, demonstration: &mut Demonstration) -> Result<(), Failure> {
        self.part("last night   ")?;
        let night = demonstration.last_night()?;
        let findings = night.findings().count() as u64;
        self.line(&format!(
            "{} findings · {} objects compared · {}",
            count(findings),
            count(night.objects()),
            tenths(night.time)
        ))?;
        self.expect(findings == 0 && night.is_true(), "nothing is left to find")?;
        let (posted, served) = demonstration.await_stragglers()?;
        self.report["deliveries"] = posted.all().into();
        let taken = served["accepted"]
            .as_u64()
            .zip(served["duplicates"].as_u64());
        self.expect(
            taken.map(|(new, known)| new + known) == Some(posted.all()),
            "each delivery is in the log",
        )?;
        self.part("log          ")?;
        let start = Instant::now();
        let entries = demonstration.verify()?;
        self.report["entries"] = entries.into();
        self.line(&format!(
            "{} entries · chain ok · {}",
            count(entries),
            tenths(start.elapsed())
        ))
    }

    fn books(&mut self, demonstration: &Demonstration) -> Result<Comparison, Failure> {
        self.part("books        ")?;
        let reports = demonstration.project()?;
        let digests: Vec<_> = reports.iter().map(|stream| stream.digest).collect();
        self.part(&format!("{} · ", short(&digests[0].to_string())))?;
        let (other, whole) = demonstration.reorder_and_compare()?;
        let is_same = other == digests;
        self.report["digest"] = digests[0].to_string().into();
        self.report["is_same_in_another_order"] = is_same.into();
        self.line(if is_same {
            "rebuilt in another order: same digest"
        } else {
            "rebuilt in another order: ANOTHER DIGEST"
        })?;
        self.expect(is_same, "the books do not depend on the order of delivery")?;
        self.expect(
            reports.iter().all(|stream| stream.wanted() == 0),
            "what was read made the book sure",
        )?;
        self.expect(
            reports.iter().all(|stream| stream.findings() == 0),
            "Stripe does not disagree with itself",
        )?;
        Ok(whole)
    }

    fn truth(&mut self, whole: &Comparison) -> Result<(), Failure> {
        self.report["objects"] = whole.objects.into();
        self.report["fields"] = whole.fields.into();
        self.report["fields_not_in_the_books"] = whole.left.into();
        self.report["balances"] = whole.balances.into();
        self.report["sums"] = whole.sums.into();
        self.report["differences"] = whole.differences.len().into();
        let verdict = if whole.differences.is_empty() {
            "all equal"
        } else {
            "DIFFERENT"
        };
        self.line(&format!(
            "truth        {} objects · {} fields · {} balances · {} sums: {verdict} · {} fields not in the books",
            count(whole.objects),
            count(whole.fields),
            count(whole.balances),
            count(whole.sums),
            count(whole.left)
        ))?;
        self.show(whole)?;
        self.expect(
            whole.differences.is_empty(),
            "the books agree with the truth",
        )
    }

    /// Lists what differs though it should not.
    fn show(&mut self, comparison: &Comparison) -> Result<(), Failure> {
        for difference in comparison.differences.iter().take(DIFFERENCES_SHOWN) {
            let Difference {
                object,
                id,
                member,
                ours,
                truth,
                ..
            } = difference;
            self.line(&format!(
                "  {object} {id} {member}: ours {ours}, truth {truth}"
            ))?;
        }
        Ok(())
    }

    fn end(mut self, page: &Path) -> Outcome {
        let program = std::env::args()
            .next()
            .unwrap_or_else(|| "daybook".to_owned());
        let next = ["invoices --status open", "balances", "check"]
            .map(|command| format!("{program} --data {FOLDER} {command}"));
        if self.shell.is_json() {
            self.report["is_true"] = self.is_true.into();
            self.report["folder"] = FOLDER.into();
            self.report["page"] = page.to_string_lossy().into();
            self.report["next"] = json!(next);
            self.shell.screen.json(&self.report)?;
        } else {
            let page = page.display();
            self.shell.screen.line(format!("report       {page}"))?;
            for command in next {
                self.shell.screen.line(format!("next:  {command}"))?;
            }
        }
        Ok(if self.is_true {
            Exit::AllTrue
        } else {
            Exit::Differences
        })
    }

    /// Counts on something; says so if it is not so.
    fn expect(&mut self, is_so: bool, what: &str) -> Result<(), Failure> {
        self.is_true &= is_so;
        if is_so {
            return Ok(());
        }
        self.line(&painted(WRONG, &format!("NOT TRUE: {what}")))
    }

    fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.part(&format!("{text}\n"))
    }

    fn part(&mut self, text: &str) -> Result<(), Failure> {
        if self.shell.is_json() {
            return Ok(());
        }
        self.shell.screen.part(text)
    }
}

/// What a night found.
fn told_night(night: &Nightly) -> String {
    let stakes = night.at_stake().into_iter();
    let stakes = stakes.filter(|(_, minor)| *minor != 0);
    let stakes = stakes.map(|(currency, minor)| currency::amount(minor, currency));
    let stakes = stakes.fold(String::new(), |all, one| format!("{all}, {one}"));
    let (events, objects) = night.counts();
    let verdict = if night.is_true() {
        "repaired, true"
    } else {
        "NOT TRUE"
    };
    format!(
        "{} · {} posts lost · {} objects compared · found {} and {}{stakes}: {verdict} · {}",
        moment::day(night.at_s),
        count(night.lost.len() as u64),
        count(night.objects()),
        worded(events, "event", "events"),
        worded(objects, "object", "objects"),
        tenths(night.time)
    )
}

/// What was changed without an event.
fn told_change(finding: &Finding) -> String {
    let mut fields = finding.fields.iter();
    let chief = fields.clone().find(|field| field.field == "status");
    let field = chief.or_else(|| fields.next());
    let (name, ours, theirs) = field.map_or(("", "", ""), |field| {
        (&*field.field, &*field.ours, &*field.theirs)
    });
    let stakes = finding.at_stake.iter();
    let stakes = stakes.map(|amount| currency::amount(amount.minor, &amount.currency));
    let stakes = stakes.fold(String::new(), |all, one| format!("{all}, {one}"));
    format!(
        "  no event told: {} {}: {name} ours {ours}, Stripe's {theirs}{stakes}   (found, read, equal)",
        finding.object_type, finding.object_id
    )
}

/// Seconds with their tenths.
fn tenths(time: Duration) -> String {
    let tenths = time.as_millis() / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}
