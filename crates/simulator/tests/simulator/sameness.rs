//! The same config gives the same bytes, on every machine and for ever. Pinned hashes change only with the simulator's
//! own behaviour, knowingly.

use sha2::{Digest, Sha256};
use simulator::{Config, Delivery, Load, deliver, live_busily, simulate};

/// Events, deliveries, truth and busy objects of seed 1.
const PINNED: [&str; 4] = [
    "2f355c5ade7df7240d765f08aa163a8ba805f87f289f47574692470ee143529e",
    "6b45aafd76ff9d96636d72032eedb5c80b5e5c15a41c3ba22a68d1a1b5707d1a",
    "1b158c714706ee3b1440bc64699d90d0c5fb4864288447fd8cf1cfea1f52f218",
    "95f86a00a9c22f7dac69ed6a423777486d1b1b08e64c78d2addb2e115ec00e66",
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
