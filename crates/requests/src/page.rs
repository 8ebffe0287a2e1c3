//! Which part of a list is asked for, in the words that all lists of Stripe's share.

use stripe_types::{RangeBoundsTs, RangeQueryTs};

/// Which part of a list: newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// How many items, 1 to 100; with 0 Stripe's own ten.
    pub limit: u8,
    /// The item after which the page begins, one that is older than all before it.
    pub after: Option<String>,
    /// The first second of creation. Lists that can't be cut by it are given whole.
    pub from_s: Option<i64>,
    /// The second of creation before which the page ends.
    pub until_s: Option<i64>,
}

impl Page {
    /// The span of creation as async-stripe wants it.
    pub(crate) fn created(&self) -> Option<RangeQueryTs> {
        if self.from_s.is_none() && self.until_s.is_none() {
            return None;
        }
        Some(RangeQueryTs::Bounds(RangeBoundsTs {
            gte: self.from_s,
            lt: self.until_s,
            ..RangeBoundsTs::default()
        }))
    }
}

/// Puts a page's limit and cursor, and with `created` its span, to one of async-stripe's lists. These have the same methods, but no
/// trait that says so.
macro_rules! paged {
    ($list:expr, $page:expr) => {{
        let mut list = $list;
        if $page.limit > 0 {
            list = list.limit($page.limit);
        }
        if let Some(after) = &$page.after {
            list = list.starting_after(after);
        }
        list
    }};
    ($list:expr, $page:expr, created) => {{
        let mut list = paged!($list, $page);
        if let Some(created) = $page.created() {
            list = list.created(created);
        }
        list
    }};
}
