//! The list of events: in the order of emission, for as long as they are kept, from when they can be seen. What an event
//! says never changes but for the webhooks that are pending.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::asked::Asked;
use super::luck::{is_unborn, listed_us};
use super::page::{From, Page};
use super::posts::Posts;
use super::problem::Problem;
use super::terms::Terms;
use crate::calendar::{SECOND_US, second};
use crate::json::Text;
use crate::recording::{Event, Recording};

/// How far, in seconds, an event's `created` is from its emission at the most.
const SLACK_S: i64 = 3_600;

/// The events of a company, by account and by id.
pub(crate) struct Events {
    recording: Arc<Recording>,
    by_account: BTreeMap<Text, Vec<usize>>,
    by_id: Vec<usize>,
}

impl Events {
    pub(crate) fn new(recording: Arc<Recording>) -> Self {
        let platform = recording.past().account.clone();
        let mut by_account = BTreeMap::<Text, Vec<usize>>::new();
        for (index, event) in recording.events().iter().enumerate() {
            let account = event.account.clone().unwrap_or(platform.clone());
            by_account.entry(account).or_default().push(index);
        }
        let events = recording.events();
        let mut by_id: Vec<usize> = (0..events.len()).collect();
        by_id.sort_unstable_by_key(|&index| &events[index].id);
        Self {
            by_account,
            by_id,
            recording,
        }
    }

    /// An event by its id, as its place among all.
    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        let events = self.recording.events();
        let found = self
            .by_id
            .binary_search_by_key(&id, |&index| &events[index].id);
        found.ok().map(|found| self.by_id[found])
    }

    /// A page of an account's events.
    pub(crate) fn page(
        &self,
        terms: &Terms,
        posts: &Posts,
        account: &str,
        asked: &Asked,
        at_us: i64,
    ) -> Result<Page, Problem> {
        let of_account = self.by_account.get(account).map_or(&[][..], Vec::as_slice);
        let from = From::of(&asked.cursor, |id| {
            let index = self.place(id)?;
            let known = self.is_listed(terms, index, at_us);
            of_account.binary_search(&index).ok().filter(|_| known)
        });
        let from = from.map_err(|lost| Problem::missing_in(lost.param, "event", &lost.id))?;
        let span = self.span(of_account, asked, at_us);
        Ok(Page::of_span(span, from, asked.limit, |place| {
            let index = of_account[place];
            let event = &self.recording.events()[index];
            let wanted = is_of(&asked.types, event.event_type)
                && asked.created.holds(event.created_s)
                && self.is_listed(terms, index, at_us);
            if !wanted {
                return None;
            }
            let pending = posts.pending(terms, event, index);
            let delivered = asked
                .delivery_success
                .is_none_or(|success| success == (pending == 0));
            delivered.then(|| render(event, pending))
        }))
    }

    /// One event.
    pub(crate) fn one(
        &self,
        terms: &Terms,
        posts: &Posts,
        account: &str,
        id: &str,
        at_us: i64,
    ) -> Result<String, Problem> {
        let missing = || Problem::missing("event", id);
        let index = self.place(id).ok_or_else(missing)?;
        let of_account = self.by_account.get(account).map_or(&[][..], Vec::as_slice);
        of_account.binary_search(&index).map_err(|_| missing())?;
        let event = &self.recording.events()[index];
        if event.created_s <= second(at_us) - terms.retention_s {
            return Err(Problem::aged_out(id));
        }
        if !self.is_listed(terms, index, at_us) {
            return Err(missing());
        }
        Ok(render(event, posts.pending(terms, event, index)))
    }

    /// Whether Stripe failed to generate an event.
    pub(crate) fn is_unborn(&self, terms: &Terms, index: usize) -> bool {
        let event = &self.recording.events()[index];
        is_unborn(terms, event, &self.recording.histories.all[event.index])
    }

    fn is_listed(&self, terms: &Terms, index: usize, at_us: i64) -> bool {
        let event = &self.recording.events()[index];
        event.created_s > second(at_us) - terms.retention_s
            && event.emitted_us <= at_us
            && listed_us(terms, event) <= at_us
            && !self.is_unborn(terms, index)
    }

    /// The places that may hold what is asked for.
    fn span(&self, of_account: &[usize], asked: &Asked, at_us: i64) -> Range<usize> {
        let events = self.recording.events();
        let before = |bound_us: i64| {
            of_account.partition_point(|&index| events[index].emitted_us < bound_us)
        };
        let bound_us = |at_s: i64| at_s.saturating_mul(SECOND_US);
        let start = before(bound_us(asked.created.from.saturating_sub(SLACK_S)));
        let end = before(bound_us(asked.created.until.saturating_add(SLACK_S)));
        let end = end.min(before(at_us.saturating_add(1)));
        start.min(end)..end
    }
}

/// Whether a type is one of those asked for, where `*` stands for any ending.
pub(crate) fn is_of(types: &[String], event_type: &str) -> bool {
    types.is_empty()
        || types.iter().any(|wanted| match wanted.strip_suffix('*') {
            Some(start) => event_type.starts_with(start),
            None => wanted == event_type,
        })
}

/// An event's JSON with so many webhooks pending.
pub(crate) fn render(event: &Event, pending: usize) -> String {
    let now = format!("\"pending_webhooks\":{pending}");
    event.body.replacen("\"pending_webhooks\":1", &now, 1)
}
