//! Bodies packed with dictionaries: read as they came, proven as before, and smaller on disk.

use ledger::{
    Dictionary, Fault, Head, Kind, Ledger, LedgerError, Log, NewEntry, SqliteLedger, StreamId,
    verify,
};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::draft::{Draft, append, entries, live, on_disk, test_mode};
use crate::victim::{Copy, Found, victim};

/// A body that is like all others but for its number.
pub(crate) fn body(n: usize) -> Vec<u8> {
    format!(
        r#"{{"id":"evt_{n}","object":"event","type":"customer.updated","data":{{"object":{{"id":"cus_{n}","object":"customer","address":null,"balance":{n},"currency":"usd","default_source":null,"delinquent":false}}}}}}"#
    )
    .into_bytes()
}

/// A dictionary for such bodies.
pub(crate) fn dictionary() -> Dictionary {
    let samples: Vec<_> = (0..2000).map(|n| body(n * 7)).collect();
    Dictionary::train(&samples).unwrap()
}

/// Appends bodies with these numbers as one batch.
pub(crate) fn append_bodies(
    ledger: &mut dyn Ledger,
    stream: &StreamId,
    numbers: std::ops::Range<usize>,
) {
    let ids: Vec<_> = numbers.clone().map(|n| format!("evt_{n}")).collect();
    let bodies: Vec<_> = numbers.map(body).collect();
    let draft = Draft::new(stream, "", Some("2026-01-01"), 0);
    let entries = ids.iter().zip(&bodies).map(|(id, body)| NewEntry {
        id,
        body,
        ..draft.entry()
    });
    ledger.append(&entries.collect::<Vec<_>>()).unwrap();
}

fn types(log: &dyn Log, stream: &StreamId) -> Vec<(String, Option<u64>)> {
    let entries = entries(log, stream).into_iter();
    entries
        .map(|entry| (entry.type_, entry.dictionary_id))
        .collect()
}

#[test]
fn packed_bodies_come_back_to_the_byte_and_hold() {
    let (_folder, path, mut ledger) = on_disk();
    append_bodies(&mut ledger, &live(), 0..10);
    let info = ledger.add_dictionary(&dictionary(), 5).unwrap();
    assert_eq!((info.id, info.created_us), (1, 5));
    append_bodies(&mut ledger, &live(), 10..30);
    for log in [
        &ledger,
        &SqliteLedger::open_readonly(&path).unwrap(),
        &SqliteLedger::open(&path).unwrap(),
    ] {
        let read: Vec<_> = entries(log, &live())
            .into_iter()
            .filter(|entry| entry.kind == Kind::Event)
            .collect();
        for (n, entry) in read.iter().enumerate() {
            assert_eq!(entry.body.as_deref(), Some(&*body(n)), "{n}");
            assert_eq!(entry.dictionary_id, (n >= 10).then_some(1), "{n}");
        }
        assert_eq!(read.len(), 30);
        assert_eq!(log.find(&live(), "evt_20").unwrap()[0], read[20]);
        assert_eq!(
            verify(log, None, &mut |_| ()).unwrap().streams[0].head.seq,
            31
        );
        assert_eq!(log.dictionaries().unwrap(), std::slice::from_ref(&info));
        log.check_integrity().unwrap();
    }
}

#[test]
fn packed_bodies_are_far_smaller_on_disk() {
    let (_folder, path, mut ledger) = on_disk();
    ledger.add_dictionary(&dictionary(), 0).unwrap();
    append_bodies(&mut ledger, &live(), 0..1000);
    let sql = "SELECT sum(length(body)) FROM entries WHERE kind = 'event'";
    let stored: i64 = Connection::open(path)
        .unwrap()
        .query_row(sql, [], |row| row.get(0))
        .unwrap();
    let bytes: i64 = (0..1000).map(|n| body(n).len() as i64).sum();
    assert!(stored * 4 < bytes, "{stored} of {bytes}");
}

#[test]
fn a_body_that_packing_makes_no_smaller_is_stored_as_it_came() {
    let (_folder, _path, mut ledger) = on_disk();
    ledger.add_dictionary(&dictionary(), 0).unwrap();
    let draft = Draft::new(&live(), "evt_1", None, 0);
    for (content, body) in [&b""[..], &[0x9d, 0x00, 0x41, 0xfe]]
        .into_iter()
        .enumerate()
    {
        let content_hash = ledger::Hash([content as u8; 32]);
        ledger
            .append(&[NewEntry {
                body,
                content_hash,
                ..draft.entry()
            }])
            .unwrap();
    }
    let read = ledger.find(&live(), "evt_1").unwrap();
    assert_eq!(
        read.iter()
            .map(|entry| entry.body.clone().unwrap())
            .collect::<Vec<_>>(),
        [vec![], vec![0x9d, 0x00, 0x41, 0xfe]]
    );
    assert!(read.iter().all(|entry| entry.dictionary_id.is_none()));
    verify(&ledger, None, &mut |_| ()).unwrap();
}

#[test]
fn every_stream_adopts_every_dictionary_before_it_uses_it() {
    let (_folder, path, mut ledger) = on_disk();
    assert!(ledger.open_stream(&live(), 1).unwrap());
    assert!(!ledger.open_stream(&live(), 2).unwrap());
    append_bodies(&mut ledger, &live(), 0..1);
    ledger.add_dictionary(&dictionary(), 3).unwrap();
    append_bodies(&mut ledger, &live(), 1..2);
    ledger.add_dictionary(&dictionary(), 4).unwrap();
    append_bodies(&mut ledger, &live(), 2..3);
    // One that is opened later, and one that nobody opened.
    assert!(ledger.open_stream(&test_mode(), 5).unwrap());
    append_bodies(&mut ledger, &test_mode(), 0..1);
    let unopened = StreamId::new("acct_2", true).unwrap();
    append_bodies(&mut ledger, &unopened, 0..1);
    let (opened, adopted, event) = ("stream.opened", "dictionary.adopted", "charge.updated");
    let told = |rows: &[(&str, Option<u64>)]| {
        rows.iter()
            .map(|(type_, id)| ((*type_).to_owned(), *id))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        types(&ledger, &live()),
        told(&[
            (opened, None),
            (event, None),
            (adopted, None),
            (event, Some(1)),
            (adopted, None),
            (event, Some(2))
        ])
    );
    assert_eq!(
        types(&ledger, &test_mode()),
        told(&[
            (opened, None),
            (adopted, None),
            (adopted, None),
            (event, Some(2))
        ])
    );
    assert_eq!(
        types(&ledger, &unopened),
        told(&[(adopted, None), (adopted, None), (event, Some(2))])
    );
    verify(&SqliteLedger::open(&path).unwrap(), None, &mut |_| ()).unwrap();
}

#[test]
fn what_the_ledger_says_itself_is_written_so() {
    let (_folder, _path, mut ledger) = on_disk();
    ledger.open_stream(&live(), 1_700_000_000_123_456).unwrap();
    let info = ledger
        .add_dictionary(&dictionary(), 1_700_000_000_123_456)
        .unwrap();
    let meta = ledger.meta_hash().unwrap();
    let texts = [
        format!(
            r#"{{"object":"daybook.control","type":"stream.opened","stream":"acct_1/live","ledger":"{meta}"}}"#
        ),
        format!(
            r#"{{"object":"daybook.control","type":"dictionary.adopted","stream":"acct_1/live","dictionary":1,"hash":"{}"}}"#,
            info.hash
        ),
    ];
    let entries = entries(&ledger, &live());
    for (entry, text) in entries.iter().zip(&texts) {
        assert_eq!(entry.body.as_deref(), Some(text.as_bytes()));
        assert_eq!((entry.kind, entry.created_s), (Kind::Control, 0));
        assert!(
            entry.id.starts_with("018bcfe5-687b-7"),
            "a UUIDv7 of that moment: {}",
            entry.id
        );
    }
    assert_eq!(entries.len(), 2);
}

#[test]
fn a_writer_uses_the_dictionary_that_another_added() {
    let (_folder, path, mut first) = on_disk();
    let mut second = SqliteLedger::open(&path).unwrap();
    append_bodies(&mut first, &live(), 0..1);
    second.add_dictionary(&dictionary(), 0).unwrap();
    append_bodies(&mut first, &live(), 1..2);
    assert_eq!(types(&second, &live())[2].1, Some(1));
    verify(&first, None, &mut |_| ()).unwrap();
}

#[test]
fn a_log_trains_a_dictionary_on_itself() {
    let (_folder, _path, mut ledger) = on_disk();
    let keep = |body: &[u8]| body.to_vec();
    assert_eq!(
        ledger.train(&keep, 0).unwrap(),
        None,
        "an empty log has nothing to learn from"
    );
    append_bodies(&mut ledger, &live(), 0..3);
    assert_eq!(ledger.train(&keep, 0).unwrap(), None, "nor has a short one");
    append_bodies(&mut ledger, &live(), 3..3000);
    assert_eq!(
        ledger.train(&|_| Vec::new(), 0).unwrap(),
        None,
        "nor one of which nothing may be kept"
    );
    let info = ledger.train(&keep, 7).unwrap().unwrap();
    assert_eq!(
        (
            info.id,
            ledger.dictionary(1).unwrap().unwrap().bytes().len() as u64
        ),
        (1, info.bytes)
    );
    append_bodies(&mut ledger, &live(), 3000..3010);
    assert_eq!(types(&ledger, &live()).last().unwrap().1, Some(1));
    verify(&ledger, None, &mut |_| ()).unwrap();
}

#[test]
fn a_dictionary_added_to_an_empty_log_is_adopted_by_its_first_stream() {
    let (_folder, _path, mut ledger) = on_disk();
    ledger.add_dictionary(&dictionary(), 0).unwrap();
    verify(&ledger, None, &mut |_| ()).unwrap();
    append_bodies(&mut ledger, &live(), 0..1);
    assert_eq!(types(&ledger, &live())[1].1, Some(1));
    let head = ledger.head(&live()).unwrap();
    verify(&ledger, Some(&Head::empty(&live())), &mut |_| ()).unwrap();
    assert_eq!(head.seq, 2);
}

#[test]
fn what_is_no_dictionary_is_not_taken_for_one() {
    assert_eq!(Dictionary::from_bytes(Vec::new()), None);
    assert_eq!(Dictionary::from_bytes(b"dear diary".to_vec()), None);
    let bytes = dictionary().bytes().to_vec();
    assert_eq!(Dictionary::from_bytes(bytes[..100].to_vec()), None);
    assert_eq!(Dictionary::from_bytes(bytes).unwrap(), dictionary());
}

#[test]
fn a_reader_adds_no_dictionary() {
    let (_folder, path, _ledger) = on_disk();
    let mut reader = SqliteLedger::open_readonly(&path).unwrap();
    let error = reader.add_dictionary(&dictionary(), 0).unwrap_err();
    assert!(matches!(error, LedgerError::ReadOnly { .. }), "{error}");
    let error = reader.open_stream(&live(), 0).unwrap_err();
    assert!(matches!(error, LedgerError::ReadOnly { .. }), "{error}");
}

#[test]
fn duplicates_are_known_whatever_they_are_stored_with() {
    let (_folder, _path, mut ledger) = on_disk();
    let drafts: Vec<_> = (0..5)
        .map(|n| Draft::new(&live(), &format!("evt_{n}"), None, 0))
        .collect();
    append(&mut ledger, &drafts);
    ledger.add_dictionary(&dictionary(), 0).unwrap();
    append(&mut ledger, &drafts);
    let info = ledger.streams().unwrap().remove(0);
    assert_eq!((info.head.seq, info.duplicates), (6, 5));
}

#[test]
fn a_dictionary_that_is_added_while_a_log_is_verified_is_no_fault() {
    let (_folder, path, mut ledger) = on_disk();
    append_bodies(&mut ledger, &live(), 0..3);
    let reader = SqliteLedger::open_readonly(&path).unwrap();
    let mut added = 0;
    let verified = verify(&reader, None, &mut |_| {
        ledger.add_dictionary(&dictionary(), 0).unwrap();
        added += 1;
    });
    assert_eq!(verified.unwrap().streams[0].head.seq, 3);
    assert_eq!(added, 1, "the only report is made at the head");
    verify(&reader, None, &mut |_| ()).unwrap();
}

#[test]
fn a_body_packed_anew_with_an_older_dictionary_is_named() {
    let copy = Copy::of(&victim().bytes);
    let ledger = SqliteLedger::open_readonly(&copy.path).unwrap();
    let older = ledger.dictionary(1).unwrap().unwrap();
    let newest = entries(&ledger, &live()).pop().unwrap();
    assert_eq!(newest.dictionary_id, Some(2));
    drop(ledger);
    let mut packer = zstd::bulk::Compressor::with_dictionary(3, older.bytes()).unwrap();
    let mut packed = packer.compress(&newest.body.unwrap()).unwrap();
    let seal = Sha256::new()
        .chain_update(1_u64.to_le_bytes())
        .chain_update(&packed)
        .finalize();
    packed.extend_from_slice(&seal[..8]);
    let sql = "UPDATE entries SET dictionary_id = 1, body = ?1 WHERE stream = ?2 AND seq = ?3";
    let seq = i64::try_from(newest.seq).unwrap();
    let changed = copy.tamper(|ledger| ledger.execute(sql, params![packed, live().as_str(), seq]));
    assert_eq!(changed, Ok(1));
    let Found::Faulty(LedgerError::Faulty { seq, fault, .. }) = copy.look(None) else {
        panic!("it is not named");
    };
    let expected = Fault::Dictionary {
        dictionary_id: 1,
        adopted: 2,
    };
    assert_eq!((seq, fault), (newest.seq, expected));
}
