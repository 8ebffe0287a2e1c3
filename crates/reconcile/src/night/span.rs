//! Spans of creation, and what is left of them when others are taken away. Knows no objects.

/// The beginning of all time: a span that begins there has no first second.
pub(super) const BEGINNING: i64 = i64::MIN;

/// From this Unix second of creation on, and before that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) from_s: i64,
    pub(super) until_s: i64,
}

impl Span {
    pub(super) fn new(from_s: i64, until_s: i64) -> Self {
        Self { from_s, until_s }
    }

    /// The first second, if it has one.
    pub(super) fn first_s(self) -> Option<i64> {
        (self.from_s != BEGINNING).then_some(self.from_s)
    }

    fn is_empty(self) -> bool {
        self.from_s >= self.until_s
    }
}

/// The same seconds in as few spans as there can be, in their order.
pub(super) fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from_s <= last.until_s => {
                last.until_s = last.until_s.max(span.until_s)
            }
            _ => joined.push(span),
        }
    }
    joined
}

/// What is left of `span` without `others`, which are joined.
pub(super) fn without(span: Span, others: &[Span]) -> Vec<Span> {
    let (mut left, mut from_s) = (Vec::new(), span.from_s);
    for other in others {
        if other.until_s <= from_s || other.from_s >= span.until_s {
            continue;
        }
        left.push(Span::new(from_s, other.from_s));
        from_s = other.until_s;
    }
    left.push(Span::new(from_s, span.until_s));
    left.retain(|span| !span.is_empty());
    left
}

/// The place of the span, of some that are in order and apart, in which a second is.
pub(super) fn place_of(spans: &[Span], at_s: i64) -> Option<usize> {
    let place = spans.partition_point(|span| span.until_s <= at_s);
    spans
        .get(place)
        .is_some_and(|span| span.from_s <= at_s)
        .then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(bounds: &[(i64, i64)]) -> Vec<Span> {
        let span = |&(from_s, until_s): &(i64, i64)| Span::new(from_s, until_s);
        bounds.iter().map(span).collect()
    }

    #[test]
    fn spans_that_touch_are_one_and_empty_ones_none() {
        let found = joined(spans(&[(5, 7), (1, 3), (3, 4), (9, 9), (6, 8)]));
        assert_eq!(found, spans(&[(1, 4), (5, 8)]));
    }

    #[test]
    fn what_is_left_and_what_was_taken_are_all_seconds_once() {
        let others = joined(spans(&[(BEGINNING, 2), (4, 6), (8, 20)]));
        for (from_s, until_s) in [(BEGINNING, 9), (0, 3), (4, 6), (5, 9), (3, 4), (1, 30)] {
            let left = without(Span::new(from_s, until_s), &others);
            for at_s in from_s.max(-5)..until_s {
                let times = usize::from(place_of(&left, at_s).is_some())
                    + usize::from(place_of(&others, at_s).is_some());
                assert_eq!(times, 1, "{at_s} of {from_s} to {until_s}");
            }
            let is_within = left
                .iter()
                .all(|span| span.from_s >= from_s && span.until_s <= until_s);
            assert!(is_within, "{left:?}");
        }
    }
}
