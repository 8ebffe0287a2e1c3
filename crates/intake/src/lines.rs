//! Lines of a source, none longer than is good for memory. Knows no JSON.

use std::io::{self, BufRead, Read};

const PIECE_BYTES: u64 = 1 << 16;

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
    /// Whether the line in hand has been read to its end.
    is_whole: bool,
    /// Whether the source has ended. One that grows while it is read is not asked again: half a line would become two.
    is_over: bool,
}

impl<'a> Lines<'a> {
    /// The lines of `source`, of at most `bytes_max` bytes each.
    pub(crate) fn new(source: &'a mut dyn BufRead, bytes_max: u64) -> Self {
        Self {
            source,
            bytes_max,
            is_whole: true,
            is_over: false,
        }
    }

    /// The next line. After [`Line::TooLong`] the rest of it is asked for first, through [`Lines::rest`].
    pub(crate) fn next(&mut self) -> Line {
        if self.is_over {
            return Line::End;
        }
        let (bytes, read) = self.read(self.bytes_max + 1);
        match read {
            Err(error) => Line::Cut(bytes, error),
            Ok(()) if bytes.is_empty() => Line::End,
            Ok(()) if bytes.len() as u64 > self.bytes_max => Line::TooLong(bytes),
            Ok(()) => {
                self.is_over = !self.is_whole;
                Line::Whole(bytes)
            }
        }
    }

    /// The next piece of a line that is too long; empty after its end.
    pub(crate) fn rest(&mut self) -> io::Result<Vec<u8>> {
        if self.is_whole {
            return Ok(Vec::new());
        }
        let (bytes, read) = self.read(PIECE_BYTES);
        self.is_over = bytes.is_empty();
        read.map(|()| bytes)
    }

    fn read(&mut self, bytes_max: u64) -> (Vec<u8>, io::Result<()>) {
        let mut bytes = Vec::new();
        let read = Read::take(&mut *self.source, bytes_max).read_until(b'\n', &mut bytes);
        self.is_whole = bytes.ends_with(b"\n");
        (bytes, read.map(drop))
    }
}
