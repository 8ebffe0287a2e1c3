//! The command line: what can be said to daybook. Does nothing but describe it.

use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, ColorChoice, CommandFactory, Parser};
use ledger::StreamId;

use crate::aside::{self, Stop};
use crate::commands::Command;
use crate::exit::Exit;

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

/// Says why a command line makes no sense, or shows the help that it asked for; how the run then ends.
pub(crate) fn refuse(error: &clap::Error) -> Exit {
    // What could not be read has no `json` in it, so the words themselves are asked.
    let is_json = std::env::args_os().any(|word| word == "--json");
    if !error.use_stderr() || !is_json {
        error.exit();
    }
    let text = error.render().to_string();
    let mut parts = text.split("\n\n").map(on_one_line);
    let what = parts.next().unwrap_or_default();
    let tip = parts.find_map(|part| Some(part.strip_prefix("tip: ")?.to_owned()));
    let stop = Stop {
        what: vec![what.strip_prefix("error: ").unwrap_or(&what).to_owned()],
        hint: tip.or_else(|| Some("`daybook --help` says what can be said".to_owned())),
        exit: Exit::Usage.code(),
    };
    aside::stop(&stop, is_json);
    Exit::Usage
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
    /// Colours; auto has them on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
    /// The stream to speak of, as acct_…/live or acct_…/test; by default the one of `init`
    #[arg(long, global = true, value_name = "STREAM")]
    pub(crate) stream: Option<StreamId>,
}
