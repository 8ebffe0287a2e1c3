//! `versions`: which types of entries the log holds, and in which API versions.

use clap::Args;
use ledger::Log;
use rusqlite::types::Value as Cell;

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::listing::Listing;
use crate::shell::Shell;
use crate::standing::Standing;

/// Count the entries of the log by kind, type and API version
#[derive(Debug, Args)]
pub(crate) struct Versions {}

impl Versions {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        let (log, stream) = shell.log()?;
        let rows = log
            .tally()?
            .into_iter()
            .filter(|row| row.stream == stream)
            .map(|row| {
                vec![
                    Cell::Text(row.kind.as_str().to_owned()),
                    Cell::Text(row.type_),
                    row.api_version.map_or(Cell::Null, Cell::Text),
                    Cell::Integer(i64::try_from(row.count).unwrap_or(i64::MAX)),
                ]
            });
        let listing = Listing::new(&["kind", "type", "api_version", "entries"], rows.collect());
        shell.answer(&[("versions", listing)], &Standing::of_log(&log, &stream)?)?;
        Ok(Exit::AllTrue)
    }
}
