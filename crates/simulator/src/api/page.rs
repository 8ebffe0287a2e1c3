//! Cuts a page out of a list, as Stripe does: newest first, nearest to its cursor. Lists are walked by places; the newest
//! object has the highest.

use std::ops::Range;

use super::asked::Cursor;
use crate::json;

/// Where a list's page begins, as a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum From {
    Newest,
    OlderThan(usize),
    NewerThan(usize),
}

impl From {
    /// The place of a cursor, found by its id; the id where it can't be found.
    pub(crate) fn of(cursor: &Cursor, find: impl Fn(&str) -> Option<usize>) -> Result<Self, Lost> {
        let lost = |param, id: &str| Lost {
            param,
            id: id.to_owned(),
        };
        match cursor {
            Cursor::Newest => Ok(Self::Newest),
            Cursor::OlderThan(id) => {
                let place = find(id).ok_or_else(|| lost("starting_after", id))?;
                Ok(Self::OlderThan(place))
            }
            Cursor::NewerThan(id) => {
                let place = find(id).ok_or_else(|| lost("ending_before", id))?;
                Ok(Self::NewerThan(place))
            }
        }
    }
}

/// A cursor that names nothing in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) param: &'static str,
    pub(crate) id: String,
}

/// What a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Newest first.
    pub(crate) items: Vec<String>,
    /// Whether there are more in the direction that was asked for.
    pub(crate) has_more: bool,
}

impl Page {
    /// Cuts a page out of the places of a span. `show` gives what is to be seen at a place, or nothing.
    pub(crate) fn of_span(
        span: Range<usize>,
        from: From,
        limit: usize,
        show: impl FnMut(usize) -> Option<String>,
    ) -> Self {
        match from {
            From::Newest => Self::take(span.rev(), limit, show),
            From::OlderThan(place) => {
                let span = span.start..place.clamp(span.start, span.end);
                Self::take(span.rev(), limit, show)
            }
            From::NewerThan(place) => {
                let span = place.saturating_add(1).clamp(span.start, span.end)..span.end;
                Self::take(span, limit, show).turned()
            }
        }
    }

    /// As `of_span`, of the places that are given, lowest first.
    pub(crate) fn of_places(
        places: &[usize],
        from: From,
        limit: usize,
        show: impl FnMut(usize) -> Option<String>,
    ) -> Self {
        let below = |bound: usize| places.partition_point(|place| *place < bound);
        match from {
            From::Newest => Self::take(places.iter().copied().rev(), limit, show),
            From::OlderThan(place) => {
                let older = places[..below(place)].iter().copied().rev();
                Self::take(older, limit, show)
            }
            From::NewerThan(place) => {
                let newer = places[below(place.saturating_add(1))..].iter().copied();
                Self::take(newer, limit, show).turned()
            }
        }
    }

    fn take(
        places: impl Iterator<Item = usize>,
        limit: usize,
        show: impl FnMut(usize) -> Option<String>,
    ) -> Self {
        let mut items: Vec<String> = places.filter_map(show).take(limit + 1).collect();
        let has_more = items.len() > limit;
        items.truncate(limit);
        Self { items, has_more }
    }

    fn turned(mut self) -> Self {
        self.items.reverse();
        self
    }

    /// The list as Stripe answers it.
    pub(crate) fn json(&self, url: &str) -> String {
        let length: usize = self.items.iter().map(|item| item.len() + 1).sum();
        json::object_of(length + 128, |members| {
            members
                .text("object", "list")
                .text("url", url)
                .flag("has_more", self.has_more)
                .raw("data", &format!("[{}]", self.items.join(",")));
        })
    }
}
