//! `simulate`: a made-up company's year as files: what Stripe would send and answer, and what is true in the end.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use simulator::{Config, Delivered, Delivery, Kind, Recording};

use crate::currency::count;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, failed};
use crate::shell::{Fact, Shell};

/// Write a simulated company's events and observations, and the truth about it, as files
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Decides everything: the same seed gives the same bytes
    #[arg(long)]
    seed: u64,
    /// The folder for events.ndjson, observations.ndjson and truth.json
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    size: Size,
}

/// How large a simulated company is.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Size {
    /// How many customers sign up
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    customers: Option<u32>,
    /// How many days are simulated
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_660))]
    days: Option<u32>,
}

impl Size {
    /// The demo's company in this size.
    pub(crate) fn config(self, seed: u64) -> Config {
        let demo = Config::demo(seed);
        Config {
            customers: self.customers.unwrap_or(demo.customers),
            days: self.days.unwrap_or(demo.days),
            ..demo
        }
    }
}

impl Simulate {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let recording = simulator::simulate(&self.size.config(self.seed));
        let delivered = simulator::deliver(&recording, &Delivery::demo(self.seed));
        fs::create_dir_all(&self.out).map_err(failed("make", &self.out))?;
        let events = write_lines(&self.out.join("events.ndjson"), &delivered, Kind::Event)?;
        let observations = write_lines(
            &self.out.join("observations.ndjson"),
            &delivered,
            Kind::Observation,
        )?;
        let truth = self.out.join("truth.json");
        let objects = write(&truth, |out| write_truth(&recording, out))?;
        let facts = [
            Fact::text("folder", self.out.display().to_string()),
            Fact::text("account", recording.account()),
            Fact::count("events", events),
            Fact::count("observations", observations),
            Fact::new(
                "objects",
                objects,
                format!("{} in truth.json", count(objects)),
            ),
        ];
        shell.tell_facts(&facts)?;
        Ok(Exit::AllTrue)
    }
}

fn write_lines(path: &Path, delivered: &[Delivered], kind: Kind) -> Result<u64, Failure> {
    write(path, |out| {
        let mut lines = 0;
        for one in delivered.iter().filter(|one| one.kind == kind) {
            out.write_all(one.line.as_bytes())?;
            out.write_all(b"\n")?;
            lines += 1;
        }
        Ok(lines)
    })
}

fn write<T>(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>,
) -> Result<T, Failure> {
    let file = File::create(path).map_err(failed("make", path))?;
    let mut out = BufWriter::new(file);
    let result = fill(&mut out).and_then(|result| out.flush().map(|()| result));
    result.map_err(failed("write", path))
}

/// One JSON object, an object of Stripe's a line in it; how many there are.
fn write_truth(recording: &Recording, out: &mut impl Write) -> io::Result<u64> {
    let truth = recording.truth();
    let sums: Vec<Value> = truth
        .sums()
        .into_iter()
        .map(|((currency, category), sum)| {
            json!({
                "currency": currency, "reporting_category": category, "count": sum.count,
                "amount": sum.amount_minor, "fee": sum.fee_minor, "net": sum.net_minor,
            })
        })
        .collect();
    writeln!(out, "{{\"account\":{},", json!(recording.account()))?;
    writeln!(
        out,
        "\"livemode\":{},\"at_us\":{},",
        recording.livemode(),
        truth.at_us()
    )?;
    writeln!(out, "\"balance\":{},", truth.balance())?;
    writeln!(out, "\"sums\":{},", json!(sums))?;
    writeln!(out, "\"events\":{},", json!(truth.event_counts()))?;
    writeln!(out, "\"objects\":[")?;
    let mut objects = 0;
    for (_, _, object) in truth.objects() {
        let comma = if objects == 0 { "" } else { ",\n" };
        write!(out, "{comma}{object}")?;
        objects += 1;
    }
    writeln!(out, "\n]}}")?;
    Ok(objects)
}
