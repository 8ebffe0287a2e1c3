//! The cases of the specification, as a bookkeeper would tell them: what Stripe said, what is true, how sure the books are.
//!
//! One check, many cases. Each is delivered in every order. A line is `seconds what request: before => after`; a content
//! is the settings of an object's dials, from the first on; `-` is null, and what is left out is a dial's first setting.

use std::sync::Arc;

use book::Certainty::{self, Ambiguous, Exact, Hinted, Linked};
use facts::{Claim, Fact, ObjectKey, Origin};

use crate::agreement::{fold, read_at};
use crate::contents::{self, Digits, KINDS, VERSIONS, key};
use crate::model::{Known, recompute};

struct Case {
    name: &'static str,
    object: &'static str,
    told: &'static str,
    truth: &'static str,
    certainty: Certainty,
}

const CASES: &[Case] = &[
    Case {
        name: "events of one second that all show the paid invoice leave no doubt",
        object: "invoice",
        told: "100 created req_1: => paid/1900/100
               100 finalized req_1: => paid/1900/100
               100 paid req_1: => paid/1900/100",
        truth: "paid/1900/100",
        certainty: Exact,
    },
    Case {
        name: "changes of one second are followed to their end",
        object: "customer",
        told: "100 created req_1: => 0/Customer 0001
               100 updated req_2: 0/Customer 0001 => -500/Customer 0001
               100 updated req_3: -500/Customer 0001 => -500/Customer 0002",
        truth: "-500/Customer 0002",
        certainty: Linked,
    },
    Case {
        name: "a balance that went there and back within a second is back",
        object: "customer",
        told: "100 created req_1: => 0
               105 updated req_2: 0 => -500
               105 updated req_3: -500 => 0",
        truth: "0",
        certainty: Linked,
    },
    Case {
        name: "there and back and there again is there",
        object: "customer",
        told: "100 created req_1: => 0
               105 updated req_2: 0 => -500
               105 updated req_3: -500 => 0
               105 updated req_4: 0 => -500",
        truth: "-500",
        certainty: Linked,
    },
    Case {
        name: "a refund that failed in the second of its making gives the charge back its amount",
        object: "charge",
        told: "100 succeeded req_1: => succeeded/0/txn_0
               200 refunded req_2: succeeded/0/txn_0 => succeeded/500/txn_0
               200 updated req_2: succeeded/0/txn_0 => succeeded/500/txn_0
               200 updated req_3: succeeded/500/txn_0 => succeeded/0/txn_0",
        truth: "succeeded/0/txn_0",
        certainty: Linked,
    },
    Case {
        name: "a loop in the object's first second ends where it was made",
        object: "customer",
        told: "100 created req_1: => 0
               100 updated req_2: 0 => 700
               100 updated req_3: 700 => 0",
        truth: "0",
        certainty: Linked,
    },
    Case {
        name: "two changes of one request that both show its end are one change",
        object: "invoice",
        told: "100 created req_1: => draft/0/-/-
               110 updated req_2: draft/0/-/a => open/0/-/a
               110 updated req_2: open/0/-/- => open/0/-/a",
        truth: "open/0/-/a",
        certainty: Exact,
    },
    Case {
        name: "a request that left a state again showed it in passing",
        object: "invoice",
        told: "100 created req_1: => draft/0/-/-
               110 updated req_2: draft/0/-/- => draft/0/-/a
               110 updated req_2: draft/0/-/a => draft/0/-/b
               110 updated req_2: draft/0/-/b => draft/0/-/a
               110 updated req_3: draft/0/-/a => open/0/-/a",
        truth: "open/0/-/a",
        certainty: Linked,
    },
    Case {
        name: "a read inside a busy second stands on the chain and the chain's end is shown",
        object: "customer",
        told: "100 created req_1: => 0
               110 updated req_2: 0 => -500
               104..111 read: => -500
               110 updated req_3: -500 => 700",
        truth: "700",
        certainty: Linked,
    },
    Case {
        name: "a read that may be older than a change of the second before is not the last word",
        object: "customer",
        told: "104..112 read: => 0
               110 updated req_2: 0 => -500
               111 updated req_3: -500 => 700",
        truth: "700",
        certainty: Linked,
    },
    Case {
        name: "an event a second too late in its number is still put in its place",
        object: "customer",
        told: "100 created req_1: => 0
               110 updated req_3: -500 => 700
               111 updated req_2: 0 => -500",
        truth: "700",
        certainty: Linked,
    },
    Case {
        name: "an invoice without previous values goes from draft to open to paid",
        object: "invoice",
        told: "100 created req_1: => draft
               100 finalized req_1: => open
               100 paid req_1: => paid/1900/100",
        truth: "paid/1900/100",
        certainty: Hinted,
    },
    Case {
        name: "a payout can fail after it was paid",
        object: "payout",
        told: "100 paid: => paid/completed
               100 failed: => failed/completed/txn_4",
        truth: "failed/completed/txn_4",
        certainty: Hinted,
    },
    Case {
        name: "a cancelled subscription was active before",
        object: "subscription",
        told: "100 canceled: => canceled
               100 changed: => active",
        truth: "canceled",
        certainty: Hinted,
    },
    Case {
        name: "with an event lost, a later status decides between the pieces",
        object: "invoice",
        told: "100 created req_1: => draft
               110 updated req_2: draft => draft/0/-/a
               110 updated req_4: open/0/-/b => paid/1900/100/b",
        truth: "paid/1900/100/b",
        certainty: Hinted,
    },
    Case {
        name: "a late delivery of an old event changes nothing",
        object: "customer",
        told: "100 updated req_1: 0 => -500
               120 updated req_2: -500 => 700
               140 updated req_3: 700 => 0",
        truth: "0",
        certainty: Exact,
    },
    Case {
        name: "a state that was left long ago is believed when Stripe shows it again",
        object: "customer",
        told: "100 created req_1: => 0
               110 updated req_2: 0 => -500
               300 updated req_4: => 0",
        truth: "0",
        certainty: Exact,
    },
    Case {
        name: "two names in one second without previous values can't be told apart",
        object: "customer",
        told: "100 updated req_1: => 0/Customer 0001
               100 updated req_2: => 0/Customer 0002",
        truth: "0/Customer 0001",
        certainty: Ambiguous,
    },
    Case {
        name: "one event with two contents leaves both standing",
        object: "customer",
        told: "100 #7 updated req_1: => 0
               100 #7 updated req_1: => 700",
        truth: "0",
        certainty: Ambiguous,
    },
    Case {
        name: "a loop whose beginning was lost is unsure, and one read ends it though an older change had left that state",
        object: "customer",
        told: "100 created req_1: => 0
               110 updated req_2: 0 => -500
               120 updated req_4: 0 => 700
               120 updated req_5: 700 => 0",
        truth: "0",
        certainty: Ambiguous,
    },
    Case {
        name: "two reads of one moment that differ and that nothing joins are unsure",
        object: "balance_transaction",
        told: "104..111 read: => 1000/-
               105..111 read: => 1000/a",
        truth: "1000/a",
        certainty: Ambiguous,
    },
    Case {
        name: "changes shown late that turned one field twice are unsure when two beginnings can be",
        object: "invoice",
        told: "110 created req_0: => draft
               110 updated req_1: draft => draft/0/-/a
               110 updated req_2: draft/0/-/a => open/0/-/b
               110 updated req_2: draft/0/-/b => open/0/-/b
               110 updated req_2: open/0/-/- => open/0/-/b",
        truth: "open/0/-/b",
        certainty: Ambiguous,
    },
];

#[test]
fn every_case_is_decided_as_its_evidence_allows() {
    CASES.iter().for_each(check);
}

#[test]
fn several_beginnings_are_a_gap() {
    let kind = kind_of("customer");
    let told = [
        "100 created req_1: => 0",
        "110 updated req_2: 0 => 700",
        "110 updated req_3: -500 => 700",
    ];
    let facts: Vec<Fact> = told
        .into_iter()
        .zip(1..)
        .map(|(line, seq)| fact(kind, line, seq))
        .collect();
    in_every_order(&facts, &mut |order| {
        let answer = fold(key(kind), order).answer.expect("it was told");
        assert_eq!((answer.certainty, answer.gap), (Exact, true));
    });
}

#[test]
fn what_was_made_and_paid_in_one_second_has_no_gap_and_two_later_states_have() {
    let kind = kind_of("invoice");
    let told = [
        "100 created req_1: => draft/1900/-",
        "100 paid req_1: => paid/1900/100",
        "100 finalized req_1: => open/1900/-",
    ];
    let facts: Vec<Fact> = told
        .into_iter()
        .zip(1..)
        .map(|(line, seq)| fact(kind, line, seq))
        .collect();
    for (count, gap) in [(2, false), (3, true)] {
        in_every_order(&facts[..count], &mut |order| {
            let answer = fold(key(kind), order).answer.expect("it was told");
            assert_eq!((answer.certainty, answer.gap), (Hinted, gap));
        });
    }
}

#[test]
fn one_event_at_two_seconds_in_two_versions_is_two_claims() {
    let kind = kind_of("customer");
    let told = ["100 #7 updated req_1: => 0", "110 #7 updated req_1: => 700"];
    let mut facts: Vec<Fact> = told
        .into_iter()
        .zip(1..)
        .map(|(line, seq)| fact(kind, line, seq))
        .collect();
    if let Fact::Claim(newest) = &mut facts[1] {
        newest.version = VERSIONS[1].into();
    }
    in_every_order(&facts, &mut |order| {
        let answer = fold(key(kind), order).answer.expect("it was told");
        assert_eq!(
            answer.content,
            contents::content(kind, digits(kind, "700"), 0)
        );
    });
}

fn kind_of(object: &str) -> usize {
    let place = KINDS.iter().position(|kind| kind.schema.object == object);
    place.expect("objects of this kind have dials")
}

fn check(case: &Case) {
    let kind = kind_of(case.object);
    let facts: Vec<Fact> = case
        .told
        .lines()
        .zip(1..)
        .map(|(line, seq)| fact(kind, line.trim(), seq))
        .collect();
    let truth = contents::content(kind, digits(kind, case.truth), 0);
    let known = fold(key(kind), &facts);
    assert_eq!(known, recompute(&facts), "the model differs: {}", case.name);
    let answer = known.answer.as_ref().expect(case.name);
    assert_eq!(answer.certainty, case.certainty, "{}", case.name);
    in_every_order(&facts, &mut |order| {
        assert_eq!(fold(key(kind), order), known, "{}", case.name)
    });
    if case.certainty != Ambiguous {
        assert_eq!(answer.content, truth, "{}", case.name);
        return;
    }
    assert!(known.wanted.contains("ambiguous"), "{}", case.name);
    let mut facts = facts;
    facts.push(read_at(key(kind), 1_000, &truth));
    in_every_order(&facts, &mut |order| {
        healed(key(kind), order, &truth, case.name)
    });
}

/// One read heals: the truth, without doubt, and nothing wanted for doubt's sake.
fn healed(key: ObjectKey, facts: &[Fact], truth: &facts::Record, name: &str) {
    let Known { answer, wanted, .. } = fold(key, facts);
    let answer = answer.expect("it was read");
    assert_eq!(
        (&answer.content, answer.certainty),
        (truth, Exact),
        "{name}"
    );
    assert!(!wanted.contains("ambiguous"), "{name}");
}

/// Heap's algorithm.
fn in_every_order(facts: &[Fact], visit: &mut dyn FnMut(&[Fact])) {
    let mut order = facts.to_vec();
    let mut counts = vec![0; order.len()];
    visit(&order);
    let mut place = 0;
    while place < order.len() {
        if counts[place] < place {
            order.swap(if place % 2 == 0 { 0 } else { counts[place] }, place);
            visit(&order);
            counts[place] += 1;
            place = 0;
        } else {
            counts[place] = 0;
            place += 1;
        }
    }
}

fn fact(kind: usize, line: &str, seq: u64) -> Fact {
    let (head, contents) = line
        .split_once(':')
        .expect("a colon stands before the contents");
    let (before, after) = contents
        .split_once("=>")
        .expect("an arrow stands before what is shown");
    let mut words = head.split_whitespace().peekable();
    let (lo_s, hi_s) = interval(words.next().expect("a line begins with its seconds"));
    let id = words
        .next_if(|word| word.starts_with('#'))
        .map_or_else(|| seq.to_string(), |id| id[1..].to_owned());
    let what = words.next().expect("what was said follows the seconds");
    let is_read = what == "read";
    let event_type = match what {
        "read" => String::new(),
        "created" => KINDS[kind].schema.created_by.to_owned(),
        what => format!("{}.{what}", KINDS[kind].schema.object),
    };
    let content = |text: &str| Arc::new(contents::content(kind, digits(kind, text.trim()), 0));
    Fact::Claim(Claim {
        object: key(kind),
        id: id.into(),
        version: VERSIONS[0].into(),
        origin: if is_read {
            Origin::Observation
        } else {
            Origin::Event
        },
        lo_s,
        hi_s,
        event_type: event_type.into(),
        request: words.next().map(Into::into),
        deleted: false,
        after: Some(content(after)),
        before: (!before.trim().is_empty()).then(|| content(before)),
        seq,
    })
}

/// `100` is one second; `95..101` are those from the first to before the second.
fn interval(text: &str) -> (i64, i64) {
    let second = |text: &str| text.parse::<i64>().expect("a number of seconds");
    match text.split_once("..") {
        Some((lo, hi)) => (second(lo), second(hi)),
        None => (second(text), second(text) + 1),
    }
}

fn digits(kind: usize, text: &str) -> Digits {
    let mut digits = Digits::default();
    for (dial, setting) in text.split('/').enumerate() {
        digits[dial] = contents::digit(kind, dial, if setting == "-" { "" } else { setting });
    }
    digits
}
