//! Posts events to endpoints: when each is due, what was accepted, what is tried again. It sends nothing itself.

use std::collections::{BTreeMap, BTreeSet};

use super::Attempt;
use super::events::{Events, is_of, render};
use super::luck::posting;
use super::scan::{Empty, pretty};
use super::signature::signature;
use super::terms::{Endpoint, Terms};
use crate::calendar::{DAY_S, SECOND_US, second};
use crate::random::Random;
use crate::recording::Event;

/// The first wait for another attempt; each further one is twice as long.
const FIRST_WAIT_S: i64 = 300;
/// How long after the first attempt there may be another one.
const PATIENCE_S: i64 = 3 * DAY_S;

/// What is posted and what is yet to be.
#[derive(Default)]
pub(crate) struct Posts {
    /// The first event that was not looked at.
    next: usize,
    due: BTreeMap<(i64, u64), Due>,
    planned: u64,
    /// Events and endpoints that are done with each other.
    accepted: BTreeSet<(usize, usize)>,
    /// When each event was first posted to each endpoint.
    begun: BTreeMap<(usize, usize), i64>,
}

#[derive(Clone, Copy)]
struct Due {
    event: usize,
    endpoint: usize,
    /// From 1; 0 of the one that somebody else accepts.
    number: u32,
}

impl Posts {
    /// What falls due up to an instant.
    pub(crate) fn until(
        &mut self,
        terms: &Terms,
        events: &Events,
        all: &[Event],
        until_us: i64,
    ) -> Vec<Attempt> {
        while let Some(event) = all
            .get(self.next)
            .filter(|event| event.emitted_us <= until_us)
        {
            self.plan(terms, events, event);
            self.next += 1;
        }
        let mut attempts = Vec::new();
        while let Some(first) = self.due.first_entry() {
            let (at_us, _) = *first.key();
            if at_us > until_us {
                break;
            }
            let due = first.remove();
            if due.number == 0 {
                self.accepted.insert((due.event, due.endpoint));
                continue;
            }
            attempts.extend(self.attempt(terms, &all[due.event], due, at_us));
        }
        attempts
    }

    /// An instant before which nothing falls due; none if nothing ever will.
    pub(crate) fn next_us(&self, all: &[Event]) -> Option<i64> {
        let due = self.due.first_key_value().map(|((at_us, _), _)| *at_us);
        let event = all.get(self.next).map(|event| event.emitted_us);
        due.into_iter().chain(event).min()
    }

    /// Takes note of what an endpoint answered.
    pub(crate) fn answered(
        &mut self,
        terms: &Terms,
        event: usize,
        attempt: &Attempt,
        status: Option<u16>,
    ) {
        let key = (event, attempt.endpoint);
        if status.is_some_and(|status| (200..300).contains(&status)) {
            self.accepted.insert(key);
            self.begun.remove(&key);
            return;
        }
        let Some(&begun_us) = self.begun.get(&key) else {
            return;
        };
        let doublings = (attempt.number - 1).min(20);
        let wait_s = FIRST_WAIT_S << doublings;
        let mut random = Random::new(terms.seed ^ u64::from(attempt.number), &attempt.event_id);
        let wait_us = wait_s * SECOND_US + random.between(0, wait_s * SECOND_US / 10);
        let at_us = attempt.at_us + wait_us;
        if at_us <= begun_us + PATIENCE_S * SECOND_US {
            let number = attempt.number + 1;
            self.push(
                at_us,
                Due {
                    event,
                    endpoint: attempt.endpoint,
                    number,
                },
            );
        }
    }

    /// To how many endpoints an event is yet to be posted with success.
    pub(crate) fn pending(&self, terms: &Terms, event: &Event, index: usize) -> usize {
        let endpoints = terms.endpoints.iter().enumerate();
        endpoints
            .filter(|(place, endpoint)| {
                wants(endpoint, event) && !self.accepted.contains(&(index, *place))
            })
            .count()
    }

    fn plan(&mut self, terms: &Terms, events: &Events, event: &Event) {
        let index = self.next;
        if events.is_unborn(terms, index) {
            return;
        }
        for (place, endpoint) in terms.endpoints.iter().enumerate() {
            let posting = wants(endpoint, event).then(|| posting(terms, event, place));
            let Some(posting) = posting.flatten() else {
                continue;
            };
            let due = Due {
                event: index,
                endpoint: place,
                number: u32::from(!posting.is_swallowed),
            };
            self.begun.insert((index, place), posting.first_us);
            self.push(posting.first_us, due);
            if let Some(again_us) = posting.again_us {
                self.push(again_us, Due { number: 2, ..due });
            }
        }
    }

    fn push(&mut self, at_us: i64, due: Due) {
        self.planned += 1;
        self.due.insert((at_us, self.planned), due);
    }

    fn attempt(&self, terms: &Terms, event: &Event, due: Due, at_us: i64) -> Option<Attempt> {
        // An endpoint may have been taken away in the meantime.
        let endpoint = terms.endpoints.get(due.endpoint)?;
        let pending = self.pending(terms, event, due.event);
        let body = pretty(&render(event, pending), Empty::Spread);
        let headers = vec![
            ("Content-Type", "application/json; charset=utf-8".to_owned()),
            (
                "User-Agent",
                "Stripe/1.0 (+https://stripe.com/docs/webhooks)".to_owned(),
            ),
            ("Accept", "*/*; q=0.5, application/xml".to_owned()),
            ("Cache-Control", "no-cache".to_owned()),
            (
                "Stripe-Signature",
                signature(&endpoint.secrets, second(at_us), &body),
            ),
        ];
        Some(Attempt {
            event_id: event.id.to_string(),
            endpoint: due.endpoint,
            number: due.number,
            at_us,
            headers,
            body,
        })
    }
}

fn wants(endpoint: &Endpoint, event: &Event) -> bool {
    endpoint.connect == event.account.is_some()
        && endpoint.from_us <= event.emitted_us
        && is_of(&endpoint.types, event.event_type)
}
