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
        let Some(name) = &self.name else {
            return list(shell);
        };
        let found = explanations()
            .iter()
            .find(|table| table.name.eq_ignore_ascii_case(name));
        let Some(table) = found else {
            return Err(absent(name));
        };
        if shell.is_json() {
            shell.screen.json(&object(table))?;
            return Ok(Exit::AllTrue);
        }
        shell.screen.line(format!(
            "{}, a {}: {}\n",
            table.name,
            kind(table),
            table.doc
        ))?;
        shell.screen.line(columns(table).text())?;
        shell.screen.line(format!("\nexample\n{}", table.example))?;
        Ok(Exit::AllTrue)
    }
}

fn list(shell: &mut Shell) -> Outcome {
    if shell.is_json() {
        let all: Vec<Value> = explanations().iter().map(object).collect();
        shell.screen.json(&json!({"views": all}))?;
        return Ok(Exit::AllTrue);
    }
    let row = |table: &Explanation| {
        let texts = [&table.name, kind(table), &table.doc];
        texts.map(|text| Cell::Text(text.to_owned())).to_vec()
    };
    let rows = explanations().iter().map(row).collect();
    let listing = Listing::new(&["name", "kind", "says"], rows);
    shell.screen.line(listing.text())?;
    Ok(Exit::AllTrue)
}

fn columns(table: &Explanation) -> Listing {
    let row =
        |(name, doc): &(String, String)| [name, doc].map(|text| Cell::Text(text.clone())).to_vec();
    Listing::new(&["column", "says"], table.columns.iter().map(row).collect())
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
