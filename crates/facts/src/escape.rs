//! Escapes in JSON texts undone. Nothing here decides what a broken one costs.

/// The text that escaped text stands for; none when an escape stands for no character (half of a surrogate pair).
pub(crate) fn unescape(raw: &str) -> Option<String> {
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
    if rest.get(5..7)? != "\\u" {
        return None;
    }
    let low = unit(rest, 7)?;
    if !(0xDC00..0xE000).contains(&low) {
        return None;
    }
    // Were the first half a second one, the code would lie beyond the last character.
    let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    Some((char::from_u32(code)?, 11))
}

fn unit(rest: &str, at: usize) -> Option<u32> {
    u32::from_str_radix(rest.get(at..at + 4)?, 16).ok()
}
