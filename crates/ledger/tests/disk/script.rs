//! The scripted life of a ledger: what is appended, and what else happens in between. Asserts nothing.

use ledger::{Hash, Kind, NewEntry, Source, StreamId};

/// One thing that happens. A ledger that is not open is opened first, or created.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A batch is appended.
    Append(Vec<Item>),
    /// The whole log is read through the handle that appends.
    Read,
    /// The whole log is read through a second handle.
    Watch,
    /// Another connection carries the WAL over, so that the next append starts it anew.
    CarryOver,
    /// The handle is closed, which carries the WAL over and removes it.
    Close,
}

/// An entry to append; the same id and content again is a duplicate.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    stream: StreamId,
    id: String,
    body: Vec<u8>,
}

impl Item {
    pub(crate) fn new(livemode: bool, id: &str, body_bytes: usize) -> Self {
        // Each body differs from the others in every sector.
        let text = format!("{{\"id\":\"{id}\"}} ");
        Self {
            stream: StreamId::new("acct_1", livemode).unwrap(),
            id: id.to_owned(),
            body: text.bytes().cycle().take(body_bytes).collect(),
        }
    }

    pub(crate) fn entry(&self) -> NewEntry<'_> {
        NewEntry {
            stream: &self.stream,
            kind: Kind::Event,
            id: &self.id,
            type_: "charge.updated",
            object_id: None,
            api_version: Some("2026-01-01"),
            created_s: 1_700_000_000,
            recorded_us: 1_700_000_000_000_000,
            source: Source::Webhook,
            content_hash: Hash([7; 32]),
            body: &self.body,
        }
    }
}

pub(crate) fn entries(batch: &[Item]) -> Vec<NewEntry<'_>> {
    batch.iter().map(Item::entry).collect()
}

/// Two streams, duplicates within and between batches, bodies of one page and of several; a WAL that is carried over
/// and started anew under an open handle, and one that is removed; three handles one after the other.
pub(crate) fn script() -> Vec<Step> {
    let live = |id: &str| Item::new(true, id, 300);
    let test = |id: &str| Item::new(false, id, 300);
    vec![
        Step::Append(vec![live("evt_1"), test("evt_1"), live("evt_2")]),
        Step::Append(vec![live("evt_2"), live("evt_3"), live("evt_3")]),
        Step::Read,
        Step::Close,
        Step::Append(vec![Item::new(true, "evt_4", 40_000), test("evt_2")]),
        Step::Watch,
        Step::CarryOver,
        Step::Append(vec![live("evt_5"), test("evt_1"), test("evt_3")]),
        Step::Watch,
        Step::Append(vec![Item::new(false, "evt_4", 20_000)]),
        Step::CarryOver,
        Step::Append(vec![live("evt_6")]),
        Step::Close,
        Step::Append(vec![live("evt_6"), live("evt_7")]),
        Step::Read,
        Step::Close,
    ]
}

/// A batch larger than the cache, so that pages go to the WAL before the commit, and than the WAL may grow, so that the
/// commit carries it over at once; and a small one after it.
pub(crate) fn bulk_script() -> Vec<Step> {
    let bulk = (0..5).map(|n| Item::new(true, &format!("evt_{n}"), 14_000_000));
    vec![
        Step::Append(bulk.collect()),
        Step::Append(vec![Item::new(true, "evt_5", 300)]),
    ]
}
