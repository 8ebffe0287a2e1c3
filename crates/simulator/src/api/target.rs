//! A request's target taken apart: the segments of its path and the pairs of its query, decoded. It knows no endpoint.

/// Path and query of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// As it was sent.
    pub(crate) path: String,
    /// What stands between its slashes, decoded.
    pub(crate) segments: Vec<String>,
    /// Names and values in their order, decoded.
    pub(crate) query: Vec<(String, String)>,
}

impl Target {
    /// Takes a target apart; what is no proper escape stands for itself.
    pub(crate) fn parse(target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let segments = path.split('/').skip(1);
        Self {
            path: path.to_owned(),
            segments: segments.map(|segment| decode(segment, false)).collect(),
            query: pairs(query),
        }
    }
}

/// The names and values of a query or a form, decoded.
pub(crate) fn pairs(form: &str) -> Vec<(String, String)> {
    let pairs = form.split('&').filter(|pair| !pair.is_empty());
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name, true), decode(value, true))
    };
    pairs.map(pair).collect()
}

fn decode(text: &str, of_form: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3));
        let escaped = escaped.flatten().and_then(|digits| {
            let digits = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(digits, 16).ok()
        });
        match escaped {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                let space = of_form && bytes[at] == b'+';
                out.push(if space { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_taken_apart_and_decoded() {
        let target = Target::parse("/v1/coupons/50%25%20off%2Fx?created%5Bgte%5D=1&a=b+c&d&e=%zz");
        assert_eq!(target.segments, ["v1", "coupons", "50% off/x"]);
        let pairs: Vec<(&str, &str)> = target.query.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(
            pairs,
            [("created[gte]", "1"), ("a", "b c"), ("d", ""), ("e", "%zz")]
        );
        assert_eq!(Target::parse("/v1/charges").query, []);
    }
}
