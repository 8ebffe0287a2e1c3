//! Random batches: the file, the twin and a naive model agree, however the entries are split.

use ledger::{Entry, Hash, Log, MemoryLedger, Outcome, Role, StreamId, verify};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::draft::{Draft, append, entries, live, on_disk, test_mode};

/// Stream, id, version, content: few of each, so that they meet often.
type Told = (bool, u8, Option<u8>, u8);

const VERSIONS: [&str; 2] = ["2025", "2026-01"];

fn told() -> impl Strategy<Value = Told> {
    (
        any::<bool>(),
        0..4_u8,
        proptest::option::of(0..2_u8),
        0..3_u8,
    )
}

fn draft(&(livemode, id, version, content): &Told) -> Draft {
    let version = version.map(|version| VERSIONS[usize::from(version)]);
    Draft::new(&stream(livemode), &format!("evt_{id}"), version, content)
}

fn stream(livemode: bool) -> StreamId {
    if livemode { live() } else { test_mode() }
}

fn drafts(told: &[Told]) -> Vec<Draft> {
    told.iter().map(draft).collect()
}

/// What must come of each entry, from the whole list before it.
fn model(told: &[Told]) -> Vec<Outcome> {
    let mut kept: Vec<(Told, u64)> = Vec::new();
    let mut outcomes = Vec::new();
    for &new in told {
        let (livemode, id, version, _) = new;
        let same_stream: Vec<_> = kept.iter().filter(|(old, _)| old.0 == livemode).collect();
        let same_id: Vec<_> = same_stream.iter().filter(|(old, _)| old.1 == id).collect();
        if let Some((_, seq)) = same_id.iter().find(|(old, _)| *old == new) {
            outcomes.push(Outcome::Duplicate { seq: *seq });
            continue;
        }
        let role = match () {
            () if same_id.is_empty() => Role::Original,
            () if same_id.iter().any(|(old, _)| old.2 == version) => Role::Conflict,
            () => Role::Rendering,
        };
        let seq = same_stream.len() as u64 + 1;
        outcomes.push(Outcome::Appended { seq, role });
        kept.push((new, seq));
    }
    outcomes
}

/// The entries of both streams, without what follows from the salt.
fn unsalted(log: &dyn Log) -> Vec<Entry> {
    let nothing = Hash([0; 32]);
    let bare = |entry| Entry {
        salt: None,
        commitment: nothing,
        chain_hash: nothing,
        ..entry
    };
    [live(), test_mode()]
        .iter()
        .flat_map(|stream| entries(log, stream))
        .map(bare)
        .collect()
}

fn counts(log: &dyn Log) -> Vec<(StreamId, u64, u64)> {
    let infos = log.streams().unwrap();
    infos
        .into_iter()
        .map(|info| (info.stream, info.head.seq, info.duplicates))
        .collect()
}

fn salted_alike() -> MemoryLedger {
    MemoryLedger::with_salts(|| [42; 16])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn file_twin_and_model_agree(batches in vec(vec(told(), 0..12), 0..6)) {
        let (_folder, path, mut file) = on_disk();
        let mut twin = MemoryLedger::new();
        let mut outcomes = Vec::new();
        for batch in &batches {
            let on_file = append(&mut file, &drafts(batch));
            prop_assert_eq!(&append(&mut twin, &drafts(batch)), &on_file);
            outcomes.extend(on_file);
        }
        prop_assert_eq!(outcomes, model(&batches.concat()));
        drop(file);
        let file = ledger::SqliteLedger::open(&path).unwrap();
        prop_assert_eq!(unsalted(&file), unsalted(&twin));
        prop_assert_eq!(counts(&file), counts(&twin));
        prop_assert_eq!(file.tally().unwrap(), twin.tally().unwrap());
        for log in [&file as &dyn Log, &twin] {
            let heads = verify(log, None, &mut |_| ()).unwrap().streams;
            let infos = log.streams().unwrap();
            prop_assert!(heads.iter().map(|stream| &stream.head).eq(infos.iter().map(|info| &info.head)));
            for id in (0..4).map(|n| format!("evt_{n}")) {
                let mut all = entries(log, &live());
                all.retain(|entry| entry.id == id);
                prop_assert_eq!(log.find(&live(), &id).unwrap(), all);
            }
        }
    }

    #[test]
    fn the_split_into_batches_leaves_no_trace(told in vec(told(), 1..40), cut in any::<prop::sample::Index>()) {
        let mut whole = salted_alike();
        append(&mut whole, &drafts(&told));
        let mut split = salted_alike();
        let (head, tail) = told.split_at(cut.index(told.len()));
        append(&mut split, &drafts(head));
        for one in tail {
            append(&mut split, &[draft(one)]);
        }
        prop_assert_eq!(whole.streams().unwrap(), split.streams().unwrap());
    }
}

#[test]
fn names_of_streams_and_hashes_read_back_and_others_are_refused() {
    for text in ["acct_1/live", "acct_1A/test", "x-1/live"] {
        let stream: StreamId = text.parse().unwrap();
        assert_eq!(stream.to_string(), text);
        let again = StreamId::new(stream.account(), stream.livemode()).unwrap();
        assert_eq!(again, stream);
    }
    for text in [
        "",
        "acct_1",
        "/live",
        "acct_1/",
        "acct_1/Live",
        "a/b/live",
        "a:1/live",
        "é/live",
        "a /test",
    ] {
        assert!(text.parse::<StreamId>().is_err(), "{text}");
    }
    let head = format!("acct_1/live:42:{}", Hash([0xa0; 32]));
    assert_eq!(head.parse::<ledger::Head>().unwrap().to_string(), head);
    let bad = [
        head.replace("42", "042"),
        head.replace("42", "+42"),
        head.replace("42", ""),
        head.replace("a0", "A0"),
        format!("{head}:"),
        head[..head.len() - 1].to_owned(),
    ];
    for text in bad {
        assert!(text.parse::<ledger::Head>().is_err(), "{text}");
    }
}
