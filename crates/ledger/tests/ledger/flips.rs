//! Bits flipped in the file itself, beneath SQLite: refused, found, or without any effect on what the ledger holds. Those lie in
//! the unused space of pages, in numbers of the header that only steer caches, and in the tally of duplicates.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use crate::victim::{Copy, Found, PROVEN, rows, shown, victim};

const PAGE_BYTES: usize = 8192;
const HEADER_BYTES: usize = 100;

/// How the flips of all cases ended.
static FOUND: AtomicUsize = AtomicUsize::new(0);
static WITHOUT_EFFECT: AtomicUsize = AtomicUsize::new(0);

fn check(offset: usize, bit: usize) {
    let mut bytes = victim().bytes.clone();
    bytes[offset] ^= 1 << bit;
    let copy = Copy::of(&bytes);
    if !matches!(copy.look_closely(), Found::Nothing) {
        FOUND.fetch_add(1, Ordering::Relaxed);
        return;
    }
    WITHOUT_EFFECT.fetch_add(1, Ordering::Relaxed);
    let sound = Copy::of(&victim().bytes);
    let place = format!(
        "byte {offset}, bit {bit}: page {}, byte {}",
        offset / PAGE_BYTES + 1,
        offset % PAGE_BYTES
    );
    assert_eq!(shown(&copy.path), shown(&sound.path), "{place}");
    let [flipped, whole] = [&copy, &sound].map(|copy| copy.connect());
    for table in PROVEN {
        assert!(
            rows(&flipped, table) == rows(&whole, table),
            "{table}: {place}"
        );
    }
}

proptest! {
    #[test]
    fn a_flipped_bit_is_found_or_changes_nothing_that_the_ledger_holds(
        page in any::<prop::sample::Index>(), byte in 0..PAGE_BYTES, bit in 0..8_usize
    ) {
        let pages = victim().bytes.len() / PAGE_BYTES;
        check(page.index(pages) * PAGE_BYTES + byte, bit);
    }
}

#[test]
fn every_bit_of_the_header_is_tried_and_the_page_that_it_is_on() {
    for bit in 0..8 * HEADER_BYTES {
        check(bit / 8, bit % 8);
    }
    for offset in (HEADER_BYTES..PAGE_BYTES).step_by(17) {
        check(offset, offset % 8);
    }
    println!(
        "flipped bits: {} found, {} without effect",
        FOUND.load(Ordering::Relaxed),
        WITHOUT_EFFECT.load(Ordering::Relaxed)
    );
}
