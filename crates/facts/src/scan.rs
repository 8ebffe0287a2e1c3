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
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text<'a> {
    /// Offset of its opening quote.
    pub(crate) at: usize,
    raw: &'a str,
    escaped: bool,
}

/// A position in a JSON text.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// The brackets that `skip` stands within; kept for its memory.
    open: Vec<u8>,
}

impl<'a> Text<'a> {
    /// The text with its escapes undone; none when an escape stands for no character (half of a surrogate pair).
    pub(crate) fn decode(self) -> Option<Cow<'a, str>> {
        if self.escaped {
            unescape(self.raw).map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(self.raw))
        }
    }
}

impl<'a> Scanner<'a> {
    /// A scanner at the start of this text.
    pub(crate) fn new(text: &'a str) -> Self {
        Scanner {
            text,
            at: 0,
            open: Vec::new(),
        }
    }

    /// The offset of the next byte that is not white space.
    pub(crate) fn offset(&mut self) -> usize {
        self.peek();
        self.at
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

    /// All that has not been consumed, from the next byte on that is not white space.
    pub(crate) fn rest(&mut self) -> &'a str {
        let start = self.offset();
        &self.text[start..]
    }

    /// The text between two offsets that `offset` gave.
    pub(crate) fn between(&self, start: usize, end: usize) -> &'a str {
        &self.text[start..end]
    }

    /// Consumes the opening bracket that `peek` showed.
    #[inline]
    pub(crate) fn enter(&mut self) {
        self.at += 1;
    }

    /// The name of the object's next member, with the scanner at its value; none after the last. `first` starts as true.
    #[inline]
    pub(crate) fn member(&mut self, first: &mut bool) -> Result<Option<Text<'a>>, Fault> {
        match (self.peek(), std::mem::replace(first, false)) {
            (b'}', _) => {
                self.at += 1;
                Ok(None)
            }
            (b',', false) => {
                self.at += 1;
                self.name().map(Some)
            }
            (_, true) => self.name().map(Some),
            _ => Err(self.fault("`,` or `}`")),
        }
    }

    /// Whether the array has another row, with the scanner at it. `first` starts as true.
    #[inline]
    pub(crate) fn row(&mut self, first: &mut bool) -> Result<bool, Fault> {
        match (self.peek(), std::mem::replace(first, false)) {
            (b']', _) => {
                self.at += 1;
                Ok(false)
            }
            (b',', false) => {
                self.at += 1;
                Ok(true)
            }
            (_, true) => Ok(true),
            _ => Err(self.fault("`,` or `]`")),
        }
    }

    /// Consumes a text.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Text<'a>, Fault> {
        if self.peek() != b'"' {
            return Err(self.fault("a text"));
        }
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut escaped = false;
        self.at = plain_end(bytes, start);
        loop {
            match bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                    self.at = plain_end(bytes, self.at);
                }
                Some(_) => return Err(self.fault("no raw control character in a text")),
                None => return Err(self.fault("the closing `\"` of a text")),
            }
        }
        let raw = &self.text[start..self.at];
        self.at += 1;
        Ok(Text {
            at: start - 1,
            raw,
            escaped,
        })
    }

    /// Consumes any value and gives it as written.
    pub(crate) fn value(&mut self) -> Result<&'a str, Fault> {
        let start = self.offset();
        self.skip()?;
        Ok(&self.text[start..self.at])
    }

    /// Consumes any value.
    #[inline]
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        match self.peek() {
            b'{' | b'[' => self.skip_nested(),
            _ => self.skip_scalar(),
        }
    }

    /// Refuses anything but white space from here on.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        if self.peek() == 0 && self.at == self.text.len() {
            return Ok(());
        }
        Err(self.fault("nothing after the value"))
    }

    fn skip_nested(&mut self) -> Result<(), Fault> {
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
                            self.name()?;
                        }
                        continue;
                    }
                }
                _ => self.skip_scalar()?,
            }
            if self.close_what_ends()? {
                return Ok(());
            }
        }
    }

    /// After a value: closes the brackets that end here and steps over one comma. Whether the outermost was closed.
    fn close_what_ends(&mut self) -> Result<bool, Fault> {
        while let Some(&opening) = self.open.last() {
            match self.peek() {
                b',' => {
                    self.at += 1;
                    if opening == b'{' {
                        self.name()?;
                    }
                    return Ok(false);
                }
                closing if closing == opening + 2 => {
                    self.at += 1;
                    self.open.pop();
                }
                _ if opening == b'{' => return Err(self.fault("`,` or `}`")),
                _ => return Err(self.fault("`,` or `]`")),
            }
        }
        Ok(true)
    }

    fn name(&mut self) -> Result<Text<'a>, Fault> {
        if self.peek() != b'"' {
            return Err(self.fault("the name of a member"));
        }
        let name = self.string()?;
        if self.peek() != b':' {
            return Err(self.fault("`:`"));
        }
        self.at += 1;
        Ok(name)
    }

    fn skip_scalar(&mut self) -> Result<(), Fault> {
        match self.peek() {
            b'"' => self.string().map(|_| ()),
            b'-' | b'0'..=b'9' => self.skip_number(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => Err(self.fault("a value")),
        }
    }

    fn word(&mut self, word: &'static str) -> Result<(), Fault> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.fault(word));
        }
        self.at += word.len();
        Ok(())
    }

    fn skip_number(&mut self) -> Result<(), Fault> {
        self.at += usize::from(self.byte() == b'-');
        if self.byte() == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), b'+' | b'-'));
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Fault> {
        if !self.byte().is_ascii_digit() {
            return Err(self.fault("a digit"));
        }
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Fault> {
        self.at += 1;
        match self.byte() {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
            b'u' => {
                for _ in 0..4 {
                    self.at += 1;
                    if !self.byte().is_ascii_hexdigit() {
                        return Err(self.fault("four hexadecimal digits"));
                    }
                }
                self.at += 1;
            }
            _ => return Err(self.fault("an escape that JSON knows")),
        }
        Ok(())
    }

    #[inline]
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn fault(&self, expected: &'static str) -> Fault {
        Fault {
            at: self.at,
            expected,
        }
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
