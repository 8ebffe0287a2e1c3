//! `simulate`: a made-up company's life as files: what Stripe would send and answer, and what is true in the end. Lines are
//! written as virtual time passes; no more of them is held than what is on its way. Or the same company served, over HTTP.

mod serving;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use simulator::{Company, Config, Delivery, Kind};

use self::serving::Serving;
use crate::currency::count;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError, failed};
use crate::progress::Progress;
use crate::shell::{Fact, Shell};
use crate::simulated::truth;

/// What is written.
const FILES: [&str; 3] = ["events.ndjson", "observations.ndjson", "truth.json"];
const BUFFER_BYTES: usize = 1 << 18;
/// Lines between two looks at the time.
const LINES_A_LOOK: u64 = 1_000;

/// Write a simulated company's events and observations, and the truth about it, as files; or serve it as Stripe's API
///
/// The same seed and size give the same bytes on every machine. Ten customers or ten million events: lines are written
/// as they arise, and memory holds the last state of each object, below half a kilobyte per event.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Decides everything: the same seed gives the same bytes
    #[arg(long)]
    seed: u64,
    /// The folder for events.ndjson, observations.ndjson and truth.json
    #[arg(long, value_name = "DIR", required_unless_present = "serve")]
    out: Option<PathBuf>,
    /// Write no files: answer at this address as Stripe's API would, until the run is interrupted
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["out", "deliver", "force"])]
    serve: Option<SocketAddr>,
    /// About how many events there are to be: a year of as many customers as that takes
    #[arg(long, value_name = "N", conflicts_with_all = ["customers", "days"],
          value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    events: Option<u64>,
    /// How the lines arrive
    #[arg(long, value_enum, default_value_t = Deliver::Demo)]
    deliver: Deliver,
    /// Write over the files of the folder
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    size: Size,
    #[command(flatten, next_help_heading = "With --serve")]
    serving: Serving,
}

/// How lines reach the user.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Deliver {
    /// Every event once, as it was emitted
    InOrder,
    /// Doubled, late and out of order, with reads at random; nothing is lost
    Demo,
}

/// How large a simulated company is.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Size {
    /// How many customers sign up
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
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

/// How many lines went where.
#[derive(Default)]
struct Written {
    events: u64,
    observations: u64,
}

impl Simulate {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let config = match self.events {
            Some(events) => Config::sized(self.seed, events),
            None => self.size.config(self.seed),
        };
        match (self.serve, &self.out) {
            (Some(listen), _) => self.serving.run(listen, config, shell),
            (None, Some(out)) => self.write(out, &config, shell),
            (None, None) => unreachable!("clap asks for one of them"),
        }
    }

    fn write(&self, folder: &Path, config: &Config, shell: &mut Shell) -> Outcome {
        self.expect_room(folder)?;
        let delivery = match self.deliver {
            Deliver::InOrder => Delivery::in_order(self.seed),
            Deliver::Demo => Delivery::demo(self.seed),
        };
        let mut company = Company::new(config, &delivery);
        fs::create_dir_all(folder).map_err(failed("make", folder))?;
        let written = write_lines(folder, &mut company)?;
        let objects = write_truth(&folder.join("truth.json"), &company)?;
        let facts = [
            Fact::text("folder", folder.display().to_string()),
            Fact::text("account", company.account()),
            Fact::count("events", written.events),
            Fact::count("observations", written.observations),
            Fact::new(
                "objects",
                objects,
                format!("{} in truth.json", count(objects)),
            ),
        ];
        shell.tell_facts(&facts)?;
        Ok(Exit::AllTrue)
    }

    /// Files are written over only if that is asked for.
    fn expect_room(&self, folder: &Path) -> Result<(), Failure> {
        let mut paths = FILES.iter().map(|name| folder.join(name));
        match paths.find(|path| path.exists()) {
            Some(path) if !self.force => Err(ShellError::SimulatedThere { path }.into()),
            _ => Ok(()),
        }
    }
}

/// Lives the company to its end, each line into its file as it arrives.
fn write_lines(folder: &Path, company: &mut Company) -> Result<Written, Failure> {
    let mut events = Output::new(folder.join("events.ndjson"))?;
    let mut observations = Output::new(folder.join("observations.ndjson"))?;
    let mut progress = Progress::new("simulating", 1_000);
    let mut written = Written::default();
    while let Some(one) = company.next() {
        let (output, lines) = match one.kind {
            Kind::Event => (&mut events, &mut written.events),
            Kind::Observation => (&mut observations, &mut written.observations),
        };
        *lines += 1;
        output.put(|out| {
            out.write_all(one.line.as_bytes())?;
            out.write_all(b"\n")
        })?;
        if (written.events + written.observations) % LINES_A_LOOK == 0 {
            progress.set(company.lived_per_mille(), 1_000);
        }
    }
    events.put(Write::flush)?;
    observations.put(Write::flush)?;
    Ok(written)
}

/// A file being written, which knows its name when something fails.
struct Output {
    path: PathBuf,
    out: BufWriter<File>,
}

impl Output {
    fn new(path: PathBuf) -> Result<Self, Failure> {
        let file = File::create(&path).map_err(failed("make", &path))?;
        let out = BufWriter::with_capacity(BUFFER_BYTES, file);
        Ok(Self { path, out })
    }

    fn put<T>(
        &mut self,
        fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>,
    ) -> Result<T, Failure> {
        fill(&mut self.out).map_err(failed("write", &self.path))
    }
}

/// The truth about all accounts; how many objects of Stripe's are in it.
fn write_truth(path: &Path, company: &Company) -> Result<u64, Failure> {
    let mut output = Output::new(path.to_owned())?;
    let all = company.standing().objects;
    let mut progress = Progress::new("truth", all);
    let accounts = company.accounts();
    let truths = accounts.iter().map(|account| {
        let truth = company.truth_of(account);
        truth.expect("a company that has no more lines has lived to its end")
    });
    output.put(|out| {
        let objects = truth::write(truths, out, &mut |done| progress.set(done, all))?;
        out.flush()?;
        Ok(objects)
    })
}
