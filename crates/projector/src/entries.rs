//! Which entries of the log spoke of an object: their seqs, ascending, each as a varint of its distance to the one before.
//!
//! History, not State: it depends on the order of the log, and nothing is ever decided by it.

use std::cmp::Ordering;

/// The entries that spoke of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    bytes: Vec<u8>,
    last: u64,
}

impl Entries {
    /// Counts an entry in; a second fact of it changes nothing.
    pub(crate) fn push(&mut self, seq: u64) {
        match seq.cmp(&self.last) {
            Ordering::Equal => {}
            Ordering::Greater => {
                push_varint(&mut self.bytes, seq - self.last);
                self.last = seq;
            }
            Ordering::Less => {
                let mut one = Entries::default();
                one.push(seq);
                self.join(&one);
            }
        }
    }

    /// Counts all entries of another part of the log in.
    pub(crate) fn join(&mut self, other: &Entries) {
        let mut seqs = self.seqs();
        seqs.extend(other.seqs());
        seqs.sort_unstable();
        *self = Entries::default();
        seqs.into_iter().for_each(|seq| self.push(seq));
    }

    /// As they are stored.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Puts back what [`Entries::bytes`] gave; none when it is something else.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Entries {
            bytes: bytes.to_vec(),
            last: decode(bytes)?.last().copied().unwrap_or(0),
        })
    }

    fn seqs(&self) -> Vec<u64> {
        decode(&self.bytes).expect("only seqs are pushed")
    }
}

/// The seqs in stored bytes; none when they are something else.
pub(crate) fn decode(bytes: &[u8]) -> Option<Vec<u64>> {
    let mut rest = bytes;
    let (mut seqs, mut last) = (Vec::new(), 0_u64);
    while !rest.is_empty() {
        let distance = varint(&mut rest).filter(|distance| *distance > 0)?;
        last = last.checked_add(distance)?;
        seqs.push(last);
    }
    Some(seqs)
}

/// Appends a number in LEB128: seven bits a byte, the lowest first.
pub(crate) fn push_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes a number off the front; none when there is none that fits.
pub(crate) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            return None;
        }
        number |= bits << shift;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entries(seqs: &[u64]) -> Entries {
        let mut entries = Entries::default();
        seqs.iter().for_each(|seq| entries.push(*seq));
        entries
    }

    #[test]
    fn entries_are_a_set_whatever_the_order_and_the_shares() {
        proptest!(|(seqs in prop::collection::vec(1..=u64::MAX, 0..40), cut in 0..40_usize)| {
            let mut sorted = seqs.clone();
            sorted.sort_unstable();
            sorted.dedup();
            let (one, other) = seqs.split_at(cut.min(seqs.len()));
            let mut joined = entries(one);
            joined.join(&entries(other));
            prop_assert_eq!(&joined, &entries(&sorted));
            prop_assert_eq!(decode(joined.bytes()).unwrap(), sorted);
            prop_assert_eq!(Entries::from_bytes(joined.bytes()), Some(joined));
        });
    }

    #[test]
    fn neighbours_take_a_byte_each() {
        let run: Vec<u64> = (1..=100).collect();
        assert_eq!(entries(&run).bytes().len(), 100);
    }

    #[test]
    fn bytes_that_are_no_entries_are_refused() {
        for bytes in [&[0][..], &[0x80], &[1, 0], &[0xff; 10], &[0x80; 11]] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
        let mut beyond = entries(&[u64::MAX]).bytes().to_vec();
        beyond.push(1);
        assert_eq!(decode(&beyond), None);
    }
}
