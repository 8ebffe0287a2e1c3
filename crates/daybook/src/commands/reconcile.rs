//! `reconcile`: the book held against Stripe, and what differs named; with `--repair`, mended.

use clap::Args;
use reconcile::{Policy, RepairMode};
use sync::Selection;

use crate::failure::Outcome;
use crate::moment;
use crate::night::{self, Which};
use crate::shell::Shell;

/// Hold the books against Stripe: is all in the log, is all true, do the sums agree
///
/// Follows, so that the log is level; compares what changed since the last run, and a part of all history; names what differs, how much
/// money it is, why, and what mends it. What was found stays in the log, and `daybook report` shows it again at any time.
#[derive(Debug, Args)]
pub(crate) struct Reconcile {
    /// Append what is missing, by the policy of the settings, and look again
    #[arg(long)]
    repair: bool,
    /// With --repair: say what would be appended, and append nothing
    #[arg(long, requires = "repair")]
    dry_run: bool,
    /// Compare everything that was made or has changed since this day or second
    #[arg(long, value_name = "WHEN", value_parser = moment::parse)]
    since: Option<i64>,
    /// Only these types
    #[arg(long, value_name = "TYPE", num_args = 1.., value_parser = Selection::names())]
    only: Vec<String>,
    /// Requests that the part of all history may take
    #[arg(long, value_name = "REQUESTS")]
    budget: Option<u64>,
    /// A connected account to hold against its book, besides those that the log has entries of
    #[arg(long = "account", value_name = "ACCT")]
    accounts: Vec<String>,
}

impl Reconcile {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let settings = shell.folder.reconcile_settings()?;
        let mut night = settings.night("reconcile", self.mode(settings.policy()));
        night.since_s = self.since;
        night.only = self.only;
        night.budget = self.budget.or(night.budget);
        let nights = night::run(shell, &night, &Which::Mode(&self.accounts))?;
        night::tell(shell, &nights.reports, &[], &[])?;
        nights.end()
    }

    fn mode(&self, policy: Policy) -> RepairMode {
        match (self.repair, self.dry_run) {
            (false, _) => RepairMode::Never,
            (true, true) => RepairMode::DryRun(policy),
            (true, false) => RepairMode::By(policy),
        }
    }
}
