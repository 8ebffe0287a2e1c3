//! The filters that tables share, and the answering of a table through them. What a row says is not theirs.

use clap::Args;
use rusqlite::named_params;

use crate::aside;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::listing::Listing;
use crate::moment;
use crate::screen::harmless;
use crate::shell::Shell;

/// Which rows to show.
#[derive(Debug, Default, Args)]
pub(crate) struct Filter {
    /// Only of this customer, cus_…
    #[arg(long, value_name = "ID")]
    customer: Option<String>,
    /// Only with this status
    #[arg(long)]
    status: Option<String>,
    /// Only made at or after this moment: a date in UTC, an RFC 3339 moment, or Unix seconds
    #[arg(long, value_name = "MOMENT", value_parser = moment::parse)]
    from: Option<i64>,
    /// Only made before this moment
    #[arg(long, value_name = "MOMENT", value_parser = moment::parse)]
    to: Option<i64>,
}

impl Filter {
    /// Answers with the rows of a query that takes the filter's parameters; `details` are columns for programs only.
    pub(crate) fn list(
        self,
        shell: &mut Shell,
        name: &str,
        sql: &str,
        details: &'static [&'static str],
    ) -> Outcome {
        let (book, stream, standing) = shell.book()?;
        let ask = |filter: &Self| {
            let parameters = named_params! {
                ":stream": stream.as_str(), ":customer": filter.customer, ":status": filter.status,
                ":from": filter.from, ":to": filter.to,
            };
            Listing::ask(&book, sql, parameters)
        };
        let listing = ask(&self)?.with_details(details);
        let is_empty = listing.is_empty();
        shell.answer(&[(name, listing)], &standing)?;
        if is_empty && let Some(status) = &self.status {
            let statuses = ask(&Self::default())?.texts_of("status");
            if !statuses.contains(status) {
                shell.screen.flush()?;
                let known: Vec<_> = statuses.into_iter().collect();
                let known = harmless(&known.join(", "));
                aside::hint(&format!("no row has this status; there are: {known}"));
            }
        }
        Ok(Exit::AllTrue)
    }
}
