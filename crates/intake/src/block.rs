//! Whether bytes seen so far are the beginning of one JSON value that goes on: how a document over many lines is told from
//! a line that was cut short, and where a row of an array ends that no memory could hold. It looks at brackets, commas and
//! quotes only; whether the value is sound is decided elsewhere.

/// What the lines so far are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The beginning of a value.
    Open,
    /// One value.
    Whole,
    /// No beginning of any value.
    Broken,
}

/// How the bytes of a row of an array end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowEnd {
    /// The row goes on.
    Open,
    /// Another row follows.
    Comma,
    /// The array ends with it.
    Last,
    /// What follows can't stand there.
    Broken,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Value,
    ValueOrClose,
    Name,
    NameOrClose,
    Colon,
    CommaOrClose,
    Nothing,
}

/// What the bytes so far end in, so that the next may go on with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Nothing,
    Text,
    /// A text, behind a backslash.
    Escape,
    Scalar,
}

/// The brackets that are open, and what may come next. Costs a byte a level.
#[derive(Clone, Debug)]
pub(crate) struct Brackets {
    open: Vec<u8>,
    next: Next,
    within: Within,
}

impl Brackets {
    /// Before the first line.
    pub(crate) fn new() -> Self {
        Self {
            open: Vec::new(),
            next: Next::Value,
            within: Within::Nothing,
        }
    }

    /// Takes one more line or a piece of one. After [`Progress::Broken`] it is of no more use.
    pub(crate) fn feed(&mut self, line: &[u8]) -> Progress {
        let mut at = 0;
        while at < line.len() {
            match self.step(&line[at..]) {
                Some(bytes) => at += bytes,
                None => return Progress::Broken,
            }
        }
        if self.next == Next::Nothing {
            Progress::Whole
        } else {
            Progress::Open
        }
    }

    /// Takes the row of an array in hand up to its end, which is taken too, and leaves the rest. Gives the row's bytes.
    pub(crate) fn row<'b>(&mut self, bytes: &mut &'b [u8]) -> (&'b [u8], RowEnd) {
        let all = *bytes;
        let mut at = 0;
        while at < all.len() {
            let is_in_text = matches!(self.within, Within::Text | Within::Escape);
            let is_comma = !is_in_text && all[at] == b',';
            let Some(taken) = self.step(&all[at..]) else {
                *bytes = &all[at..];
                return (&all[..at], RowEnd::Broken);
            };
            let end = match self.open.len() {
                0 => RowEnd::Last,
                1 if is_comma => RowEnd::Comma,
                _ => {
                    at += taken;
                    continue;
                }
            };
            *bytes = &all[at + taken..];
            return (&all[..at], end);
        }
        *bytes = &[];
        (all, RowEnd::Open)
    }

    /// Takes one token, or what there is of it, from the start of some bytes; how many bytes that is, or none if it can't
    /// stand there.
    fn step(&mut self, bytes: &[u8]) -> Option<usize> {
        match self.within {
            Within::Text | Within::Escape => return self.go_on_with_text(bytes),
            Within::Scalar => {
                self.within = Within::Nothing;
                match scalar_bytes(bytes) {
                    0 => {}
                    run => return Some(self.scalar(run, bytes.len())),
                }
            }
            Within::Nothing => {}
        }
        match *bytes.first()? {
            b' ' | b'\t' | b'\r' | b'\n' => Some(1),
            byte @ (b'{' | b'[') => self.open(byte),
            byte @ (b'}' | b']') => self.close(byte),
            b',' => self.comma(),
            b':' => self.colon(),
            b'"' => {
                self.within = Within::Text;
                let taken = self.text().then_some(1)?;
                Some(taken + self.go_on_with_text(&bytes[taken..])?)
            }
            _ => {
                let run = scalar_bytes(bytes);
                self.value().then(|| self.scalar(run, bytes.len()))
            }
        }
    }

    /// Of a text that has begun, as much as there is; none if the line ends in it.
    fn go_on_with_text(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            self.within = match (self.within, byte) {
                (_, b'\n') => return None,
                (Within::Escape, _) => Within::Text,
                (_, b'\\') => Within::Escape,
                (_, b'"') => {
                    self.within = Within::Nothing;
                    return Some(at + 1);
                }
                _ => continue,
            };
        }
        Some(bytes.len())
    }

    fn scalar(&mut self, run: usize, bytes: usize) -> usize {
        if run == bytes {
            self.within = Within::Scalar;
        }
        run
    }

    /// How many brackets are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    fn open(&mut self, bracket: u8) -> Option<usize> {
        if !self.takes_value() {
            return None;
        }
        self.open.push(bracket);
        self.next = if bracket == b'{' {
            Next::NameOrClose
        } else {
            Next::ValueOrClose
        };
        Some(1)
    }

    fn close(&mut self, bracket: u8) -> Option<usize> {
        let opening = if bracket == b'}' { b'{' } else { b'[' };
        let may_close = matches!(
            self.next,
            Next::NameOrClose | Next::ValueOrClose | Next::CommaOrClose
        );
        if !may_close || self.open.pop() != Some(opening) {
            return None;
        }
        self.after_value();
        Some(1)
    }

    fn comma(&mut self) -> Option<usize> {
        if self.next != Next::CommaOrClose {
            return None;
        }
        self.next = if self.open.last() == Some(&b'{') {
            Next::Name
        } else {
            Next::Value
        };
        Some(1)
    }

    fn colon(&mut self) -> Option<usize> {
        (self.next == Next::Colon).then(|| self.next = Next::Value)?;
        Some(1)
    }

    /// A text is a name or a value, or out of place.
    fn text(&mut self) -> bool {
        if matches!(self.next, Next::Name | Next::NameOrClose) {
            self.next = Next::Colon;
            return true;
        }
        self.value()
    }

    fn value(&mut self) -> bool {
        let takes_value = self.takes_value();
        if takes_value {
            self.after_value();
        }
        takes_value
    }

    fn takes_value(&self) -> bool {
        matches!(self.next, Next::Value | Next::ValueOrClose)
    }

    fn after_value(&mut self) {
        self.next = if self.open.is_empty() {
            Next::Nothing
        } else {
            Next::CommaOrClose
        };
    }
}

/// The length of the run of bytes at the start that are neither space nor punctuation.
fn scalar_bytes(rest: &[u8]) -> usize {
    rest.iter()
        .position(|byte| {
            matches!(
                byte,
                b' ' | b'\t' | b'\r' | b'\n' | b'{' | b'}' | b'[' | b']' | b',' | b':' | b'"'
            )
        })
        .unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str], expected: Progress) {
        let mut brackets = Brackets::new();
        let mut last = Progress::Open;
        for line in lines {
            assert_eq!(last, Progress::Open, "{lines:?} ended before {line:?}");
            last = brackets.feed(line.as_bytes());
        }
        assert_eq!(last, expected, "{lines:?}");
    }

    #[test]
    fn a_value_over_several_lines_is_whole_with_its_last_bracket() {
        check(
            &["{", r#"  "a": ["#, "    1,", r#"    "]}""#, "  ]", "}"],
            Progress::Whole,
        );
        check(&["[", "]"], Progress::Whole);
        check(&["[{},", "{}", "]"], Progress::Whole);
        check(&["{}"], Progress::Whole);
        check(&["true"], Progress::Whole);
    }

    #[test]
    fn what_can_still_become_a_value_is_open() {
        check(&["{"], Progress::Open);
        check(&[r#"{"a": {"b": "c\"","#], Progress::Open);
        check(&["[", "1,"], Progress::Open);
        check(&["", "  "], Progress::Open);
    }

    #[test]
    fn a_line_that_was_cut_short_is_broken_by_the_next() {
        check(&[r#"{"a": {"b": 1"#, r#"{"a": 1}"#], Progress::Broken);
        check(&["{\"a\": \"cut\n"], Progress::Broken);
        check(&[r#"{"a": 1}}"#], Progress::Broken);
        check(&["[1}"], Progress::Broken);
        check(&[r#"{"a" 1}"#], Progress::Broken);
        check(&["{} {}"], Progress::Broken);
        check(&["{\"a\\\n"], Progress::Broken);
    }

    #[test]
    fn depth_costs_memory_and_no_stack() {
        check(&[&"[".repeat(1_000_000)], Progress::Open);
        check(
            &["[".repeat(200_000).as_str(), "]".repeat(200_000).as_str()],
            Progress::Whole,
        );
    }
}
