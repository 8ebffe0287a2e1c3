//! Events that no webhook brought: where webhooks are in use, each that had to be fetched was missed. They are in the log already;
//! nothing is read from Stripe here.

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use ledger::{EntryRef, Kind, Log, Source, StreamId};
use serde::Deserialize;
use serde_json::Value;

use crate::{Cause, Class, FieldDifference, Finding, ReconcileError, Repair};
use crate::{finding_id, worth};

/// How long ago a webhook may have come at most for webhooks to be in use, in seconds.
const IN_USE_S: i64 = 30 * 24 * 60 * 60;
/// How many entries are looked at together on the way back to one.
const BACK: u64 = 1_000;
/// How many entries are looked at in all: whoever fetches so many events without one webhook uses none.
const BACK_MAX: u64 = 100_000;
/// How many other accounts are asked whether an endpoint for connected accounts is in use.
const OTHERS_MAX: usize = 100;

/// How many events the entries behind `after_seq` up to `until_seq` bring, and a finding for each that was fetched though webhooks are
/// in use. One endpoint posts the events of all connected accounts (`is_connected`): that it is in use, others of them tell, too. What
/// is found is repaired.
///
/// # Errors
/// When the log can't be read.
pub(crate) fn missed_events(
    log: &dyn Log,
    (stream, is_connected): (&StreamId, bool),
    after_seq: u64,
    until_seq: u64,
) -> Result<(u64, Vec<Finding>), ReconcileError> {
    let (mut events, mut found, mut in_use) = (0, Vec::new(), false);
    let mut first_s = i64::MAX;
    log.read(stream, after_seq + 1..=until_seq, &mut |entry| {
        in_use |= entry.source == Source::Webhook;
        if entry.kind == Kind::Event {
            events += 1;
            if entry.source == Source::Poll {
                first_s = first_s.min(entry.created_s);
                found.push(missed(&entry));
            }
        }
        ControlFlow::Continue(())
    })?;
    if !in_use && !found.is_empty() {
        in_use = webhooks_before(log, stream, after_seq)?
            || (is_connected && others_tell(log, stream, first_s - IN_USE_S)?);
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
        parent_id: None,
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
    let came = |entry: &EntryRef<'_>| entry.source == Source::Webhook;
    came_before(log, stream, seq, None, &came)
}

/// Whether the endpoint for connected accounts posted an event of another of them since this second.
fn others_tell(log: &dyn Log, stream: &StreamId, since_s: i64) -> Result<bool, ReconcileError> {
    let others = log.streams()?.into_iter().map(|info| info.stream);
    let others = others.filter(|other| other != stream && other.livemode() == stream.livemode());
    for other in others.take(OTHERS_MAX) {
        let head = log.head(&other)?;
        if came_before(log, &other, head.seq, Some(since_s), &is_of_a_connected)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an entry came by the endpoint for connected accounts: such events name their account, and no others do.
fn is_of_a_connected(entry: &EntryRef<'_>) -> bool {
    #[derive(Deserialize)]
    struct Told {
        account: Option<String>,
    }
    let body = entry
        .body
        .filter(|_| entry.source == Source::Webhook && entry.kind == Kind::Event);
    let told = body.and_then(|body| serde_json::from_slice::<Told>(body).ok());
    told.is_some_and(|told| told.account.is_some())
}

/// Whether an entry up to `seq` is such a one and not older than `since_s`; where that is not given, than the last days before the newest.
fn came_before(
    log: &dyn Log,
    stream: &StreamId,
    seq: u64,
    since_s: Option<i64>,
    is_such: &dyn Fn(&EntryRef<'_>) -> bool,
) -> Result<bool, ReconcileError> {
    let last = seq.saturating_sub(BACK_MAX);
    let (mut until_seq, mut since_s) = (seq, since_s);
    while until_seq > last {
        let from_seq = until_seq.saturating_sub(BACK - 1).max(last + 1);
        let (mut such_s, mut newest_s) = (None, None);
        log.read(stream, from_seq..=until_seq, &mut |entry| {
            let at_s = Some(entry.created_s).filter(|at_s| *at_s > 0);
            newest_s = newest_s.max(at_s);
            if is_such(&entry) {
                such_s = such_s.max(at_s);
            }
            ControlFlow::Continue(())
        })?;
        let since_s = *since_s.get_or_insert(newest_s.unwrap_or(0) - IN_USE_S);
        let came = such_s.is_some_and(|such_s| such_s >= since_s);
        if came || newest_s.is_some_and(|newest_s| newest_s < since_s) {
            return Ok(came);
        }
        until_seq = from_seq - 1;
    }
    Ok(false)
}
