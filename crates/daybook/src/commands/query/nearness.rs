//! Names that somebody may have meant. Knows no SQL.

/// How many are worth showing.
const SHOWN: usize = 3;
/// A shorter name is part of too many others.
const PART: usize = 4;

/// The names nearest to the one that was written, best first; none when none is near.
pub(crate) fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let written = written.to_lowercase();
    let mut near: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| Some((rank(&written, name)?, name)))
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(SHOWN).map(|(_, name)| name).collect()
}

/// How far a name is, if it is near at all: by letters to change, or as a part of the other.
fn rank(written: &str, name: &str) -> Option<usize> {
    let changes = distance(written.as_bytes(), name.as_bytes());
    if changes <= 1 + written.len() / PART {
        return Some(changes);
    }
    let is_part = |part: &str, whole: &str| part.len() >= PART && whole.contains(part);
    (is_part(written, name) || is_part(name, written)).then_some(written.len() + changes)
}

/// How many bytes must be put in, taken out or exchanged to make one of the other.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.iter().enumerate() {
        let mut row = vec![index + 1];
        for (place, with) in other.iter().enumerate() {
            let exchanged = above[place] + usize::from(letter != with);
            row.push(exchanged.min(above[place + 1] + 1).min(row[place] + 1));
        }
        above = row;
    }
    above[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_come_first() {
        let names = [
            "amount_minor",
            "amount_paid_minor",
            "id",
            "invoices",
            "invoice_lines",
            "status",
        ];
        for (written, near) in [
            ("amont_minor", vec!["amount_minor"]),
            ("invoice", vec!["invoices", "invoice_lines"]),
            ("Status", vec!["status"]),
            ("colour", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(nearest(written, names), near, "{written}");
        }
        assert_eq!(distance(b"kitten", b"sitting"), 3);
    }
}
