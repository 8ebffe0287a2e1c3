//! The filters that tables share, and the answering of tables through them. What a row says is not theirs.

use clap::Args;
use projector::OpenBook;
use rusqlite::{ToSql, named_params};

use crate::aside;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::listing::Listing;
use crate::moment;
use crate::screen::harmless;
use crate::shell::Shell;

/// Which rows to show.
#[derive(Clone, Debug, Default, Args)]
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
    /// Answers with the tables; the first has a column `status`, and `statuses` are those that a row can have.
    pub(super) fn answer(
        mut self,
        shell: &mut Shell,
        parts: &[Part],
        own: &[Own<'_>],
        statuses: &[&str],
    ) -> Outcome {
        expect_forwards(self.from, self.to)?;
        self.status = self.status.map(|status| as_known(status, statuses));
        let (book, stream, standing) = shell.book()?;
        let mut tables = Vec::new();
        for part in parts {
            let table = self.ask(&book, stream.as_str(), &part.sql, own)?;
            tables.push((part.name, table.with_details(part.details).with_days()));
        }
        let is_empty = tables.first().is_none_or(|(_, table)| table.is_empty());
        let mut hint = None;
        if let (true, Some(first)) = (is_empty, parts.first()) {
            let nothing: Vec<Own<'_>> = own.iter().map(|(name, _)| (*name, None)).collect();
            let all = Self::default().ask(&book, stream.as_str(), &first.sql, &nothing)?;
            hint = self.expect_status(&all, statuses)?;
            self.expect_customer(&book, stream.as_str())?;
        }
        shell.answer(&tables, &standing)?;
        if let Some(hint) = hint {
            shell.screen.flush()?;
            aside::hint(&hint);
        }
        Ok(Exit::AllTrue)
    }

    /// How many rows the query has besides, were this status asked for; none if one is.
    pub(super) fn count_besides(
        &self,
        shell: &Shell,
        sql: &str,
        status: &str,
    ) -> Result<usize, Failure> {
        if self.status.is_some() {
            return Ok(0);
        }
        let (book, stream, _) = shell.book()?;
        let besides = Self {
            status: Some(status.to_owned()),
            ..self.clone()
        };
        Ok(besides.ask(&book, stream.as_str(), sql, &[])?.count())
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

    /// What there is instead of a status that no row has; one that none can have is a slip.
    fn expect_status(&self, all: &Listing, statuses: &[&str]) -> Result<Option<String>, Failure> {
        let Some(status) = &self.status else {
            return Ok(None);
        };
        let told = all.texts_of("status");
        if told.contains(status) {
            return Ok(None);
        }
        if statuses.contains(&status.as_str()) {
            let told: Vec<&str> = told.iter().map(String::as_str).collect();
            return Ok(Some(match told.is_empty() {
                true => "there is none, whatever its status".to_owned(),
                false => {
                    let told = harmless(&told.join(", "));
                    format!("no row has this status; there are: {told}")
                }
            }));
        }
        let others = told.iter().map(String::as_str);
        let others = others.filter(|one| !statuses.contains(one));
        let known: Vec<&str> = statuses.iter().copied().chain(others).collect();
        let failure: Failure = ShellError::NoStatus {
            status: harmless(status),
        }
        .into();
        Err(failure.hinting(format!("there are: {}", harmless(&known.join(", ")))))
    }

    /// A customer who isn't in the book has no rows that could be missed.
    fn expect_customer(&self, book: &OpenBook, stream: &str) -> Result<(), Failure> {
        let Some(customer) = &self.customer else {
            return Ok(());
        };
        let sql = "SELECT id FROM customers WHERE stream = :stream AND id = :id";
        let parameters = named_params! {":stream": stream, ":id": customer};
        if !Listing::ask(book, sql, parameters)?.is_empty() {
            return Ok(());
        }
        let failure: Failure = ShellError::Absent {
            what: "customer",
            id: harmless(customer),
            stream: stream.to_owned(),
        }
        .into();
        Err(failure.hinting("`daybook customers` lists them"))
    }
}

/// That a span does not end before it begins.
pub(super) fn expect_forwards(from_s: Option<i64>, to_s: Option<i64>) -> Result<(), Failure> {
    match from_s.zip(to_s) {
        Some((from_s, to_s)) if from_s > to_s => Err(ShellError::Backwards.into()),
        _ => Ok(()),
    }
}

/// The status as it is written in the book, whatever letters were large.
fn as_known(status: String, statuses: &[&str]) -> String {
    let is_meant = |known: &&&str| known.eq_ignore_ascii_case(&status);
    let known = statuses.iter().find(is_meant);
    known.map_or(status.clone(), |known| (*known).to_owned())
}
