//! The server itself: takes a request through limits, faults, key and version to its answer.

use std::sync::Arc;

use super::{ApiAnswer, ApiRequest, Attempt, Fate, Served, Terms, Warehouse};
use crate::recording::Recording;

/// A served company.
pub struct Stripe {
    recording: Option<Arc<Recording>>,
    terms: Terms,
    served: Served,
}

impl Stripe {
    /// Serves a recorded company; what happens after an instant is not seen before it.
    pub fn new(recording: Arc<Recording>, terms: Terms) -> Self {
        Self {
            recording: Some(recording),
            terms,
            served: Served::default(),
        }
    }

    /// Serves uniform objects.
    pub fn of_warehouse(_warehouse: Warehouse, terms: Terms) -> Self {
        Self {
            recording: None,
            terms,
            served: Served::default(),
        }
    }

    /// Answers a request that arrives at an instant (microseconds), not before that of any earlier one.
    pub fn answer(&mut self, request: &ApiRequest<'_>, _at_us: i64) -> ApiAnswer {
        self.served.requests += 1;
        let path = request.target.split('?').next().unwrap_or_default();
        ApiAnswer {
            status: 404,
            headers: Vec::new(),
            body: format!(
                "{{\"error\":{{\"message\":\"Unrecognized request URL ({}: {path}).\"}}}}",
                request.method
            )
            .into_bytes(),
            took_us: 0,
            fate: Fate::Whole,
        }
    }

    /// Posts that fall due up to an instant, in the order of their instants; each is given once.
    pub fn deliveries(&mut self, _until_us: i64) -> Vec<Attempt> {
        Vec::new()
    }

    /// The instant of the next post, if one is known to come.
    pub fn next_delivery_us(&mut self) -> Option<i64> {
        None
    }

    /// Says what an endpoint answered at an instant (no status where nothing came): anything but 2xx is tried again.
    pub fn delivered(&mut self, _attempt: &Attempt, _status: Option<u16>, _at_us: i64) {}

    /// What was asked so far.
    pub fn served(&self) -> &Served {
        &self.served
    }

    /// The terms it serves on; a test may change them between two requests.
    pub fn terms_mut(&mut self) -> &mut Terms {
        &mut self.terms
    }

    /// Whether an event is never generated: neither listed nor posted.
    pub fn is_unborn(&self, _event_id: &str) -> bool {
        false
    }

    /// The company it serves; none for a warehouse.
    pub fn recording(&self) -> Option<&Arc<Recording>> {
        self.recording.as_ref()
    }
}
