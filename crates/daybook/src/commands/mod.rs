//! The roles, one file each. Here only their list; what they do is theirs.

mod backup;
mod balances;
mod check;
mod completions;
mod customers;
mod demo;
mod dictionary;
mod event;
mod filter;
mod head;
mod import;
mod init;
mod invoice;
mod invoices;
mod project;
mod rebuild;
mod restore;
mod simulate;
mod status;
mod stripe_balance;
mod verify;
mod versions;

use clap::Subcommand;

use crate::failure::Outcome;
use crate::shell::Shell;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Init),
    Import(import::Import),
    Project(project::Project),
    Rebuild(rebuild::Rebuild),
    Verify(verify::Verify),
    Head(head::Head),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Status(status::Status),
    Check(check::Check),
    Versions(versions::Versions),
    Dictionary(dictionary::Dictionary),
    Invoices(invoices::Invoices),
    Invoice(invoice::Invoice),
    Balances(balances::Balances),
    Customers(customers::Customers),
    Event(event::Event),
    Simulate(simulate::Simulate),
    Demo(demo::Demo),
    Completions(completions::Completions),
}

impl Command {
    /// The tables that it answers with, the main one first; none if it answers with something else.
    pub(crate) fn tables(&self) -> &'static [&'static str] {
        match self {
            Self::Check(_) => &["checks"],
            Self::Versions(_) => &["versions"],
            Self::Dictionary(command) => command.tables(),
            Self::Invoices(_) => &["invoices"],
            Self::Invoice(_) => &invoice::TABLES,
            Self::Balances(_) => &["balances", "categories"],
            Self::Customers(_) => &["customers"],
            _ => &[],
        }
    }

    /// Does it.
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        match self {
            Self::Init(command) => command.run(shell),
            Self::Import(command) => command.run(shell),
            Self::Project(command) => command.run(shell),
            Self::Rebuild(command) => command.run(shell),
            Self::Verify(command) => command.run(shell),
            Self::Backup(command) => command.run(shell),
            Self::Restore(command) => command.run(shell),
            Self::Head(command) => command.run(shell),
            Self::Status(command) => command.run(shell),
            Self::Check(command) => command.run(shell),
            Self::Versions(command) => command.run(shell),
            Self::Dictionary(command) => command.run(shell),
            Self::Invoices(command) => command.run(shell),
            Self::Invoice(command) => command.run(shell),
            Self::Balances(command) => command.run(shell),
            Self::Customers(command) => command.run(shell),
            Self::Event(command) => command.run(shell),
            Self::Simulate(command) => command.run(shell),
            Self::Demo(command) => command.run(shell),
            Self::Completions(command) => command.run(shell),
        }
    }
}
