//! A strict JSON scanner over borrowed text: steps through members and rows, skips what nobody asked for, and hands out
//! exact slices.
//!
//! It builds no tree, never recurses and decodes a text only when asked, so that one broken escape costs one text, and
//! deep nesting costs a byte a level. It knows nothing of Stripe.

use std::borrow::Cow;

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

/// Appends a JSON value without its insignificant white space; all else stays as written.
pub(crate) fn compact(value: &str, out: &mut Vec<u8>) {
    let bytes = value.as_bytes();
    let mut kept = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = text_end(bytes, at + 1),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.extend_from_slice(&bytes[kept..at]);
                at += 1 + spaces(bytes, at + 1);
                kept = at;
            }
            _ => at += 1,
        }
    }
    out.extend_from_slice(&bytes[kept..]);
}

/// The place after the quote that closes the text whose inside starts here.
fn text_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = plain_end(bytes, at);
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at = bytes.len().min(at + 2),
            Some(_) => at += 1,
            None => return at,
        }
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

#[inline]
fn eight(bytes: &[u8], at: usize) -> Option<u64> {
    let chunk = bytes.get(at..)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*chunk))
}

/// The first place from `at` on with a quote, a backslash or a control character; the end if there is none.
///
/// Eight bytes at a time: each test sets the high bit of the bytes it finds; bits above the lowest may be false.
#[inline]
fn plain_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = eight(bytes, at) {
        let quote = word ^ (ONES * b'"' as u64);
        let slash = word ^ (ONES * b'\\' as u64);
        let found = ((quote.wrapping_sub(ONES) & !quote)
            | (slash.wrapping_sub(ONES) & !slash)
            | (word.wrapping_sub(ONES * 0x20) & !word))
            & HIGHS;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'\\' | 0..0x20) {
            break;
        }
        at += 1;
    }
    at
}

/// How many spaces stand from `at` on, eight bytes at a time; it may stop early.
#[inline]
fn spaces(bytes: &[u8], mut at: usize) -> usize {
    let start = at;
    while let Some(word) = eight(bytes, at) {
        let other = word ^ (ONES * b' ' as u64);
        if other != 0 {
            return at - start + (other.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at - start
}

fn unescape(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (character, length) = escaped(&rest[at + 1..])?;
        text.push(character);
        rest = &rest[at + 1 + length..];
    }
    text.push_str(rest);
    Some(text)
}

/// The character that an escape stands for, and the escape's length after its backslash.
fn escaped(rest: &str) -> Option<(char, usize)> {
    let character = match rest.as_bytes().first()? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return escaped_unit(rest),
        other => char::from(*other),
    };
    Some((character, 1))
}

fn escaped_unit(rest: &str) -> Option<(char, usize)> {
    let high = unit(rest, 1)?;
    if let Some(character) = char::from_u32(high) {
        return Some((character, 5));
    }
    if !(0xD800..0xDC00).contains(&high) || rest.get(5..7)? != "\\u" {
        return None;
    }
    let low = unit(rest, 7)?;
    if !(0xDC00..0xE000).contains(&low) {
        return None;
    }
    let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    Some((char::from_u32(code)?, 11))
}

fn unit(rest: &str, at: usize) -> Option<u32> {
    u32::from_str_radix(rest.get(at..at + 4)?, 16).ok()
}
