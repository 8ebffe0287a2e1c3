//! Bodies as they lie in their rows: packed with a dictionary. Knows no table and no entry.
//!
//! Packed is a zstd frame and a seal: the first eight bytes of SHA-256(dictionary id, frame). A frame has bits that no
//! decoder looks at; with the seal each of its bits, and the id, is the one that was written.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use zstd::zstd_safe::{CCtx, CDict, DCtx, DDict, compress_bound, get_frame_content_size};

/// SQLite's bound on a row: no longer body was ever taken.
const BODY_BYTES_MAX: usize = 1_000_000_000;
const LEVEL: i32 = 3;
const SEAL_BYTES: usize = 8;
/// The longest beginning of a frame, in which it says how much it holds.
pub(super) const HEADER_BYTES_MAX: i64 = 18;

/// Dictionaries made ready, and the memory that packing needs; kept for as long as the ledger is open.
#[derive(Default)]
pub(super) struct Packing {
    packer: Option<CCtx<'static>>,
    unpacker: Option<DCtx<'static>>,
    dictionaries: BTreeMap<u64, Ready>,
}

struct Ready {
    bytes: Vec<u8>,
    unpacks: DDict<'static>,
    /// Made when it is first packed with: most handles only read.
    packs: Option<CDict<'static>>,
}

impl Packing {
    pub(super) fn has(&self, id: u64) -> bool {
        self.dictionaries.contains_key(&id)
    }

    /// Makes a dictionary ready; false if zstd doesn't take it for one.
    pub(super) fn add(&mut self, id: u64, bytes: Vec<u8>) -> bool {
        let Some(unpacks) = DDict::try_create(&bytes) else {
            return false;
        };
        let ready = Ready {
            bytes,
            unpacks,
            packs: None,
        };
        self.dictionaries.insert(id, ready);
        true
    }

    /// Packs `body` into `packed`; false if that makes it no smaller, or `id` is not ready.
    pub(super) fn pack(&mut self, id: u64, body: &[u8], packed: &mut Vec<u8>) -> bool {
        let Some(ready) = self.dictionaries.get_mut(&id) else {
            return false;
        };
        if ready.packs.is_none() {
            ready.packs = CDict::try_create(&ready.bytes, LEVEL);
        }
        // A body that SQLite would refuse must not slip in by being small when packed.
        let Some(dictionary) = ready
            .packs
            .as_ref()
            .filter(|_| body.len() <= BODY_BYTES_MAX)
        else {
            return false;
        };
        packed.clear();
        packed.reserve(compress_bound(body.len()) + SEAL_BYTES);
        let packer = self.packer.get_or_insert_default();
        if packer
            .compress_using_cdict(packed, body, dictionary)
            .is_err()
        {
            return false;
        }
        let seal = seal(id, packed);
        packed.extend_from_slice(&seal);
        packed.len() < body.len()
    }

    /// Unpacks `stored` into `body`; false if these are not the bytes that were packed with `id`, or it is not ready.
    pub(super) fn unpack(&mut self, id: u64, stored: &[u8], body: &mut Vec<u8>) -> bool {
        let Some(ready) = self.dictionaries.get(&id) else {
            return false;
        };
        let Some((frame, sealed)) = stored.split_last_chunk() else {
            return false;
        };
        if seal(id, frame) != *sealed {
            return false;
        }
        let Ok(Some(claimed)) = get_frame_content_size(frame) else {
            return false;
        };
        let Some(bytes) = usize::try_from(claimed)
            .ok()
            .filter(|bytes| *bytes <= BODY_BYTES_MAX)
        else {
            return false;
        };
        body.clear();
        body.reserve(bytes);
        let unpacker = self.unpacker.get_or_insert_default();
        unpacker.decompress_using_ddict(body, frame, &ready.unpacks) == Ok(bytes)
    }
}

/// The length of a packed body, from the first [`HEADER_BYTES_MAX`] of what is stored; none if they don't say it.
pub(super) fn body_bytes(start: &[u8]) -> Option<u64> {
    get_frame_content_size(start).ok().flatten()
}

fn seal(id: u64, frame: &[u8]) -> [u8; SEAL_BYTES] {
    let hash = Sha256::new()
        .chain_update(id.to_le_bytes())
        .chain_update(frame)
        .finalize();
    *hash.first_chunk().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dictionary of raw content: zstd takes any bytes without its magic number as that.
    fn ready(text: &str) -> Packing {
        let mut packing = Packing::default();
        assert!(packing.add(1, text.as_bytes().to_vec()));
        assert!(packing.add(2, text.as_bytes().to_vec()));
        packing
    }

    const BODY: &[u8] =
        br#"{"object":"event","type":"invoice.paid","object":"event","id":"evt_1"}"#;

    fn packed() -> (Packing, Vec<u8>) {
        let mut packing = ready(r#"{"object":"event","type":"invoice.paid"}"#);
        let mut packed = Vec::new();
        assert!(packing.pack(1, BODY, &mut packed));
        (packing, packed)
    }

    #[test]
    fn what_was_packed_is_unpacked_to_the_byte() {
        let (mut packing, packed) = packed();
        assert!(packed.len() < BODY.len());
        let mut body = b"left from before".to_vec();
        assert!(packing.unpack(1, &packed, &mut body));
        assert_eq!(body, BODY);
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let (mut packing, packed) = packed();
        let mut body = Vec::new();
        for at in 0..packed.len() * 8 {
            let mut flipped = packed.clone();
            flipped[at / 8] ^= 1 << (at % 8);
            assert!(!packing.unpack(1, &flipped, &mut body), "bit {at}");
        }
        for end in 0..packed.len() {
            assert!(
                !packing.unpack(1, &packed[..end], &mut body),
                "cut at {end}"
            );
        }
    }

    #[test]
    fn the_same_dictionary_under_another_id_is_another() {
        let (mut packing, packed) = packed();
        let mut body = Vec::new();
        assert!(!packing.unpack(2, &packed, &mut body));
        assert!(!packing.unpack(3, &packed, &mut body));
    }

    #[test]
    fn what_packing_makes_no_smaller_is_not_packed() {
        let mut packing = ready("{}");
        assert!(!packing.pack(1, b"", &mut Vec::new()));
        assert!(!packing.pack(1, b"\x01\x9f\x33\x70", &mut Vec::new()));
        assert!(!packing.pack(9, BODY, &mut Vec::new()));
    }

    #[test]
    fn a_frame_that_claims_too_much_is_refused_before_memory_is_taken() {
        // Magic number; single segment with eight bytes of content size; the size; one empty last block.
        let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0xe0];
        frame.extend_from_slice(&(1_u64 << 40).to_le_bytes());
        frame.extend_from_slice(&[1, 0, 0]);
        assert_eq!(body_bytes(&frame), Some(1 << 40));
        let sealed = [&frame[..], &seal(1, &frame)].concat();
        let mut body = Vec::new();
        assert!(!ready("{}").unpack(1, &sealed, &mut body));
        assert_eq!(body.capacity(), 0);
    }

    #[test]
    fn two_frames_are_not_one_body() {
        let (mut packing, packed) = packed();
        let frame = &packed[..packed.len() - SEAL_BYTES];
        let twice = [frame, frame].concat();
        let sealed = [&twice[..], &seal(1, &twice)].concat();
        assert!(!packing.unpack(1, &sealed, &mut Vec::with_capacity(10_000)));
    }
}
