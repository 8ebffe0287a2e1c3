//! Looks into JSON text that this crate wrote itself: one member, the items of a list, ids replaced by what they name, white
//! space as Stripe puts it. It trusts what it reads and makes no tree of it.

/// How a list or object without anything in it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Empty {
    /// `{}` and `[]`, as the API answers.
    Short,
    /// Over several lines, as deliveries have it.
    Spread,
}

/// The value of a member of an object, along a path of names; none where there is none.
pub(crate) fn member<'a>(object: &'a str, path: &[&str]) -> Option<&'a str> {
    let mut value = object;
    for name in path {
        let (start, end) = span(value, name)?;
        value = &value[start..end];
    }
    Some(value)
}

/// The same object with another value of a member at its top; none where it has no such member.
pub(crate) fn replace_member(object: &str, name: &str, value: &str) -> Option<String> {
    let (start, end) = span(object, name)?;
    Some([&object[..start], value, &object[end..]].concat())
}

/// What a JSON string says; none where the value is no string. Only for what needs no escapes, as ids and codes.
pub(crate) fn text(value: &str) -> Option<&str> {
    value.strip_prefix('"')?.strip_suffix('"')
}

/// The items of a list.
pub(crate) fn items(list: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut at = 1;
    while list.as_bytes()[at] != b']' {
        let end = value_end(list, at);
        found.push(&list[at..end]);
        at = end + usize::from(list.as_bytes()[end] == b',');
    }
    found
}

/// The same value with the ids at a path replaced by what they name. None where no id stands there.
pub(crate) fn expand(
    value: &str,
    path: &[&str],
    find: &mut dyn FnMut(&str) -> Option<String>,
) -> Option<String> {
    match value.as_bytes()[0] {
        b'[' => {
            let items = items(value).into_iter();
            let items: Option<Vec<String>> = items.map(|item| expand(item, path, find)).collect();
            Some(format!("[{}]", items?.join(",")))
        }
        b'{' => {
            let Some((name, rest)) = path.split_first() else {
                return Some(value.to_owned());
            };
            let (start, end) = span(value, name)?;
            let inner = expand(&value[start..end], rest, find)?;
            Some([&value[..start], &inner, &value[end..]].concat())
        }
        b'"' => {
            let object = find(text(value)?)?;
            expand(&object, path, find)
        }
        b'n' => Some(value.to_owned()),
        _ => None,
    }
}

/// The same JSON with a line per member and two spaces per level.
pub(crate) fn pretty(json: &str, empty: Empty) -> Vec<u8> {
    let bytes = json.as_bytes();
    let mut out = Vec::with_capacity(json.len() * 3 / 2);
    let (mut at, mut depth) = (0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        let mut next = at + 1;
        match byte {
            b'"' => {
                next = string_end(bytes, at);
                out.extend_from_slice(&bytes[at..next]);
            }
            b'{' | b'[' if matches!(bytes[next], b'}' | b']') => {
                out.push(byte);
                if empty == Empty::Spread {
                    // Ruby's generator ends a line for what would stand in a list, and none in an object.
                    if byte == b'[' {
                        out.push(b'\n');
                    }
                    break_line(&mut out, depth);
                }
                out.push(bytes[next]);
                next += 1;
            }
            b'{' | b'[' => {
                depth += 1;
                out.push(byte);
                break_line(&mut out, depth);
            }
            b'}' | b']' => {
                depth -= 1;
                break_line(&mut out, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                break_line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            _ => out.push(byte),
        }
        at = next;
    }
    out
}

fn break_line(out: &mut Vec<u8>, depth: usize) {
    const INDENT: &[u8; 65] = b"\n                                                                ";
    match INDENT.get(..=depth * 2) {
        Some(indent) => out.extend_from_slice(indent),
        None => {
            out.push(b'\n');
            out.extend(std::iter::repeat_n(b' ', depth * 2));
        }
    }
}

/// Where the value of a member stands.
fn span(object: &str, name: &str) -> Option<(usize, usize)> {
    let bytes = object.as_bytes();
    if bytes.first() != Some(&b'{') {
        return None;
    }
    let mut at = 1;
    while bytes[at] == b'"' {
        let key_end = string_end(bytes, at);
        let (start, end) = (key_end + 1, value_end(object, key_end + 1));
        if &object[at + 1..key_end - 1] == name {
            return Some((start, end));
        }
        at = end + usize::from(bytes[end] == b',');
    }
    None
}

fn value_end(json: &str, start: usize) -> usize {
    let bytes = json.as_bytes();
    match bytes[start] {
        b'"' => string_end(bytes, start),
        b'{' | b'[' => nested_end(bytes, start),
        _ => {
            let rest = bytes[start..].iter();
            let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']');
            start + rest.take_while(|byte| !ends(byte)).count()
        }
    }
}

fn nested_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    loop {
        match bytes[at] {
            b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        let rest = bytes[at..].iter();
        at += rest
            .take_while(|byte| !matches!(byte, b'"' | b'\\'))
            .count();
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECT: &str =
        r#"{"id":"a_1","n":-12,"deep":{"x":"y\"}","z":[{},[],"b_1"]},"link":"b_1","none":null}"#;

    #[test]
    fn members_are_found_along_a_path() {
        assert_eq!(member(OBJECT, &["id"]), Some(r#""a_1""#));
        assert_eq!(member(OBJECT, &["n"]), Some("-12"));
        assert_eq!(member(OBJECT, &["deep", "z"]), Some(r#"[{},[],"b_1"]"#));
        assert_eq!(member(OBJECT, &["none"]), Some("null"));
        assert_eq!(member(OBJECT, &["x"]), None);
        assert_eq!(member(OBJECT, &["n", "x"]), None);
        let list = member(OBJECT, &["deep", "z"]).unwrap();
        assert_eq!(items(list), ["{}", "[]", r#""b_1""#]);
        assert_eq!(items("[]"), [""; 0]);
    }

    #[test]
    fn ids_are_replaced_by_what_they_name() {
        let mut find = |id: &str| (id == "b_1").then(|| r#"{"id":"b_1","up":"b_1"}"#.to_owned());
        let mut expanded = |path: &[&str]| expand(OBJECT, path, &mut find);
        let plain = expanded(&["link"]).unwrap();
        assert_eq!(member(&plain, &["link", "id"]), Some(r#""b_1""#));
        let twice = expanded(&["link", "up"]).unwrap();
        assert_eq!(member(&twice, &["link", "up", "up"]), Some(r#""b_1""#));
        assert_eq!(expanded(&["none"]).unwrap(), OBJECT);
        assert_eq!(expanded(&["n"]), None);
        assert_eq!(expanded(&["id"]), None);
        assert_eq!(expanded(&["absent"]), None);
    }

    #[test]
    fn white_space_stands_where_stripe_puts_it() {
        let shown =
            |empty| String::from_utf8(pretty(r#"{"a":{},"b":[],"c":[1,"x:,{"]}"#, empty)).unwrap();
        assert_eq!(
            shown(Empty::Short),
            "{\n  \"a\": {},\n  \"b\": [],\n  \"c\": [\n    1,\n    \"x:,{\"\n  ]\n}"
        );
        assert_eq!(
            shown(Empty::Spread),
            "{\n  \"a\": {\n  },\n  \"b\": [\n\n  ],\n  \"c\": [\n    1,\n    \"x:,{\"\n  ]\n}"
        );
    }
}
