//! The same config gives the same bytes, on every machine and for ever. Pinned hashes change only with the simulator's
//! own behaviour, knowingly.

use sha2::{Digest, Sha256};
use simulator::{Config, Delivery, Load, deliver, live_busily, simulate};

/// Events, deliveries, truth and busy objects of seed 1.
const PINNED: [&str; 4] = [
    "66e6084cc67b4ca0b97e5b687bc1aaa7cbc86db12d32cc18490094167f398f80",
    "09255b7d8fae0130ae6e814a150ac05a27a2a564b4263ce77131cb55328b6d93",
    "f910db260828b322b11611560d1f9136332bac6dea1a3796a9c938b6a3c61afd",
    "51e91a0325fbc860e8435ea60545e27c83ef5400b358db884e09d1dcb4105cf7",
];

pub(crate) fn hash<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut sha = Sha256::new();
    for line in lines {
        sha.update(line.as_bytes());
        sha.update(b"\n");
    }
    sha.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn events(seed: u64) -> String {
    let recording = simulate(&Config::small(seed));
    hash(recording.events().iter().map(|event| &*event.body))
}

fn deliveries(seed: u64) -> String {
    let recording = simulate(&Config::small(seed));
    let delivered = deliver(&recording, &Delivery::demo(seed));
    hash(delivered.iter().map(|one| &*one.line))
}

fn truth(seed: u64) -> String {
    let recording = simulate(&Config::small(seed));
    let objects: Vec<String> = recording
        .truth()
        .objects()
        .map(|(_, _, json)| json)
        .collect();
    hash(objects.iter().map(String::as_str))
}

fn busy(seed: u64) -> String {
    let objects = live_busily(&Load::read_while_busy(seed, 30));
    hash(
        objects
            .iter()
            .flat_map(|one| one.lines.iter().map(|line| &**line)),
    )
}

#[test]
fn a_seed_gives_the_pinned_bytes() {
    let found = [events(1), deliveries(1), truth(1), busy(1)];
    assert_eq!(found, PINNED);
}

#[test]
fn another_seed_gives_other_bytes() {
    assert_ne!(events(1), events(2));
    assert_ne!(deliveries(1), deliveries(2));
    assert_ne!(busy(1), busy(2));
}
