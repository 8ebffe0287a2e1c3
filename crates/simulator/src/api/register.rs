//! The one thing that can be written: a new endpoint for deliveries. A key of idempotency makes sure that it is made once,
//! whatever is lost on the way.

use std::collections::BTreeMap;

use super::ApiRequest;
use super::account::endpoint;
use super::caller::header;
use super::problem::Problem;
use super::target::pairs;
use super::terms::{Endpoint, Terms};
use crate::calendar::second;
use crate::json;
use crate::random::Random;

/// An answer that is to be given, with headers of its own.
pub(crate) struct Found {
    pub(crate) json: String,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl From<String> for Found {
    fn from(json: String) -> Self {
        Self {
            json,
            headers: Vec::new(),
        }
    }
}

/// What was answered under each key.
#[derive(Default)]
pub(crate) struct Register {
    answered: BTreeMap<String, Answered>,
}

struct Answered {
    asked: Vec<u8>,
    json: String,
    request_id: String,
}

impl Register {
    /// Makes an endpoint, or gives the answer again that the same key got before.
    pub(crate) fn add(
        &mut self,
        terms: &mut Terms,
        request: &ApiRequest<'_>,
        request_id: &str,
        at_us: i64,
    ) -> Result<Found, Problem> {
        let key = header(request, "idempotency-key");
        if let Some((key, before)) = key.and_then(|key| Some((key, self.answered.get(key)?))) {
            if before.asked != request.body {
                return Err(Problem::other_parameters(key));
            }
            let mut found = Found::from(before.json.clone());
            found.headers = told(key, &before.request_id);
            found
                .headers
                .push(("Idempotent-Replayed", "true".to_owned()));
            return Ok(found);
        }
        let made = read(request.body, at_us)?;
        let json = show(terms, made, at_us);
        let mut found = Found::from(json.clone());
        if let Some(key) = key {
            found.headers = told(key, request_id);
            let answered = Answered {
                asked: request.body.to_vec(),
                json,
                request_id: request_id.to_owned(),
            };
            self.answered.insert(key.to_owned(), answered);
        }
        Ok(found)
    }
}

fn told(key: &str, original: &str) -> Vec<(&'static str, String)> {
    vec![
        ("Idempotency-Key", key.to_owned()),
        ("Original-Request", original.to_owned()),
        ("Stripe-Should-Retry", "false".to_owned()),
    ]
}

fn read(body: &[u8], at_us: i64) -> Result<Endpoint, Problem> {
    let mut made = Endpoint {
        url: String::new(),
        secrets: Vec::new(),
        types: Vec::new(),
        connect: false,
        from_us: at_us,
    };
    for (name, value) in pairs(&String::from_utf8_lossy(body)) {
        match name.split('[').next().unwrap_or_default() {
            "url" => made.url = value,
            "enabled_events" => made.types.push(value),
            "connect" => made.connect = value == "true",
            "api_version" | "description" | "metadata" => {}
            _ => return Err(Problem::unknown_params(&[name])),
        }
    }
    let missing = |param| {
        let message = format!("Missing required param: {param}.");
        Err(Problem::of_param("parameter_missing", param, message))
    };
    if made.url.is_empty() {
        return missing("url");
    }
    if made.types.is_empty() {
        return missing("enabled_events");
    }
    if made.types.iter().any(|one| one == "*") {
        made.types.clear();
    }
    Ok(made)
}

/// Keeps an endpoint and shows it with its secret, which is shown this once.
fn show(terms: &mut Terms, mut made: Endpoint, at_us: i64) -> String {
    let place = terms.endpoints.len();
    let number = u64::try_from(place).expect("a place fits 64 bits");
    let secret = Random::new(terms.seed ^ number, "secret").token(32);
    made.secrets = vec![format!("whsec_{secret}")];
    let shown = endpoint(terms.seed, place, &made, second(at_us));
    let mut json = shown.trim_end_matches('}').to_owned();
    json.push_str(",\"secret\":");
    json::write_text(&mut json, &made.secrets[0]);
    json.push('}');
    terms.endpoints.push(made);
    json
}
