//! Any bytes at all: no panic, and each of them is in the log, in the rejects, or white space.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::desk::{Desk, event};

/// Lines that are sound, spoilt, or parts of values over many lines.
fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        (0..20_u32).prop_map(|n| event(&format!("evt_{n}")).into_bytes()),
        (0..200_usize).prop_map(|cut| event("evt_cut").into_bytes()[..cut.min(100)].to_vec()),
        prop::sample::select(vec![
            "{", "}", "[", "]", "],", "\"a\":1,", "\"b\": [", "1,", "{},", "{}"
        ])
        .prop_map(|part| part.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..40),
    ]
}

/// How often each byte but white space and line ends stands in something.
fn counts<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> BTreeMap<u8, usize> {
    let mut counts = BTreeMap::new();
    let bytes = pieces.into_iter().flatten();
    for byte in bytes.filter(|byte| !byte.is_ascii_whitespace()) {
        *counts.entry(*byte).or_insert(0) += 1;
    }
    counts
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_panics(
        lines in prop::collection::vec(line(), 0..15),
        bound in prop_oneof![Just(intake::LINE_BYTES_MAX), 1..300_u64],
    ) {
        let input = lines.join(&b'\n');
        // Each value once, so that duplicates hide nothing: the input says every byte, the outputs say it again.
        let mut desk = Desk::new();
        desk.options.line_bytes_max = bound;
        let tally = desk.import(&input);
        let bodies = desk.bodies();
        prop_assert_eq!(bodies.len() as u64, tally.appended());
        let rejects = desk.rejects();
        prop_assert!(rejects.len() as u64 <= tally.rejected);
        let kept = counts(
            bodies.iter().map(String::as_bytes).chain(rejects.iter().map(|(body, _)| &body[..])),
        );
        // A list gives its items and loses its brackets and commas, a body order mark its three bytes; what repeats is kept once.
        for byte in counts([&input[..]]).keys() {
            let may_go = b"[],\xef\xbb\xbf".contains(byte);
            prop_assert!(may_go || kept.contains_key(byte), "{} is gone", byte);
        }
    }
}
