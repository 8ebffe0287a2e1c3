//! The filters that tables share, and the answering of tables through them. What a row says is not theirs.

use clap::Args;
use projector::OpenBook;
use rusqlite::{ToSql, named_params};

use crate::aside;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
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
    #[arg(long, alias = "since", value_name = "MOMENT", value_parser = moment::parse)]
    from: Option<i64>,
    /// Only made before this moment
    #[arg(long, alias = "until", value_name = "MOMENT", value_parser = moment::parse)]
    to: Option<i64>,
}

/// A table of an answer: its name, the query that takes the filter's parameters, and its columns for programs only.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) sql: String,
    pub(super) details: &'static [&'static str],
}

/// A filter of one command alone: its parameter, and the value if one was given.
pub(super) type Own<'v> = (&'static str, Option<&'v dyn ToSql>);

impl Filter {
    /// Answers with the rows of one query.
    pub(crate) fn list(
        self,
        shell: &mut Shell,
        name: &'static str,
        sql: &str,
        details: &'static [&'static str],
    ) -> Outcome {
        let sql = sql.to_owned();
        self.answer(shell, &[Part { name, sql, details }], &[], &[])
    }

    /// Answers with several; the first has a column `status`, beside which `groups` are taken for a status too.
    pub(super) fn answer(
        self,
        shell: &mut Shell,
        parts: &[Part],
        own: &[Own<'_>],
        groups: &[&str],
    ) -> Outcome {
        let (book, stream, standing) = shell.book()?;
        let mut tables = Vec::new();
        for part in parts {
            let table = self.ask(&book, stream.as_str(), &part.sql, own)?;
            tables.push((part.name, table.with_details(part.details).with_days()));
        }
        let is_empty = tables.first().is_none_or(|(_, table)| table.is_empty());
        shell.answer(&tables, &standing)?;
        if let (true, Some(first)) = (is_empty, parts.first()) {
            shell.screen.flush()?;
            let nothing: Vec<Own<'_>> = own.iter().map(|(name, _)| (*name, None)).collect();
            let all = Self::default().ask(&book, stream.as_str(), &first.sql, &nothing)?;
            self.explain(&book, stream.as_str(), &all, groups)?;
        }
        Ok(Exit::AllTrue)
    }

    fn ask(
        &self,
        book: &OpenBook,
        stream: &str,
        sql: &str,
        own: &[Own<'_>],
    ) -> Result<Listing, Failure> {
        let mut parameters = named_params! {
            ":stream": stream, ":customer": self.customer, ":status": self.status,
            ":from": self.from, ":to": self.to,
        }
        .to_vec();
        parameters.extend(own.iter().map(|(name, value)| {
            let value: &dyn ToSql = match value {
                Some(value) => *value,
                None => &rusqlite::types::Null,
            };
            (*name, value)
        }));
        Listing::ask(book, sql, &parameters)
    }

    /// Why there may be no row: a status that no row has, a customer that isn't in the book.
    fn explain(
        &self,
        book: &OpenBook,
        stream: &str,
        all: &Listing,
        groups: &[&str],
    ) -> Result<(), Failure> {
        if let Some(status) = &self.status {
            let known = all.texts_of("status");
            if known.is_empty() {
                aside::hint("there is none, whatever its status");
            } else if !known.contains(status) && !groups.contains(&status.as_str()) {
                let mut known: Vec<&str> = known.iter().map(String::as_str).collect();
                known.extend(groups);
                let known = harmless(&known.join(", "));
                aside::hint(&format!("no row has this status; there are: {known}"));
            }
        }
        if let Some(customer) = &self.customer {
            let sql = "SELECT id FROM customers WHERE stream = :stream AND id = :id";
            let found = Listing::ask(
                book,
                sql,
                named_params! {":stream": stream, ":id": customer},
            )?;
            if found.is_empty() {
                aside::hint("there is no such customer; `daybook customers` lists them");
            }
        }
        Ok(())
    }
}
