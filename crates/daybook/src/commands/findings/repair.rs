//! `findings repair ID`: a person's word that findings are to be repaired, and a run that does it, looking at nothing else.

use std::collections::BTreeSet;

use clap::Args;
use reconcile::{Finding, Policy, Repair as Mending, RepairMode};

use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::night::{self, Which};
use crate::past;
use crate::shell::Shell;

/// Append what Stripe says of a finding's object, and look again
///
/// For findings that the policy leaves to a person: of a class that is not repaired unattended, or above an amount. The object is read once
/// more; what mends the finding is appended, and nothing is edited.
#[derive(Debug, Args)]
pub(super) struct Repair {
    /// The findings, each by its name, the beginning of it, or the id of its object
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// Say what would be appended, and append nothing
    #[arg(long)]
    dry_run: bool,
}

impl Repair {
    pub(super) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let memory = past::open(&shell.folder, &log, &stream)?;
        let mut named = BTreeSet::new();
        let mut kinds = BTreeSet::new();
        for id in &self.ids {
            let tracked = past::finding(&memory, &stream, id)?;
            let (finding, state) = (tracked.outcome.finding, tracked.outcome.state);
            if state.is_over() {
                let (id, state) = (finding.id, state.as_str());
                return Err(ShellError::Over { id, state }.into());
            }
            expect_mendable(&finding)?;
            kinds.insert(finding.object_type);
            named.insert(finding.id);
        }
        drop((memory, log));
        let policy = Policy {
            unattended: BTreeSet::new(),
            named: named.clone(),
            ..Policy::default()
        };
        let repair = match self.dry_run {
            true => RepairMode::DryRun(policy),
            false => RepairMode::By(policy),
        };
        let settings = shell.folder.reconcile_settings()?;
        let mut night = settings.night("findings repair", repair);
        night.only = kinds.into_iter().collect();
        // No share of history, and of what is new what follows from the last run.
        night.since_s = Some(i64::MAX);
        let nights = night::run(shell, &night, &Which::One(&stream))?;
        night::tell(shell, &nights.reports, &[], &[])?;
        let mut outcomes = nights.reports.iter().flat_map(|report| &report.findings);
        let is_left = outcomes.any(|one| named.contains(&one.finding.id) && one.state.is_open());
        match nights.end()? {
            // Others may be left: they were not to be repaired.
            Exit::Differences if !is_left => Ok(Exit::AllTrue),
            exit => Ok(exit),
        }
    }
}

fn expect_mendable(finding: &Finding) -> Result<(), Failure> {
    if finding.repair == Mending::Append {
        return Ok(());
    }
    let id = finding.id.clone();
    let hint = format!("`daybook findings {id}` shows what there is to look at");
    let failure: Failure = ShellError::Unmendable { id }.into();
    Err(failure.hinting(hint))
}
