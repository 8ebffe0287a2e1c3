//! `serve`: Stripe's webhooks into the log, and the book behind them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::failure::Outcome;
use crate::serve::{Options, serve};
use crate::shell::{Fact, Shell};

/// Take Stripe's webhooks, POST /webhooks/stripe, and let the book follow
///
/// A delivery is answered with 200 once it is on disk. Secrets of endpoints come from STRIPE_WEBHOOK_SECRET, several with commas
/// between them, or from a file. GET /healthz, /readyz and /metrics say how it is. SIGTERM ends it after what it has begun to
/// answer; SIGHUP has it read the file of secrets again.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen; beyond this machine only behind a proxy with TLS
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4242")]
    listen: SocketAddr,
    /// A file with secrets, one a line, besides those of STRIPE_WEBHOOK_SECRET
    #[arg(long, value_name = "FILE", env = "STRIPE_WEBHOOK_SECRET_FILE")]
    secret_file: Option<PathBuf>,
    /// By how many seconds a signature may be older or newer than this machine's clock
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    tolerance_s: u32,
    /// Bytes that a body may have
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20,
          value_parser = clap::value_parser!(u32).range(1..=16 << 20))]
    body_bytes_max: u32,
    /// Milliseconds that a body may take once its head is there
    #[arg(long, value_name = "MS", default_value_t = 15_000)]
    body_timeout_ms: u32,
    /// Milliseconds that a head may take, and that a connection may idle
    #[arg(long, value_name = "MS", default_value_t = 75_000)]
    head_timeout_ms: u32,
    /// Connections at a time; for one more, the one that has been silent longest is closed
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    connections_max: u32,
    /// Seconds that the book may be behind the log before /readyz says 503
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    book_lag_max_s: u32,
    /// Leave the book to `daybook project`
    #[arg(long)]
    no_book: bool,
}

impl Serve {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let milliseconds = |ms: u32| Duration::from_millis(ms.into());
        let bytes_or_count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let options = Options {
            listen: self.listen,
            secret_file: self.secret_file,
            tolerance_s: self.tolerance_s,
            body_bytes_max: bytes_or_count(self.body_bytes_max),
            body_timeout: milliseconds(self.body_timeout_ms),
            head_timeout: milliseconds(self.head_timeout_ms),
            connections_max: bytes_or_count(self.connections_max),
            book_lag_max: Duration::from_secs(self.book_lag_max_s.into()),
            follows: !self.no_book,
        };
        let served = serve(&shell.folder, shell.is_json(), &options)?;
        shell.tell_facts(&[
            Fact::count("accepted", served.accepted),
            Fact::count("duplicates", served.duplicates),
            Fact::count("set_aside", served.set_aside),
            Fact::count("rejected", served.rejected),
        ])?;
        Ok(served.exit)
    }
}
