//! `findings`: what runs found and how it stands, one of them with all that shows it, and what a person says about it. It finds
//! nothing itself.

mod accept;
mod list;
mod repair;
mod show;

use clap::{Args, Subcommand};

use crate::failure::Outcome;
use crate::shell::Shell;

/// List findings of past runs, or show one with its evidence and life
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Without a filter: those that stand, open ones first, then by the money at stake. It exits with 0 whatever there is: an answer is no verdict. `reconcile` and `nightly` exit with 3 while findings are open."
)]
pub(crate) struct Findings {
    /// One of them, by its name, the beginning of it, or the id of its object
    #[arg(value_name = "ID", conflicts_with_all = ["class", "object_type", "state", "all"])]
    id: Option<String>,
    #[command(flatten)]
    filter: list::Filter,
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(Debug, Subcommand)]
enum Act {
    Accept(accept::Accept),
    Repair(repair::Repair),
}

impl Findings {
    /// What it answers with.
    pub(super) fn tables(&self) -> &'static [&'static str] {
        match (&self.id, &self.act) {
            (_, Some(_)) => &[],
            (Some(_), None) => &show::TABLES,
            (None, None) => &list::TABLES,
        }
    }

    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        match (self.id, self.act) {
            (_, Some(Act::Accept(command))) => command.run(shell),
            (_, Some(Act::Repair(command))) => command.run(shell),
            (Some(id), None) => show::run(shell, &id),
            (None, None) => self.filter.run(shell),
        }
    }
}
