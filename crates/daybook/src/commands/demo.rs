//! `demo`: a simulated year goes into the log, becomes books, and agrees with the truth to the cent. Tells it as it goes.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use clap::Args;
use serde_json::{Value, json};
use simulator::{Config, Event};

use super::simulate::Size;
use crate::compare::{Comparison, Difference};
use crate::currency::count;
use crate::demonstration::{Demonstration, fresh_folder};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
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
        // What takes long begins with its name, so that people see what they wait for.
        story.part("delivering   ")?;
        let mut demonstration = Demonstration::new(folder, recording, SEED)?;
        story.delivering(&mut demonstration)?;
        let withheld = story.books(&mut demonstration)?;
        story.truth(&mut demonstration, &withheld)?;
        story.end()
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
    fn delivering(&mut self, demonstration: &mut Demonstration) -> Result<(), Failure> {
        let counts = demonstration.counts();
        let deliveries = counts.events + counts.duplicates + counts.observations;
        self.part(&format!(
            "{} deliveries · {} duplicates · {} late · ",
            count(deliveries),
            count(counts.duplicates),
            count(counts.late)
        ))?;
        let start = Instant::now();
        let tally = demonstration.import()?;
        self.line(&format!("{} rejected", count(tally.rejected)))?;
        self.part("log          ")?;
        let entries = demonstration.verify()?;
        self.report["deliveries"] = deliveries.into();
        self.report["duplicates"] = counts.duplicates.into();
        self.report["late"] = counts.late.into();
        self.report["rejected"] = tally.rejected.into();
        self.report["entries"] = entries.into();
        self.line(&format!(
            "{} entries · chain ok · {}",
            count(entries),
            seconds(start)
        ))?;
        let arrived = tally.appended() + tally.duplicates;
        self.expect(
            tally.rejected == 0 && arrived == deliveries,
            "each delivery is in the log",
        )?;
        self.expect(
            tally.events == counts.events,
            "each event is in the log once",
        )?;
        let withheld = u64::from(demonstration.withheld().is_some());
        self.expect(counts.lost == withheld, "one event is withheld")
    }

    fn books(&mut self, demonstration: &mut Demonstration) -> Result<Comparison, Failure> {
        self.part("books        ")?;
        let start = Instant::now();
        let first = demonstration.project()?;
        let took = seconds(start);
        let tables: BTreeSet<_> = first
            .iter()
            .flat_map(|stream| stream.rows.iter().filter(|(_, rows)| *rows > 0))
            .map(|(table, _)| table)
            .collect();
        let tables = tables.len();
        self.part(&format!("{tables} tables · {took} · "))?;
        let reads = demonstration.read_wanted()?;
        let reports = demonstration.project()?;
        let digests: Vec<_> = reports.iter().map(|stream| stream.digest).collect();
        self.part(&format!(
            "{} unsure, read once · {} · ",
            count(reads as u64),
            short(&digests[0].to_string())
        ))?;
        let (other, comparison) = demonstration.reorder_and_compare()?;
        let is_same = other == digests;
        self.report["unsure_read"] = reads.into();
        self.report["is_same_in_another_order"] = is_same.into();
        self.line(if is_same {
            "rebuilt in another order: same digest"
        } else {
            "rebuilt in another order: ANOTHER DIGEST"
        })?;
        self.expect(is_same, "the books do not depend on the order of delivery")?;
        self.expect(
            reports.iter().all(|stream| stream.wanted() == 0),
            "one read each made the book sure",
        )?;
        self.expect(
            reports.iter().all(|stream| stream.findings() == 0),
            "Stripe does not disagree with itself",
        )?;
        Ok(comparison)
    }

    fn truth(
        &mut self,
        demonstration: &mut Demonstration,
        withheld: &Comparison,
    ) -> Result<(), Failure> {
        self.part("truth        ")?;
        demonstration.deliver_withheld()?;
        let last = demonstration.project()?;
        self.report["digest"] = last[0].digest.to_string().into();
        let whole = demonstration.compare()?;
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
            "{} objects · {} fields · {} balances · {} sums: {verdict} · {} fields not in the books",
            count(whole.objects),
            count(whole.fields),
            count(whole.balances),
            count(whole.sums),
            count(whole.left)
        ))?;
        self.show(&whole)?;
        let Some(event) = demonstration.withheld() else {
            self.line("one event withheld: none, as this company wrote nothing off in usd")?;
            self.expect(
                withheld.differences.is_empty(),
                "the books agree with the truth",
            )?;
            return self.expect(
                whole.differences.is_empty(),
                "the books agree with the truth",
            );
        };
        let found = the_withheld(withheld, event);
        match found {
            Some(difference) => {
                let told = difference
                    .amount
                    .as_ref()
                    .map_or(String::new(), |amount| format!(", {amount}"));
                self.line(&format!(
                    "one event withheld: {} {}: ours {}, truth {}{told}   (found, delivered, equal)",
                    difference.object, difference.id, difference.ours, difference.truth
                ))?;
            }
            None => self.show(withheld)?,
        }
        self.expect(found.is_some(), "the withheld event is the one difference")?;
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

    fn end(mut self) -> Outcome {
        let program = std::env::args()
            .next()
            .unwrap_or_else(|| "daybook".to_owned());
        let next = ["invoices --status open", "balances", "check"]
            .map(|command| format!("{program} --data {FOLDER} {command}"));
        if self.shell.is_json() {
            self.report["is_true"] = self.is_true.into();
            self.report["folder"] = FOLDER.into();
            self.report["next"] = json!(next);
            self.shell.screen.json(&self.report)?;
        } else {
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

/// The difference in status of the withheld invoice, if nothing differs but it and what follows for its customer's sums.
fn the_withheld<'c>(comparison: &'c Comparison, event: &Event) -> Option<&'c Difference> {
    let body: Value = serde_json::from_str(&event.body).expect("the simulator writes JSON");
    let customer = &body["data"]["object"]["customer"];
    let is_alone = comparison
        .objects_differing()
        .into_iter()
        .eq([("invoice", &*event.object_id)]);
    let sums = comparison.sums_differing();
    let follows = |name: &str| customer.as_str() == name.split(' ').nth(1);
    let is_all = is_alone && sums.iter().all(|name| follows(name));
    let mut differences = comparison.differences.iter();
    differences.find(|difference| is_all && difference.member == "status")
}

/// The time since `start`, in tenths of a second.
fn seconds(start: Instant) -> String {
    let tenths = start.elapsed().as_millis() / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}
