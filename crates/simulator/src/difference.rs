//! `previous_attributes` from two texts of one object, as Stripe gives them: only what changed, hashes by their changed
//! members, arrays whole, null for what was null or absent. Works on compact JSON text, so no tree is built.

/// The old values of all that differs in `after`, as JSON text; `{}` when nothing does. Both are compact JSON objects
/// without doubled members.
pub(crate) fn previous_attributes(before: &str, after: &str) -> String {
    let mut out = String::from("{");
    let (mut old, mut new) = (Members::of(before), Members::of(after));
    while let Some((key, old_value)) = old.next() {
        // Both sides keep one key order and nearly all members are equal: those need no look at the other side's value.
        if new.passes(old.last) {
            continue;
        }
        let mut ahead = new.clone();
        let mut added = Vec::new();
        loop {
            match ahead.next() {
                Some((found, new_value)) if found == key => {
                    for member in added {
                        push_member(&mut out, member, "null");
                    }
                    new = ahead;
                    push_changed(&mut out, key, old_value, new_value);
                    break;
                }
                Some((other, _)) => added.push(other),
                None => {
                    // What was added before the place of what is gone comes before it.
                    for member in added.into_iter().take_while(|member| *member < key) {
                        push_member(&mut out, member, "null");
                        new.next();
                    }
                    push_member(&mut out, key, old_value);
                    break;
                }
            }
        }
    }
    for (added, _) in new {
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

/// The members of a compact JSON object, as (key without quotes, value text).
#[derive(Clone)]
struct Members<'a> {
    object: &'a str,
    at: usize,
    /// The member given last, whole.
    last: &'a str,
}

impl<'a> Members<'a> {
    fn of(object: &'a str) -> Self {
        let last = "";
        Self {
            object,
            at: 1,
            last,
        }
    }

    /// Whether the next member has just this text; passes it then.
    fn passes(&mut self, member: &str) -> bool {
        let rest = &self.object.as_bytes()[self.at..];
        let is_same = rest.starts_with(member.as_bytes());
        match rest.get(member.len()) {
            Some(b',') if is_same => self.at += member.len() + 1,
            Some(b'}') if is_same => self.at += member.len(),
            _ => return false,
        }
        true
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let (object, at) = (self.object, self.at);
        let bytes = object.as_bytes();
        if bytes[at] == b'}' {
            return None;
        }
        let key_end = skip_string(bytes, at);
        let value_end = skip_value(bytes, key_end + 1);
        self.at = value_end + usize::from(bytes[value_end] == b',');
        self.last = &object[at..value_end];
        Some((
            &object[at + 1..key_end - 1],
            &object[key_end + 1..value_end],
        ))
    }
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
