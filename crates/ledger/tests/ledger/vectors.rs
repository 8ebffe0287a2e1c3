//! Known answers of the chain, computed by another program in another language from the written format.

use ledger::{
    Hash, Head, Kind, Ledger, Log, MemoryLedger, NewEntry, Role, Source, StreamId, verify,
};

use crate::draft;

const H0: &str = "d5575668bad772f29a91dc64e0dca2c4e6126838a588cc5672da2f6629d4f134";
const COMMITMENT_1: &str = "47048c9483429dd67b85923e2e120cdee49f8408cd1d50fe7fec3908953c5b38";
const H1: &str = "29c4554e8684c6c5d334d5db194e727b2c8aae168d0558ce1e16543730268ca1";
const COMMITMENT_2: &str = "d761d406af2a4a5a15f67c924378ed88d1f85c13f1a37fc7366f59789b3bcd65";
const H2: &str = "189caab47dbe3fa90f607e9536ac7b81fb45f69cf8c7b6c1200ecb6dec6ab0c7";
/// Of format 1, an id of 32 zeros, created at 0: what every ledger in memory says of itself.
const META_HASH: &str = "05a2644e31a7369a76a1e1e7c1407ef5810f5b66cd9eb7de8827e8328ddf15ce";
const SHA256_OF_BODY_1: &str = "40993c639ffb5f13a0a2ef5c93c965f10b405f2b87a379272381da2dbc158dfa";
const SHA256_OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn hash(text: &str) -> Hash {
    text.parse().unwrap()
}

fn ledger_of_two() -> (StreamId, MemoryLedger) {
    let stream = draft::live();
    let mut salts = vec![[7; 16], std::array::from_fn(|n| n as u8)];
    let mut ledger = MemoryLedger::with_salts(move || salts.pop().unwrap());
    let event = NewEntry {
        stream: &stream,
        kind: Kind::Event,
        id: "evt_1",
        type_: "invoice.paid",
        object_id: Some("in_1"),
        api_version: Some("2026-09-30.endive"),
        created_s: 1_700_000_000,
        recorded_us: 1_700_000_001_000_002,
        source: Source::Webhook,
        content_hash: hash(SHA256_OF_BODY_1),
        body: br#"{"id":"evt_1"}"#,
    };
    let control = NewEntry {
        stream: &stream,
        kind: Kind::Control,
        id: "é",
        type_: "daybook.note",
        object_id: None,
        api_version: None,
        created_s: 0,
        recorded_us: -1,
        source: Source::Import,
        content_hash: hash(SHA256_OF_NOTHING),
        body: b"",
    };
    ledger.append(&[event, control]).unwrap();
    (stream, ledger)
}

#[test]
fn a_stream_without_entries_starts_at_the_hash_of_its_name() {
    let head = MemoryLedger::new().head(&draft::live()).unwrap();
    assert_eq!(
        head,
        Head {
            stream: draft::live(),
            seq: 0,
            hash: hash(H0)
        }
    );
}

#[test]
fn chain_and_commitments_are_those_of_the_written_format() {
    let (stream, ledger) = ledger_of_two();
    let entries = draft::entries(&ledger, &stream);
    let hashes: Vec<_> = entries
        .iter()
        .map(|entry| (entry.commitment, entry.chain_hash))
        .collect();
    assert_eq!(
        hashes,
        [
            (hash(COMMITMENT_1), hash(H1)),
            (hash(COMMITMENT_2), hash(H2))
        ]
    );
    assert!(entries.iter().all(|entry| entry.role == Role::Original));
}

#[test]
fn verify_recomputes_the_known_head() {
    let (stream, ledger) = ledger_of_two();
    let expected = Head {
        stream,
        seq: 2,
        hash: hash(H2),
    };
    let verified = verify(&ledger, Some(&expected), &mut |_| ()).unwrap();
    assert_eq!(verified.streams[0].head, expected);
}

#[test]
fn the_hash_of_meta_is_that_of_the_written_format() {
    assert_eq!(MemoryLedger::new().meta_hash().unwrap(), hash(META_HASH));
}
