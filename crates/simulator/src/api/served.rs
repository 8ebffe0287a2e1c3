//! What the server saw: how many requests in any sliding second, of all and of each endpoint, and which pages. It judges
//! nothing but whether a limit is reached; tests do.

use std::collections::{BTreeMap, VecDeque};

use super::terms::Limits;
use super::{ApiAnswer, Fate};
use crate::calendar::SECOND_US;

/// What was asked of a server so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Served {
    /// All requests, whatever became of them.
    pub all: Busiest,
    /// The same per method and path, ids left out: `GET /v1/invoices/:id/lines`.
    pub endpoints: BTreeMap<String, Busiest>,
    /// Requests per status; those without an answer under 0.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests refused because a limit was reached.
    pub over_limit: u64,
    /// How often each page of a list was answered with 200 and whole, by the request's target.
    pub pages: BTreeMap<String, u64>,
}

/// The requests of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Busiest {
    /// All of them.
    pub requests: u64,
    /// The most in any sliding second; two requests just a second apart are never in one.
    pub in_a_second: u32,
}

impl Served {
    /// How many pages of lists were answered with 200 and whole.
    pub fn pages_read(&self) -> u64 {
        self.pages.values().sum()
    }
}

/// The last second's instants.
#[derive(Debug, Default)]
struct Window(VecDeque<i64>);

impl Window {
    /// How many lie in the second that ends now.
    fn count(&mut self, at_us: i64) -> u32 {
        while self
            .0
            .front()
            .is_some_and(|first| *first <= at_us - SECOND_US)
        {
            self.0.pop_front();
        }
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    fn add(&mut self, at_us: i64) -> u32 {
        self.0.push_back(at_us);
        self.count(at_us)
    }
}

/// Counts what arrives, and what the limits let pass.
#[derive(Default)]
pub(crate) struct Meter {
    pub(crate) served: Served,
    arrived: Window,
    arrived_at: BTreeMap<String, Window>,
    passed: Window,
    passed_at: BTreeMap<String, Window>,
}

impl Meter {
    /// Notes a request; instants must not fall.
    pub(crate) fn arrive(&mut self, endpoint: &str, at_us: i64) {
        note(&mut self.served.all, self.arrived.add(at_us));
        let window = self.arrived_at.entry(endpoint.to_owned()).or_default();
        let busiest = self.served.endpoints.entry(endpoint.to_owned());
        note(busiest.or_default(), window.add(at_us));
    }

    /// Lets a request pass, or says which limit is reached. What is refused doesn't count against a limit.
    pub(crate) fn pass(
        &mut self,
        endpoint: &str,
        at_us: i64,
        limits: Limits,
    ) -> Result<(), &'static str> {
        let of_endpoint = self.passed_at.entry(endpoint.to_owned()).or_default();
        let reached = |limit: u32, count: u32| limit > 0 && count >= limit;
        let refused = if reached(limits.global, self.passed.count(at_us)) {
            Some("global-rate")
        } else {
            reached(limits.endpoint, of_endpoint.count(at_us)).then_some("endpoint-rate")
        };
        if let Some(reason) = refused {
            self.served.over_limit += 1;
            return Err(reason);
        }
        self.passed.add(at_us);
        of_endpoint.add(at_us);
        Ok(())
    }

    /// Notes what was answered.
    pub(crate) fn answered(&mut self, target: &str, is_list: bool, answer: &ApiAnswer) {
        *self.served.statuses.entry(answer.status).or_default() += 1;
        if is_list && answer.status == 200 && answer.fate == Fate::Whole {
            *self.served.pages.entry(target.to_owned()).or_default() += 1;
        }
    }
}

fn note(busiest: &mut Busiest, count: u32) {
    busiest.requests += 1;
    busiest.in_a_second = busiest.in_a_second.max(count);
}
