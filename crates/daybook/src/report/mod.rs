//! A night's report in its forms: a page for the terminal, one HTML file, JSON, numbers for Prometheus. All say the same of a `Report`
//! and ask nothing else: no book, no clock, nobody outside.

pub(crate) mod advice;
mod charts;
mod file;
#[cfg(test)]
pub(crate) mod fixture;
mod html;
mod markup;
mod metrics;
mod page;
#[cfg(test)]
mod tests;
pub(crate) mod words;

use reconcile::Report;

pub(crate) use self::file::{OWN, READABLE, replace};
pub(crate) use self::html::html;
pub(crate) use self::metrics::{Watched, prometheus};
use crate::failure::Failure;
use crate::shell::Shell;

/// Shows the report: a page for people, for programs the report as it is, as one object.
pub(crate) fn page(shell: &mut Shell, report: &Report) -> Result<(), Failure> {
    if shell.is_json() {
        return shell.screen.json(report);
    }
    for line in page::lines(report) {
        shell.screen.line(line)?;
    }
    Ok(())
}
