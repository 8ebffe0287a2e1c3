//! The rule that SQL on disk explains itself: every table, view and column has its comment.

use crate::complaint::Complaint;

/// Beginnings of lines inside a table that are no column.
const CONSTRAINTS: [&str; 5] = ["PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT"];

/// Tables and views have a `--` comment right above; columns, which a view names in a list, one above or beside.
pub(crate) fn explains_itself(path: &str, text: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let (mut depth, mut in_list, mut commented) = (0_usize, false, false);
    for (index, line) in text.lines().enumerate() {
        let (code, comment) = parted(line);
        let complain = |what: &str| {
            Complaint::at(
                path,
                index + 1,
                format!("say what {what} in a `--` comment, above or beside it"),
            )
        };
        if let Some(what) = created(code) {
            in_list = code.ends_with('(');
            complaints.extend((!commented).then(|| complain(&format!("this {what} holds"))));
            complaints.extend((!in_list).then(|| complain("each column holds, on its own line,")));
        } else if in_list && depth == 1 && is_column(code) && !commented && comment.is_none() {
            complaints.push(complain("this column holds"));
        }
        depth = (depth + code.matches('(').count()).saturating_sub(code.matches(')').count());
        // A view's list ends where its query begins, a table's with the table.
        in_list &= depth > 0 && !code.ends_with(';');
        commented = code.is_empty() && comment.is_some();
    }
    complaints
}

/// A line's code and its comment; a comment without words is none.
fn parted(line: &str) -> (&str, Option<&str>) {
    let (code, comment) = line
        .split_once("--")
        .map_or((line, None), |(code, comment)| (code, Some(comment.trim())));
    (code.trim(), comment.filter(|words| !words.is_empty()))
}

fn created(code: &str) -> Option<&str> {
    let words: Vec<&str> = code.split_whitespace().take(4).collect();
    let is_made = words.first() == Some(&"CREATE");
    words
        .into_iter()
        .skip(1)
        .take(2)
        .find(|word| is_made && matches!(*word, "TABLE" | "VIEW"))
}

fn is_column(code: &str) -> bool {
    let first = code
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '"')
        .next()
        .unwrap_or("");
    !first.is_empty() && !CONSTRAINTS.contains(&first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::check;

    #[test]
    fn a_table_or_column_without_its_comment_is_refused() {
        let sound = "-- Entries in order.\nCREATE TABLE entry (\n  seq INTEGER NOT NULL, -- from 1\n  -- Stripe's second\n  created_s INTEGER\n    CHECK (created_s >= 0),\n  CHECK (\n    seq > 0\n  ),\n  PRIMARY KEY (seq)\n) STRICT;\n\nCREATE INDEX a ON entry (seq);\nCREATE TRIGGER b BEFORE DELETE ON entry\nBEGIN\n  SELECT RAISE(ABORT, 'no');\nEND;\n-- Readable.\nCREATE VIEW c (\n  a -- the same\n) AS\nSELECT (\n  seq\n)\nFROM entry;\n";
        let broken = [
            sound.replace("-- Entries in order.\n", ""),
            sound.replace("-- Entries in order.\n", "-- Entries in order.\n\n"),
            sound.replace("-- from 1", ""),
            sound.replace("-- from 1", "--"),
            sound.replace("  -- Stripe's second\n", ""),
            sound.replace("-- Readable.\n", ""),
            sound.replace(" -- the same", ""),
            sound.replace("c (\n  a -- the same\n) AS", "c AS"),
            "-- a\nCREATE TABLE a (b INTEGER, c INTEGER);".to_owned(),
        ];
        let sound = sound.replace("\n    CHECK (created_s >= 0)", " CHECK (created_s >= 0)");
        check(
            explains_itself,
            "schema/a.sql",
            &broken.each_ref().map(String::as_str),
            &[&sound],
        );
    }
}
