//! `rebuild`: a new book from the first entry on; the one before it stays.

use clap::Args;
use projector::Step;

use super::project::{doing, show, tell};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::memory::Memory;
use crate::progress::Progress;
use crate::shell::Shell;

/// Make a new book from the whole log; the one before it is kept
#[derive(Debug, Args)]
pub(crate) struct Rebuild {
    /// How many threads read and fold; by default one a core
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    #[command(flatten)]
    memory: Memory,
}

impl Rebuild {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let log = shell.folder.log()?;
        let books = shell.folder.books()?;
        let mut options = self.memory.options();
        options.threads = self.threads.map_or(options.threads, usize::from);
        let mut bar = Progress::new(doing(Step::Read), 0);
        let report = projector::rebuild(&log, &books, &options, &mut |at| show(&mut bar, at))?;
        drop(bar);
        tell(shell, &report)?;
        Ok(Exit::AllTrue)
    }
}
