//! Rust text split into code and comments, so that a rule about code is not misled by a string or a comment.
//! A lexer only: it must not parse, and it must keep every line where it was.

use std::ops::Range;

/// Two masks of one text, line for line: what is not kept is blank.
pub(crate) struct RustText {
    /// Code; the insides of strings and characters are blank, their quotes stay.
    pub(crate) code: String,
    /// Comments with their slashes.
    pub(crate) comments: String,
}

/// A function with a body: its name and its lines, from 1, both included.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) first_line: usize,
    pub(crate) last_line: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Code,
    Comment,
    Quoted,
}

impl RustText {
    /// Splits a text.
    pub(crate) fn new(text: &str) -> Self {
        let parts = parts(text.as_bytes());
        Self {
            code: mask(text, &parts, Part::Code),
            comments: mask(text, &parts, Part::Comment),
        }
    }

    /// The byte ranges of items under `#[cfg(test)]`, braces included.
    pub(crate) fn test_ranges(&self) -> Vec<Range<usize>> {
        let marks = self.code.match_indices("#[cfg(test)]");
        marks
            .filter_map(|(at, _)| Some(at..block_after(&self.code, at)?.end))
            .collect()
    }

    /// Every function that has a body.
    pub(crate) fn functions(&self) -> Vec<Function> {
        words(&self.code, "fn")
            .filter_map(|at| self.function_at(at))
            .collect()
    }

    fn function_at(&self, at: usize) -> Option<Function> {
        let name: String = self.code[at + 2..]
            .trim_start()
            .chars()
            .take_while(|c| is_word(*c))
            .collect();
        let body = block_after(&self.code, at).filter(|_| !name.is_empty())?;
        let (first_line, last_line) = (line_at(&self.code, at), line_at(&self.code, body.end - 1));
        Some(Function {
            name,
            first_line,
            last_line,
        })
    }
}

/// The line, from 1, on which a byte stands.
pub(crate) fn line_at(text: &str, at: usize) -> usize {
    1 + text.as_bytes()[..at]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
}

/// Where a whole word stands.
pub(crate) fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |at| {
            let before = text[..*at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            !before.is_some_and(is_word) && !after.is_some_and(is_word)
        })
}

/// The first block in braces after `from`, unless a `;` outside brackets comes first.
pub(crate) fn block_after(code: &str, from: usize) -> Option<Range<usize>> {
    let (mut brackets, mut braces, mut start) = (0_usize, 0_usize, from);
    for (offset, byte) in code.as_bytes()[from..].iter().enumerate() {
        let at = from + offset;
        match byte {
            b'(' | b'[' => brackets += 1,
            b')' | b']' => brackets = brackets.saturating_sub(1),
            b';' if braces == 0 && brackets == 0 => return None,
            b'{' => {
                start = if braces == 0 { at } else { start };
                braces += 1;
            }
            b'}' => {
                braces = braces.checked_sub(1)?;
                if braces == 0 {
                    return Some(start..at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether a character can stand in an identifier.
pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn mask(text: &str, parts: &[Part], kept: Part) -> String {
    let bytes = text.bytes().zip(parts).map(|(byte, part)| match byte {
        b'\n' => b'\n',
        _ if *part == kept => byte,
        _ => b' ',
    });
    String::from_utf8(bytes.collect()).expect("parts begin and end between characters")
}

fn parts(bytes: &[u8]) -> Vec<Part> {
    let mut parts = Vec::with_capacity(bytes.len());
    while parts.len() < bytes.len() {
        let at = parts.len();
        let (part, end) = part_at(bytes, at);
        match part {
            Part::Quoted => {
                let quotes = quote_ends(bytes, at, end);
                parts.resize(quotes.start, Part::Code);
                parts.resize(quotes.end, Part::Quoted);
                parts.resize(end, Part::Code);
            }
            _ => parts.resize(end, part),
        }
    }
    parts
}

/// The insides of a literal from `at` to `end`: between its first and its last quote.
fn quote_ends(bytes: &[u8], at: usize, end: usize) -> Range<usize> {
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'');
    let first = bytes[at..end]
        .iter()
        .position(is_quote)
        .map_or(at, |offset| at + offset + 1);
    let last = bytes[first..end]
        .iter()
        .rposition(is_quote)
        .map_or(end, |offset| first + offset);
    first..last
}

/// What begins at `at`, and where it ends.
fn part_at(bytes: &[u8], at: usize) -> (Part, usize) {
    let rest = &bytes[at..];
    let inside_word = at > 0 && is_word(char::from(bytes[at - 1]));
    match rest {
        [b'/', b'/', ..] => (Part::Comment, at + until(rest, b"\n")),
        [b'/', b'*', ..] => (Part::Comment, at + block_comment(rest)),
        [b'"', ..] => (Part::Quoted, at + quoted(rest, 1, b'"')),
        [b'r', b'"' | b'#', ..] if !inside_word => raw_string(bytes, at, 1),
        [b'b' | b'c', b'r', b'"' | b'#', ..] if !inside_word => raw_string(bytes, at, 2),
        [b'\'', b'\\', ..] => (Part::Quoted, at + quoted(rest, 1, b'\'')),
        [b'\'', first, ..] if is_character(rest, *first) => {
            (Part::Quoted, at + quoted(rest, 1, b'\''))
        }
        _ => (Part::Code, at + 1),
    }
}

/// Tells `'a'` from the lifetime `'a`.
fn is_character(rest: &[u8], first: u8) -> bool {
    !first.is_ascii() || rest.get(2) == Some(&b'\'')
}

fn until(rest: &[u8], end: &[u8]) -> usize {
    rest.windows(end.len())
        .position(|window| window == end)
        .unwrap_or(rest.len())
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] if depth == 1 => return at + 2,
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    rest.len()
}

fn quoted(rest: &[u8], mut at: usize, quote: u8) -> usize {
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    rest.len().min(at + 1)
}

/// `r"…"`, `r#"…"#`; `r#name` is an identifier.
fn raw_string(bytes: &[u8], at: usize, prefix: usize) -> (Part, usize) {
    let rest = &bytes[at + prefix..];
    let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
    if rest.get(hashes) != Some(&b'"') {
        return (Part::Code, at + prefix);
    }
    let close = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let inside = hashes + 1;
    let end = inside + until(&rest[inside..], &close) + close.len();
    (Part::Quoted, bytes.len().min(at + prefix + end))
}

#[test]
fn strings_and_comments_are_no_code() {
    let text = "let a = \"x // y\"; // z \"w\nlet b = r#\"{ \" }\"#; let c = '\"'; let d: &'a str = '{';\n/* { /* } */ } */ e";
    let split = RustText::new(text);
    assert_eq!(split.code.len(), text.len());
    let code: String = split.code.split_whitespace().collect();
    assert_eq!(code, "leta=\"\";letb=r#\"\"#;letc='';letd:&'astr='';e");
    assert!(split.comments.contains("// z \"w") && split.comments.contains("} */ } */"));
}

#[test]
fn escapes_and_letters_beyond_ascii_keep_their_place() {
    let text = "let a = \"\\\"é{\"; let b = 'é'; let c = '\\''; // ü\nfn d() {}";
    let split = RustText::new(text);
    assert_eq!(split.code.matches('{').count(), 1);
    assert_eq!(split.functions()[0].first_line, 2);
}

#[test]
fn functions_have_names_and_lines() {
    let split = RustText::new(
        "trait T { fn a(&self, b: [u8; 2]); }\nfn c(d: [u8; 3])\nwhere\n{\n let f = || { 1 };\n}\n",
    );
    assert_eq!(
        split.functions(),
        [Function {
            name: "c".into(),
            first_line: 2,
            last_line: 6
        }]
    );
}
