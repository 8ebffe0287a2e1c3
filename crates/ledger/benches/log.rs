//! How fast the log on disk takes entries and gives them back: prints figures, asserts no times.
//!
//! `cargo bench -p ledger --bench log -- [ENTRIES [BATCH]]`

use std::error::Error;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use ledger::{Hash, Kind, Ledger, Log, NewEntry, Source, SqliteLedger, StreamId, verify};

const BODY_BYTES_MEAN: usize = 4900;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo adds `--bench` to the arguments.
    let mut numbers = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench");
    let entries: usize = numbers.next().as_deref().unwrap_or("100000").parse()?;
    let batch: usize = numbers.next().as_deref().unwrap_or("4000").parse()?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ledger.db");
    let mut ledger = SqliteLedger::create(&path, 0)?;
    let stream = StreamId::new("acct_bench", false)?;
    let bodies: Vec<Vec<u8>> = (0..entries).map(body).collect();
    let bytes: usize = bodies.iter().map(Vec::len).sum();
    println!(
        "{entries} entries, {} bytes a body, {batch} a batch",
        bytes / entries
    );

    let started = Instant::now();
    append(&mut ledger, &stream, &bodies, batch)?;
    report("append", started.elapsed(), entries, bytes);

    let started = Instant::now();
    append(&mut ledger, &stream, &bodies, batch)?;
    report("append again", started.elapsed(), entries, bytes);

    read_back(&ledger, &stream, entries, bytes)?;

    let singles = bodies.len().min(200);
    let started = Instant::now();
    append(
        &mut ledger,
        &StreamId::new("acct_bench", true)?,
        &bodies[..singles],
        1,
    )?;
    report(
        "append singly",
        started.elapsed(),
        singles,
        singles * BODY_BYTES_MEAN,
    );

    println!(
        "file          {} MB",
        std::fs::metadata(&path)?.len() / 1_000_000
    );
    Ok(())
}

/// Times every way of reading what was appended.
fn read_back(
    ledger: &SqliteLedger,
    stream: &StreamId,
    entries: usize,
    bytes: usize,
) -> Result<(), Box<dyn Error>> {
    for round in ["read", "read again"] {
        let started = Instant::now();
        let mut sum = 0;
        ledger.read(stream, 1..=u64::MAX, &mut |entry| {
            sum += entry.body.map_or(0, <[u8]>::len);
            ControlFlow::Continue(())
        })?;
        report(round, started.elapsed(), entries, sum);
    }

    let reader = ledger.reader()?;
    let started = Instant::now();
    verify(reader.as_ref(), None, &mut |_| ())?;
    report("verify", started.elapsed(), entries, bytes);

    let started = Instant::now();
    for n in (0..entries).step_by(100) {
        ledger.find(stream, &id(n))?;
    }
    report("find", started.elapsed(), entries.div_ceil(100), 0);

    let started = Instant::now();
    let kinds = ledger.tally()?.len();
    println!(
        "tally         {kinds} rows in {} us",
        started.elapsed().as_micros()
    );
    Ok(())
}

fn append(
    ledger: &mut SqliteLedger,
    stream: &StreamId,
    bodies: &[Vec<u8>],
    batch: usize,
) -> Result<(), Box<dyn Error>> {
    let types = [
        "charge.succeeded",
        "invoice.paid",
        "invoice.updated",
        "customer.updated",
    ];
    let ids: Vec<String> = (0..bodies.len()).map(id).collect();
    for (first, chunk) in bodies
        .chunks(batch)
        .enumerate()
        .map(|(n, chunk)| (n * batch, chunk))
    {
        let new = |(n, body): (usize, _)| NewEntry {
            stream,
            kind: Kind::Event,
            id: &ids[first + n],
            type_: types[n % types.len()],
            object_id: Some(&ids[first + n]),
            api_version: Some("2026-09-30.endive"),
            created_s: 1_700_000_000 + n as i64,
            recorded_us: 1_700_000_000_000_000,
            source: Source::Import,
            content_hash: content_hash(first + n),
            body,
        };
        let entries: Vec<NewEntry<'_>> = chunk
            .iter()
            .map(Vec::as_slice)
            .enumerate()
            .map(new)
            .collect();
        ledger.append(&entries)?;
    }
    Ok(())
}

/// Ids as scattered as real ones, so that the index on them is not appended to in order.
fn id(n: usize) -> String {
    format!("evt_{:016x}", scatter(n as u64))
}

fn content_hash(n: usize) -> Hash {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&scatter(n as u64 + 1).to_le_bytes());
    Hash(bytes)
}

/// Mostly near the mean, some several times as long.
fn body(n: usize) -> Vec<u8> {
    let spread = (scatter(n as u64) % 3000) as usize;
    let length = BODY_BYTES_MEAN - 2000 + spread + if n.is_multiple_of(20) { 10_000 } else { 0 };
    let mut state = n as u64;
    let next = |_| {
        state = scatter(state + 1);
        b' ' + (state % 95) as u8
    };
    (0..length).map(next).collect()
}

/// A bijection that leaves no order (the finalizer of splitmix64).
fn scatter(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

fn report(what: &str, took: Duration, entries: usize, bytes: usize) {
    let us = (took.as_micros() as usize).max(1);
    println!(
        "{what:13} {:>6} ms  {:>7} entries/s  {:>5} MB/s",
        us / 1000,
        entries * 1_000_000 / us,
        bytes / us,
    );
}
