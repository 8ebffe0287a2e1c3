//! Reads of the API as observation lines: one object, or one whole list, as it stood at an instant, with what the answer
//! told of the time.

use std::collections::BTreeMap;

use crate::calendar::{MILLI_US, second};
use crate::history::{Histories, History};
use crate::identity::short;
use crate::json::{self, Text};
use crate::random::Random;
use crate::shapes::API_VERSION;

/// One read of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// The instant whose state is returned, microseconds.
    pub at_us: i64,
    /// Milliseconds from sending to the answer's head; the instant lies in their middle.
    pub elapsed_ms: i64,
    /// How much older than that instant the returned state may be: a replica behind, microseconds.
    pub lag_us: i64,
}

/// The kind of a list of the transactions that a payout paid out.
pub(crate) const PAYOUT_MEMBERSHIP: &str = "payout_membership";

/// What a reader of the API finds: the objects as far back as they are kept.
#[derive(Clone, Copy)]
pub(crate) struct Past<'a> {
    pub(crate) histories: &'a Histories,
    /// The platform.
    pub(crate) account: &'a Text,
    /// What automatic payouts paid out.
    pub(crate) sweeps: &'a BTreeMap<Text, Vec<Text>>,
}

/// What was asked for.
pub(crate) struct Question<'a> {
    pub(crate) account: &'a str,
    pub(crate) request: &'a str,
    pub(crate) object_type: &'a str,
    pub(crate) id: &'a str,
}

impl<'a> Past<'a> {
    /// The account that an object belongs to.
    pub(crate) fn owner(&self, history: &'a History) -> &'a str {
        history.account.as_deref().unwrap_or(self.account)
    }

    /// A read of a single object.
    pub(crate) fn read_one(&self, history: &History, read: Read) -> Option<String> {
        let request = path(history.object(), history.id());
        self.read_in(&request, history, read)
    }

    /// A read of an object by some request, as an item of its list.
    pub(crate) fn read_in(&self, request: &str, history: &History, read: Read) -> Option<String> {
        let (_, version) = history.at(read.at_us - read.lag_us)?;
        let body = version.state.render(read.at_us - read.lag_us);
        let question = Question {
            account: self.owner(history),
            request,
            object_type: history.object(),
            id: history.id(),
        };
        Some(answer(&question, read, Some(&body)))
    }

    /// Reads of all lists that an object's own JSON cuts.
    pub(crate) fn read_lists(&self, history: &History, read: Read) -> Vec<String> {
        let found = history.at(read.at_us);
        let lists = found.map_or_else(Vec::new, |(_, version)| version.state.whole_lists());
        let answers = lists.into_iter().map(|(kind, items)| {
            let body = list(kind, history.id(), &items);
            self.answer_list(kind, history, read, &body)
        });
        answers.collect()
    }

    /// A read of what an automatic payout paid out; none for other payouts.
    pub(crate) fn read_members(&self, payout: &History, read: Read) -> Option<String> {
        let body = self.members(payout.id())?;
        Some(self.answer_list(PAYOUT_MEMBERSHIP, payout, read, &body))
    }

    /// An object at an instant, or where the type is a list's kind that list; none where there is none.
    pub(crate) fn body(&self, kind: &str, history: &History, at_us: i64) -> Option<String> {
        let (_, version) = history.at(at_us)?;
        if kind == history.object() {
            return Some(version.state.render(at_us));
        }
        if kind == PAYOUT_MEMBERSHIP {
            return self.members(history.id());
        }
        let mut lists = version.state.whole_lists().into_iter();
        let (kind, items) = lists.find(|(found, _)| *found == kind)?;
        Some(list(kind, history.id(), &items))
    }

    /// The list of what an automatic payout paid out and of its own transaction, ids only.
    pub(crate) fn members(&self, payout: &Text) -> Option<String> {
        let ids = self.sweeps.get(payout)?.iter();
        let items: Vec<String> = ids
            .map(|id| {
                json::object(|members| {
                    members.text("id", id);
                })
            })
            .collect();
        Some(list(PAYOUT_MEMBERSHIP, payout, &items))
    }

    fn answer_list(&self, kind: &str, history: &History, read: Read, body: &str) -> String {
        let question = Question {
            account: self.owner(history),
            request: &path(kind, history.id()),
            object_type: kind,
            id: history.id(),
        };
        answer(&question, read, Some(body))
    }
}

/// A whole list as the reader of the list hands it on: made of its exact items.
pub(crate) fn list(kind: &str, id: &str, items: &[String]) -> String {
    json::object(|members| {
        members
            .text("object", kind)
            .text("id", id)
            .flag("has_more", false)
            .raw("data", &format!("[{}]", items.join(",")));
    })
}

/// An observation line; without a body the API answered 404.
pub(crate) fn answer(question: &Question<'_>, read: Read, body: Option<&str>) -> String {
    let answered_us = read.at_us + read.elapsed_ms * MILLI_US / 2;
    let capacity = body.map_or(0, str::len) + 512;
    json::object_of(capacity, |members| {
        members
            .text("object", "daybook.observation")
            .text("request", question.request)
            .text("request_id", &request_id(question, answered_us))
            .text("version", API_VERSION)
            .text("account", question.account)
            .flag("livemode", true)
            .int("date_s", second(answered_us))
            .int("elapsed_ms", read.elapsed_ms)
            .text_or_null("absent", body.is_none().then_some("not_found"))
            .text("object_type", question.object_type)
            .text("object_id", question.id)
            .raw("body", body.unwrap_or("null"));
    })
}

/// The request that reads one object or one whole list.
pub(crate) fn path(object_type: &str, id: &str) -> String {
    match object_type {
        "balance" => "GET /v1/balance".to_owned(),
        PAYOUT_MEMBERSHIP => format!("GET /v1/balance_transactions?payout={id}&limit=100"),
        "invoice_line_list" => format!("GET /v1/invoices/{id}/lines?limit=100"),
        _ => format!("GET /v1/{}s/{id}", object_type.replace('.', "/")),
    }
}

/// Equal for the items of one answer, and nothing but a function of the read.
fn request_id(question: &Question<'_>, answered_us: i64) -> Text {
    let seed = u64::try_from(answered_us).expect("reads happen after 1970");
    let purpose = format!("{} {}", question.account, question.request);
    short(&mut Random::new(seed, &purpose), "req")
}
