//! `report`: what a past run found, made again from the log. It asks nothing of Stripe and compares nothing.

use std::path::{Path, PathBuf};

use clap::Args;
use ledger::StreamId;
use reconcile::Memory;

use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::past;
use crate::report;
use crate::shell::Shell;

/// Standard output, as a file's name.
const STDOUT: &str = "-";

/// Show the report of a past run, by default the newest
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The run, by its name or the beginning of it; `daybook runs` lists them
    #[arg(default_value = "", hide_default_value = true)]
    run: String,
    /// Write it as one HTML file, to mail or keep; - is standard output
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    html: Option<PathBuf>,
}

impl Report {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let memory = past::open(&shell.folder, &log, &stream)?;
        let Some(report) = memory.report(&stream, &self.run)? else {
            return Err(self.absent(&memory, &stream)?);
        };
        match &self.html {
            None => report::page(shell, &report)?,
            Some(path) => {
                let html = report::html(&report, &memory.runs(&stream)?);
                show(shell, path, &html)?;
            }
        }
        Ok(Exit::AllTrue)
    }

    fn absent(self, memory: &Memory, stream: &StreamId) -> Result<Failure, Failure> {
        let hint = match memory.runs(stream)?.is_empty() {
            true => "`daybook nightly` and `daybook reconcile` leave one each",
            false => "`daybook runs` lists them; another stream is named with --stream",
        };
        let (what, stream) = ("run", stream.to_string());
        let failure: Failure = ShellError::Absent {
            what,
            id: self.run,
            stream,
        }
        .into();
        Ok(failure.hinting(hint))
    }
}

fn show(shell: &mut Shell, path: &Path, html: &str) -> Result<(), Failure> {
    if path == Path::new(STDOUT) {
        return shell.screen.bytes(html.as_bytes());
    }
    report::replace(path, report::OWN, html.as_bytes())?;
    shell
        .screen
        .line(format!("report          {}", path.display()))
}
