//! What the governor promises: never more in any second, as the server sees it, than Stripe allows, over all processes; and no less
//! than nearly all of our share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use requests::{LISTINGS, Page};
use simulator::{Stripe, Terms, Warehouse};
use sync::{Api, ApiError, Call, Governor, GovernorError, Limits, Patience};
use tokio::time::{Instant, timeout};

use crate::in_process::InProcess;
use crate::virtual_time::{governor, host, run};

/// A company that is there and lets everything pass, at an instant of its year.
fn stripe(latency_ms: (i64, i64), seed: u64, way_us: (u64, u64)) -> InProcess {
    let mut terms = Terms::plain(seed);
    terms.limits = simulator::Limits::none();
    terms.latency_ms = latency_ms;
    let warehouse = Warehouse::of_each(10);
    let start_us = warehouse.until_s * 1_000_000;
    InProcess::new(
        Stripe::of_warehouse(warehouse, terms),
        simulator::LIVE_KEY,
        start_us,
    )
    .with_ways(way_us)
}

/// What came of a crowd.
struct Crowd {
    /// How often each governor's requests were answered.
    answered: Vec<u64>,
    /// How long all of them were under way together, in milliseconds.
    way_ms: i64,
}

/// Everybody asks as fast as they are let until the time is up.
async fn crowd(
    stripe: &InProcess,
    governors: &[Governor],
    workers: usize,
    endpoints: usize,
    span: Duration,
    fickle: bool,
) -> Crowd {
    let until = Instant::now() + span;
    let mut crowds = Vec::new();
    for (number, governor) in governors.iter().enumerate() {
        let api = Api::new(
            Arc::new(stripe.clone()),
            governor.clone(),
            Patience::default(),
            7,
        );
        for worker in 0..workers {
            let (api, listing) = (api.clone(), &LISTINGS[worker % endpoints]);
            crowds.push(tokio::spawn(async move {
                let call = Call::own(listing.page(&Page {
                    limit: 1,
                    ..Page::default()
                }));
                let (mut answered, mut way_ms) = (0, 0);
                while Instant::now() < until {
                    // Some lose patience in the middle, wherever that is.
                    let patience = Duration::from_millis(if fickle && worker % 3 == 0 {
                        170
                    } else {
                        600_000
                    });
                    if let Ok(answer) = timeout(patience, api.get(&call)).await {
                        way_ms += answer.unwrap().elapsed_ms;
                        answered += 1;
                    }
                }
                (number, answered, way_ms)
            }));
        }
    }
    let mut crowd = Crowd {
        answered: vec![0; governors.len()],
        way_ms: 0,
    };
    for worker in crowds {
        let (number, answered, way_ms) = worker.await.unwrap();
        crowd.answered[number] += answered;
        crowd.way_ms += way_ms;
    }
    crowd
}

/// So many cases, and more as `PROPTEST_CASES` asks for more.
fn cases(usual: u32) -> u32 {
    usual * ProptestConfig::default().cases.div_ceil(256)
}

/// Shortest and longest ways, each there and back, and times that Stripe takes: steady, wild, and all of it on the way, which is
/// the worst, since then an answer follows at once on a request that was late.
fn latencies() -> impl Strategy<Value = ((u64, u64), (i64, i64))> {
    prop_oneof![
        (1u64..60, 0i64..200).prop_map(|(way, took)| ((way, way + 1), (took, took + 1))),
        (0u64..30, 30u64..150, 0i64..40, 40i64..150).prop_map(|(a, b, c, d)| ((a, b), (c, d))),
        (150u64..400).prop_map(|most| ((0, most), (0, 0))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(24)))]

    #[test]
    fn no_second_holds_more_than_stripe_allows(
        seed in any::<u64>(),
        processes in 1usize..=4,
        live in any::<bool>(),
        (way_ms, took_ms) in latencies(),
        endpoints in 1usize..=8,
        fickle in any::<bool>(),
    ) {
        run(async {
            let limits = Limits { share_permille: 1000, ..if live { Limits::LIVE } else { Limits::TEST } };
            let way_us = (way_ms.0 * 1000, way_ms.1 * 1000);
            let stripe = stripe(took_ms, seed, way_us);
            let folder = tempfile::tempdir().unwrap();
            let began = Instant::now();
            let governors = (1..=processes)
                .map(|pid| governor(folder.path(), limits, began, u32::try_from(pid).unwrap()))
                .collect::<Vec<_>>();
            crowd(&stripe, &governors, 48 / processes, endpoints, Duration::from_secs(12), fickle).await;
            let served = stripe.stripe(|stripe| stripe.served().clone());
            prop_assert!(served.all.in_a_second <= limits.per_second, "{:?}", served.all);
            for (endpoint, busiest) in &served.endpoints {
                prop_assert!(busiest.in_a_second <= limits.per_endpoint, "{endpoint} {busiest:?}");
            }
            prop_assert!(served.all.requests > 100, "{:?}", served.all);
            Ok(())
        })?;
    }
}

/// How a crowd fared.
struct Used {
    /// Of how many thousandths of the share it made use.
    of_share: u64,
    /// Of how many of what nobody could exceed who only knows when he sent and when he was answered.
    of_possible: u64,
    /// How long a request was under way on average, in milliseconds.
    way_ms: u64,
    /// The most in a second that the server saw.
    most: u32,
}

fn used(limits: Limits, processes: u32, latency_ms: (i64, i64), endpoints: usize) -> Used {
    run(async {
        let stripe = stripe(latency_ms, 3, (2_000, 20_000));
        let folder = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let governors = (1..=processes)
            .map(|pid| governor(folder.path(), limits, began, pid))
            .collect::<Vec<_>>();
        // More than may be under way at once, so that nothing but the governor is waited for.
        let workers = 120 / usize::try_from(processes).unwrap();
        let span = Duration::from_secs(60);
        let crowd = crowd(&stripe, &governors, workers, endpoints, span, false).await;
        let requests = crowd.answered.iter().sum::<u64>();
        let way_ms = u64::try_from(crowd.way_ms).unwrap() / requests;
        let limit =
            |all: u32, one: u32| u64::from(all.min(one * u32::try_from(endpoints).unwrap()));
        let share = limit(
            limits.share(limits.per_second),
            limits.share(limits.per_endpoint),
        );
        // Any of those under way in a second may have been seen in it. On average these are the rate times a second and a way,
        // and no average is more than the most.
        let sure = limit(limits.per_second, limits.per_endpoint) * 1_000_000 / (1000 + way_ms);
        let span_ms = u64::try_from(began.elapsed().as_millis()).unwrap();
        let thousandths = requests * 1_000_000 / span_ms;
        Used {
            of_share: thousandths / share,
            of_possible: thousandths * 1000 / sure.min(share * 1000),
            way_ms,
            most: stripe.stripe(|stripe| stripe.served().all.in_a_second),
        }
    })
}

#[test]
fn nearly_all_of_the_share_is_used() {
    for (name, limits, endpoints) in [
        ("live", Limits::LIVE, 8),
        ("test mode", Limits::TEST, 3),
        ("one endpoint", Limits::LIVE, 1),
    ] {
        for processes in [1, 4] {
            let Used { of_share, most, .. } = used(limits, processes, (40, 250), endpoints);
            println!(
                "{name}, {processes} processes: {of_share} ‰ of the share used, {most} in the fullest second"
            );
            assert!(
                of_share >= 950,
                "{name}, {processes} processes: {of_share} ‰"
            );
            assert!(most <= limits.per_second);
        }
    }
}

#[test]
fn nearly_all_that_is_sure_is_used_whatever_the_share_and_the_way() {
    for share_permille in [800, 900, 1000] {
        for took_ms in [(0, 20), (40, 100), (40, 250), (200, 400), (600, 800)] {
            let limits = Limits {
                share_permille,
                ..Limits::LIVE
            };
            let used = used(limits, 2, took_ms, 8);
            println!(
                "share {share_permille} ‰, answers after {} ms: {} ‰ of it used, {} ‰ of what is sure, {} in the fullest second",
                used.way_ms, used.of_share, used.of_possible, used.most
            );
            assert!(used.most <= limits.per_second);
            assert!(used.of_possible >= 950, "{} ‰", used.of_possible);
        }
    }
}

#[test]
fn processes_share_alike_and_a_rare_endpoint_is_not_starved() {
    run(async {
        let stripe = stripe((40, 250), 5, (2_000, 20_000));
        let folder = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let governors = (1..=4)
            .map(|pid| governor(folder.path(), Limits::TEST, began, pid))
            .collect::<Vec<_>>();
        // One asks of an endpoint that nobody else wants, beside a crowd at another.
        let lonely = Api::new(
            Arc::new(stripe.clone()),
            governors[0].clone(),
            Patience::default(),
            1,
        );
        let lonely = tokio::spawn(async move {
            let call = Call::own(requests::balance());
            let mut longest = Duration::ZERO;
            for _ in 0..50 {
                let asked = Instant::now();
                lonely.get(&call).await.unwrap();
                longest = longest.max(asked.elapsed());
            }
            longest
        });
        let crowd = crowd(&stripe, &governors, 24, 1, Duration::from_secs(120), false).await;
        let answered = crowd.answered;
        let mean = answered.iter().sum::<u64>() / 4;
        assert!(
            answered
                .iter()
                .all(|count| (mean * 7 / 10..=mean * 13 / 10).contains(count)),
            "{answered:?}"
        );
        let longest = lonely.await.unwrap();
        assert!(longest < Duration::from_secs(4), "{longest:?}");
    });
}

#[test]
fn requests_of_a_dead_process_stop_counting() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let limits = Limits {
            per_second: 5,
            per_endpoint: 5,
            share_permille: 1000,
        };
        let dying = governor(folder.path(), limits, began, 13);
        for _ in 0..5 {
            std::mem::forget(dying.admit("/v1/charges").await.unwrap());
        }
        let mut survivor = host(began, 1);
        survivor.lives = |pid| pid != 13;
        let survivor =
            Governor::open(&folder.path().join("requests"), limits, survivor, 1).unwrap();
        let asked = Instant::now();
        survivor
            .admit("/v1/charges")
            .await
            .unwrap()
            .answered(Duration::ZERO);
        let waited = asked.elapsed();
        // A second until it is asked about, one that it may have been under way, and one that it counts.
        assert!((2..5).contains(&waited.as_secs()), "{waited:?}");
    });
}

#[test]
fn table_of_another_program_is_refused_and_a_missing_one_made() {
    let began_and_limits = |folder: &std::path::Path| {
        run(async {
            Governor::open(
                &folder.join("requests"),
                Limits::TEST,
                host(Instant::now(), 1),
                1,
            )
            .map(|_| ())
        })
    };
    let folder = tempfile::tempdir().unwrap();
    began_and_limits(folder.path()).unwrap();
    began_and_limits(folder.path()).unwrap();
    for odd in [&b"something else"[..], &[7; 64_000]] {
        std::fs::write(folder.path().join("requests"), odd).unwrap();
        assert!(matches!(
            began_and_limits(folder.path()),
            Err(GovernorError::Format { .. })
        ));
    }
    assert!(matches!(
        began_and_limits(&folder.path().join("missing")),
        Err(GovernorError::File { .. })
    ));
}

#[test]
fn limit_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for per_second in [0, 501] {
        let limits = Limits {
            per_second,
            ..Limits::LIVE
        };
        let opened = run(async {
            Governor::open(
                &folder.path().join("requests"),
                limits,
                host(Instant::now(), 1),
                1,
            )
            .map(|_| ())
        });
        assert!(matches!(opened, Err(GovernorError::Limit { .. })));
    }
}

#[test]
fn refusals_slow_everybody_and_time_gives_the_rate_back() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let (one, other) = (
            governor(folder.path(), Limits::TEST, began, 1),
            governor(folder.path(), Limits::TEST, began, 2),
        );
        one.slow_down(None, Duration::from_secs(3)).unwrap();
        let mut per_second = BTreeMap::<u64, u32>::new();
        while began.elapsed() < Duration::from_secs(60) {
            other
                .admit("/v1/charges")
                .await
                .unwrap()
                .answered(Duration::ZERO);
            *per_second.entry(began.elapsed().as_secs()).or_default() += 1;
        }
        let rate = |second: u64| per_second.get(&second).copied().unwrap_or_default();
        assert_eq!((rate(0), rate(1), rate(2)), (0, 0, 0), "{per_second:?}");
        assert!((10..=17).contains(&rate(4)), "{per_second:?}");
        assert!(rate(30) >= 18, "{per_second:?}");
    });
}

#[test]
fn real_refusals_end_once_the_rate_fits() {
    run(async {
        // Another program of the user's takes half: of the hundred that we think are there, fifty are.
        let stripe = stripe((40, 120), 9, (2_000, 20_000));
        stripe.stripe(|stripe| {
            stripe.terms_mut().limits = simulator::Limits {
                global: 50,
                endpoint: 25,
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let governors = [governor(folder.path(), Limits::LIVE, Instant::now(), 1)];
        let crowd = crowd(&stripe, &governors, 48, 8, Duration::from_secs(120), false).await;
        let answered = crowd.answered;
        let served = stripe.stripe(|stripe| stripe.served().clone());
        println!(
            "half of the limit is somebody else's: {} answered, {} refused of {}",
            answered[0], served.over_limit, served.all.requests
        );
        assert!(answered[0] > 120 * 35, "{answered:?}");
        assert!(served.over_limit * 10 < served.all.requests, "{served:?}");
    });
}

/// Asks once and gives the error.
pub(crate) async fn error(api: &Api, call: &Call) -> ApiError {
    api.get(call).await.map(|answer| answer.status).unwrap_err()
}
