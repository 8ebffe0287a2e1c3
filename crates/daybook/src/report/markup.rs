//! HTML and SVG, written so that every element is closed and every text escaped. Knows nothing of what it says.

use std::fmt::Write;

/// Names and values of an element's attributes.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a str)];

/// A text of markup that grows at its end.
#[derive(Debug, Default)]
pub(super) struct Markup {
    text: String,
}

impl Markup {
    /// A document's first line.
    pub(super) fn document() -> Self {
        Self {
            text: "<!DOCTYPE html>\n".to_owned(),
        }
    }

    /// An element with what `fill` puts into it.
    pub(super) fn inside(
        &mut self,
        tag: &str,
        attributes: Attributes<'_>,
        fill: impl FnOnce(&mut Self),
    ) {
        self.begin(tag, attributes);
        self.text.push('>');
        fill(self);
        self.put(format_args!("</{tag}>"));
        if is_block(tag) {
            self.text.push('\n');
        }
    }

    /// An element with a text alone.
    pub(super) fn leaf(&mut self, tag: &str, attributes: Attributes<'_>, text: &str) {
        self.inside(tag, attributes, |markup| markup.text(text));
    }

    /// An element without content.
    pub(super) fn void(&mut self, tag: &str, attributes: Attributes<'_>) {
        self.begin(tag, attributes);
        self.text.push_str("/>");
        if is_block(tag) {
            self.text.push('\n');
        }
    }

    /// A text, escaped.
    pub(super) fn text(&mut self, text: &str) {
        escape(&mut self.text, text);
    }

    /// A text of our own in which commands stand between backticks, escaped.
    pub(super) fn prose(&mut self, text: &str) {
        for (place, part) in text.split('`').enumerate() {
            match place % 2 {
                0 => self.text(part),
                _ => self.leaf("code", &[], part),
            }
        }
    }

    /// Text of our own that may not be escaped: a style sheet.
    pub(super) fn style(&mut self, sheet: &str) {
        assert!(!sheet.contains('<'), "a style sheet opens no element");
        self.put(format_args!("<style>\n{sheet}</style>\n"));
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn begin(&mut self, tag: &str, attributes: Attributes<'_>) {
        self.put(format_args!("<{tag}"));
        for (name, value) in attributes {
            self.put(format_args!(" {name}=\""));
            escape(&mut self.text, value);
            self.text.push('"');
        }
    }

    fn put(&mut self, words: std::fmt::Arguments<'_>) {
        self.text
            .write_fmt(words)
            .expect("writing to a String can't fail");
    }
}

/// Whether a line ends behind it, so that the file can be read by people too.
fn is_block(tag: &str) -> bool {
    !matches!(
        tag,
        "b" | "code" | "span" | "strong" | "small" | "td" | "th" | "text" | "title" | "time"
    )
}

fn escape(to: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            '\'' => to.push_str("&#39;"),
            // No control character may stand in a document.
            letter if letter.is_control() => to.push(' '),
            letter => to.push(letter),
        }
    }
}
