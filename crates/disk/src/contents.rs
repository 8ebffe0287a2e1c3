//! What a file would hold after a power loss: the bytes that were synced, and the changes that were not.
//! Touches no file.

use std::mem;

use crate::fault::Choice;

/// The unit in which a write is torn.
pub(crate) const SECTOR_BYTES: usize = 512;

/// A file as the platter knows it.
pub(crate) struct Contents {
    synced: Vec<u8>,
    pending: Vec<Change>,
}

enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Resize { size_bytes: usize },
}

impl Contents {
    /// A file that holds `synced` for good.
    pub(crate) fn new(synced: Vec<u8>) -> Self {
        Self {
            synced,
            pending: Vec::new(),
        }
    }

    pub(crate) fn write(&mut self, offset: usize, bytes: &[u8]) {
        let bytes = bytes.to_vec();
        self.pending.push(Change::Write { offset, bytes });
    }

    pub(crate) fn resize(&mut self, size_bytes: usize) {
        self.pending.push(Change::Resize { size_bytes });
    }

    /// Puts the pending changes that are chosen among the synced bytes, in order, and drops the others.
    pub(crate) fn settle(&mut self, choice: &mut Choice) {
        for change in mem::take(&mut self.pending) {
            match change {
                Change::Write { offset, bytes } => self.settle_write(offset, &bytes, choice),
                Change::Resize { size_bytes } if choice.keeps() => {
                    self.synced.resize(size_bytes, 0);
                }
                Change::Resize { .. } => {}
            }
        }
    }

    /// The bytes, once there is nothing pending.
    pub(crate) fn settled(&self) -> &[u8] {
        assert!(self.pending.is_empty(), "pending changes have no bytes yet");
        &self.synced
    }

    fn settle_write(&mut self, offset: usize, bytes: &[u8], choice: &mut Choice) {
        let mut at = 0;
        while at < bytes.len() {
            let to_boundary = SECTOR_BYTES - (offset + at) % SECTOR_BYTES;
            let end = bytes.len().min(at + to_boundary);
            if choice.keeps() {
                self.place(offset + at, &bytes[at..end]);
            }
            at = end;
        }
    }

    fn place(&mut self, offset: usize, piece: &[u8]) {
        let end = offset + piece.len();
        if self.synced.len() < end {
            self.synced.resize(end, 0);
        }
        self.synced[offset..end].copy_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Kept;

    fn after(kept: Kept, change: impl Fn(&mut Contents)) -> Vec<u8> {
        let mut contents = Contents::new(vec![1; 1024]);
        change(&mut contents);
        contents.settle(&mut kept.choice(0));
        contents.settled().to_vec()
    }

    #[test]
    fn unsynced_changes_are_lost_or_kept_as_chosen() {
        let change = |contents: &mut Contents| {
            contents.write(1000, &[2; 100]);
            contents.resize(1050);
        };
        assert_eq!(after(Kept::Nothing, change), [1; 1024]);
        let whole = after(Kept::Everything, change);
        assert_eq!((whole.len(), whole[999], whole[1049]), (1050, 1, 2));
    }

    #[test]
    fn a_write_is_torn_at_sectors_only() {
        let mut torn = 0;
        for seed in 0..32 {
            let bytes = after(Kept::Sectors { seed }, |contents| {
                contents.write(256, &[2; 768])
            });
            let pieces = [256..512, 512..1024];
            let kept = pieces.map(|piece| {
                let piece = &bytes[piece];
                assert!(piece.iter().all(|byte| *byte == piece[0]));
                piece[0] == 2
            });
            torn += u32::from(kept[0] != kept[1]);
        }
        assert!((1..32).contains(&torn), "{torn}");
    }

    #[test]
    fn a_gap_before_a_kept_piece_reads_as_zeros() {
        let bytes = after(Kept::Everything, |contents| contents.write(2048, &[2; 4]));
        assert_eq!((bytes.len(), bytes[1023], bytes[2047]), (2052, 1, 0));
    }
}
