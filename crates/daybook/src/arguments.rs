//! The command line: what can be said to daybook. Does nothing but describe it.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser};
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

impl Arguments {
    /// The arguments of this run.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let arguments = Self::try_parse()?;
        // clap sees no clash of two global flags when one stands before the command and the other behind it.
        let Global {
            json, csv, table, ..
        } = &arguments.global;
        let (kind, what) = match (json, csv, table) {
            (true, true, _) => (ErrorKind::ArgumentConflict, "--json and --csv: choose one"),
            (_, false, Some(_)) => {
                let what = "--table chooses the table that --csv gives: say --csv too";
                (ErrorKind::MissingRequiredArgument, what)
            }
            _ => return Ok(arguments),
        };
        Err(Self::command().error(kind, what))
    }
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
    /// Answer in CSV, for spreadsheets: the columns of --json, a table at a time
    #[arg(long, global = true)]
    pub(crate) csv: bool,
    /// With --csv: which table, of an answer with several; by default the first
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) table: Option<String>,
    /// The stream to speak of, as acct_…/live or acct_…/test; by default the one of `init`
    #[arg(long, global = true, value_name = "STREAM")]
    pub(crate) stream: Option<StreamId>,
}
