//! `views`: what can be asked in SQL: tables and views with their columns, what each says, and an example. Opens no book.

use clap::Args;
use projector::{Explanation, explanations};
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};

use super::query::nearest;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, ShellError};
use crate::listing::Listing;
use crate::shell::Shell;

/// List the tables and views that `query` can ask, or show the columns of one with an example
#[derive(Debug, Args)]
pub(crate) struct Views {
    /// Its name
    name: Option<String>,
}

impl Views {
    pub(crate) fn run(self, shell: &mut Shell) -> Outcome {
        match &self.name {
            None => list(shell)?,
            Some(name) => show(find(name)?, shell)?,
        }
        Ok(Exit::AllTrue)
    }
}

fn list(shell: &mut Shell) -> Result<(), Failure> {
    if shell.is_json() {
        let all: Vec<Value> = explanations().iter().map(object).collect();
        return shell.screen.json(&json!({"views": all}));
    }
    let row = |table: &Explanation| {
        let says = if shell.is_for_people() {
            first_sentence(&table.doc)
        } else {
            &table.doc
        };
        [&table.name, kind(table), says].map(|text| Cell::Text(text.to_owned()))
    };
    let rows = explanations().iter().map(|table| row(table).to_vec());
    tell(
        shell,
        &Listing::new(&["name", "kind", "says"], rows.collect()),
    )
}

fn show(table: &Explanation, shell: &mut Shell) -> Result<(), Failure> {
    if shell.is_json() {
        return shell.screen.json(&object(table));
    }
    let row = |(name, doc): &(String, String)| [name, doc].map(|text| Cell::Text(text.clone()));
    let rows = table.columns.iter().map(|column| row(column).to_vec());
    let columns = Listing::new(&["column", "says"], rows.collect());
    if shell.is_for_people() {
        let head = format!("{}, a {}: {}\n", table.name, kind(table), table.doc);
        shell.screen.line(head)?;
        tell(shell, &columns)?;
        return shell.screen.line(format!("\nexample\n{}", table.example));
    }
    tell(shell, &columns)
}

fn tell(shell: &mut Shell, listing: &Listing) -> Result<(), Failure> {
    if shell.is_csv() {
        return shell.screen.bytes(&listing.csv());
    }
    shell.screen.line(listing.text())
}

fn find(name: &str) -> Result<&'static Explanation, Failure> {
    let is_named = |table: &&Explanation| table.name.eq_ignore_ascii_case(name);
    explanations()
        .iter()
        .find(is_named)
        .ok_or_else(|| absent(name))
}

fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| &text[..=end])
}

fn object(table: &Explanation) -> Value {
    let column = |(name, doc): &(String, String)| json!({"name": name, "says": doc});
    json!({
        "name": table.name,
        "kind": kind(table),
        "says": table.doc,
        "columns": table.columns.iter().map(column).collect::<Vec<_>>(),
        "example": table.example,
    })
}

fn kind(table: &Explanation) -> &'static str {
    if table.is_view { "view" } else { "table" }
}

fn absent(name: &str) -> Failure {
    let failure: Failure = ShellError::NoView {
        name: name.to_owned(),
    }
    .into();
    let names = explanations().iter().map(|table| table.name.as_str());
    match nearest(name, names).as_slice() {
        [] => failure.hinting("`daybook views` lists them"),
        near => failure.hinting(format!("did you mean {}?", near.join(" or "))),
    }
}
