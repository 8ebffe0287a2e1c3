//! The same config gives the same bytes, on every machine and for ever. Pinned hashes change only with the simulator's
//! own behaviour, knowingly.

use sha2::{Digest, Sha256};
use simulator::{Config, Delivery, Load, deliver, live_busily, simulate};

/// Events, deliveries, truth and busy objects of seed 1.
const PINNED: [&str; 4] = [
    "5f62b688e75b80ebf0113109e0c9ee3b647d2b9d84ff2ab2acc052d9cf750018",
    "4e690c8f695459707bb3ab63dfad458933ecaa04b27c73d9725b0697902b95e8",
    "478f861e7b2207cebe4ca445f53941ed7f498cb80c13fac1c539d76a8a6b8a89",
    "3647b7781450d890ea7dc65f833cd6852957194fb78b7ddeadc23047a3a07276",
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
