//! A company that changes while its lists are read: what is created, changed and deleted meanwhile, also under the cursor of a list.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use ledger::{Kind, Log};
use requests::Page;
use serde_json::{Value, json};
use simulator::{Config, Recording, Stripe, Terms, Warehouse};
use sync::{
    Answer, Call, Follow, FollowSettings, Followed, Report, Selection, SyncError, Transport,
    TransportError,
};

use crate::backfill::Place;
use crate::in_process::InProcess;
use crate::virtual_time::run;

/// What entries say of each object, by what it calls itself and its id: every state that any of them gave.
type Said = BTreeMap<(String, String), Vec<Value>>;

fn said(place: &Place) -> (Said, BTreeSet<String>) {
    let (mut said, mut events) = (Said::new(), BTreeSet::new());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    place
        .log()
        .read(&place.stream, 1..=u64::MAX, &mut |entry| {
            let body = entry.body.unwrap();
            let (key, state) = match entry.kind {
                Kind::Event => {
                    events.insert(entry.id.to_owned());
                    let event: Value = serde_json::from_slice(body).unwrap();
                    let object = event["data"]["object"].clone();
                    ((text(&object["object"]), text(&object["id"])), object)
                }
                Kind::Observation => {
                    let observation = facts::observation(body).unwrap();
                    let header = observation.header;
                    let key = (header.object_type.unwrap(), header.object_id.unwrap());
                    (key, serde_json::from_str(observation.body).unwrap())
                }
                _ => return ControlFlow::Continue(()),
            };
            said.entry(key).or_default().push(state);
            ControlFlow::Continue(())
        })
        .unwrap();
    (said, events)
}

/// What doesn't change without an event.
const TOLD: [&str; 7] = [
    "charge",
    "credit_note",
    "dispute",
    "invoice",
    "payout",
    "refund",
    "subscription",
];

/// Objects of the company's own account that no entry gives, or not in their last state. Discounts, and what was deleted or detached, are in events
/// alone.
fn unsaid(recording: &Recording, said: &Said) -> BTreeMap<String, Vec<String>> {
    let mut unsaid = BTreeMap::<String, Vec<String>>::new();
    for (object, id, json) in recording.truth().objects() {
        let state: Value = serde_json::from_str(&json).unwrap();
        let is_gone = state["deleted"] == true
            || object == "discount"
            || (object == "payment_method" && state["customer"].is_null())
            // Nothing was paid by it yet, and nothing tells that it was opened.
            || (object == "invoice_payment" && state["status"] == "open");
        let states = said.get(&(object.to_owned(), id.to_owned()));
        // Of others some changes are told by nothing: a coupon is used, a transaction turns available.
        let is_same = |one: &Value| !TOLD.contains(&object) || *one == state;
        if !is_gone && !states.is_some_and(|states| states.iter().any(is_same)) {
            unsaid
                .entry(object.to_owned())
                .or_default()
                .push(id.to_owned());
        }
    }
    unsaid
}

fn follow(place: &Place) -> Follow {
    let folder = place.path("");
    let stop = Arc::new(AtomicBool::new(false));
    let settings = FollowSettings {
        patience_s: 0,
        ..FollowSettings::default()
    };
    Follow::new(place.api(1), place.desk(), folder, settings, stop)
}

#[test]
fn what_changes_while_lists_are_read_is_in_the_log_after_following() {
    for seed in 0..4 {
        let config = Config {
            customers: 40,
            ..Config::small(20 + seed)
        };
        let recording = Arc::new(simulator::simulate(&config));
        run(async {
            // Ten days from the middle on pass while a few hundred requests are made.
            let start_us = (config.start_s + 45 * 86_400) * 1_000_000;
            let stripe = Stripe::new(Arc::clone(&recording), Terms::plain(seed));
            let mut place = Place::new(stripe, recording.account(), start_us);
            place.served = place.served.clone().at_pace(300_000);
            let report = place.backfill(Selection::all(true)).await.unwrap();
            assert!(report.is_whole(), "{report:?}");
            let read_us = place.served.now_us();
            let days = (read_us - start_us) / 86_400_000_000;
            let at = Followed {
                stream: place.stream.clone(),
                account: None,
            };
            let mut follow = follow(&place);
            let mut rounds = 0;
            loop {
                let is_last = place.served.now_us() > recording.end_us() + 60_000_000;
                let round = follow.round(std::slice::from_ref(&at)).await.unwrap();
                assert!(round[0].troubles.is_empty(), "{:?}", round[0].troubles);
                rounds += 1;
                if is_last {
                    break;
                }
            }
            let (said, events) = said(&place);
            let own = recording.events().iter();
            // What happened before the first answer lies before the first overlap.
            let since_us = report.until_s * 1_000_000;
            let own = own.filter(|event| event.account.is_none() && event.emitted_us >= since_us);
            let (during, after): (Vec<_>, Vec<_>) =
                own.partition(|event| event.emitted_us < read_us);
            println!(
                "seed {seed}: {days} days and {} events while lists were read, {} after, {rounds} rounds",
                during.len(),
                after.len()
            );
            assert!(during.len() > 30, "{}", during.len());
            for event in during.iter().chain(&after) {
                assert!(events.contains(&*event.id), "{} is not there", event.id);
            }
            assert_eq!(unsaid(&recording, &said), BTreeMap::new(), "seed {seed}");
        });
    }
}

/// The way to a Stripe whose owner deletes the last items of each page of charges as soon as it was shown.
struct Deleting {
    inner: InProcess,
    shop: Mutex<Shop>,
}

struct Shop {
    /// How many of the last items are deleted, page after page.
    counts: Box<dyn Iterator<Item = usize> + Send>,
    deleted: BTreeSet<String>,
    requests: u64,
}

/// Which part of a list a request asks for.
fn asked(call: &Call) -> Page {
    let mut page = Page {
        limit: 100,
        ..Page::default()
    };
    for pair in call.request.query().split('&') {
        match pair.split_once('=').unwrap() {
            ("starting_after", id) => page.after = Some(id.to_owned()),
            ("created[gte]", second) => page.from_s = Some(second.parse().unwrap()),
            ("created[lt]", second) => page.until_s = Some(second.parse().unwrap()),
            (name, value) => assert_eq!((name, value), ("limit", "100")),
        }
    }
    page
}

impl Deleting {
    fn new(inner: &InProcess, counts: impl Iterator<Item = usize> + Send + 'static) -> Arc<Self> {
        Arc::new(Self {
            inner: inner.clone(),
            shop: Mutex::new(Shop {
                counts: Box::new(counts),
                deleted: BTreeSet::new(),
                requests: 0,
            }),
        })
    }

    /// Stripe's words of a cursor that is gone.
    fn gone(id: &str) -> Answer {
        let error = json!({"error": {
            "type": "invalid_request_error", "code": "resource_missing", "param": "starting_after",
            "message": format!("No such item: '{id}'"),
        }});
        Answer {
            status: 400,
            date_s: Some(1_750_000_000),
            request_id: None,
            version: None,
            retry_after_s: None,
            should_retry: None,
            limited_by: None,
            body: error.to_string().into(),
            elapsed_ms: 1,
        }
    }

    async fn get(&self, call: &Call) -> Result<Answer, TransportError> {
        if call.request.path() != "/v1/charges" {
            return self.inner.send(call).await;
        }
        self.shop.lock().unwrap().requests += 1;
        let mut page = asked(call);
        if let Some(id) = page.after.as_ref().filter(|id| self.is_deleted(id)) {
            return Ok(Self::gone(id));
        }
        let mut items = Vec::new();
        loop {
            let request = requests::listing("charge").unwrap().page(&page);
            let call = Call {
                request,
                account: None,
            };
            let mut answer = self.inner.send(&call).await?;
            let mut body: Value = serde_json::from_slice(&answer.body).unwrap();
            let shown = body["data"].as_array().unwrap();
            page.after = shown.last().map(id);
            items.extend(
                shown
                    .iter()
                    .filter(|item| !self.is_deleted(&id(item)))
                    .cloned(),
            );
            if items.len() >= 100 || body["has_more"] == false {
                body["has_more"] = json!(items.len() > 100 || body["has_more"] == true);
                items.truncate(100);
                let shop = &mut *self.shop.lock().unwrap();
                let count = shop.counts.next().unwrap_or(0);
                shop.deleted.extend(items.iter().rev().take(count).map(id));
                body["data"] = Value::Array(items);
                answer.body = body.to_string().into();
                return Ok(answer);
            }
        }
    }

    fn is_deleted(&self, id: &str) -> bool {
        self.shop.lock().unwrap().deleted.contains(id)
    }
}

fn id(item: &Value) -> String {
    item["id"].as_str().unwrap().to_owned()
}

impl Transport for Deleting {
    fn send<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Answer, TransportError>> {
        Box::pin(self.get(call))
    }
}

/// Reads the charges of a store of that many while the last items of pages are deleted; with how many were, and how many requests.
async fn read_charges(
    count: u64,
    counts: impl Iterator<Item = usize> + Send + 'static,
) -> (Place, Result<Report, SyncError>, usize, u64) {
    let warehouse = Warehouse::of_each(count);
    let (account, end_us) = (warehouse.account.clone(), warehouse.until_s * 1_000_000);
    let stripe = Stripe::of_warehouse(warehouse, Terms::plain(1));
    let place = Place::new(stripe, &account, end_us);
    let way = Deleting::new(&place.served, counts);
    let selection = Selection::only(&["charge".to_owned()]).unwrap();
    let report = place.backfill_over(way.clone(), selection).await;
    let shop = way.shop.lock().unwrap();
    (place, report, shop.deleted.len(), shop.requests)
}

#[test]
fn list_goes_on_before_items_that_are_deleted_under_its_cursor() {
    run(async {
        // One, three, none, and all but the first: what lies behind is still there, and nothing is read twice.
        let counts = [1, 3, 0, 99, 1].into_iter().chain(std::iter::repeat(1));
        let (place, report, deleted, requests) = read_charges(1_950, counts).await;
        let report = report.unwrap();
        assert!(report.is_whole(), "{report:?}");
        assert_eq!(place.objects().len(), 1_950);
        let total = report.total();
        assert_eq!((total.appended, total.unchanged), (1_950, 0), "{total:?}");
        assert!(deleted > 100 && requests <= 20 + deleted as u64 + 3);
    });
}

#[test]
fn list_whose_pages_vanish_goes_on_behind_the_page_before_or_anew() {
    run(async {
        let (place, report, deleted, _) = read_charges(950, [0, 100, 100, 100].into_iter()).await;
        let report = report.unwrap();
        assert!(report.is_whole(), "{report:?}");
        assert!((200..=300).contains(&deleted), "{deleted}");
        assert_eq!(place.objects().len(), 950);
    });
}

#[test]
fn list_that_can_never_be_gone_on_from_is_given_up() {
    run(async {
        let (_, report, _, requests) = read_charges(950, std::iter::repeat(100)).await;
        let report = report.unwrap();
        let charges = report.types.iter().find(|of| of.kind == "charge").unwrap();
        println!("{requests} requests: {:?}", charges.skipped);
        let skipped = charges.skipped.as_deref().unwrap_or_default();
        assert!(!report.is_whole() && skipped.contains("deleted again and again"));
        assert!(requests < 1_000, "{requests}");
    });
}
