//! What can be asked of a served simulation besides Stripe's own API: its clock, its faults, what it has served, and the truth.
//! Stripe has nothing at these paths.

use std::sync::Arc;

use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use simulator::{Busiest, Faults};

use super::face::{Body, whole};
use super::served::Served;
use super::truth;

/// What these paths begin with.
pub(super) const PREFIX: &str = "/_simulator/";

const SECOND_US: i64 = 1_000_000;

/// What the clock is told; a member that is missing leaves it as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockOrder {
    /// Seconds to go forward.
    advance_s: Option<u32>,
    /// The Unix second to go to.
    to_s: Option<i64>,
    /// Virtual seconds a second from then on; 0 stands still.
    speed: Option<u32>,
}

/// Which faults there are from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultsOrder {
    /// `none` or `lively`.
    preset: String,
    /// Of a thousand events, those that somebody else accepts.
    posts_swallowed: Option<u32>,
    /// Events that Stripe fails to make, by their ids, besides those of earlier orders.
    #[serde(default)]
    unborn: Vec<String>,
}

/// Answers what is asked at a path behind the prefix.
pub(super) async fn answer(
    served: &Arc<Served>,
    method: &Method,
    path: &str,
    body: &[u8],
) -> Response<Body> {
    match (method, path) {
        (&Method::GET, "clock") => told(&clock(served)),
        (&Method::POST, "clock") => match serde_json::from_slice(body) {
            Ok(order) => told(&push(served, order).await),
            Err(error) => refused(&error.to_string()),
        },
        (&Method::POST, "faults") => match faults(body) {
            Ok((faults, unborn)) => {
                let mut stripe = served.stripe();
                let terms = stripe.terms_mut();
                terms.faults = faults;
                terms.unborn.extend(unborn);
                told(&json!({}))
            }
            Err(what) => refused(&what),
        },
        (&Method::GET, "served") => told(&seen(served)),
        (&Method::GET, "truth") => truth_of(served),
        _ => response(
            StatusCode::NOT_FOUND,
            json!({"error": "clock, faults, served and truth are here"}).to_string(),
        ),
    }
}

fn clock(served: &Served) -> Value {
    let clock = served.clock();
    let at_us = clock.now_us();
    json!({"at_us": at_us, "at_s": at_us.div_euclid(SECOND_US), "speed": clock.speed()})
}

async fn push(served: &Arc<Served>, order: ClockOrder) -> Value {
    let ahead_us = i64::from(order.advance_s.unwrap_or(0)).saturating_mul(SECOND_US);
    let to_us = match order.to_s {
        Some(to_s) => to_s.saturating_mul(SECOND_US),
        None => served.clock().now_us().saturating_add(ahead_us),
    };
    served.push_to(to_us).await;
    if let Some(speed) = order.speed {
        served.run_at(speed);
    }
    clock(served)
}

/// The faults that are ordered, and the events that are not made.
fn faults(body: &[u8]) -> Result<(Faults, Vec<String>), String> {
    let order: FaultsOrder = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let preset = match &*order.preset {
        "none" => Faults::none(),
        "lively" => Faults::lively(),
        other => return Err(format!("{other}: there are none and lively")),
    };
    let faults = Faults {
        posts_swallowed: order.posts_swallowed.unwrap_or(preset.posts_swallowed),
        ..preset
    };
    Ok((faults, order.unborn))
}

/// What the server saw, and what became of its posts.
fn seen(served: &Served) -> Value {
    let posted = served.posted();
    let stripe = served.stripe();
    let seen = stripe.served();
    let busiest = |one: &Busiest| json!({"requests": one.requests, "in_a_second": one.in_a_second});
    let endpoints: Map<String, Value> = seen
        .endpoints
        .iter()
        .map(|(name, one)| (name.clone(), busiest(one)))
        .collect();
    json!({
        "requests": seen.all.requests,
        "in_a_second": seen.all.in_a_second,
        "over_limit": seen.over_limit,
        "endpoints": endpoints,
        "statuses": seen.statuses,
        "pages": seen.pages,
        "posted": {
            "accepted": posted.accepted, "refused": posted.refused,
            "unanswered": posted.unanswered, "repeated": posted.repeated,
        },
    })
}

fn truth_of(served: &Served) -> Response<Body> {
    let recording = served.stripe().recording().map(Arc::clone);
    match recording.map(|recording| truth::of_recording(&recording)) {
        Some(Ok(text)) => response(StatusCode::OK, text),
        Some(Err(error)) => response(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        None => response(
            StatusCode::NOT_FOUND,
            json!({"error": "a warehouse has no truth"}).to_string(),
        ),
    }
}

fn told(value: &Value) -> Response<Body> {
    response(StatusCode::OK, value.to_string())
}

fn refused(what: &str) -> Response<Body> {
    response(StatusCode::BAD_REQUEST, json!({"error": what}).to_string())
}

fn response(status: StatusCode, text: impl Into<bytes::Bytes>) -> Response<Body> {
    let response = Response::builder()
        .status(status)
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(whole(text));
    response.expect("a status and a header of ours make an answer")
}
