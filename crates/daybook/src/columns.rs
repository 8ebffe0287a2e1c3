//! Cells laid out in columns for people. Knows how wide a text is on a terminal, and nothing of what it says.

use clap::builder::styling::Style;
use unicode_width::UnicodeWidthStr;

use crate::paint::painted;

const GAP: usize = 2;

/// A cell for people.
pub(crate) struct Shown {
    pub(crate) text: String,
    pub(crate) style: Style,
}

/// The rows, each a line, their cells in columns; `is_right` says which columns end at the same place.
pub(crate) fn lay_out(rows: &[Vec<Shown>], is_right: &[bool]) -> String {
    let width_of = |place: usize| {
        let widths = rows.iter().map(|row| row[place].text.width());
        widths.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..is_right.len()).map(width_of).collect();
    let mut text = String::new();
    for row in rows {
        if !text.is_empty() {
            text.push('\n');
        }
        let mut owed = 0;
        for ((cell, width), is_right) in row.iter().zip(&widths).zip(is_right) {
            let spare = width - cell.text.width();
            if !cell.text.is_empty() {
                // Spaces wait for the next text, so that no line ends in them.
                text.push_str(&" ".repeat(if *is_right { owed + spare } else { owed }));
                text.push_str(&painted(cell.style, &cell.text));
                owed = if *is_right { GAP } else { spare + GAP };
            } else {
                owed += width + GAP;
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::{HEADING, PLAIN};

    fn shown(texts: &[&str], style: Style) -> Vec<Shown> {
        let cell = |text: &&str| Shown {
            text: (*text).to_owned(),
            style,
        };
        texts.iter().map(cell).collect()
    }

    #[test]
    fn columns_stand_under_each_other_however_wide_their_letters_and_whatever_their_paint() {
        let rows = [
            shown(&["name", "n", "what"], HEADING),
            shown(&["東京", "7", "x"], PLAIN),
            shown(&["", "1,000", ""], PLAIN),
        ];
        let text = lay_out(&rows, &[false, true, false]);
        let bare = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(bare, "name      n  what\n東京      7  x\n      1,000");
        assert!(text.starts_with("\u{1b}[1mname\u{1b}[0m"), "{text:?}");
    }
}
