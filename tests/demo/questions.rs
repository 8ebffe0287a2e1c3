//! The questions of docs/QUERIES.md and the examples of `daybook views`, asked on the demo's books. `DAYBOOK_BLESS=1` writes the
//! answers anew.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::documents::{self, path};
use crate::told;

const DOCUMENT: &str = "docs/QUERIES.md";
const QUERY: &str = "```sql\n";
const ANSWER: &str = "```text\n";
const END: &str = "```\n";

/// Every query of the document is answered as it stands there, and there are the twenty that were promised.
pub(crate) fn check_answers(folder: &Path) {
    let document = fs::read_to_string(path(DOCUMENT)).unwrap();
    let mut parts = document.split(QUERY);
    let mut renewed = parts.next().unwrap().to_owned();
    let mut questions = 0;
    for part in parts {
        let (sql, rest) = part.split_once(END).unwrap();
        // An answer stands right below its query.
        let below = rest.trim_start().strip_prefix(ANSWER);
        let rest = below.map_or(rest, |below| below.split_once(END).unwrap().1);
        let answer = answered(folder, sql);
        renewed.push_str(&format!("{QUERY}{sql}{END}\n{ANSWER}{answer}\n{END}{rest}"));
        questions += 1;
    }
    assert!(questions >= 20, "{questions} questions");
    documents::hold(DOCUMENT, &document, &renewed);
}

/// Without the last line, which says what the answer stands on: its hashes are salted.
fn answered(folder: &Path, sql: &str) -> String {
    let said = told(folder, &["--data", "daybook-demo", "query", sql]);
    let (answer, standing) = said.trim_end().rsplit_once('\n').unwrap();
    assert!(standing.starts_with("-- acct_"), "{sql}\n{said}");
    answer.to_owned()
}

/// Every table and view has an example that can be asked and leaves out the stream; the views over what every company has
/// answer something.
pub(crate) fn check_examples(folder: &Path) {
    let views: Value = serde_json::from_str(&told(folder, &["views", "--json"])).unwrap();
    let views = views["views"].as_array().unwrap();
    assert!(views.len() > 80, "{} tables and views", views.len());
    for view in views {
        let example = view["example"].as_str().unwrap();
        let words = ["--data", "daybook-demo", "query", "--json", example];
        let answer: Value = serde_json::from_str(&told(folder, &words)).unwrap();
        let rows = answer["rows"].as_array().unwrap();
        let name = view["name"].as_str().unwrap();
        let has_rows = [
            "aging",
            "customer_statement",
            "mrr",
            "payments",
            "revenue_by_month",
        ];
        assert!(!rows.is_empty() || !has_rows.contains(&name), "{example}");
    }
}
