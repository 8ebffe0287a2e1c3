//! What the tables and views of a book say, read from the comments of the SQL that makes them. Opens no book.

use std::sync::LazyLock;

use crate::file::{STANDING, TABLES, VIEWS};

/// A table or view, explained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// Its name.
    pub name: String,
    /// What one row is.
    pub doc: String,
    /// Whether it is a view.
    pub is_view: bool,
    /// Its columns with what each says, in order.
    pub columns: Vec<(String, String)>,
    /// A query that shows what it is good for.
    pub example: String,
}

impl Explanation {
    /// Whether it has this column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(name, _)| name == column)
    }
}

/// Every table and view that a book is made with: views first, then the fold's tables, then what a book stands on.
#[must_use]
pub fn explanations() -> &'static [Explanation] {
    static ALL: LazyLock<Vec<Explanation>> = LazyLock::new(|| {
        let parts = [VIEWS, TABLES, STANDING];
        parts.into_iter().flat_map(read).collect()
    });
    &ALL
}

/// What stands above a definition: sentences, and behind `Example:` a query.
#[derive(Default)]
struct Above {
    doc: Vec<String>,
    example: Option<Vec<String>>,
}

impl Above {
    fn add(&mut self, comment: &str) {
        match &mut self.example {
            _ if comment == "Example:" => self.example = Some(Vec::new()),
            Some(example) => {
                example.push(comment.strip_prefix("  ").unwrap_or(comment).to_owned());
            }
            None => self.doc.push(comment.to_owned()),
        }
    }
}

fn read(sql: &str) -> Vec<Explanation> {
    let mut found: Vec<Explanation> = Vec::new();
    let mut above = Above::default();
    let mut is_inside = false;
    for line in sql.lines() {
        let (code, comment) = line.split_once("-- ").unwrap_or((line, ""));
        let code = code.trim();
        if let Some((name, is_view)) = begun(code) {
            let Above { doc, example } = std::mem::take(&mut above);
            found.push(Explanation {
                name: name.to_owned(),
                doc: doc.join(" "),
                is_view,
                columns: Vec::new(),
                example: example.unwrap_or_default().join("\n"),
            });
            is_inside = true;
        } else if code.starts_with(')') || code.starts_with("PRIMARY KEY") {
            is_inside = false;
        } else if let Some(explained) = found.last_mut().filter(|_| is_inside) {
            let name = code.split([' ', ',']).next().unwrap_or_default();
            let doc = comment.trim_start_matches("S: ").trim_start_matches("H: ");
            explained.columns.push((name.to_owned(), doc.to_owned()));
        } else if code.is_empty() && !comment.is_empty() {
            above.add(comment);
        } else {
            above = Above::default();
        }
    }
    for explained in found.iter_mut().filter(|made| made.example.is_empty()) {
        explained.example = plain_example(explained);
    }
    found
}

/// The name that a line begins to define, and whether it is a view's.
fn begun(code: &str) -> Option<(&str, bool)> {
    let name = code.strip_suffix(" (")?;
    let table = name.strip_prefix("CREATE TABLE ").map(|name| (name, false));
    table.or_else(|| name.strip_prefix("CREATE VIEW ").map(|name| (name, true)))
}

/// The newest rows of a table, or the first by its key: some of its columns, and the currency of what is money.
fn plain_example(table: &Explanation) -> String {
    const COLUMNS: usize = 6;
    let is_own = |name: &&str| !matches!(*name, "stream" | "currency" | "register" | "entries");
    let names = table.columns.iter().map(|(name, _)| name.as_str());
    let mut shown: Vec<&str> = names.clone().filter(is_own).take(COLUMNS).collect();
    if table.has("currency") {
        shown.extend(["currency"]);
        let amounts = names.filter(|name| name.ends_with("_minor"));
        let amount = amounts.take(1).filter(|name| !shown.contains(name));
        shown.extend(amount.collect::<Vec<_>>());
    }
    let order = if table.has("created_s") {
        format!("created_s DESC, {}", shown[0])
    } else {
        shown[..shown.len().min(3)].join(", ")
    };
    let (shown, name) = (shown.join(", "), &table.name);
    format!("SELECT {shown}\nFROM {name} ORDER BY {order} LIMIT 10")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_view_and_column_is_explained_once() {
        let all = explanations();
        for explained in all {
            assert!(explained.doc.ends_with('.'), "{}", explained.name);
            assert!(!explained.columns.is_empty(), "{}", explained.name);
            assert_eq!(explained.columns[0].0, "stream", "{}", explained.name);
            for (name, doc) in &explained.columns {
                assert!(!name.is_empty() && !doc.is_empty(), "{}", explained.name);
            }
            let same = all.iter().filter(|other| other.name == explained.name);
            assert_eq!(same.count(), 1, "{}", explained.name);
        }
        for table in book::TABLES.iter() {
            let explained = all.iter().find(|explained| explained.name == table.name);
            assert_eq!(
                explained.map(|made| made.columns.len()),
                Some(table.columns.len())
            );
        }
    }

    #[test]
    fn comments_above_are_a_doc_and_an_example() {
        let sql = "-- Of the file.\n\n-- What it\n-- says.\n-- Example:\n--   SELECT a\n--     FROM b\n\
                   CREATE VIEW b (\n    stream, -- where\n    a -- what, and why\n) AS\nSELECT stream, 1 AS a FROM (\n    c -- no column\n);\n\
                   -- Rows.\nCREATE TABLE c (\n    stream TEXT NOT NULL, -- S: where\n    PRIMARY KEY (stream)\n) STRICT;\n";
        let read = read(sql);
        let pair = |name: &str, doc: &str| (name.to_owned(), doc.to_owned());
        assert_eq!(
            read[0],
            Explanation {
                name: "b".to_owned(),
                doc: "What it says.".to_owned(),
                is_view: true,
                columns: vec![pair("stream", "where"), pair("a", "what, and why")],
                example: "SELECT a\n  FROM b".to_owned(),
            }
        );
        assert_eq!(read[1].doc, "Rows.");
        assert_eq!(read[1].columns, [pair("stream", "where")]);
        assert_eq!(read.len(), 2);
    }
}
