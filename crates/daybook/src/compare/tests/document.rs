//! What the books leave out, with the reason, as `docs/COMPARISON.md` says it: written from the maps, and held to them.

use std::fmt::Write;
use std::{env, fs};

use crate::compare::map::{Map, Rows};
use crate::compare::objects::MAPS;

use super::{ListPath, lists};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/COMPARISON.md");

const INTRODUCTION: &str = "# What the books leave out

Every member of every object that Stripe shows is either compared with the books, in `daybook demo` and in the tests, or
stands here with the reason why not. A member on neither list makes the comparison fail. Rows of lists are compared one
by one; sums and balances beside them.
";

#[test]
fn the_document_lists_what_is_left_out() {
    let document = document();
    if env::var_os("DAYBOOK_BLESS").is_some() {
        fs::write(PATH, &document).unwrap();
    }
    let written = fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        written == document,
        "docs/COMPARISON.md is not what the maps say: run `just bless` and read the difference"
    );
}

fn document() -> String {
    let mut out = INTRODUCTION.to_owned();
    let lists = lists();
    for map in &MAPS {
        let rows: Vec<&ListPath> = lists
            .iter()
            .filter(|list| std::ptr::eq(list.map, map))
            .collect();
        write_object(&mut out, map, &rows);
    }
    out
}

fn write_object(out: &mut String, map: &Map, lists: &[&ListPath]) {
    let compared = map.kept.len();
    writeln!(out, "\n## {}\n\n{compared} members compared.", map.object).unwrap();
    write_left(out, map.left);
    for list in lists {
        let path: Vec<&str> = list.steps.iter().map(|(path, _)| *path).collect();
        write_rows(out, &path.join(", in it "), list.rows);
    }
}

fn write_rows(out: &mut String, path: &str, rows: &Rows) {
    writeln!(
        out,
        "\nRows of `{path}`: {} members compared.",
        rows.kept.len()
    )
    .unwrap();
    write_left(out, rows.left);
}

fn write_left(out: &mut String, left: &[(&str, &[&str])]) {
    if !left.is_empty() {
        out.push('\n');
    }
    for (reason, members) in left {
        let members: Vec<String> = members.iter().map(|path| format!("`{path}`")).collect();
        writeln!(out, "- {reason}: {}", members.join(", ")).unwrap();
    }
}
