//! Cuts a part of a kind's history into windows. It knows seconds of creation alone.

use super::span::Span;
use super::work::Share;

/// Objects of the book that a window of the sweep holds.
const WINDOW_ITEMS: u64 = 1000;

/// Cuts a part of history into windows, between seconds only.
pub(super) struct Cutter {
    shares: Vec<Share>,
    from_s: i64,
    items: u64,
    all: u64,
    last_s: Option<i64>,
    quota: u64,
    /// Where the part ends before history does.
    end_s: Option<i64>,
}

impl Cutter {
    pub(super) fn new(from_s: i64, quota: u64) -> Self {
        Self {
            shares: Vec::new(),
            from_s,
            items: 0,
            all: 0,
            last_s: None,
            quota,
            end_s: None,
        }
    }

    /// The next object, by its second of creation.
    pub(super) fn add(&mut self, created_s: i64) {
        if self.end_s.is_some() {
            return;
        }
        let is_later = self.last_s.is_some_and(|last_s| created_s > last_s);
        if is_later && self.all >= self.quota {
            self.end_s = Some(created_s);
            return;
        }
        if is_later && self.items >= WINDOW_ITEMS {
            self.cut(created_s, false);
        }
        self.items += 1;
        self.all += 1;
        self.last_s = Some(created_s);
    }

    fn cut(&mut self, until_s: i64, is_last: bool) {
        self.shares.push(Share {
            span: Span::new(self.from_s, until_s),
            items: self.items,
            is_last,
        });
        self.from_s = until_s;
        self.items = 0;
    }

    pub(super) fn end(mut self, began_s: i64) -> Vec<Share> {
        let is_all = self.all <= self.quota && self.end_s.is_none();
        match (self.end_s, self.last_s) {
            (Some(end_s), _) => self.cut(end_s, false),
            // All that were shown share their last second with more: the part ends behind it.
            (None, Some(last_s)) if !is_all => self.cut(last_s + 1, false),
            _ if self.from_s < began_s => self.cut(began_s, true),
            _ => {}
        }
        self.shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::night::span::BEGINNING;

    fn cut(seconds: &[i64], quota: u64) -> Vec<Share> {
        let mut cutter = Cutter::new(BEGINNING, quota);
        let limit = usize::try_from(quota).unwrap().saturating_add(1);
        seconds
            .iter()
            .take(limit)
            .for_each(|at_s| cutter.add(*at_s));
        cutter.end(1000)
    }

    #[test]
    fn part_of_history_ends_between_seconds() {
        let share = |from_s, until_s, items, is_last| Share {
            span: Span::new(from_s, until_s),
            items,
            is_last,
        };
        assert_eq!(cut(&[1, 2, 3, 4], 2), [share(BEGINNING, 3, 2, false)]);
        assert_eq!(cut(&[1, 2, 2, 2, 5], 2), [share(BEGINNING, 3, 3, false)]);
        assert_eq!(cut(&[1, 2, 3], 3), [share(BEGINNING, 1000, 3, true)]);
        assert_eq!(cut(&[], 5), [share(BEGINNING, 1000, 0, true)]);
        let many: Vec<i64> = (0..900).flat_map(|at_s| [at_s, at_s, at_s]).collect();
        let shares = cut(&many, 2000);
        assert_eq!(shares.iter().map(|share| share.items).sum::<u64>(), 2001);
        assert!(
            shares
                .windows(2)
                .all(|pair| pair[0].span.until_s == pair[1].span.from_s)
        );
    }
}
