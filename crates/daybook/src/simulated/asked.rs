//! The last requests of a served simulation, in the order in which they were answered, for tests that hold a client to what it may
//! ask again. It judges nothing.

use std::collections::VecDeque;

use serde_json::{Value, json};
use simulator::ApiRequest;

/// How many requests are kept.
const KEPT_MAX: usize = 10_000;

/// The last requests.
#[derive(Default)]
pub(super) struct Asked {
    /// How many there were before those that are kept.
    before: usize,
    kept: VecDeque<Asking>,
}

/// One request.
struct Asking {
    account: Option<String>,
    method: String,
    target: String,
    status: u16,
}

impl Asked {
    /// Notes a request and what it was answered.
    pub(super) fn note(&mut self, request: &ApiRequest<'_>, status: u16) {
        let mut headers = request.headers.iter();
        let account = headers.find(|(name, _)| *name == "stripe-account");
        self.kept.push_back(Asking {
            account: account.map(|(_, account)| (*account).to_owned()),
            method: request.method.to_owned(),
            target: request.target.to_owned(),
            status,
        });
        if self.kept.len() > KEPT_MAX {
            self.kept.pop_front();
            self.before += 1;
        }
    }

    /// Those from number `first` on, counted from 0, as far as they are kept; and the number of the next one to come.
    pub(super) fn since(&self, first: usize) -> Value {
        let kept = self.kept.iter().skip(first.saturating_sub(self.before));
        let requests: Vec<Value> = kept
            .map(|asking| {
                json!({
                    "account": asking.account, "method": asking.method, "target": asking.target,
                    "status": asking.status,
                })
            })
            .collect();
        json!({"next": self.before + self.kept.len(), "requests": requests})
    }
}
