//! Events as Stripe sends them: simulated, indented by two spaces, with names that are no easier to compress than real ones.

use std::error::Error;

use ledger::{Hash, Kind, OwnedEntry, Source, StreamId};
use simulator::{Config, Delivery, deliver, simulate};

/// Events of the demo's company for each of its customers, a little less than there are.
const EVENTS_OF_CUSTOMER: usize = 60;

/// Events with their envelopes read.
pub(crate) struct Corpus {
    pub(crate) entries: Vec<OwnedEntry>,
}

impl Corpus {
    /// So many events of the company with that seed.
    pub(crate) fn simulated(seed: u64, entries: usize) -> Result<Self, Box<dyn Error>> {
        let recording = simulate(&Config {
            customers: u32::try_from(entries / EVENTS_OF_CUSTOMER + 20)?,
            ..Config::demo(seed)
        });
        let stream = StreamId::new(recording.account(), recording.livemode())?;
        let lines = deliver(&recording, &Delivery::in_order(seed));
        let events = lines
            .iter()
            .filter(|one| one.kind == simulator::Kind::Event);
        let entries = events
            .take(entries)
            .map(|one| entry(&stream, indent(&with_names(&one.line, seed)).into_bytes()))
            .collect::<Result<_, _>>()?;
        Ok(Self { entries })
    }

    /// The bytes of all bodies.
    pub(crate) fn bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry.body.len()).sum()
    }
}

fn entry(stream: &StreamId, body: Vec<u8>) -> Result<OwnedEntry, Box<dyn Error>> {
    let envelope = facts::envelope(&body)?;
    Ok(OwnedEntry {
        stream: stream.clone(),
        kind: Kind::Event,
        id: envelope.id.into(),
        type_: envelope.type_.into(),
        object_id: envelope.object_id.map(Into::into),
        api_version: envelope.api_version.map(Into::into),
        created_s: envelope.created_s,
        recorded_us: envelope.created_s * 1_000_000 + 250_000,
        source: Source::Webhook,
        content_hash: Hash(envelope.content_hash),
        body,
    })
}

/// JSON with each member and item on a line of its own, as Stripe sends it.
fn indent(line: &str) -> String {
    let mut out = String::with_capacity(line.len() * 2);
    let (mut depth, mut in_string, mut escaped, mut last) = (0_usize, false, false, ' ');
    let new_line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    for c in line.chars() {
        let is_empty = matches!((last, c), ('{', '}') | ('[', ']'));
        match c {
            _ if in_string => {}
            '}' | ']' => {
                depth -= 1;
                if !is_empty {
                    new_line(&mut out, depth);
                }
            }
            _ if matches!(last, '{' | '[') => new_line(&mut out, depth),
            _ => {}
        }
        out.push(c);
        match c {
            '"' if !escaped => in_string = !in_string,
            _ if in_string => {}
            '{' | '[' => depth += 1,
            ',' => new_line(&mut out, depth),
            ':' => out.push(' '),
            _ => {}
        }
        escaped = in_string && c == '\\' && !escaped;
        // Within a string, brackets are letters.
        last = if in_string { ' ' } else { c };
    }
    out
}

/// The line with letters drawn at random in place of the numbers by which the simulator tells customers apart.
fn with_names(line: &str, seed: u64) -> String {
    let names = rename(line, "Customer ", 2, seed);
    rename(&names, "customer-", 1, seed)
}

/// Puts so many random words in place of `prefix` and the digits behind it; the same for the same digits.
fn rename(text: &str, prefix: &str, words: u64, seed: u64) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut parts = text.split(prefix);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        match number.parse::<u64>() {
            Ok(number) => out.push_str(&name(seed << 32 | number << 8, words)),
            Err(_) => out.push_str(prefix),
        }
        out.push_str(rest);
    }
    out
}

/// Words of seven letters.
fn name(seed: u64, words: u64) -> String {
    let word = |n: u64| -> String {
        let mut state = scatter(seed + n);
        let letter = |_| {
            let letter = b'a' + (state % 26) as u8;
            state /= 26;
            char::from(letter)
        };
        (0..7).map(letter).collect()
    };
    (0..words).map(word).collect::<Vec<_>>().join(" ")
}

/// A bijection that leaves no order (the finalizer of splitmix64).
fn scatter(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}
