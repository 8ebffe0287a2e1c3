//! Asks a served company as a client would, and reads its answers with a parser that is not its own.

use std::sync::Arc;

use serde_json::Value;
use simulator::{
    ApiAnswer, ApiRequest, Config, Fate, LIVE_KEY, Limits, Recording, Stripe, Terms, simulate,
};

pub(crate) const SECOND_US: i64 = 1_000_000;

/// Somebody with the key that may do everything; asks at one instant until it is moved.
pub(crate) struct Client {
    pub(crate) stripe: Stripe,
    pub(crate) at_us: i64,
    /// Headers beside the key.
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// A company over which its tests ask, and the instant it is over.
pub(crate) fn company() -> Arc<Recording> {
    Arc::new(simulate(&Config::small(7)))
}

impl Client {
    /// Asks at the end of all that happened, without limits.
    pub(crate) fn of(recording: &Arc<Recording>) -> Self {
        let terms = Terms {
            limits: Limits::none(),
            ..Terms::plain(1)
        };
        Self::on(recording, terms)
    }

    pub(crate) fn on(recording: &Arc<Recording>, terms: Terms) -> Self {
        Self {
            at_us: recording.end_us(),
            stripe: Stripe::new(recording.clone(), terms),
            headers: vec![("authorization", format!("Bearer {LIVE_KEY}"))],
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|header| header.0 != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn send(&mut self, method: &str, target: &str) -> ApiAnswer {
        self.send_form(method, target, "")
    }

    pub(crate) fn send_form(&mut self, method: &str, target: &str, form: &str) -> ApiAnswer {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(n, v)| (*n, &**v)).collect();
        let request = ApiRequest {
            method,
            target,
            headers: &headers,
            body: form.as_bytes(),
        };
        self.stripe.answer(&request, self.at_us)
    }

    pub(crate) fn get(&mut self, target: &str) -> ApiAnswer {
        self.send("GET", target)
    }

    /// What stands at an address that answers 200.
    pub(crate) fn read(&mut self, target: &str) -> Value {
        let answer = self.get(target);
        let body = String::from_utf8_lossy(&answer.body);
        assert_eq!(
            (answer.status, answer.fate),
            (200, Fate::Whole),
            "{target}: {body}"
        );
        serde_json::from_str(&body).unwrap()
    }

    /// The error that an address answers with.
    pub(crate) fn refused(&mut self, target: &str) -> (u16, Value) {
        let answer = self.get(target);
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        (answer.status, body["error"].clone())
    }

    /// All items of a list, page by page, newest first.
    pub(crate) fn walk(&mut self, target: &str, limit: usize) -> Vec<Value> {
        let mark = if target.contains('?') { '&' } else { '?' };
        let mut items: Vec<Value> = Vec::new();
        loop {
            let after = items.last().map_or(String::new(), |last| {
                format!("&starting_after={}", last["id"].as_str().unwrap())
            });
            let page = self.read(&format!("{target}{mark}limit={limit}{after}"));
            let data = page["data"].as_array().unwrap().clone();
            assert!(data.len() <= limit, "{target}");
            let has_more = page["has_more"].as_bool().unwrap();
            assert!(
                !has_more || data.len() == limit,
                "{target}: a full page before more"
            );
            items.extend(data);
            if !has_more {
                return items;
            }
        }
    }
}

/// The ids of items.
pub(crate) fn ids(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect()
}

/// A header of an answer.
pub(crate) fn header<'a>(answer: &'a ApiAnswer, name: &str) -> Option<&'a str> {
    let found = answer.headers.iter().find(|header| header.0 == name);
    found.map(|header| &*header.1)
}
