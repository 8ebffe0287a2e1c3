//! What every command has at hand: the data folder, the stream spoken of, the clock, standard output. No command's own work.

use std::time::{SystemTime, UNIX_EPOCH};

use ledger::{Log, SqliteLedger, StreamId};
use projector::OpenBook;
use serde_json::{Value, json};

use crate::arguments::Global;
use crate::aside;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::folder::Folder;
use crate::listing::{self, Listing, heading};
use crate::paint::{self, HEADING, painted};
use crate::screen::Screen;
use crate::standing::Standing;

/// One run of the program.
pub(crate) struct Shell {
    pub(crate) folder: Folder,
    pub(crate) screen: Screen,
    form: Form,
    stream: Option<StreamId>,
}

/// The form of an answer.
enum Form {
    People,
    Json,
    /// One table, the main one or the one that is named.
    Csv(Option<String>),
}

impl Shell {
    /// A run with these arguments.
    pub(crate) fn new(global: Global) -> Self {
        paint::settle(global.color);
        Self {
            folder: Folder::new(&global.data),
            screen: Screen::new(),
            form: match (global.json, global.csv) {
                (true, _) => Form::Json,
                (_, true) => Form::Csv(global.table),
                _ => Form::People,
            },
            stream: global.stream,
        }
    }

    /// Whether the answer is JSON.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.form, Form::Json)
    }

    /// Whether the answer is a table in CSV.
    pub(crate) fn is_csv(&self) -> bool {
        matches!(self.form, Form::Csv(_))
    }

    /// Whether the answer is for the eye.
    pub(crate) fn is_for_people(&self) -> bool {
        matches!(self.form, Form::People)
    }

    /// Before a command does anything: whether a table that is asked for is one of those that it answers with.
    pub(crate) fn check_tables(&self, tables: &[&'static str]) -> Result<(), Failure> {
        let Form::Csv(name) = &self.form else {
            return Ok(());
        };
        match name {
            _ if tables.is_empty() => Err(ShellError::NoTable.into()),
            Some(name) if !tables.contains(&&**name) => {
                let failure: Failure = ShellError::OtherTable { name: name.clone() }.into();
                Err(failure.hinting(format!("its tables: {}", tables.join(", "))))
            }
            _ => Ok(()),
        }
    }

    /// The stream spoken of.
    pub(crate) fn stream(&self) -> Result<StreamId, Failure> {
        let of_init = self.folder.stream()?;
        Ok(self.stream.clone().unwrap_or(of_init))
    }

    /// The log, for reading, and the stream spoken of: one that was named must be in it.
    pub(crate) fn log(&self) -> Result<(SqliteLedger, StreamId), Failure> {
        let stream = self.stream()?;
        let log = self.folder.log()?;
        if self.stream.is_some() {
            self.folder.expect_stream(&log, &stream)?;
        }
        Ok((log, stream))
    }

    /// The current book, and what an answer from it stands on. A book of another log answers nothing.
    pub(crate) fn book(&self) -> Result<(OpenBook, StreamId, Standing), Failure> {
        let (log, stream, book) = self.log_and_book()?;
        projector::check_position(&log, &book)?;
        let standing = Standing::of_book(&book, &stream, &log.head(&stream)?)?;
        Ok((book, stream, standing))
    }

    /// Log and current book, whether they belong together or not.
    pub(crate) fn log_and_book(&self) -> Result<(SqliteLedger, StreamId, OpenBook), Failure> {
        self.stream()?;
        let book = self.folder.book()?;
        let (log, stream) = self.log()?;
        Ok((log, stream, book))
    }

    /// Answers with tables: in JSON an object with a member for each, in CSV the one that was asked for or else the first, for
    /// people each under its name if there are several.
    pub(crate) fn answer(
        &mut self,
        tables: &[(&str, Listing)],
        standing: &Standing,
    ) -> Result<(), Failure> {
        match &self.form {
            Form::Json => {
                let members = tables
                    .iter()
                    .map(|(name, table)| ((*name).to_owned(), table.json()));
                let members: serde_json::Map<_, _> = members.collect();
                self.answer_json(members.into(), standing)
            }
            Form::Csv(asked) => {
                let is_asked = |(name, _): &&(&str, Listing)| {
                    asked.as_deref().is_none_or(|asked| asked == *name)
                };
                let (_, table) = tables.iter().find(is_asked).expect("`check_tables` has it");
                self.screen.bytes(&table.csv())?;
                self.screen.flush()?;
                aside::note(&standing.line());
                Ok(())
            }
            Form::People => self.show(tables, standing),
        }
    }

    fn show(&mut self, tables: &[(&str, Listing)], standing: &Standing) -> Result<(), Failure> {
        for (name, table) in tables {
            if tables.len() > 1 {
                self.screen.line(painted(HEADING, name))?;
            }
            self.screen.line(table.text())?;
            if tables.len() > 1 {
                self.screen.line("")?;
            }
        }
        for line in listing::legend(tables.iter().map(|(_, table)| table)) {
            self.screen.line(line)?;
        }
        self.screen.line(standing.line())
    }

    /// Answers a program with the members of `value` and what it stands on.
    pub(crate) fn answer_json(
        &mut self,
        mut value: Value,
        standing: &Standing,
    ) -> Result<(), Failure> {
        value["stands_on"] = json!(standing);
        self.screen.json(&value)
    }

    /// Answers with lines of `key  value` for people, with the same as an object for programs.
    pub(crate) fn answer_facts(
        &mut self,
        facts: &[Fact],
        standing: &Standing,
    ) -> Result<(), Failure> {
        if self.is_json() {
            return self.answer_json(object(facts), standing);
        }
        self.tell_facts(facts)?;
        self.screen.line(standing.line())
    }

    /// The same, of what stands on no log.
    pub(crate) fn tell_facts(&mut self, facts: &[Fact]) -> Result<(), Failure> {
        if self.is_json() {
            return self.screen.json(&object(facts));
        }
        for Fact { name, text, .. } in facts.iter().filter(|fact| !fact.text.is_empty()) {
            let text = painted(paint::of_fact(name, text), text);
            self.screen.line(format!("{:<15} {text}", heading(name)))?;
        }
        Ok(())
    }

    /// Shows what is still buffered; the run's last act.
    pub(crate) fn finish(&mut self, exit: Exit) -> Outcome {
        self.screen.flush()?;
        Ok(exit)
    }
}

/// One thing that an answer says: its name, its value for programs, its text for people (none is shown if it is empty).
pub(crate) struct Fact {
    name: &'static str,
    value: Value,
    text: String,
}

impl Fact {
    /// A fact.
    pub(crate) fn new(
        name: &'static str,
        value: impl Into<Value>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            name,
            value: value.into(),
            text: text.into(),
        }
    }

    /// A number.
    pub(crate) fn count(name: &'static str, number: u64) -> Self {
        Self::new(name, number, crate::currency::count(number))
    }

    /// A text that both are shown.
    pub(crate) fn text(name: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(name, text.clone(), text)
    }
}

fn object(facts: &[Fact]) -> Value {
    let members = facts
        .iter()
        .map(|fact| (fact.name.to_owned(), fact.value.clone()));
    members.collect::<serde_json::Map<_, _>>().into()
}

/// The wall clock, in microseconds since 1970: the one place that reads it.
pub(crate) fn now_us() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
