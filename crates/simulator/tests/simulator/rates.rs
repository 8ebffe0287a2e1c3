//! The limits as the server sees them: how many requests it lets pass in any sliding second, and what it counts.

use serde_json::Value;
use simulator::{ApiRequest, Limits, Terms};

use crate::asking::{Client, SECOND_US, company, header};

/// What was let pass, by instant and endpoint.
type Passed = Vec<(i64, &'static str)>;

const ENDPOINTS: [&str; 4] = ["/v1/charges", "/v1/customers", "/v1/balance", "/v1/events"];

/// The most of some instants in any sliding second, counted the slow way.
fn most_in_a_second(instants: &[i64]) -> usize {
    let in_second = |end: &i64| {
        instants
            .iter()
            .filter(|at| **at <= *end && **at > end - SECOND_US)
            .count()
    };
    instants.iter().map(in_second).max().unwrap_or(0)
}

fn of<'a>(passed: &'a Passed, endpoint: &'a str) -> Vec<i64> {
    let of_endpoint = passed
        .iter()
        .filter(|one| endpoint.is_empty() || one.1 == endpoint);
    of_endpoint.map(|one| one.0).collect()
}

/// Asks one endpoint after the other, at steps that a small generator gives.
fn hurry(
    client: &mut Client,
    seed: u64,
    requests: usize,
    longest_us: i64,
) -> (Passed, Passed, Passed) {
    let (mut all, mut passed, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    let mut state = seed;
    for _ in 0..requests {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let endpoint = ENDPOINTS[usize::try_from(state >> 62).unwrap()];
        client.at_us += i64::try_from(state >> 33).unwrap() % longest_us;
        let answer = client.get(&format!(
            "{endpoint}?{}",
            if endpoint == "/v1/balance" {
                ""
            } else {
                "limit=1"
            }
        ));
        all.push((client.at_us, endpoint));
        match answer.status {
            200 => passed.push((client.at_us, endpoint)),
            429 => refused.push((client.at_us, endpoint)),
            other => panic!("{other}"),
        }
    }
    (all, passed, refused)
}

#[test]
fn no_sliding_second_holds_more_than_the_limits() {
    for (seed, limits) in [
        (
            1,
            Limits {
                global: 20,
                endpoint: 8,
            },
        ),
        (
            2,
            Limits {
                global: 0,
                endpoint: 3,
            },
        ),
        (
            3,
            Limits {
                global: 5,
                endpoint: 0,
            },
        ),
    ] {
        let terms = Terms {
            limits,
            ..Terms::plain(seed)
        };
        let mut client = Client::on(&company(), terms);
        let (all, passed, refused) = hurry(&mut client, seed, 3_000, 40_000);
        let most = |limit: u32| {
            if limit == 0 {
                usize::MAX
            } else {
                limit as usize
            }
        };
        assert!(most_in_a_second(&of(&passed, "")) <= most(limits.global));
        assert!(!refused.is_empty());
        for endpoint in ENDPOINTS {
            assert!(most_in_a_second(&of(&passed, endpoint)) <= most(limits.endpoint));
        }
        // None is refused that could have passed.
        for (at_us, endpoint) in &refused {
            let within = |name: &str| {
                let before = of(&passed, name);
                before
                    .iter()
                    .filter(|at| **at <= *at_us && **at > at_us - SECOND_US)
                    .count()
            };
            assert!(within("") >= most(limits.global) || within(endpoint) >= most(limits.endpoint));
        }
        let served = client.stripe.served();
        assert_eq!(served.all.requests, 3_000);
        assert_eq!(served.over_limit, refused.len() as u64);
        assert_eq!(
            served.all.in_a_second as usize,
            most_in_a_second(&of(&all, ""))
        );
        for endpoint in ENDPOINTS {
            let counted = served.endpoints[&format!("GET {endpoint}")];
            let instants = of(&all, endpoint);
            assert_eq!(counted.requests as usize, instants.len());
            assert_eq!(counted.in_a_second as usize, most_in_a_second(&instants));
        }
    }
}

#[test]
fn a_request_just_a_second_later_is_in_another_second() {
    let limits = Limits {
        global: 2,
        endpoint: 0,
    };
    let mut client = Client::on(
        &company(),
        Terms {
            limits,
            ..Terms::plain(1)
        },
    );
    let start_us = client.at_us;
    let statuses: Vec<u16> = [0, 10, 999_999, 1_000_000, 1_000_009, 1_000_010]
        .into_iter()
        .map(|after_us| {
            client.at_us = start_us + after_us;
            client.get("/v1/balance").status
        })
        .collect();
    assert_eq!(statuses, [200, 200, 429, 200, 429, 200]);
}

#[test]
fn refusal_says_which_limit_was_reached() {
    let recording = company();
    for (limits, reason) in [
        (
            Limits {
                global: 1,
                endpoint: 9,
            },
            "global-rate",
        ),
        (
            Limits {
                global: 9,
                endpoint: 1,
            },
            "endpoint-rate",
        ),
    ] {
        let mut client = Client::on(
            &recording,
            Terms {
                limits,
                ..Terms::plain(1)
            },
        );
        client.get("/v1/charges");
        let answer = client.get("/v1/charges");
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(answer.status, 429);
        assert_eq!(body["error"]["code"], "rate_limit");
        assert_eq!(body["error"]["type"], "invalid_request_error");
        assert_eq!(header(&answer, "Stripe-Rate-Limited-Reason"), Some(reason));
        assert_eq!(header(&answer, "Retry-After"), None);
        assert!(header(&answer, "Request-Id").is_some());
    }
}

#[test]
fn endpoints_are_told_apart_by_path_without_ids() {
    let recording = company();
    let mut client = Client::of(&recording);
    let customers = recording.list_ids("customer");
    for id in &customers[..3] {
        client.get(&format!("/v1/customers/{id}"));
        client.get(&format!("/v1/customers/{id}/balance_transactions"));
    }
    client.get("/v1/customers?limit=1");
    client.get("/v1/nowhere/at/all");
    let counted: Vec<(&str, u64)> = client
        .stripe
        .served()
        .endpoints
        .iter()
        .map(|(name, busiest)| (&**name, busiest.requests))
        .collect();
    let expected = [
        ("GET /unknown", 1),
        ("GET /v1/customers", 1),
        ("GET /v1/customers/:id", 3),
        ("GET /v1/customers/:id/balance_transactions", 3),
    ];
    assert_eq!(counted, expected);
    let served = client.stripe.served();
    assert_eq!(
        served.statuses.iter().collect::<Vec<_>>(),
        [(&200, &7), (&404, &1)]
    );
    assert_eq!(served.pages_read(), 4);
    assert_eq!(served.pages["/v1/customers?limit=1"], 1);
}

#[test]
fn limits_go_by_the_watch_while_the_company_stands_still() {
    let limits = Limits {
        global: 1,
        endpoint: 0,
    };
    let terms = Terms {
        limits,
        ..Terms::plain(1)
    };
    let mut client = Client::on(&company(), terms);
    let headers = [("authorization", "Bearer sk_live_simulated")];
    let request = ApiRequest {
        method: "GET",
        target: "/v1/balance",
        headers: &headers,
        body: b"",
    };
    let company_us = client.at_us;
    let statuses = [5, 6, 1_000_005].map(|watch_us| {
        let answer = client.stripe.answer_by(&request, company_us, watch_us);
        answer.status
    });
    assert_eq!(statuses, [200, 429, 200]);
}
