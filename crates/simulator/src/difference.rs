//! `previous_attributes` from two texts of one object, as Stripe gives them: only what changed, hashes by their changed
//! members, arrays whole, null for what was null or absent. Works on compact JSON text, so no tree is built.

/// The old values of all that differs in `after`, as JSON text; `{}` when nothing does. Both are compact JSON objects
/// without doubled members.
pub(crate) fn previous_attributes(before: &str, after: &str) -> String {
    let mut out = String::from("{");
    let (old, new) = (members(before), members(after));
    let mut cursor = 0;
    for &(key, old_value) in &old {
        // Both sides keep one key order, so the partner is nearly always the next one.
        let found = (cursor..new.len()).find(|&i| new[i].0 == key);
        match found {
            Some(index) => {
                for &(added, _) in &new[cursor..index] {
                    push_member(&mut out, added, "null");
                }
                cursor = index + 1;
                push_changed(&mut out, key, old_value, new[index].1);
            }
            None => push_member(&mut out, key, old_value),
        }
    }
    for &(added, _) in &new[cursor..] {
        push_member(&mut out, added, "null");
    }
    out.push('}');
    out
}

fn push_changed(out: &mut String, key: &str, old: &str, new: &str) {
    if old == new {
        return;
    }
    if old.starts_with('{') && new.starts_with('{') {
        push_member(out, key, &previous_attributes(old, new));
    } else {
        push_member(out, key, old);
    }
}

fn push_member(out: &mut String, key: &str, value: &str) {
    if out.len() > 1 {
        out.push(',');
    }
    out.push('"');
    out.push_str(key);
    out.push_str("\":");
    out.push_str(value);
}

/// The members of a compact JSON object as (key without quotes, value text).
fn members(object: &str) -> Vec<(&str, &str)> {
    let bytes = object.as_bytes();
    let mut found = Vec::with_capacity(64);
    let mut at = 1;
    while bytes[at] != b'}' {
        let key_end = skip_string(bytes, at);
        let value_end = skip_value(bytes, key_end + 1);
        found.push((
            &object[at + 1..key_end - 1],
            &object[key_end + 1..value_end],
        ));
        at = if bytes[value_end] == b',' {
            value_end + 1
        } else {
            value_end
        };
    }
    found
}

fn skip_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

fn skip_value(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    loop {
        match bytes[at] {
            b'"' => {
                at = skip_string(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b',' if depth == 0 => return at,
            b'}' | b']' => {
                if depth == 0 {
                    return at;
                }
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, after: &str, expected: &str) {
        assert_eq!(
            previous_attributes(before, after),
            expected,
            "{before} -> {after}"
        );
    }

    #[test]
    fn only_what_changed_is_told_and_hashes_by_their_changed_members() {
        check(r#"{"a":1,"b":2}"#, r#"{"a":1,"b":2}"#, "{}");
        check(r#"{"a":1,"b":"x,}"}"#, r#"{"a":2,"b":"x,}"}"#, r#"{"a":1}"#);
        check(
            r#"{"t":{"p":null,"q":1}}"#,
            r#"{"t":{"p":5,"q":1}}"#,
            r#"{"t":{"p":null}}"#,
        );
        check(
            r#"{"l":[1,{"x":2}],"z":0}"#,
            r#"{"l":[1,{"x":3}],"z":0}"#,
            r#"{"l":[1,{"x":2}]}"#,
        );
        check(r#"{"h":{"a":1}}"#, r#"{"h":null}"#, r#"{"h":{"a":1}}"#);
        check(r#"{"h":null}"#, r#"{"h":{"a":1}}"#, r#"{"h":null}"#);
    }

    #[test]
    fn an_added_member_was_null_and_a_removed_one_keeps_its_value() {
        check(
            r#"{"a":1,"c":3}"#,
            r#"{"a":1,"b":2,"c":3}"#,
            r#"{"b":null}"#,
        );
        check(
            r#"{"a":1,"b":"q\"uote","c":3}"#,
            r#"{"a":1,"c":4}"#,
            r#"{"b":"q\"uote","c":3}"#,
        );
        check(r#"{"m":{}}"#, r#"{"m":{"k":"v"}}"#, r#"{"m":{"k":null}}"#);
    }
}
