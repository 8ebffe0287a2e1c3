//! `simulate --serve`: a made-up company answered for as Stripe's API would, on the loopback, until the run is told to end.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use simulator::{Config, Faults, Key, LIVE_KEY, Limits, Stripe, Terms, WEBHOOK_SECRET, Warehouse};
use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Exit;
use crate::failure::{Failure, Outcome, failed};
use crate::moment;
use crate::shell::{Fact, Shell};
use crate::simulated::{Clock, Setting, Simulated};

const SECOND_US: i64 = 1_000_000;
/// The kinds that a warehouse has.
const KINDS: [&str; 3] = ["balance_transaction", "charge", "customer"];

/// How a company is served.
#[derive(Debug, Args)]
#[group(multiple = true, requires = "serve", conflicts_with = "out")]
pub(crate) struct Serving {
    /// How many virtual seconds pass in one; 0: the clock stands still and moves by pushes alone
    #[arg(long, value_name = "N")]
    speed: Option<u32>,
    /// What the clock shows at first: a date in UTC, an RFC 3339 moment, or Unix seconds; by default the company's end
    #[arg(long, value_name = "MOMENT", value_parser = moment::parse)]
    at: Option<i64>,
    /// When the company opens; by default on 2025-01-01
    #[arg(long, value_name = "MOMENT", value_parser = moment::parse)]
    opens: Option<i64>,
    /// What goes wrong
    #[arg(long, value_enum)]
    faults: Option<Accidents>,
    /// How many requests are answered in any second of real time, whatever the clock does; by default as in live mode
    #[arg(long, value_enum)]
    limits: Option<Allowance>,
    /// Where events that happen from then on are posted, signed: an address, as http://127.0.0.1:4242/webhooks/stripe
    #[arg(long, value_name = "URL")]
    webhook: Option<http::Uri>,
    /// What they are signed with
    #[arg(long, value_name = "SECRET", requires = "webhook")]
    secret: Option<String>,
    /// The key that opens it
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Serve so many uniform objects instead of a company, as charge=1000000,balance_transaction=1000000
    #[arg(long, value_name = "KIND=N", value_delimiter = ',', value_parser = counted,
          conflicts_with_all = ["customers", "days", "events", "opens", "webhook"])]
    uniform: Vec<(&'static str, u64)>,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Accidents {
    /// Nothing
    None,
    /// Everything, now and then, as the seed has it
    Lively,
}

/// How many requests are answered in any second.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Allowance {
    /// 100, and 25 of one endpoint
    Live,
    /// 25
    Sandbox,
    /// Any number
    None,
}

impl Serving {
    /// Serves until SIGINT or SIGTERM.
    pub(super) fn run(self, listen: SocketAddr, config: Config, shell: &mut Shell) -> Outcome {
        let config = Config {
            start_s: self.opens.unwrap_or(config.start_s),
            ..config
        };
        let (key, secret) = (self.key(), self.secret());
        let speed = self.speed.unwrap_or(1);
        let (stripe, at_us, account) = self.stripe(&config);
        let setting = Setting {
            listen,
            clock: Clock::new(at_us, speed),
            is_prompt: false,
        };
        let address = listen.to_string();
        let simulated = Simulated::start(stripe, setting).map_err(unable(&address))?;
        let mut facts = vec![
            Fact::text("address", format!("http://{}", simulated.address())),
            Fact::text("key", key),
            Fact::text("account", account),
            Fact::new(
                "clock_s",
                at_us / SECOND_US,
                moment::shown(at_us / SECOND_US),
            ),
            Fact::count("speed", u64::from(speed)),
        ];
        if let Some(webhook) = &self.webhook {
            facts.push(Fact::text("webhook", webhook.to_string()));
            facts.push(Fact::text("secret", secret));
        }
        shell.tell_facts(&facts)?;
        shell.screen.flush()?;
        simulated
            .block_on(told_to_end())
            .map_err(unable(&address))?;
        Ok(Exit::AllTrue)
    }

    fn key(&self) -> String {
        self.key.clone().unwrap_or_else(|| LIVE_KEY.to_owned())
    }

    fn secret(&self) -> String {
        let secret = self.secret.clone();
        secret.unwrap_or_else(|| WEBHOOK_SECRET.to_owned())
    }

    /// What is served, where its clock stands (microseconds), and its account.
    fn stripe(&self, config: &Config) -> (Stripe, i64, String) {
        let at_us = self.at.map(|at_s| at_s.saturating_mul(SECOND_US));
        if !self.uniform.is_empty() {
            let warehouse = Warehouse {
                counts: self.uniform.clone(),
                ..Warehouse::of_each(0)
            };
            let at_us = at_us.unwrap_or(warehouse.until_s * SECOND_US);
            let account = warehouse.account.clone();
            let stripe = Stripe::of_warehouse(warehouse, self.terms(config.seed, at_us));
            return (stripe, at_us, account);
        }
        let recording = Arc::new(simulator::simulate(config));
        let at_us = at_us.unwrap_or_else(|| recording.end_us());
        let account = recording.account().to_owned();
        let stripe = Stripe::new(recording, self.terms(config.seed, at_us));
        (stripe, at_us, account)
    }

    fn terms(&self, seed: u64, from_us: i64) -> Terms {
        let mut terms = match &self.webhook {
            Some(webhook) => Terms::delivering(seed, &webhook.to_string(), from_us),
            None => Terms::plain(seed),
        };
        for endpoint in &mut terms.endpoints {
            endpoint.secrets = vec![self.secret()];
        }
        terms.keys = vec![Key::secret(&self.key())];
        terms.limits = match self.limits.unwrap_or(Allowance::Live) {
            Allowance::Live => Limits::live(),
            Allowance::Sandbox => Limits::sandbox(),
            Allowance::None => Limits::none(),
        };
        terms.faults = match self.faults {
            Some(Accidents::Lively) => Faults::lively(),
            Some(Accidents::None) | None => Faults::none(),
        };
        terms
    }
}

/// Waits for SIGINT or SIGTERM.
async fn told_to_end() -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

fn unable(address: &str) -> impl FnOnce(std::io::Error) -> Failure {
    failed("listen at", Path::new(address))
}

/// Reads `charge=1000`.
fn counted(text: &str) -> Result<(&'static str, u64), String> {
    let unread = || format!("expected KIND=N, KIND one of {}", KINDS.join(", "));
    let (kind, count) = text.split_once('=').ok_or_else(unread)?;
    let kind = KINDS.into_iter().find(|known| *known == kind);
    let count = count.parse().map_err(|_| unread())?;
    Ok((kind.ok_or_else(unread)?, count))
}
