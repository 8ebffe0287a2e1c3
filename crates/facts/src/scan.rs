//! A strict JSON scanner over borrowed text: steps through members and rows, skips what nobody asked for, and hands out
//! exact slices.
//!
//! It builds no tree, never recurses and decodes a text only when asked, so that one broken escape costs one text, and
//! deep nesting costs a byte a level. It knows nothing of Stripe.

use std::borrow::Cow;

use crate::escape::unescape;
use crate::stride::{plain_end, spaces};

/// Where text stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Offset of the offending byte.
    pub(crate) at: usize,
    /// What should stand there.
    pub(crate) expected: &'static str,
}

/// A JSON text as written, without its quotes.
///
/// One with escapes keeps its opening quote, with which no plain text can begin: so it fits into two registers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a>(&'a str);

/// A position in a JSON text.
///
/// The first fault sticks: from then on the text is at its end, so that every loop over members or rows ends by itself
/// and only [`Scanner::end`] and [`Scanner::fault`] need to be asked.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// The brackets that `skip` stands within; kept for its memory.
    open: Vec<u8>,
    fault: Option<Fault>,
}

impl<'a> Text<'a> {
    /// The text, if nothing in it is escaped.
    #[inline]
    pub(crate) fn plain(self) -> Option<&'a str> {
        (!self.0.starts_with('"')).then_some(self.0)
    }

    /// The text with its escapes undone; none when an escape stands for no character (half of a surrogate pair).
    #[inline]
    pub(crate) fn decode(self) -> Option<Cow<'a, str>> {
        match self.plain() {
            Some(plain) => Some(Cow::Borrowed(plain)),
            None => unescape(self.raw()).map(Cow::Owned),
        }
    }

    /// The text as written, escapes and all.
    pub(crate) fn raw(self) -> &'a str {
        self.0.strip_prefix('"').unwrap_or(self.0)
    }
}

impl<'a> Scanner<'a> {
    /// A scanner at the start of this text.
    pub(crate) fn new(text: &'a str) -> Self {
        Scanner {
            text,
            at: 0,
            open: Vec::new(),
            fault: None,
        }
    }

    /// The offset of the next byte that is not white space.
    pub(crate) fn offset(&mut self) -> usize {
        self.peek();
        self.at
    }

    /// All that has not been consumed.
    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// What was not JSON, if anything was.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// Refuses anything but white space from here on; true if the whole text was JSON.
    pub(crate) fn end(&mut self) -> bool {
        self.peek();
        if self.at < self.text.len() {
            self.fail("nothing after the value");
        }
        self.fault.is_none()
    }

    /// The next byte that is not white space, not consumed; 0 at the end.
    #[inline]
    pub(crate) fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1 + spaces(bytes, self.at + 1),
                Some(byte) => return *byte,
                None => return 0,
            }
        }
    }

    /// Consumes the opening bracket that `peek` showed.
    #[inline]
    pub(crate) fn enter(&mut self) {
        self.at += 1;
    }

    /// The name of the object's next member, with the scanner at its value; none after the last. `first` starts as true.
    #[inline]
    pub(crate) fn member(&mut self, first: &mut bool) -> Option<Text<'a>> {
        match (self.peek(), std::mem::replace(first, false)) {
            (b',', false) => {
                self.at += 1;
                self.name()
            }
            (b'}', _) => {
                self.at += 1;
                None
            }
            (_, true) => self.name(),
            _ => {
                self.fail("`,` or `}`");
                None
            }
        }
    }

    /// Whether the array has another row, with the scanner at it. `first` starts as true.
    #[inline]
    pub(crate) fn row(&mut self, first: &mut bool) -> bool {
        match (self.peek(), std::mem::replace(first, false)) {
            (b',', false) => {
                self.at += 1;
                true
            }
            (b']', _) => {
                self.at += 1;
                false
            }
            (_, true) => true,
            _ => {
                self.fail("`,` or `]`");
                false
            }
        }
    }

    /// Consumes a text; empty if there is none.
    #[inline]
    pub(crate) fn string(&mut self) -> Text<'a> {
        if self.peek() != b'"' {
            self.fail("a text");
            return Text("");
        }
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let end = plain_end(bytes, start);
        if bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Text(&self.text[start..end]);
        }
        self.escaped_string(start, end)
    }

    /// Consumes any value and gives it as written; empty if there is none.
    #[inline]
    pub(crate) fn value(&mut self) -> &'a str {
        let start = self.offset();
        self.skip();
        match self.fault {
            None => &self.text[start..self.at],
            Some(_) => "",
        }
    }

    /// Consumes any value.
    #[inline]
    pub(crate) fn skip(&mut self) {
        match self.peek() {
            b'{' | b'[' => self.skip_nested(),
            next => self.skip_scalar(next),
        }
    }

    fn skip_nested(&mut self) {
        self.open.clear();
        loop {
            match self.peek() {
                opening @ (b'{' | b'[') => {
                    self.at += 1;
                    // `]` and `}` both stand two places after the bracket that they close.
                    if self.peek() == opening + 2 {
                        self.at += 1;
                    } else {
                        self.open.push(opening);
                        if opening == b'{' {
                            self.name();
                        }
                        continue;
                    }
                }
                next => self.skip_scalar(next),
            }
            if !self.goes_on() {
                return;
            }
        }
    }

    /// After a value: closes the brackets that end here and steps over one comma; false once the outermost is closed.
    #[inline]
    fn goes_on(&mut self) -> bool {
        while let Some(&opening) = self.open.last() {
            match self.peek() {
                b',' => {
                    self.at += 1;
                    if opening == b'{' {
                        self.name();
                    }
                    return true;
                }
                closing if closing == opening + 2 => {
                    self.at += 1;
                    self.open.pop();
                }
                _ => {
                    self.fail(if opening == b'{' {
                        "`,` or `}`"
                    } else {
                        "`,` or `]`"
                    });
                    return false;
                }
            }
        }
        false
    }

    #[inline]
    fn name(&mut self) -> Option<Text<'a>> {
        if self.peek() != b'"' {
            self.fail("the name of a member");
            return None;
        }
        let name = self.string();
        if self.peek() != b':' {
            self.fail("`:`");
            return None;
        }
        self.at += 1;
        Some(name)
    }

    #[inline]
    fn skip_scalar(&mut self, next: u8) {
        match next {
            b'"' => {
                self.string();
            }
            b'-' | b'0'..=b'9' => self.skip_number(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.fail("a value"),
        }
    }

    #[inline]
    fn word(&mut self, word: &'static str) {
        if self.rest().as_bytes().starts_with(word.as_bytes()) {
            self.at += word.len();
        } else {
            self.fail(word);
        }
    }

    #[inline]
    fn skip_number(&mut self) {
        self.at += usize::from(self.byte() == b'-');
        if self.byte() == b'0' {
            self.at += 1;
        } else {
            self.digits();
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits();
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), b'+' | b'-'));
            self.digits();
        }
    }

    #[inline]
    fn digits(&mut self) {
        if !self.byte().is_ascii_digit() {
            return self.fail("a digit");
        }
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
    }

    /// A text from `start` on, of which all before `at` is plain.
    #[cold]
    fn escaped_string(&mut self, start: usize, at: usize) -> Text<'a> {
        let bytes = self.text.as_bytes();
        self.at = at;
        loop {
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    self.escape();
                    self.at = plain_end(bytes, self.at);
                }
                Some(_) => self.fail("no raw control character in a text"),
                None => {
                    self.fail("the closing `\"` of a text");
                    return Text("");
                }
            }
        }
        self.at += 1;
        Text(&self.text[start - 1..self.at - 1])
    }

    fn escape(&mut self) {
        self.at += 1;
        match self.byte() {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
            b'u' => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.byte().is_ascii_hexdigit() {
                        return self.fail("four hexadecimal digits");
                    }
                    self.at += 1;
                }
            }
            _ => self.fail("an escape that JSON knows"),
        }
    }

    #[inline]
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    #[cold]
    fn fail(&mut self, expected: &'static str) {
        let at = self.at;
        self.fault.get_or_insert(Fault { at, expected });
        self.at = self.text.len();
    }
}
