//! The roles, one file each. Here only their list; what they do is theirs.

mod backfill;
mod backup;
mod balances;
mod charge;
mod check;
mod completions;
mod customer;
mod customers;
mod demo;
mod dictionary;
mod disputes;
mod doctor;
mod event;
mod events;
mod filter;
mod findings;
mod follow;
mod head;
mod import;
mod init;
mod invoice;
mod invoices;
mod nightly;
mod notices;
mod payout;
mod project;
mod query;
mod rebuild;
mod reconcile;
mod refunds;
mod report;
mod restore;
mod runs;
mod serve;
mod simulate;
mod status;
mod streams;
mod stripe_balance;
mod subscriptions;
mod timeline;
mod verify;
mod versions;
mod views;

use clap::Subcommand;

use crate::failure::Outcome;
use crate::shell::Shell;

pub(crate) use self::check::Checked;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Init),
    Import(import::Import),
    Backfill(backfill::Backfill),
    Follow(follow::Follow),
    Reconcile(reconcile::Reconcile),
    Nightly(nightly::Nightly),
    Serve(serve::Serve),
    Project(project::Project),
    Rebuild(rebuild::Rebuild),
    Verify(verify::Verify),
    Head(head::Head),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Status(status::Status),
    Check(check::Check),
    Runs(runs::Runs),
    Report(report::Report),
    Findings(findings::Findings),
    Doctor(doctor::Doctor),
    Versions(versions::Versions),
    Dictionary(dictionary::Dictionary),
    Invoices(invoices::Invoices),
    Invoice(invoice::Invoice),
    Balances(balances::Balances),
    Customers(customers::Customers),
    Customer(customer::Customer),
    Subscriptions(subscriptions::Subscriptions),
    Refunds(refunds::Refunds),
    Disputes(disputes::Disputes),
    Notices(notices::Notices),
    Streams(streams::Streams),
    Charge(charge::Charge),
    Payout(payout::Payout),
    Event(event::Event),
    Query(query::Query),
    Views(views::Views),
    Events(events::Events),
    Timeline(timeline::Timeline),
    Simulate(simulate::Simulate),
    Demo(demo::Demo),
    Completions(completions::Completions),
}

impl Command {
    /// The tables that it answers with, the main one first; none if it answers with something else.
    pub(crate) fn tables(&self) -> &'static [&'static str] {
        match self {
            Self::Check(_) | Self::Doctor(_) => &["checks"],
            Self::Versions(_) => &["versions"],
            Self::Dictionary(command) => command.tables(),
            Self::Invoices(_) => &["invoices"],
            Self::Invoice(_) => &invoice::TABLES,
            Self::Balances(_) => &["balances", "categories"],
            Self::Customers(_) => &["customers"],
            Self::Customer(_) => &customer::TABLES,
            Self::Subscriptions(_) => &["subscriptions", "totals"],
            Self::Refunds(_) => &["refunds", "totals"],
            Self::Disputes(_) => &["disputes", "totals"],
            Self::Notices(command) => command.tables(),
            Self::Runs(_) => &runs::TABLES,
            Self::Findings(command) => command.tables(),
            Self::Streams(_) | Self::Follow(_) => &["streams"],
            Self::Query(_) => &["rows"],
            Self::Views(_) => &["views"],
            Self::Charge(_) => &charge::TABLES,
            Self::Payout(_) => &payout::TABLES,
            Self::Events(command) => command.tables(),
            Self::Timeline(_) => &timeline::TABLES,
            _ => &[],
        }
    }

    /// Does it.
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        match self {
            Self::Init(command) => command.run(shell),
            Self::Import(command) => command.run(shell),
            Self::Backfill(command) => command.run(shell),
            Self::Follow(command) => command.run(shell),
            Self::Reconcile(command) => command.run(shell),
            Self::Nightly(command) => command.run(shell),
            Self::Serve(command) => command.run(shell),
            Self::Project(command) => command.run(shell),
            Self::Rebuild(command) => command.run(shell),
            Self::Verify(command) => command.run(shell),
            Self::Backup(command) => command.run(shell),
            Self::Restore(command) => command.run(shell),
            Self::Head(command) => command.run(shell),
            Self::Status(command) => command.run(shell),
            Self::Check(command) => command.run(shell),
            Self::Runs(command) => command.run(shell),
            Self::Report(command) => command.run(shell),
            Self::Findings(command) => command.run(shell),
            Self::Doctor(command) => command.run(shell),
            Self::Versions(command) => command.run(shell),
            Self::Dictionary(command) => command.run(shell),
            Self::Invoices(command) => command.run(shell),
            Self::Invoice(command) => command.run(shell),
            Self::Balances(command) => command.run(shell),
            Self::Customers(command) => command.run(shell),
            Self::Customer(command) => command.run(shell),
            Self::Subscriptions(command) => command.run(shell),
            Self::Refunds(command) => command.run(shell),
            Self::Disputes(command) => command.run(shell),
            Self::Notices(command) => command.run(shell),
            Self::Streams(command) => command.run(shell),
            Self::Event(command) => command.run(shell),
            Self::Query(command) => command.run(shell),
            Self::Views(command) => command.run(shell),
            Self::Events(command) => command.run(shell),
            Self::Charge(command) => command.run(shell),
            Self::Payout(command) => command.run(shell),
            Self::Timeline(command) => command.run(shell),
            Self::Simulate(command) => command.run(shell),
            Self::Demo(command) => command.run(shell),
            Self::Completions(command) => command.run(shell),
        }
    }
}
