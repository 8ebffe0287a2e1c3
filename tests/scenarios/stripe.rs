//! What was said, as Stripe sends it: whole events with their previous values, and reads as daybook keeps them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::line::Line;
use crate::object;

/// The company's own account.
pub(crate) const ACCOUNT: &str = "acct_1Scenario";
const VERSION: &str = "2026-07-29.dahlia";

/// Event types beside `*.updated` that tell what was before.
const TELL_BEFORE: [&str; 3] = [
    "charge.refunded",
    "charge.dispute.closed",
    "payment_method.detached",
];

/// A Stripe to which things happen as they are said.
#[derive(Default)]
pub(crate) struct Stripe {
    objects: BTreeMap<(String, String, String), Value>,
    events: u32,
}

/// Lines as they come to daybook's door.
#[derive(Default)]
pub(crate) struct Delivery {
    /// In the order of telling.
    pub(crate) soon: Vec<String>,
    /// Behind all others.
    pub(crate) late: Vec<String>,
}

impl Stripe {
    /// Lets one line happen; what comes of it at the door.
    pub(crate) fn hear(&mut self, line: &Line, delivery: &mut Delivery) -> Result<(), String> {
        let odd = |name: &str| line.oddities.iter().any(|odd| odd == name);
        let odd_value = |name: &str| {
            let mut oddities = line.oddities.iter();
            oddities.find_map(|odd| odd.strip_prefix(name)?.strip_prefix(' '))
        };
        check(line)?;
        let schema = object::schema(line.kind.as_deref(), &line.id)?;
        let account = odd_value("account").unwrap_or(ACCOUNT);
        let key = (
            account.to_owned(),
            schema.object.to_owned(),
            line.id.clone(),
        );
        let before = self.objects.get(&key).cloned();
        let mut after = before
            .clone()
            .unwrap_or_else(|| object::blank(schema, &line.id, line.at_s));
        object::say(&mut after, schema, &line.says, &line.rows)?;
        self.objects.insert(key, after.clone());
        self.events += 1;
        let is_live = !odd("test");
        let version = odd_value("version").unwrap_or(VERSION);
        let text = if line.what == "read" {
            read(line, schema.object, account, version, is_live, &after)
        } else {
            let tells = line.what.ends_with(".updated") || TELL_BEFORE.contains(&&*line.what);
            let previous = before
                .filter(|_| tells && !odd("no previous"))
                .map(|before| previous(&before, &after));
            let mut data = json!({"object": after});
            if let Some(previous) = previous {
                data["previous_attributes"] = previous;
            }
            let mut event = json!({
                "id": odd_value("event").map_or_else(|| format!("evt_{:04}", self.events), str::to_owned), "object": "event", "api_version": version,
                "created": line.at_s, "data": data, "livemode": is_live, "pending_webhooks": 1,
                "request": {"id": odd_value("request"), "idempotency_key": null}, "type": line.what,
            });
            if account != ACCOUNT {
                event["account"] = json!(account);
            }
            event.to_string()
        };
        if odd("lost") {
            return Ok(());
        }
        if odd("twice") {
            delivery.late.push(text.clone());
        }
        if odd("late") {
            delivery.late.push(text);
        } else {
            delivery.soon.push(text);
        }
        Ok(())
    }
}

fn check(line: &Line) -> Result<(), String> {
    let known = ["twice", "late", "lost", "no previous", "test"];
    let with_value = ["account ", "event ", "version ", "request "];
    let is_known = |odd: &&String| {
        known.contains(&&***odd) || with_value.iter().any(|name| odd.starts_with(name))
    };
    match line.oddities.iter().find(|odd| !is_known(odd)) {
        Some(odd) => Err(format!("[{odd}] is no oddity")),
        None => Ok(()),
    }
}

fn read(
    line: &Line,
    kind: &str,
    account: &str,
    version: &str,
    is_live: bool,
    body: &Value,
) -> String {
    json!({
        "object": "daybook.observation", "request": format!("GET /v1/{kind}s/{}", line.id),
        "request_id": format!("req_{}", line.at_s), "version": version, "account": account,
        "livemode": is_live, "date_s": line.at_s, "elapsed_ms": 200, "absent": null,
        "object_type": kind, "object_id": line.id, "body": body,
    })
    .to_string()
}

/// What the newer value replaced, as Stripe tells it: of hashes the changed members, of arrays all.
fn previous(before: &Value, after: &Value) -> Value {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return before.clone();
    };
    let mut changed = Map::new();
    for (name, old) in before {
        let new = after.get(name).unwrap_or(&Value::Null);
        if old == new {
            continue;
        }
        let nested = old.is_object() && new.is_object();
        changed.insert(
            name.clone(),
            if nested {
                previous(old, new)
            } else {
                old.clone()
            },
        );
    }
    for name in after.keys().filter(|name| !before.contains_key(*name)) {
        changed.insert(name.clone(), Value::Null);
    }
    changed.into()
}
