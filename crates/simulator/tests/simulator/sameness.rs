//! The same config gives the same bytes, on every machine and for ever. Pinned hashes change only with the simulator's
//! own behaviour, knowingly.

use sha2::{Digest, Sha256};
use simulator::{Config, Delivery, Load, deliver, live_busily, simulate};

/// Events, deliveries, truth and busy objects of seed 1.
const PINNED: [&str; 4] = [
    "c5f08c454263912a309f535f9accd63b95ffece84a7d568dd015a2d9240a7169",
    "82edf29a258db16e5a68354adab13750ffebccecd3c6bfc30b3e1d33fc480de5",
    "2848da3f363dccec5772a0456432c6a9f69d8281b4a1f1b7834e8ba4d10db418",
    "daedb5661a2c1595e7026ed7c5c2e3c9bf51b189e05976af7b738762461136af",
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
