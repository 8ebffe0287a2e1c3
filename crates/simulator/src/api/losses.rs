//! What did not reach the company by post, and what is left of it to be found: the simulator's own knowledge, for tests of those who say
//! that they find it. It looks at no book and no log.

use std::collections::BTreeMap;

use super::events::Events;
use super::luck::listed_us;
use super::stripe::Stripe;
use super::terms::Terms;
use crate::calendar::{MINUTE_S, SECOND_US};
use crate::history::{History, NEVER};
use crate::json::Text;
use crate::observation::PAYOUT_MEMBERSHIP;
use crate::recording::{Event, Recording};

/// By how much what is read may be older than its reading, and `Date` off.
const MARGIN_US: i64 = 5 * SECOND_US;
/// A state that no event was ever to tell of counts if it lasts longer.
const LASTING_US: i64 = MINUTE_S * SECOND_US;

/// When somebody looked at all that there is: the instants (microseconds) at which that began and ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Night {
    /// The first request.
    pub begun_us: i64,
    /// The last answer.
    pub ended_us: i64,
}

/// How something that did not arrive can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LossClass {
    /// Stripe lists the event.
    Listed,
    /// No event tells of it any more or ever did, and the object read differs from what was known of it.
    Difference,
    /// Another state took its place before anybody looked.
    WithoutTrace,
}

/// An event that did not arrive, or a state that no event told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// How it can be found.
    pub class: LossClass,
    /// The event; none where there was never to be one.
    pub event_id: Option<Text>,
    /// The type of its object.
    pub object: &'static str,
    /// The object's id.
    pub object_id: Text,
    /// Whether the object's making is what was lost.
    pub is_making: bool,
    /// The instant from which on it could be seen.
    pub from_us: i64,
    /// The instant up to which it could; `i64::MAX` where it can for ever.
    pub until_us: i64,
    /// The first night that may find it, by its place; none where none can.
    pub first_night: Option<usize>,
    /// The night that must have found it at the latest, if one must: to the others it was there for a part of the night only.
    pub sure_by: Option<usize>,
}

impl Stripe {
    /// What did not reach the company of an account's events and states. `arrived` says when each event that came by post came first.
    /// Balance transactions are left out, since no event is ever made of them.
    pub fn losses(
        &self,
        account: &str,
        arrived: &BTreeMap<String, i64>,
        nights: &[Night],
    ) -> Vec<Loss> {
        let Some((recording, events)) = self.past() else {
            return Vec::new();
        };
        let oracle = Oracle {
            recording,
            events,
            terms: self.terms(),
            arrived,
            nights,
        };
        oracle.losses(account)
    }
}

struct Oracle<'a> {
    recording: &'a Recording,
    events: &'a Events,
    terms: &'a Terms,
    arrived: &'a BTreeMap<String, i64>,
    nights: &'a [Night],
}

impl Oracle<'_> {
    fn losses(&self, account: &str) -> Vec<Loss> {
        let mut of_objects = BTreeMap::<usize, Vec<usize>>::new();
        for (place, event) in self.recording.events().iter().enumerate() {
            of_objects.entry(event.index).or_default().push(place);
        }
        let mut losses = Vec::new();
        let past = self.recording.past();
        for (index, history) in self.recording.histories.all.iter().enumerate() {
            if past.owner(history) != account || history.object() == "balance_transaction" {
                continue;
            }
            let events = of_objects.get(&index).map_or(&[][..], Vec::as_slice);
            losses.extend(events.iter().filter_map(|&event| self.listed(event)));
            losses.extend(events.iter().filter_map(|&event| self.unhinted(event)));
            let states = 0..=history.last_place();
            losses.extend(states.filter_map(|place| self.untold(history, place, events)));
        }
        losses
    }

    /// An event that Stripe lists and that did not come by post before a night that could see it.
    fn listed(&self, place: usize) -> Option<Loss> {
        let event = &self.recording.events()[place];
        if self.events.is_unborn(self.terms, place) {
            return None;
        }
        let (from_us, until_us) = (listed_us(self.terms, event), self.listed_until_us(event));
        let (first_night, sure_by) = self.nights_of(from_us, until_us);
        first_night.map(|_| Loss {
            class: LossClass::Listed,
            event_id: Some(event.id.clone()),
            object: event.object,
            object_id: event.object_id.clone(),
            is_making: false,
            from_us,
            until_us,
            first_night,
            sure_by,
        })
    }

    /// What a payout paid out, of which one event alone gives a hint, where Stripe failed to generate it.
    fn unhinted(&self, place: usize) -> Option<Loss> {
        let event = &self.recording.events()[place];
        let is_hint = event.event_type == "payout.reconciliation_completed";
        if !is_hint || !self.events.is_unborn(self.terms, place) {
            return None;
        }
        let (first_night, sure_by) = self.nights_of(event.emitted_us, NEVER);
        Some(Loss {
            class: LossClass::Difference,
            event_id: Some(event.id.clone()),
            object: PAYOUT_MEMBERSHIP,
            object_id: event.object_id.clone(),
            is_making: true,
            from_us: event.emitted_us,
            until_us: NEVER,
            first_night,
            sure_by,
        })
    }

    /// Until when an event can be found in the list and nowhere else: it comes by post, or ages out.
    fn listed_until_us(&self, event: &Event) -> i64 {
        let aged_us = (event.created_s + self.terms.retention_s) * SECOND_US;
        let arrived_us = self.arrived.get(&*event.id).copied();
        arrived_us.unwrap_or(NEVER).min(aged_us)
    }

    /// A state that was told by nothing for as long as it lasted.
    fn untold(&self, history: &History, place: usize, events: &[usize]) -> Option<Loss> {
        let version = history.version(place);
        let from_us = version.at_us;
        let ended_us = match place == history.last_place() {
            true => NEVER,
            false => history.version(place + 1).at_us,
        };
        // A deletion's event shows what was deleted.
        let is_deletion = version.told_us == from_us;
        let shows = |&&event: &&usize| {
            let event = &self.recording.events()[event];
            match is_deletion {
                true => event.event_type.ends_with(".deleted") && event.emitted_us >= from_us,
                false => event.committed_us == from_us,
            }
        };
        let telling: Vec<usize> = events.iter().filter(shows).copied().collect();
        let told_us = telling.iter().filter_map(|&event| self.told_us(event));
        let told_us = told_us.min().unwrap_or(NEVER);
        let was_to_be_told = !telling.is_empty();
        let lasts = ended_us.saturating_sub(from_us) > LASTING_US;
        if !was_to_be_told && !lasts {
            return None;
        }
        let until_us = ended_us.min(told_us);
        let (first_night, sure_by) = self.nights_of(from_us, until_us);
        if first_night.is_none() && told_us < NEVER {
            return None;
        }
        let lost = telling.first();
        Some(Loss {
            class: match first_night {
                Some(_) => LossClass::Difference,
                None => LossClass::WithoutTrace,
            },
            event_id: lost.map(|&event| self.recording.events()[event].id.clone()),
            object: history.object(),
            object_id: history.id().clone(),
            is_making: place == 0,
            from_us,
            until_us,
            first_night,
            sure_by,
        })
    }

    /// When an event told what it shows: by post, or in the list if a night came while it stood there; none if it never did.
    fn told_us(&self, place: usize) -> Option<i64> {
        let event = &self.recording.events()[place];
        if self.events.is_unborn(self.terms, place) {
            return None;
        }
        let arrived_us = self.arrived.get(&*event.id).copied();
        let from_us = listed_us(self.terms, event);
        let (listed, _) = self.nights_of(from_us, self.listed_until_us(event));
        arrived_us.into_iter().chain(listed.map(|_| from_us)).min()
    }

    /// The first night that may see what there is to see between two instants, and the one that must have seen it.
    fn nights_of(&self, from_us: i64, until_us: i64) -> (Option<usize>, Option<usize>) {
        let may = |night: &Night| {
            from_us <= night.ended_us && until_us.saturating_add(MARGIN_US) >= night.begun_us
        };
        let must = |night: &Night| {
            from_us.saturating_add(MARGIN_US) <= night.begun_us
                && until_us.saturating_sub(MARGIN_US) > night.ended_us
        };
        (
            self.nights.iter().position(may),
            self.nights.iter().position(must),
        )
    }
}
