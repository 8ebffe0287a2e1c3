//! The command line: what can be said to daybook. Does nothing but describe it.

use std::path::PathBuf;

use clap::{Args, Parser};
use ledger::StreamId;

use crate::commands::Command;

/// The books of a company that bills through Stripe, from facts that it holds itself.
#[derive(Debug, Parser)]
#[command(name = "daybook", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What holds for every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// The data folder
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_DATA",
        default_value = "daybook-data",
        value_name = "DIR"
    )]
    pub(crate) data: PathBuf,
    /// Answer in JSON: names as in the tables, amounts in minor units, times in Unix seconds
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The stream to speak of, as acct_…/live or acct_…/test; by default the one of `init`
    #[arg(long, global = true, value_name = "STREAM")]
    pub(crate) stream: Option<StreamId>,
}
