//! A simulated company and this program set up beside it as somebody would: a Stripe on the loopback, `serve` for its webhooks,
//! `backfill` and `follow` for what webhooks don't tell, `nightly` for the last days, and the books held against the truth. It prints
//! nothing; what each step came to is its answer.

mod nights;
mod order;
mod program;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use book::BookDigest;
use ledger::StreamId;
use projector::{Options, StreamReport};
use serde_json::Value;
use simulator::{Config, Faults, LIVE_KEY, Limits, Recording, Stripe, Terms, WEBHOOK_SECRET};

pub(crate) use self::nights::Nightly;
use self::program::{Program, Serving};
use crate::compare::recorded::{compare_recorded, streams, true_objects_at};
use crate::compare::{self, Comparison};
use crate::failure::{Failure, ShellError, failed};
use crate::folder::Folder;
use crate::shell::now_us;
use crate::simulated::{Clock, Posted, Setting, Simulated};

const MARKER: &str = "demo.txt";
const MARKER_TEXT: &str =
    "Written by `daybook demo`, which removes this folder and writes it anew each time.\n";
/// Stripe's time is not ours: all of it passes within a minute.
const TOLERANCE_S: &str = "4294967295";
/// Nobody else asks this Stripe, it has no limits, and while somebody asks it nothing happens.
const UNLIMITED: &str = "
[sync]
requests_per_second = 500
requests_per_endpoint = 500
share_permille = 1000

[reconcile]
patience_s = 0
sweep_days = 30
";
/// Stripe tries for three days; a day more, and nothing is on its way.
const STRAGGLERS_US: i64 = 4 * 86_400 * 1_000_000;
const SECOND_US: i64 = 1_000_000;
/// No list shows the balance transactions of a customer who is deleted, so they are read before; nobody is deleted within two weeks
/// of the last one.
const BETWEEN_ROUNDS_US: i64 = 14 * 86_400 * SECOND_US;

/// A company at its Stripe, and a data folder with all that runs for it.
pub(crate) struct Demonstration {
    folder: Folder,
    program: Program,
    recording: Arc<Recording>,
    streams: Vec<StreamId>,
    untold: Untold,
    /// The instant from which on each day ends with a night.
    nights_from_us: i64,
    stripe: Simulated,
    serving: Option<Serving>,
}

/// What no event tells of, in the days that have nights.
#[derive(Clone, Debug, Default)]
pub(crate) struct Untold {
    /// The event that is never made, if the company wrote anything off.
    event_id: Option<String>,
    /// What changes all the same: the invoice that is written off, and the payment that somebody edits.
    pub(crate) object_ids: Vec<String>,
}

/// What came of the company's days.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lived {
    /// What was posted.
    pub(crate) posted: Posted,
    /// How long that took.
    pub(crate) posting: Duration,
    /// How often it was followed.
    pub(crate) rounds: u64,
    /// Events that no delivery had brought by then.
    pub(crate) events: u64,
    /// Objects read of which no event tells, or of which the book was not sure.
    pub(crate) read: u64,
    /// How long following took.
    pub(crate) following: Duration,
}

/// A fresh folder for a demonstration. One that is there already must be empty or a demonstration's.
pub(crate) fn fresh_folder(path: &Path) -> Result<Folder, Failure> {
    let marker = path.join(MARKER);
    if fs::read_to_string(&marker).is_ok_and(|text| text == MARKER_TEXT) {
        fs::remove_dir_all(path).map_err(failed("remove", path))?;
    } else if path.exists()
        && fs::read_dir(path)
            .map_err(failed("list", path))?
            .next()
            .is_some()
    {
        let path = path.to_owned();
        return Err(ShellError::NotADemo { path }.into());
    }
    fs::create_dir_all(path).map_err(failed("make", path))?;
    fs::write(&marker, MARKER_TEXT).map_err(failed("write", &marker))?;
    Ok(Folder::new(path))
}

impl Demonstration {
    /// Sets everything up on the day the company opens. In its last days one write-off makes no event, and one payment is edited.
    pub(crate) fn new(
        folder: Folder,
        mut recording: Recording,
        config: &Config,
    ) -> Result<Self, Failure> {
        let untold = nights::leave_untold(&mut recording, config);
        let recording = Arc::new(recording);
        let streams: Vec<StreamId> = streams(&recording)?.into_iter().map(|(_, id)| id).collect();
        drop(folder.create(&streams[0], now_us())?);
        let settings = folder.settings_path();
        let text = fs::read_to_string(&settings).map_err(failed("read", &settings))?;
        fs::write(&settings, text + UNLIMITED).map_err(failed("write", &settings))?;
        let mut program = Program::new(folder.path())?;
        program.tell("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
        let serving = program.serve(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--tolerance-s",
            TOLERANCE_S,
            "--no-book",
        ])?;
        let opens_us = config.start_s * SECOND_US;
        let url = format!("http://{}/webhooks/stripe", serving.address());
        let terms = Terms {
            unborn: untold.event_id.iter().cloned().collect(),
            limits: Limits::none(),
            faults: Faults {
                posts_doubled: 60,
                posts_late: 100,
                posts_moved_ms: 4_000,
                ..Faults::none()
            },
            ..Terms::delivering(config.seed, &url, opens_us)
        };
        let setting = Setting {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: Clock::new(opens_us, 0),
            is_prompt: true,
        };
        let stripe = Simulated::start(Stripe::new(Arc::clone(&recording), terms), setting);
        let stripe = stripe.map_err(failed("listen at", Path::new("127.0.0.1")))?;
        program.tell("STRIPE_API_BASE", format!("http://{}", stripe.address()));
        program.tell("STRIPE_API_KEY", LIVE_KEY);
        Ok(Self {
            folder,
            program,
            nights_from_us: nights::begin_us(&recording, config),
            recording,
            streams,
            untold,
            stripe,
            serving: Some(serving),
        })
    }

    /// Lets the company live its days up to the first that ends with a night. What it does is posted meanwhile, and every now and then followed.
    pub(crate) fn live(&self) -> Result<Lived, Failure> {
        let mut lived = Lived::default();
        // Where all was read, following begins.
        self.backfill()?;
        let end_us = self.nights_from_us;
        while self.stripe.now_us() < end_us {
            let start = Instant::now();
            let next_us = self.stripe.now_us() + BETWEEN_ROUNDS_US;
            lived.posted = self.stripe.push_to(next_us.min(end_us));
            lived.posting += start.elapsed();
            let start = Instant::now();
            let read = self.follow()?;
            lived.following += start.elapsed();
            lived.rounds += 1;
            lived.events += sum(&read, "events");
            lived.read += sum(&read, "transactions") + sum(&read, "fetched");
        }
        Ok(lived)
    }

    /// Waits for what is still on its way, and ends what takes it in; what was posted in all, and what `serve` says of it.
    pub(crate) fn await_stragglers(&mut self) -> Result<(Posted, Value), Failure> {
        let until_us = self.recording.end_us() + STRAGGLERS_US;
        let posted = self.stripe.push_to(until_us);
        let serving = self.serving.take();
        let served = serving.expect("it is ended once").end()?;
        Ok((posted, served))
    }

    /// Reads every object of the account from its lists.
    pub(crate) fn backfill(&self) -> Result<Value, Failure> {
        self.program.answer(&["backfill"])
    }

    /// Reads what is new, and what the books are not sure of.
    pub(crate) fn follow(&self) -> Result<Value, Failure> {
        // Its clock stands: what Stripe makes a little later, the next round sees.
        self.program.answer(&["follow", "--patience", "0"])
    }

    /// Recomputes the chain; how many entries it has.
    pub(crate) fn verify(&self) -> Result<u64, Failure> {
        let verified = ledger::verify(&self.folder.log()?, None, &mut |_| {})?;
        Ok(verified.streams.iter().map(|stream| stream.head.seq).sum())
    }

    /// Brings the book up to the log; what it then holds, of the platform's stream first.
    pub(crate) fn project(&self) -> Result<Vec<StreamReport>, Failure> {
        let books = self.folder.books()?;
        projector::project(
            &self.folder.log()?,
            &books,
            &Options::default(),
            &mut |_| {},
        )?;
        let book = self.folder.book()?;
        let reports = self.streams.iter().map(|stream| book.report(stream));
        Ok(reports.collect::<Result<_, _>>()?)
    }

    /// Holds the platform's invoices against the truth of this instant.
    pub(crate) fn compare_invoices(&self) -> Result<Comparison, Failure> {
        let invoices = true_objects_at(&self.recording, "invoice", self.stripe.now_us());
        let found = compare::compare_objects(&self.folder.book()?, &self.streams[0], invoices)?;
        compare::expect_listed(found)
    }

    /// The digests of a second book, made from the same entries in another order, and how the first compares with the truth.
    pub(crate) fn reorder_and_compare(&self) -> Result<(Vec<BookDigest>, Comparison), Failure> {
        let path = self.folder.path().join("other-order");
        let (log, streams) = (self.folder.log()?, self.streams.clone());
        let digests = thread::spawn(move || {
            // Failures are told by the thread that tells everything.
            order::digests(&log, &streams, &path).map_err(|failure| failure.to_string())
        });
        let comparison = compare_recorded(&self.folder.book()?, &self.recording)?;
        let digests = digests.join().expect("a panic there is a panic here");
        Ok((digests.map_err(ShellError::Demo)?, comparison))
    }

    /// What no event tells of.
    pub(crate) fn untold(&self) -> &Untold {
        &self.untold
    }
}

/// What a column of an answer's tables comes to.
pub(crate) fn sum(answer: &Value, column: &str) -> u64 {
    let tables = answer
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::values);
    let rows = tables.filter_map(Value::as_array).flatten();
    rows.filter_map(|row| row[column].as_u64()).sum()
}
