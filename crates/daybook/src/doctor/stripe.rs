//! Stripe, asked as a run of sync would: who the key is, what it may read, whose clock is wrong, in which versions events come.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use ledger::StreamId;
use requests::{EventPage, LISTINGS, NESTED, Offer, Page, Request};
use serde_json::Value;
use sync::{API_VERSION, Answer, Api, ApiError, Call};

use super::Sign;
use crate::access::mode;
use crate::currency::worded;
use crate::failure::Failure;
use crate::screen::harmless;

/// By so much a clock may be off before anybody says so, in seconds; the `Date` of an answer is itself a second wide.
const CLOCK_S_FINE: i64 = 3;
/// Signatures older or newer than five minutes are refused; well before that something must be done.
const CLOCK_S_MAX: i64 = 60;

/// What the answers are held against.
pub(crate) struct Subject<'a> {
    /// The stream of `init`.
    pub(crate) stream: &'a StreamId,
    /// Whether the key is of live mode.
    pub(crate) livemode: bool,
    /// Whether it is a restricted one.
    pub(crate) restricted: bool,
    /// Whether it is Stripe that is asked, and no server in its place, whose clock may be any.
    pub(crate) is_stripe: bool,
    /// Our clock, in seconds.
    pub(crate) now_s: &'a dyn Fn() -> i64,
}

/// The smallest page there is.
fn one() -> Page {
    Page {
        limit: 1,
        ..Page::default()
    }
}

/// Asks Stripe once for everything that sync reads.
pub(crate) async fn ask_stripe(api: &Api, subject: &Subject<'_>) -> Vec<Sign> {
    let mut signs = vec![key(subject), mode_sign(subject)];
    let account = api.get(&Call::own(requests::account())).await;
    let now_s = (subject.now_s)();
    if let Err(error) = &account
        && error.is_final()
        && !matches!(error, ApiError::Forbidden { .. })
    {
        signs.push(unreached(error));
        signs.push(Sign::unasked(
            "permissions",
            "nothing can be read before that is mended",
        ));
        return signs;
    }
    signs.push(account_sign(&account, subject));
    signs.push(
        match account.as_ref().ok().and_then(|answer| answer.date_s) {
            Some(_) if !subject.is_stripe => {
                Sign::unasked("clock", "what stands in Stripe's place may have any")
            }
            Some(date_s) => clock(now_s - date_s),
            None => Sign::unasked("clock", "Stripe's answer had no date"),
        },
    );
    signs.extend(permissions(api, subject.livemode).await);
    signs.push(events(
        api.get(&Call::own(requests::events(&EventPage {
            page: one(),
            ..EventPage::default()
        })))
        .await,
    ));
    let endpoints = api
        .get(&Call::own(requests::webhook_endpoints(&Page {
            limit: 100,
            ..Page::default()
        })))
        .await;
    signs.extend(webhook_endpoints(endpoints));
    signs
}

fn key(subject: &Subject<'_>) -> Sign {
    if subject.restricted {
        return Sign::fine("key", "a restricted key, as it should be");
    }
    Sign::advice(
        "key",
        "a secret key, which may do everything",
        "make a restricted key that may only read, as docs/OPERATIONS.md says",
    )
}

fn mode_sign(subject: &Subject<'_>) -> Sign {
    let (key, stream) = (mode(subject.livemode), subject.stream);
    if subject.livemode == stream.livemode() {
        return Sign::fine("mode", format!("key and stream are of {key} mode"));
    }
    Sign::wrong(
        "mode",
        format!("the key is of {key} mode, and the stream is {stream}"),
        "take a key of the stream's mode, or make a data folder for the other",
    )
}

/// What keeps everything else from being asked.
fn unreached(error: &ApiError) -> Sign {
    let (check, remedy) = match error {
        ApiError::Unauthorized { .. } => (
            "key",
            "see in Stripe's Dashboard whether the key is still there, and put a good one into STRIPE_API_KEY",
        ),
        ApiError::Unreachable { .. } => (
            "network",
            "see whether this machine reaches api.stripe.com over HTTPS",
        ),
        ApiError::Garbled { .. } => (
            "network",
            "see whether a proxy stands between, or STRIPE_API_BASE names another server",
        ),
        _ => ("requests", "see whether the data folder can be written"),
    };
    Sign::wrong(check, harmless(&format!("failed to {error}")), remedy)
}

fn account_sign(account: &Result<Answer, ApiError>, subject: &Subject<'_>) -> Sign {
    let own = subject.stream.account();
    let id = match account {
        Ok(answer) => read(answer)["id"].as_str().map(harmless),
        Err(ApiError::Forbidden { complaint, .. }) => named_account(&complaint.message),
        Err(_) => None,
    };
    match id {
        Some(id) if id == own => Sign::fine("account", id),
        Some(id) => Sign::wrong(
            "account",
            format!("the key is of {id}, and the data folder is for {own}"),
            "take a key of the folder's account, or make a folder for the other with `daybook init`",
        ),
        None => Sign::advice(
            "account",
            format!("Stripe does not say whose the key is: whether of {own} is not known"),
            "compare it with the account that the Dashboard shows beside the key",
        ),
    }
}

/// A key that may not read its account is told on which account it may not.
fn named_account(message: &str) -> Option<String> {
    let words = message.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '_'));
    words
        .into_iter()
        .find(|word| word.starts_with("acct_"))
        .map(str::to_owned)
}

fn clock(ahead_s: i64) -> Sign {
    let off_s = ahead_s.abs();
    let way = if ahead_s > 0 { "ahead of" } else { "behind" };
    let says = format!(
        "{} {way} Stripe's",
        worded(off_s.unsigned_abs(), "second", "seconds")
    );
    let remedy = "let the system keep the time (timedatectl set-ntp true): signatures of webhooks hold for five minutes";
    match off_s {
        0..=CLOCK_S_FINE => Sign::fine("clock", "it goes with Stripe's"),
        _ if off_s <= CLOCK_S_MAX => Sign::advice("clock", says, remedy),
        _ => Sign::wrong("clock", says, remedy),
    }
}

/// One request of everything that is read: lists of the account, then what lies under the first object of each.
async fn permissions(api: &Api, livemode: bool) -> Vec<Sign> {
    let offered = LISTINGS
        .iter()
        .filter(|listing| listing.offer != Offer::TestMode || !livemode);
    let asked = offered.map(|listing| async move {
        let answer = api.get(&Call::own(listing.page(&one()))).await;
        (listing.object, listing.offer, answer)
    });
    let balance = async {
        (
            "balance",
            Offer::Everybody,
            api.get(&Call::own(requests::balance())).await,
        )
    };
    let (mut answers, balance) = tokio::join!(join_all(asked), balance);
    answers.push(balance);
    let mut first_ids = BTreeMap::new();
    for (object, _, answer) in &answers {
        let id = answer
            .as_ref()
            .ok()
            .and_then(|answer| read(answer)["data"][0]["id"].as_str().map(str::to_owned));
        if let Some(id) = id {
            first_ids.entry(*object).or_insert(id);
        }
    }
    let under = NESTED.iter().filter_map(|nested| {
        let parent = first_ids.get(nested.parent)?;
        Some((nested.object, nested.page(parent, &one())))
    });
    let under = under.map(|(object, request): (_, Request)| async move {
        (object, Offer::Everybody, api.get(&Call::own(request)).await)
    });
    answers.extend(join_all(under).await);
    told(&answers)
}

/// One sign for all that can be read, and one for each that can't.
fn told(answers: &[(&'static str, Offer, Result<Answer, ApiError>)]) -> Vec<Sign> {
    let mut can = std::collections::BTreeSet::new();
    let mut cannot = BTreeMap::new();
    let mut unoffered = Vec::new();
    for (object, offer, answer) in answers {
        match answer {
            Ok(_) | Err(ApiError::Absent { .. }) => {
                can.insert(*object);
            }
            Err(ApiError::Refused { .. } | ApiError::Forbidden { .. })
                if *offer == Offer::Preview =>
            {
                unoffered.push(*object)
            }
            Err(error) => {
                cannot
                    .entry(*object)
                    .or_insert_with(|| lacking(object, error));
            }
        }
    }
    let kinds = worded(
        u64::try_from(can.len()).unwrap_or(u64::MAX),
        "kind",
        "kinds",
    );
    let mut says = format!("{kinds} of objects can be read");
    if !unoffered.is_empty() {
        says.push_str(&format!(
            "; not offered to this account: {}",
            unoffered.join(", ")
        ));
    }
    let all = Sign::fine("permissions", says);
    std::iter::once(all).chain(cannot.into_values()).collect()
}

fn lacking(object: &str, error: &ApiError) -> Sign {
    let says = harmless(&format!("{object}: failed to {error}"));
    let remedy = match error {
        ApiError::Forbidden {
            permission: Some(permission),
            ..
        } => {
            format!(
                "give the key {} in Stripe's Dashboard",
                harmless(permission)
            )
        }
        ApiError::Forbidden { .. } => {
            format!("give the key the permission to read {object} in Stripe's Dashboard")
        }
        ApiError::Refused { .. } => {
            "report it with the request's id: Stripe does not understand what daybook asks"
                .to_owned()
        }
        _ => "ask again: this may pass".to_owned(),
    };
    Sign::wrong("permissions", says, remedy)
}

/// In which version events come: the account's own, or the endpoint's.
fn events(answer: Result<Answer, ApiError>) -> Sign {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return lacking("event", &error),
    };
    let page = read(&answer);
    match page["data"][0]["api_version"].as_str() {
        Some(version) if is_newer(version) => {
            newer(&format!("events come in {}", harmless(version)))
        }
        Some(version) => Sign::fine("events", format!("they come in {}", harmless(version))),
        None => Sign::fine("events", "there was none in thirty days"),
    }
}

fn webhook_endpoints(answer: Result<Answer, ApiError>) -> Vec<Sign> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(ApiError::Forbidden { .. }) => {
            let remedy = "let it read webhook endpoints, and the doctor looks at them too";
            return vec![Sign::advice(
                "endpoints",
                "the key may not read them, and need not",
                remedy,
            )];
        }
        Err(error) => return vec![lacking("webhook_endpoint", &error)],
    };
    let page = read(&answer);
    let endpoints = page["data"].as_array().map_or(&[][..], Vec::as_slice);
    if endpoints.is_empty() {
        let remedy =
            "register one for `daybook serve`, or let `daybook follow --watch` ask for events";
        return vec![Sign::advice(
            "endpoints",
            "there is no webhook endpoint: Stripe posts nothing",
            remedy,
        )];
    }
    endpoints.iter().map(endpoint).collect()
}

/// What one endpoint gets, and whether it may be too little.
pub(super) fn endpoint(endpoint: &Value) -> Sign {
    let url = harmless(endpoint["url"].as_str().unwrap_or("one without an address"));
    let version = endpoint["api_version"].as_str();
    let types = endpoint["enabled_events"].as_array().map_or(0, Vec::len);
    let takes_all = endpoint["enabled_events"][0].as_str() == Some("*");
    if endpoint["status"].as_str() == Some("disabled") {
        let remedy = "enable it in Stripe's Dashboard if it is daybook's; what it missed, `daybook follow` reads";
        return Sign::advice(
            "endpoints",
            format!("{url} is disabled: Stripe posts nothing to it"),
            remedy,
        );
    }
    if let Some(version) = version.filter(|version| is_newer(version)) {
        return newer(&format!("{url} gets {}", harmless(version)));
    }
    if !takes_all {
        let remedy = "if it is daybook's, let it get all events (*): what it doesn't get is read later, or never";
        return Sign::advice(
            "endpoints",
            format!(
                "{url} gets {} only",
                worded(u64::try_from(types).unwrap_or(0), "type", "types")
            ),
            remedy,
        );
    }
    let version = version.map_or("the account's version".to_owned(), harmless);
    Sign::fine("endpoints", format!("{url} gets all events, in {version}"))
}

/// Versions begin with their day.
fn is_newer(version: &str) -> bool {
    let day = |version: &str| version.chars().take(10).collect::<String>();
    day(version) > day(API_VERSION)
}

fn newer(says: &str) -> Sign {
    Sign::advice(
        "versions",
        format!("{says}, newer than {API_VERSION}, which this program knows"),
        "take a newer daybook when there is one; until then what is new in it is kept, and not shown",
    )
}

/// The body as JSON: an answer that is none has not come so far.
fn read(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

/// What a run of sync would have stopped with before it asked anything.
pub(crate) fn unasked(failure: &Failure) -> Vec<Sign> {
    vec![
        Sign::stopped("key", failure),
        Sign::unasked("permissions", "nothing can be read before that is mended"),
    ]
}
