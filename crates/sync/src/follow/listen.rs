//! Listening to the log: entries behind a position, and what they hint at. Whichever way an event came in, by webhook, by
//! poll or from a file, it is heard here, once.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use ledger::{EntryRef, Kind, LedgerError, Log, StreamId};
use serde_json::Value;

use crate::follow::errand::Errand;
use crate::follow::hint;

/// Entries that are heard in one go: their errands wait in memory.
const ENTRIES_MAX: u64 = 4096;

/// What some entries of a stream hint at.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// What to read, each once, on the stream's own account (none) or on another, by its id; and the last entry that hints at it.
    pub(crate) errands: BTreeMap<(Option<String>, Errand), u64>,
    /// The last entry that was heard.
    pub(crate) seq: u64,
    /// Whether there were no more.
    pub(crate) is_all: bool,
}

/// Hears the entries of a stream behind `seq`, as many as go at once.
pub(crate) fn listen(log: &dyn Log, stream: &StreamId, seq: u64) -> Result<Heard, LedgerError> {
    let head = log.head(stream)?.seq;
    let last = head.min(seq.saturating_add(ENTRIES_MAX));
    let mut heard = Heard {
        seq: last.max(seq),
        is_all: last == head,
        ..Heard::default()
    };
    if last > seq {
        log.read(stream, seq + 1..=last, &mut |entry| {
            heard.take(stream, &entry);
            ControlFlow::Continue(())
        })?;
    }
    Ok(heard)
}

impl Heard {
    /// Leaves out what was read when the last entry that hints at it had been heard already.
    pub(crate) fn leave_out(&mut self, read: &BTreeMap<String, u64>) {
        self.errands.retain(|(account, errand), seq| {
            let read_at = read.get(&name(account.as_deref(), errand));
            read_at.is_none_or(|read_at| *read_at < *seq)
        });
    }

    fn take(&mut self, stream: &StreamId, entry: &EntryRef<'_>) {
        let speaks = matches!(entry.kind, Kind::Event | Kind::Notification);
        if !speaks || !hint::can_hint(entry.type_) {
            return;
        }
        // What the door let in is JSON; of what it can't understand nothing is heard.
        let body = entry
            .body
            .and_then(|body| serde_json::from_slice(body).ok());
        let body: Value = body.unwrap_or_default();
        for hint in hint::hints(entry.type_, &body, entry.created_s) {
            let account = hint.account.filter(|account| account != stream.account());
            self.errands.insert((account, hint.errand), entry.seq);
        }
    }
}

/// How an errand is remembered once it was run.
pub(crate) fn name(account: Option<&str>, errand: &Errand) -> String {
    let text = errand.text();
    account.map_or(text.clone(), |account| format!("{text} on {account}"))
}

#[cfg(test)]
mod tests {
    use ledger::{Hash, Ledger, MemoryLedger, NewEntry, Source};

    use super::*;

    fn append(ledger: &mut MemoryLedger, stream: &StreamId, number: u8, type_: &str, body: &str) {
        let entry = NewEntry {
            stream,
            kind: Kind::Event,
            id: &format!("evt_{number}"),
            type_,
            object_id: None,
            api_version: None,
            created_s: 1_790_000_000,
            recorded_us: 0,
            source: Source::Webhook,
            content_hash: Hash([number; 32]),
            body: body.as_bytes(),
        };
        ledger.append(&[entry]).unwrap();
    }

    #[test]
    fn entries_are_heard_once_whichever_way_they_came() {
        let stream = StreamId::new("acct_1", true).unwrap();
        let mut ledger = MemoryLedger::new();
        let paid = r#"{"data":{"object":{"id":"po_1","automatic":true}}}"#;
        append(
            &mut ledger,
            &stream,
            1,
            "payout.reconciliation_completed",
            paid,
        );
        append(&mut ledger, &stream, 2, "payout.paid", paid);
        append(
            &mut ledger,
            &stream,
            3,
            "payout.reconciliation_completed",
            paid,
        );
        append(&mut ledger, &stream, 4, "customer.updated", "not JSON");
        let heard = listen(&ledger, &stream, 0).unwrap();
        let membership = Errand::whole("payout_membership", "po_1").unwrap();
        assert_eq!(heard.errands, BTreeMap::from([((None, membership), 3)]));
        assert_eq!((heard.seq, heard.is_all), (4, true));
        let again = listen(&ledger, &stream, heard.seq).unwrap();
        assert_eq!(again.errands, BTreeMap::new());
        assert_eq!((again.seq, again.is_all), (4, true));
    }

    #[test]
    fn what_was_read_is_read_again_only_for_a_later_hint() {
        let membership = Errand::whole("payout_membership", "po_1").unwrap();
        let heard = |seq| Heard {
            errands: BTreeMap::from([((None, membership.clone()), seq)]),
            ..Heard::default()
        };
        let read = BTreeMap::from([(name(None, &membership), 3)]);
        let (mut same, mut later) = (heard(3), heard(5));
        same.leave_out(&read);
        later.leave_out(&read);
        assert_eq!(same.errands, BTreeMap::new());
        assert_eq!(later, heard(5));
        let elsewhere = BTreeMap::from([(name(Some("acct_2"), &membership), 9)]);
        later.leave_out(&elsewhere);
        assert_eq!(later, heard(5));
    }
}
