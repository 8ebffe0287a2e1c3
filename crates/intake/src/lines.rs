//! Lines of a source, none longer than is good for memory. Knows no JSON.

use std::io::{self, BufRead, Read};

/// The next thing in a source.
pub(crate) enum Line {
    /// A line, with its line end if it has one.
    Whole(Vec<u8>),
    /// The first bytes of a line that is longer than the bound.
    TooLong(Vec<u8>),
    /// What came before reading failed.
    Cut(Vec<u8>, io::Error),
    /// Nothing is left.
    End,
}

/// A source read line by line.
pub(crate) struct Lines<'a> {
    source: &'a mut dyn BufRead,
    bytes_max: u64,
}

impl<'a> Lines<'a> {
    /// The lines of `source`, of at most `bytes_max` bytes each.
    pub(crate) fn new(source: &'a mut dyn BufRead, bytes_max: u64) -> Self {
        Self { source, bytes_max }
    }

    /// The next line. After [`Line::TooLong`] come the rest of it, through [`Lines::rest`].
    pub(crate) fn next(&mut self) -> Line {
        let mut bytes = Vec::new();
        let mut bounded = Read::take(&mut *self.source, self.bytes_max + 1);
        match bounded.read_until(b'\n', &mut bytes) {
            Err(error) => Line::Cut(bytes, error),
            Ok(_) if bytes.is_empty() => Line::End,
            Ok(_) if bytes.len() as u64 > self.bytes_max => Line::TooLong(bytes),
            Ok(_) => Line::Whole(bytes),
        }
    }

    /// The next piece of a line that is too long; empty after its end.
    pub(crate) fn rest(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Read::take(&mut *self.source, 1 << 16).read_until(b'\n', &mut bytes)?;
        Ok(bytes)
    }
}
