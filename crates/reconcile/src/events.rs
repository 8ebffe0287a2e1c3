//! Events that no webhook brought: where webhooks are in use, each that had to be fetched was missed. They are in the log already;
//! nothing is read from Stripe here.

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use ledger::{EntryRef, Kind, Log, Source, StreamId};
use serde_json::Value;

use crate::{Cause, Class, FieldDifference, Finding, ReconcileError, Repair};
use crate::{finding_id, worth};

/// How long ago a webhook may have come at most for webhooks to be in use, in seconds.
const IN_USE_S: i64 = 30 * 24 * 60 * 60;
/// How many entries are looked at together on the way back to one.
const BACK: u64 = 1_000;
/// How many entries are looked at in all: whoever fetches so many events without one webhook uses none.
const BACK_MAX: u64 = 100_000;

/// How many events the entries behind `after_seq` up to `until_seq` bring, and a finding for each that was fetched though webhooks are
/// in use. What is found is repaired.
///
/// # Errors
/// When the log can't be read.
pub(crate) fn missed_events(
    log: &dyn Log,
    stream: &StreamId,
    after_seq: u64,
    until_seq: u64,
) -> Result<(u64, Vec<Finding>), ReconcileError> {
    let (mut events, mut found, mut in_use) = (0, Vec::new(), false);
    log.read(stream, after_seq + 1..=until_seq, &mut |entry| {
        in_use |= entry.source == Source::Webhook;
        if entry.kind == Kind::Event {
            events += 1;
            found.extend((entry.source == Source::Poll).then(|| missed(&entry)));
        }
        ControlFlow::Continue(())
    })?;
    if !in_use && !found.is_empty() {
        in_use = webhooks_before(log, stream, after_seq)?;
    }
    if !in_use {
        found.clear();
    }
    Ok((events, found))
}

fn missed(entry: &EntryRef<'_>) -> Finding {
    let event: Value = entry
        .body
        .and_then(|body| serde_json::from_slice(body).ok())
        .unwrap_or_default();
    let is_late = event["pending_webhooks"].as_i64().unwrap_or(0) > 0;
    let amount = worth::of_object(&event["data"]["object"]);
    Finding {
        id: finding_id(Class::EventMissing, None, "event", entry.id),
        class: Class::EventMissing,
        code: None,
        object_type: "event".to_owned(),
        object_id: entry.id.to_owned(),
        at_stake: worth::at_stake(amount.iter()),
        fields: vec![FieldDifference {
            field: String::new(),
            ours: "missing".to_owned(),
            theirs: entry.type_.to_owned(),
            amount,
        }],
        cause: if is_late {
            Cause::WebhookLate
        } else {
            Cause::WebhookLost
        },
        evidence: vec![entry.seq],
        request_id: None,
        repair: Repair::Append,
    }
}

/// Whether one of the entries up to `seq` came by webhook, in the last days before the newest of them: after an outage however long,
/// webhooks are in use that were when it began.
fn webhooks_before(log: &dyn Log, stream: &StreamId, seq: u64) -> Result<bool, ReconcileError> {
    let last = seq.saturating_sub(BACK_MAX);
    let mut until_seq = seq;
    let mut since_s = None;
    while until_seq > last {
        let from_seq = until_seq.saturating_sub(BACK - 1).max(last + 1);
        let (mut webhook_s, mut newest_s) = (None, None);
        log.read(stream, from_seq..=until_seq, &mut |entry| {
            let at_s = Some(entry.created_s).filter(|at_s| *at_s > 0);
            newest_s = newest_s.max(at_s);
            if entry.source == Source::Webhook {
                webhook_s = webhook_s.max(at_s);
            }
            ControlFlow::Continue(())
        })?;
        let since_s = *since_s.get_or_insert(newest_s.unwrap_or(0) - IN_USE_S);
        let in_use = webhook_s.is_some_and(|webhook_s| webhook_s >= since_s);
        if in_use || newest_s.is_some_and(|newest_s| newest_s < since_s) {
            return Ok(in_use);
        }
        until_seq = from_seq - 1;
    }
    Ok(false)
}
