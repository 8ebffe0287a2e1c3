//! Colours for people: what is a heading, what is in doubt, what is wrong. They say nothing that the words don't say too, and
//! are not judged here: texts are always painted, and whoever prints takes the paint off where nobody wants it.

use anstream::{AutoStream, ColorChoice};
use clap::builder::styling::{AnsiColor, Style};

/// Names of columns and tables.
pub(crate) const HEADING: Style = Style::new().bold();
/// What may be otherwise, or waits to be looked at.
pub(crate) const DOUBT: Style = AnsiColor::Yellow.on_default();
/// What differs from what it should be.
pub(crate) const WRONG: Style = AnsiColor::Red.on_default();
/// What needs no look.
pub(crate) const PLAIN: Style = Style::new();

/// The text in this style.
pub(crate) fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The style of a cell in the column of this name.
pub(crate) fn of_cell(column: &str, text: &str) -> Style {
    match column {
        "certainty" if !["", "exact"].contains(&text) => DOUBT,
        // Only findings have a code alone.
        "code" => WRONG,
        "verdict" if text == "findings" => WRONG,
        "verdict" if text == "unfinished" => DOUBT,
        "state" if matches!(text, "new" | "known") => WRONG,
        _ => PLAIN,
    }
}

/// The style of a fact of this name, as `status` and `import` tell it.
pub(crate) fn of_fact(name: &str, text: &str) -> Style {
    match name {
        "findings" if text != "0" => WRONG,
        "conflicts" | "rejected" | "rejects" | "unread" | "wanted" if text != "0" => DOUBT,
        _ => PLAIN,
    }
}

/// Settles for this run what `--color` says; `auto` leaves it to the environment (`NO_COLOR`, `CLICOLOR_FORCE`) and the
/// terminal.
pub(crate) fn settle(color: clap::ColorChoice) {
    let choice = match color {
        clap::ColorChoice::Auto => ColorChoice::Auto,
        clap::ColorChoice::Always => ColorChoice::Always,
        clap::ColorChoice::Never => ColorChoice::Never,
    };
    choice.write_global();
}

/// Whether standard output is to have colours.
pub(crate) fn is_on_stdout() -> bool {
    AutoStream::choice(&std::io::stdout()) != ColorChoice::Never
}
