//! The dictionary that an import gives a log: when it does, and that it holds nothing of what the bodies say of anybody.

use std::cell::Cell;
use std::collections::BTreeSet;

use intake::{Intake, Origin, Tally};
use ledger::{Dictionary, Log, Source, SqliteLedger};
use tempfile::TempDir;

use crate::desk::{event, home};

/// Bytes of a value that, found together, tell the value.
const PIECE_BYTES: usize = 8;

/// Imports bodies into the ledger in `folder`.
fn import(folder: &TempDir, bodies: impl Iterator<Item = String>) -> (SqliteLedger, Tally) {
    let path = folder.path().join("ledger.db");
    let mut ledger = SqliteLedger::open(&path)
        .or_else(|_| SqliteLedger::create(&path, 0))
        .unwrap();
    let now_us = Cell::new(1_000_000_i64);
    let clock = || now_us.replace(now_us.get() + 1);
    let rejects = folder.path().join("rejects");
    let mut intake = Intake::new(&mut ledger, &home(), Source::Import, &rejects, &clock);
    let origin = Origin {
        file: "given",
        line: 1,
        last_line: 1,
        item: None,
    };
    for body in bodies {
        intake.offer(origin, body.into_bytes()).unwrap();
    }
    let tally = intake.finish().unwrap();
    (ledger, tally)
}

#[test]
fn a_log_gets_its_dictionary_when_it_is_long_enough_and_no_second_one() {
    let folder = TempDir::new().unwrap();
    for (numbers, dictionaries) in [
        (0..4000, 0),
        (4000..4090, 0),
        (4090..4095, 1),
        (4095..9000, 1),
    ] {
        let events = numbers.clone().map(|n| event(&format!("evt_{n}")));
        let (ledger, tally) = import(&folder, events);
        assert_eq!(tally.events, numbers.len() as u64);
        let found = ledger.dictionaries().unwrap();
        assert_eq!(found.len(), dictionaries, "{numbers:?}");
        ledger::verify(&ledger, None, &mut |_| ()).unwrap();
    }
}

/// Bodies about people, with all that was said of them.
struct Corpus {
    bodies: Vec<String>,
    values: Vec<String>,
    state: u64,
}

impl Corpus {
    fn new(bodies: usize) -> Self {
        let mut corpus = Self {
            bodies: Vec::new(),
            values: Vec::new(),
            state: 1,
        };
        for _ in 0..bodies {
            let body = corpus.body();
            corpus.bodies.push(body);
        }
        corpus
    }

    /// A value of so many letters, which is remembered.
    fn value(&mut self, bytes: usize, letters: &[u8]) -> String {
        let next = |_| {
            self.state = self
                .state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            char::from(letters[(self.state >> 33) as usize % letters.len()])
        };
        let value: String = (0..bytes).map(next).collect();
        self.values.push(value.clone());
        value
    }

    fn id(&mut self, bytes: usize) -> String {
        self.value(
            bytes,
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        )
    }

    fn word(&mut self, bytes: usize) -> String {
        self.value(bytes, b"abcdefghijklmnopqrstuvwxyz")
    }

    fn number(&mut self, bytes: usize) -> String {
        self.value(bytes, b"123456789")
    }

    /// A customer as webhooks tell of one. Each value is drawn anew, so that none of them is in two bodies but by their half:
    /// the second half of a mailbox, which many share.
    fn body(&mut self) -> String {
        let mailbox = self.word(12);
        // What occurs often is what training would keep.
        let company = format!(
            "Synthetic Company {}",
            ["Wexolu Tagami", "Borani Lusteko"][self.bodies.len() % 2]
        );
        self.values.push(company.clone());
        self.values
            .push(format!("{mailbox}@{}.example.com", "mailbox-of-many"));
        format!(
            r#"{{"id":"evt_{}","object":"event","api_version":"2026-07-29.dahlia","created":{},"type":"customer.updated","data":{{"object":{{"id":"cus_{}","object":"customer","address":{{"city":"{}","country":"US","line1":"{} {}","postal_code":"{}"}},"balance":{},"currency":"usd","email":"{mailbox}@mailbox-of-many.example.com","invoice_prefix":"{}","invoice_settings":{{"default_payment_method":"pm_{}"}},"metadata":{{"{}":"{}","crm":"{}"}},"name":"{}","description":"{company}","phone":"+1{}"}}}},"livemode":true,"request":{{"id":"req_{}","idempotency_key":"{}-{}"}}}}"#,
            self.id(24),
            self.number(10),
            self.id(14),
            self.word(10),
            self.number(4),
            self.word(9),
            self.number(5),
            self.number(7),
            self.id(8),
            self.id(24),
            self.word(11),
            self.id(20),
            self.number(9),
            self.word(14),
            self.number(10),
            self.id(14),
            self.id(8),
            self.id(12),
        )
    }

    /// How many of the values stand in `bytes`: whole if they are short, in any piece if they are long.
    fn found_in(&self, bytes: &[u8]) -> usize {
        let pieces = |length: usize| bytes.windows(length).collect::<BTreeSet<_>>();
        let by_length: Vec<BTreeSet<&[u8]>> = (0..=PIECE_BYTES)
            .map(|length| {
                if length == 0 {
                    BTreeSet::new()
                } else {
                    pieces(length)
                }
            })
            .collect();
        let is_found = |value: &&String| {
            let length = value.len().min(PIECE_BYTES);
            let mut windows = value.as_bytes().windows(length);
            windows.any(|piece| by_length[length].contains(piece))
        };
        self.values.iter().filter(is_found).count()
    }
}

#[test]
fn the_dictionary_holds_no_value_of_the_corpus_it_was_trained_on() {
    let corpus = Corpus::new(5000);
    let long = corpus
        .values
        .iter()
        .filter(|value| value.len() >= PIECE_BYTES)
        .count();
    assert!(long > 50_000 && corpus.values.iter().all(|value| value.len() >= 4));
    let folder = TempDir::new().unwrap();
    let (ledger, _) = import(&folder, corpus.bodies.iter().cloned());
    let dictionary = ledger.dictionary(1).unwrap().unwrap();
    assert!(dictionary.bytes().len() > 1000);
    assert_eq!(corpus.found_in(dictionary.bytes()), 0);
    // It learnt all the same: names of members, and the words of the fixed list.
    for known in [
        "\"invoice_settings\":{\"default_payment_method\":\"pm_",
        "customer.updated",
    ] {
        let mut windows = dictionary.bytes().windows(known.len());
        assert!(windows.any(|window| window == known.as_bytes()), "{known}");
    }
    // The same search finds thousands in one that was trained on the bodies as they are.
    let telling = Dictionary::train(&corpus.bodies[..4000]).unwrap();
    let found = corpus.found_in(telling.bytes());
    assert!(found > 1000, "{found}");
}
