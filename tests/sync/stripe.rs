//! The simulated Stripe as a child, and what it can be asked and told besides its API. Judges nothing.

use serde_json::{Value, json};

use crate::asked::Ask;
use crate::folder::Folder;
use crate::served::Served;

/// A company served on a socket.
pub(crate) struct Stripe {
    served: Served,
}

impl Stripe {
    /// Serves a company, with these words besides those that say where.
    pub(crate) fn serve(folder: &Folder, company: &str, words: &str) -> Self {
        let line = format!("simulate --serve 127.0.0.1:0 --json {company} {words}");
        Self {
            served: Served::start(&mut folder.command(&line)),
        }
    }

    /// Where its API is, as a client is told.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.served.address())
    }

    /// The key that opens it.
    pub(crate) fn key(&self) -> &str {
        self.served.said["key"].as_str().unwrap()
    }

    /// Moves its clock to the second of the truth, when nothing happens any more; all that falls due until then was posted and
    /// answered when it returns.
    pub(crate) fn push_to_end(&self) {
        let truth: Value = serde_json::from_str(&self.truth()).unwrap();
        let second = truth["at_us"].as_i64().unwrap() / 1_000_000;
        self.push_to(second);
    }

    /// Moves its clock to a Unix second.
    pub(crate) fn push_to(&self, second: i64) {
        self.order("clock", &json!({"to_s": second}));
    }

    /// From now on there never were these events, by their ids.
    pub(crate) fn withhold(&self, events: &[String]) {
        self.order("faults", &json!({"preset": "none", "unborn": events}));
    }

    /// What it has served and posted.
    pub(crate) fn seen(&self) -> Value {
        serde_json::from_str(&self.get("served")).unwrap()
    }

    /// Requests from a number on, counted from 0, but those for the account that each run begins with; and the number of the next.
    pub(crate) fn asked(&self, first: usize) -> (usize, Vec<Ask>) {
        let asked: Value = serde_json::from_str(&self.get(&format!("asked/{first}"))).unwrap();
        let requests = asked["requests"].as_array().unwrap().iter();
        let asks = requests.map(|request| Ask {
            account: request["account"].as_str().map(str::to_owned),
            target: request["target"].as_str().unwrap().to_owned(),
        });
        let asks = asks.filter(|ask| ask.target != "/v1/account");
        let next = asked["next"].as_u64().unwrap();
        (usize::try_from(next).unwrap(), asks.collect())
    }

    /// The same once the server has seen all that a process sent that is no more.
    pub(crate) fn asked_at_last(&self, first: usize) -> Vec<Ask> {
        let (mut next, mut same) = (0, 0);
        loop {
            let (now, asks) = self.asked(first);
            same = if now == next { same + 1 } else { 0 };
            if same == 3 {
                return asks;
            }
            next = now;
        }
    }

    /// What is true in the end.
    pub(crate) fn truth(&self) -> String {
        self.get("truth")
    }

    fn get(&self, what: &str) -> String {
        let (status, body) = self.served.ask(&format!("GET /_simulator/{what}"), "");
        assert_eq!(status, 200, "{what}: {body}");
        body
    }

    fn order(&self, what: &str, order: &Value) {
        let line = format!("POST /_simulator/{what}");
        let (status, body) = self.served.ask(&line, &order.to_string());
        assert_eq!(status, 200, "{what}: {body}");
    }
}
