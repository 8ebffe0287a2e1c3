//! `nightly`: the run by which, in the morning, all is in the log, all is true and all sums agree; or a short list says what is not.

use std::path::PathBuf;

use clap::Args;
use reconcile::RepairMode;

use super::check;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::night::{self, Which, papers};
use crate::shell::Shell;

/// Follow, hold the books against Stripe, repair by policy, check log and book, and report
///
/// Exit codes: 0 all is true, also after repairs; 3 findings are left; 4 it could not finish, and says what is unproven; 5 the log is
/// damaged. Killed or ended, the next run goes on where it stopped.
#[derive(Debug, Args)]
pub(crate) struct Nightly {
    /// Where the report is written as a page that needs nothing else; left out: into the folder `reports` of the data folder
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Where figures for Prometheus are written, as its node exporter reads them
    #[arg(long, value_name = "FILE", env = "DAYBOOK_METRICS_FILE")]
    metrics: Option<PathBuf>,
    /// Requests that the part of all history may take
    #[arg(long, value_name = "REQUESTS")]
    budget: Option<u64>,
    /// Leave out the check of the chain from its first entry on, and of all rows of the book
    #[arg(long)]
    no_checks: bool,
    /// A connected account to hold against its book, besides those that the log has entries of
    #[arg(long = "account", value_name = "ACCT")]
    accounts: Vec<String>,
}

impl Nightly {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let settings = shell.folder.reconcile_settings()?;
        let mut night = settings.night("nightly", RepairMode::By(settings.policy()));
        night.budget = self.budget.or(night.budget);
        let nights = night::run(shell, &night, &Which::Mode(&self.accounts))?;
        let checked = self.check(shell, &nights.reports)?;
        let (html, metrics) = (self.html.as_deref(), self.metrics.as_deref());
        let files = papers::write(&shell.folder, &nights.reports, html, metrics)?;
        night::tell(shell, &nights.reports, &checked, &files)?;
        Ok(worse(nights.end()?, check::exit_of(&checked)))
    }

    /// Whether log and book hold, stream by stream.
    fn check(
        &self,
        shell: &Shell,
        reports: &[reconcile::Report],
    ) -> Result<Vec<check::Checked>, Failure> {
        if self.no_checks {
            return Ok(Vec::new());
        }
        let mut checked = Vec::new();
        for report in reports {
            let names = ["chain", "position", "digest"];
            checked.extend(check::ask(shell, &report.stream.parse()?, &names)?);
        }
        Ok(checked)
    }
}

/// The one of two ends that says more.
fn worse(one: Exit, other: Exit) -> Exit {
    let weight = |exit: Exit| match exit {
        Exit::AllTrue => 0,
        Exit::Differences => 1,
        Exit::Unfinished => 2,
        _ => 3,
    };
    if weight(other) > weight(one) {
        other
    } else {
        one
    }
}
