//! Which bodies a dictionary is trained on: so many that it learns, from all over the log. What of them may be kept is the
//! caller's to say.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use crate::{Kind, LedgerError, Log, StreamId};

/// Scrubbed bytes that are trained on: more make the training longer and the dictionary no better.
const SAMPLES_BYTES: usize = 8 << 20;
/// Of one body; what is longer says nothing about the others.
const SAMPLE_BYTES_MAX: usize = 64 << 10;
/// Bodies that are looked at, however little of them is left.
const DRAWS_MAX: u64 = 16 << 10;
/// The fraction of the golden ratio: its multiples fall evenly into the unit interval, wherever one stops.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// What `scrub` leaves of events and observations, evenly from the whole log.
pub(crate) fn samples(
    log: &dyn Log,
    scrub: &dyn Fn(&[u8]) -> Vec<u8>,
) -> Result<Vec<Vec<u8>>, LedgerError> {
    let streams = log.streams()?;
    let lengths: Vec<(&StreamId, u64)> = streams
        .iter()
        .map(|info| (&info.stream, info.head.seq))
        .collect();
    let total = lengths.iter().map(|(_, length)| length).sum();
    let mut samples = Vec::new();
    let mut bytes = 0;
    let mut drawn = BTreeSet::new();
    for draw in 0..DRAWS_MAX.min(2 * total) {
        let place = place(draw, total);
        if !drawn.insert(place) {
            continue;
        }
        let (stream, seq) = locate(&lengths, place);
        let Some(sample) = sample(log, stream, seq, scrub)? else {
            continue;
        };
        bytes += sample.len();
        samples.push(sample);
        if bytes >= SAMPLES_BYTES {
            break;
        }
    }
    Ok(samples)
}

/// A place below `total`.
fn place(draw: u64, total: u64) -> u64 {
    let fraction = u128::from(draw.wrapping_mul(GOLDEN));
    u64::try_from((fraction * u128::from(total)) >> 64).expect("it is below the total")
}

/// The stream and seq of the place in all streams one after the other.
fn locate<'a>(lengths: &[(&'a StreamId, u64)], mut place: u64) -> (&'a StreamId, u64) {
    for &(stream, length) in lengths {
        if place < length {
            return (stream, place + 1);
        }
        place -= length;
    }
    unreachable!("a place lies below the sum of the lengths")
}

fn sample(
    log: &dyn Log,
    stream: &StreamId,
    seq: u64,
    scrub: &dyn Fn(&[u8]) -> Vec<u8>,
) -> Result<Option<Vec<u8>>, LedgerError> {
    let mut sample = Vec::new();
    log.read(stream, seq..=seq, &mut |entry| {
        if matches!(entry.kind, Kind::Event | Kind::Observation) {
            sample = entry.body.map(scrub).unwrap_or_default();
        }
        ControlFlow::Break(())
    })?;
    sample.truncate(SAMPLE_BYTES_MAX);
    Ok((!sample.is_empty()).then_some(sample))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_spread_evenly_wherever_one_stops() {
        for total in [1, 7, 4097, 1_000_000] {
            for draws in [10_u64, 500] {
                let mut parts = [0_u64; 10];
                for draw in 0..draws {
                    let place = place(draw, total);
                    assert!(place < total);
                    parts[usize::try_from(place * 10 / total).unwrap_or(0)] += 1;
                }
                let even = total < 10 || parts.iter().all(|&n| n.abs_diff(draws / 10) <= 2);
                assert!(even, "{total} {draws} {parts:?}");
            }
        }
    }
}
