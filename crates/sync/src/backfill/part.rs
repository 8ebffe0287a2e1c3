//! A part of a list that is being read: a window of creation, or the list of one parent; and where it is divided. Pure.

use std::cmp::max;

use crate::evidence::Window;
use crate::page::ListPage;

use super::kind::{List, PAGE_ITEMS};
use requests::Page;

/// Stripe began after this second: nothing was created before.
const STRIPE_BEGINS_S: i64 = 1_262_304_000;
/// A rest of fewer pages is not worth a division.
const REST_PAGES_MIN: i64 = 6;

/// How often one process begins a part anew because its cursor is gone.
const RESTARTS_MAX: u32 = 5;

/// A part of a list.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Its number in what sync remembers.
    pub(super) id: i64,
    /// The list.
    pub(super) list: List,
    /// The parent, if it lies under one.
    pub(super) parent: Option<String>,
    /// The id after which the next page begins.
    pub(super) after: Option<String>,
    /// The ids before that one, as far back as the page before: should the items behind them be deleted, the list goes on from here.
    /// Only the process that read the page knows them.
    pub(super) before: Vec<String>,
    /// How often it began anew.
    pub(super) restarts: u32,
    /// What was read of it.
    pub(super) window: Window,
    /// Second of creation of the first item.
    pub(super) newest_s: Option<i64>,
    /// And of the last.
    pub(super) oldest_s: Option<i64>,
    /// What the first page took, milliseconds.
    pub(super) elapsed_ms: i64,
    /// Whether it was divided off another part, and not read yet: its first page tells whether that was worth it.
    pub(super) is_probe: bool,
}

impl Part {
    /// A part of which nothing was read.
    pub(super) fn new(
        id: i64,
        list: List,
        parent: Option<String>,
        (from_s, until_s): (Option<i64>, Option<i64>),
    ) -> Self {
        let window = Window {
            object: list.kind().to_owned(),
            from_s,
            until_s,
            ..Window::default()
        };
        Self {
            id,
            list,
            parent,
            after: None,
            before: Vec::new(),
            restarts: 0,
            window,
            newest_s: None,
            oldest_s: None,
            elapsed_ms: 0,
            is_probe: false,
        }
    }

    /// The request of its next page.
    pub(super) fn next(&self) -> requests::Request {
        self.list
            .page(self.parent.as_deref(), &self.page(self.after.clone()))
    }

    /// The request of its first page.
    pub(super) fn first(&self) -> requests::Request {
        self.list.page(self.parent.as_deref(), &self.page(None))
    }

    fn page(&self, after: Option<String>) -> Page {
        Page {
            limit: PAGE_ITEMS,
            after,
            from_s: self.window.from_s,
            until_s: self.window.until_s,
        }
    }

    /// Goes on behind a page.
    pub(super) fn pass(&mut self, page: &ListPage<'_>, date_s: Option<i64>, elapsed_ms: i64) {
        let window = &mut self.window;
        if window.counts.pages == 0 {
            window.first_date_s = date_s;
            self.elapsed_ms = elapsed_ms;
        }
        window.counts.pages += 1;
        window.last_date_s = date_s;
        for item in &page.items {
            if let Some(id) = item.id.as_deref() {
                window.ids.add(id);
            }
            if let Some(created_s) = item.created_s() {
                self.newest_s.get_or_insert(created_s);
                self.oldest_s = Some(created_s);
            }
        }
        let ids = page.items.iter().filter_map(|item| item.id.as_deref());
        self.before = self.after.take().into_iter().collect();
        self.before.extend(ids.map(str::to_owned));
        self.after = page.cursor().map(str::to_owned);
        self.before.retain(|id| Some(id) != self.after.as_ref());
    }

    /// Its cursor is gone: goes on from the item before it, so that nothing is read twice, or begins anew where none is known, or
    /// where a list that changed is none of which one could say that it was whole. Whether that may help.
    pub(super) fn step_back(&mut self) -> bool {
        if !self.list.is_whole()
            && let Some(id) = self.before.pop()
        {
            self.after = Some(id);
            return true;
        }
        self.restarts += 1;
        self.restart();
        self.restarts <= RESTARTS_MAX
    }

    fn restart(&mut self) {
        let pages = self.window.counts.pages;
        self.after = None;
        self.before.clear();
        self.window.ids = crate::Ids::default();
        self.window.counts = crate::Counts {
            pages,
            ..crate::Counts::default()
        };
        self.newest_s = None;
        self.oldest_s = None;
    }

    /// How many items are still to come, if they are as dense as those that were read.
    pub(super) fn rest(&self, begins_s: Option<i64>) -> Option<i64> {
        let (spread_s, count) = self.density()?;
        let begins_s = max(
            begins_s.unwrap_or(STRIPE_BEGINS_S),
            self.window.from_s.unwrap_or(0),
        );
        let rest_s = max(0, self.oldest_s? - begins_s);
        let items = i128::from(rest_s) * i128::from(count) / i128::from(spread_s);
        i64::try_from(items).ok()
    }

    /// Seconds of creation and the items in them.
    fn density(&self) -> Option<(i64, i64)> {
        let spread_s = max(1, self.newest_s? - self.oldest_s?);
        let count = i64::try_from(self.window.ids.count)
            .ok()
            .filter(|count| *count > 0)?;
        self.window.until_s.map(|_| (spread_s, count))
    }

    /// The second at which its rest is divided, if that is worth it: in the middle, for there is nothing to say where it is denser.
    pub(super) fn divide(&self, begins_s: Option<i64>) -> Option<i64> {
        if self.rest(begins_s)? < REST_PAGES_MIN * i64::from(PAGE_ITEMS) {
            return None;
        }
        let begins_s = max(
            begins_s.unwrap_or(STRIPE_BEGINS_S),
            self.window.from_s.unwrap_or(0),
        );
        let at_s = begins_s + (self.oldest_s? - begins_s) / 2;
        (at_s > begins_s).then_some(at_s)
    }
}
