//! What is still to be read of one kind, and what is being read. It asks nothing, and remembers nothing beyond the run in hand.

use std::collections::{BTreeMap, VecDeque};

use super::kind::PAGE_ITEMS;
use super::part::Part;

/// How many requests of one kind may be under way: at 25 a second enough for answers that take half a second.
pub(super) const LANE_MAX: usize = 16;

/// So many pages of a kind must have been read for each division: one that finds nothing costs a page, and all of them together at most
/// this part.
const PAGES_A_DIVISION: u64 = 25;
/// A rest that looks like so many pages may be divided before: a few times in vain, since an account is older than most of what it has, and
/// twice for each division that found a full page with more behind it.
const EARLY_PAGES: u64 = 100;
const EARLY_DIVISIONS: u64 = 3;

/// One thing to be done.
#[derive(Debug)]
pub(super) enum Job {
    /// The next page of a part; whether its rest may be divided then.
    Page(Box<Part>, bool),
    /// One object by its id.
    Single(String),
}

/// How far a kind is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its lists are read.
    Lists,
    /// What they don't show is asked for.
    Singles,
    /// Nothing is left.
    Over,
}

/// What is to be read of one kind.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) kind: &'static str,
    /// The kind whose items tell which lists of this one are needed; none: they are lists of the account.
    pub(super) told_by: Option<&'static str>,
    pub(super) phase: Phase,
    pub(super) in_flight: usize,
    /// Parts that can be gone on with.
    parts: VecDeque<Part>,
    /// Objects to be asked for.
    singles: VecDeque<String>,
    /// There may be more to load than is here.
    pub(super) is_hungry: bool,
    /// The last part that was loaded.
    pub(super) behind: i64,
    /// The last object that was loaded.
    pub(super) behind_id: String,
    /// Lists under parents that are not read yet.
    pub(super) waiting: u64,
    pages: u64,
    divisions: u64,
    /// Divisions that found a full page.
    confirmed: u64,
    /// Pages that parts have left, as far as it can be guessed.
    rests: BTreeMap<i64, u64>,
}

impl Lane {
    pub(super) fn new(kind: &'static str, told_by: Option<&'static str>) -> Self {
        Self {
            kind,
            told_by,
            phase: Phase::Lists,
            in_flight: 0,
            parts: VecDeque::new(),
            singles: VecDeque::new(),
            is_hungry: true,
            behind: 0,
            behind_id: String::new(),
            waiting: 0,
            pages: 0,
            divisions: 0,
            confirmed: 0,
            rests: BTreeMap::new(),
        }
    }

    /// Takes in parts that were loaded.
    pub(super) fn load(&mut self, parts: Vec<Part>, begins_s: Option<i64>) {
        for part in parts {
            self.behind = self.behind.max(part.id);
            self.pages += part.window.counts.pages;
            self.go_on(part, begins_s);
        }
    }

    /// Takes in objects to be asked for.
    pub(super) fn load_singles(&mut self, ids: Vec<String>) {
        if let Some(last) = ids.last() {
            last.clone_into(&mut self.behind_id);
        }
        self.singles.extend(ids);
    }

    /// What is to be done next, if there is anything and there may be more under way.
    pub(super) fn next(&mut self) -> Option<Job> {
        if self.in_flight >= LANE_MAX {
            return None;
        }
        let job = match self.parts.pop_front() {
            Some(part) => {
                let may_divide = self.may_divide(&part);
                self.divisions += u64::from(may_divide);
                Job::Page(Box::new(part), may_divide)
            }
            None => Job::Single(self.singles.pop_front()?),
        };
        self.in_flight += 1;
        Some(job)
    }

    /// Whether there is anything to be done next.
    pub(super) fn is_ready(&self) -> bool {
        self.in_flight < LANE_MAX && self.is_filled()
    }

    /// Whether there is anything here that is not under way.
    pub(super) fn is_filled(&self) -> bool {
        !(self.parts.is_empty() && self.singles.is_empty())
    }

    /// Whether nothing is here or under way.
    pub(super) fn is_idle(&self) -> bool {
        self.in_flight == 0 && !self.is_filled()
    }

    /// A division may cost a page. So there are never more of them than a part of the pages that were read, or, at first, than those
    /// before them were worth; of the longest parts only, and none while there is enough to do.
    fn may_divide(&self, part: &Part) -> bool {
        let rest = self.rests.get(&part.id).copied().unwrap_or(0);
        let longest = self.rests.values().max().copied().unwrap_or(0);
        let next = self.divisions + 1;
        let is_early = rest >= EARLY_PAGES
            && next <= EARLY_DIVISIONS + 2 * self.confirmed
            && next * PAGES_A_DIVISION <= rest;
        self.in_flight + self.parts.len() < LANE_MAX
            && 2 * rest >= longest
            && (is_early || next * PAGES_A_DIVISION <= self.pages)
    }

    /// A page was read. What allowed a division and was not used is left for another one.
    pub(super) fn passed(
        &mut self,
        part: &mut Part,
        is_read: bool,
        was_allowed: bool,
        lower: Option<Part>,
    ) {
        self.pages += 1;
        self.divisions -= u64::from(was_allowed && lower.is_none());
        self.confirmed += u64::from(part.is_probe && !is_read);
        part.is_probe = false;
        if let Some(lower) = lower {
            self.behind = self.behind.max(lower.id);
            self.parts.push_back(lower);
        }
    }

    /// A part that has more goes on.
    pub(super) fn go_on(&mut self, part: Part, begins_s: Option<i64>) {
        let rest = part.rest(begins_s).unwrap_or(0).unsigned_abs();
        let pages = rest / u64::from(PAGE_ITEMS) + 1;
        if self.told_by.is_none() {
            self.rests.insert(part.id, pages);
        }
        // In the order in which they came: newest first, and none is left behind.
        self.parts.push_back(part);
    }

    /// A part is over.
    pub(super) fn is_done_with(&mut self, part: i64) {
        self.rests.remove(&part);
        self.waiting = self.waiting.saturating_sub(1);
    }

    /// Nothing of it is to be read any more.
    pub(super) fn leave(&mut self) {
        self.parts.clear();
        self.singles.clear();
        self.rests.clear();
        self.waiting = 0;
        self.is_hungry = false;
        self.phase = Phase::Over;
    }

    /// Pages that are left, as far as it can be guessed.
    pub(super) fn pages_left(&self) -> u64 {
        let rests: u64 = self.rests.values().sum();
        rests + self.waiting + self.singles.len() as u64
    }
}
