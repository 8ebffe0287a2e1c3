//! Tables as CSV by RFC 4180, for spreadsheets: a text can neither run there as a formula nor break a row. Computes nothing.

use csv::{Terminator, WriterBuilder};
use rusqlite::types::Value as Cell;

use crate::listing::plain;
use crate::screen::harmless;

/// What makes a spreadsheet take a text for a formula, as typed on any keyboard.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// The rows under their columns' names; numbers as they are, null as nothing.
pub(crate) fn csv(columns: &[String], rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut bytes = written(std::iter::once(columns.to_vec()));
    bytes.extend(records(rows));
    bytes
}

/// The rows alone, for a table that is written piece by piece.
pub(crate) fn records(rows: &[Vec<Cell>]) -> Vec<u8> {
    written(rows.iter().map(|row| row.iter().map(cell_text).collect()))
}

fn written(records: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for record in records {
        writer
            .write_record(record)
            .expect("a vector takes everything, and all rows are of one width");
    }
    writer.into_inner().expect("a vector takes everything")
}

fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => inert(&harmless(text)),
        other => plain(other),
    }
}

/// The text, with an apostrophe before it where a spreadsheet would compute it.
fn inert(text: &str) -> String {
    if text.trim_start().starts_with(FORMULA) {
        return format!("'{text}");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_cells(cells: Vec<Cell>) -> String {
        let columns: Vec<String> = ('a'..).take(cells.len()).map(String::from).collect();
        let bytes = csv(&columns, &[cells]);
        let text = String::from_utf8(bytes).expect("CSV of texts is a text");
        let row = text.split_once("\r\n").expect("there is a header").1;
        row.strip_suffix("\r\n").expect("rows end").to_owned()
    }

    #[test]
    fn a_text_that_is_a_formula_is_marked_and_a_number_is_not() {
        let of_text = |text: &str| of_cells(vec![Cell::Text(text.to_owned())]);
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1"] {
            assert!(of_text(formula).starts_with('\''), "{formula}");
        }
        for text in ["a=b", "in_1", "'quoted", "Ünal & Söhne"] {
            assert_eq!(of_text(text), text);
        }
        let numbers = vec![Cell::Integer(-5), Cell::Integer(i64::MIN)];
        assert_eq!(of_cells(numbers), format!("-5,{}", i64::MIN));
    }

    #[test]
    fn a_row_stays_a_row_whatever_its_texts_hold() {
        let texts = [
            "a,b",
            "say \"hi\"",
            "two\r\nlines",
            "\u{1b}[2Jgone\u{202e}",
            "",
        ];
        let cells = texts.map(|text| Cell::Text(text.to_owned())).to_vec();
        assert_eq!(
            of_cells(cells),
            "\"a,b\",\"say \"\"hi\"\"\",two  lines, [2Jgone ,"
        );
        assert_eq!(of_cells(vec![Cell::Null, Cell::Integer(0)]), ",0");
    }

    #[test]
    fn a_table_without_rows_has_its_header() {
        assert_eq!(
            csv(&["id".to_owned(), "x_s".to_owned()], &[]),
            b"id,x_s\r\n"
        );
    }
}
