//! The bench's log: a simulated company's year in a ledger on disk.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use facts::envelope;
use ledger::{SqliteLedger, StreamId};
use simulator::{Config, Delivered, Delivery, Recording, deliver, simulate};

use crate::append::append;

/// Bytes of a real event that no book reads; the simulator's are smaller.
const UNREAD_BYTES: usize = 1850;

/// A ledger for the bench, and what is in it.
pub(crate) struct Load {
    pub(crate) ledger: SqliteLedger,
    pub(crate) stream: StreamId,
    pub(crate) entries: usize,
    pub(crate) bytes: usize,
}

/// Makes the ledger: about 100,000 events and the reads that no event stands for, in order, nothing lost.
pub(crate) fn make(folder: &Path) -> Result<Load, Box<dyn Error>> {
    let config = Config {
        created_drifts: false,
        late_snapshots_per_mille: 0,
        ..Config::demo(1)
    };
    let recording = simulate(&config);
    let stream = StreamId::new(recording.account(), recording.livemode())?;
    let mut ledger = SqliteLedger::create(&folder.join("ledger.db"), 0)?;
    let delivered = deliver(&recording, &Delivery::in_order(1));
    let own = |one: &Delivered| {
        let envelope = envelope(one.line.as_bytes()).ok();
        let account = envelope.and_then(|envelope| envelope.account);
        account.is_none_or(|account| *account == *recording.account())
    };
    let delivered = delivered.into_iter().filter(own).collect();
    let lines: Vec<String> = without_flips(in_order(&recording, delivered))
        .iter()
        .map(|one| pad(&one.line))
        .collect();
    for lines in lines.chunks(4000) {
        append(&mut ledger, &stream, lines)?;
    }
    Ok(Load {
        ledger,
        stream,
        entries: lines.len(),
        bytes: lines.iter().map(String::len).sum(),
    })
}

/// Sorts by the moment of the change or read: events of one second are sent in any order.
fn in_order(recording: &Recording, mut delivered: Vec<Delivered>) -> Vec<Delivered> {
    let moments: HashMap<&str, i64> = recording
        .events()
        .iter()
        .map(|event| (&*event.id, event.committed_us))
        .collect();
    delivered.sort_by_cached_key(|one| {
        let envelope = envelope(one.line.as_bytes()).ok();
        let moment = envelope.and_then(|envelope| moments.get(&*envelope.id).copied());
        moment.unwrap_or(one.at_us)
    });
    delivered
}

/// Leaves out changes of a customer's names and keys that share a second: whether they changed back only a register can tell.
fn without_flips(delivered: Vec<Delivered>) -> Vec<Delivered> {
    let renamed = |one: &Delivered| -> Option<(String, i64)> {
        let is_rename = one.line.contains("\"type\":\"customer.updated\"")
            && !one.line.contains("\"previous_attributes\":{\"balance\":");
        let envelope = envelope(one.line.as_bytes()).ok().filter(|_| is_rename)?;
        Some((envelope.object_id?.into(), envelope.created_s))
    };
    let mut times: HashMap<(String, i64), usize> = HashMap::new();
    for rename in delivered.iter().filter_map(renamed) {
        *times.entry(rename).or_default() += 1;
    }
    delivered
        .into_iter()
        .filter(|one| renamed(one).is_none_or(|rename| times[&rename] == 1))
        .collect()
}

/// The line with members in its object that the books don't know, as most of a real event's are.
fn pad(line: &str) -> String {
    // Stripe writes `id` and `object` first, and the rest behind them.
    let object = ["\"data\":{\"object\":{", "\"body\":{"]
        .iter()
        .find_map(|object| line.find(object).map(|start| start + object.len()));
    let place = object.and_then(|start| {
        let kind = start + line[start..].find("\"object\":\"")?;
        Some(kind + line[kind..].find(',')?)
    });
    let Some(place) = place else {
        return line.to_owned();
    };
    let mut unread = String::from(",\"unread\":{");
    while unread.len() < UNREAD_BYTES {
        unread.push_str("\"member_of_an_object\":{\"enabled\":false,\"amount\":1250,\"note\":null,\"type\":\"automatic\"},");
    }
    unread.push_str("\"last\":null}");
    let (head, tail) = line.split_at(place);
    [head, &unread, tail].concat()
}
