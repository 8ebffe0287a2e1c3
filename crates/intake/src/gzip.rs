//! Gzip taken apart while it is read, member by member, and not a byte beyond. Knows no lines.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The decoder forgets what it unpacked in the call in which it meets damage, so that it is called for little.
const READ_BYTES_MAX: usize = 1 << 12;

/// A source at which one can look two bytes ahead, however few it gives at a time.
pub(crate) struct Source<'a> {
    inner: &'a mut dyn BufRead,
    /// A first byte that was taken to look at the second; it is still to be read.
    held: Option<[u8; 1]>,
}

impl<'a> Source<'a> {
    /// The source that `inner` is.
    pub(crate) fn new(inner: &'a mut dyn BufRead) -> Self {
        Self { inner, held: None }
    }

    /// Whether gzip begins here; nothing is read by it.
    pub(crate) fn is_gzip(&mut self) -> io::Result<bool> {
        if self.held.is_none() {
            match *filled(self.inner)? {
                [one] => {
                    self.held = Some([one]);
                    self.inner.consume(1);
                }
                ref bytes => return Ok(bytes.starts_with(&MAGIC)),
            }
        }
        let second = filled(self.inner)?.first().copied();
        Ok(self.held == Some([MAGIC[0]]) && second == Some(MAGIC[1]))
    }
}

impl Read for Source<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut next = self.fill_buf()?;
        let read = next.read(bytes)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match &self.held {
            Some(byte) => Ok(byte),
            None => self.inner.fill_buf(),
        }
    }

    fn consume(&mut self, bytes: usize) {
        if self.held.is_none() {
            self.inner.consume(bytes);
        } else if bytes > 0 {
            self.held = None;
        }
    }
}

fn filled(source: &mut dyn BufRead) -> io::Result<&[u8]> {
    while let Err(error) = source.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    source.fill_buf()
}

/// What the members of a gzip hold, one after the other.
pub(crate) struct Unpacked<'s, 'a> {
    /// The member in hand; none once what follows is no gzip.
    member: Option<GzDecoder<&'s mut Source<'a>>>,
}

impl<'s, 'a> Unpacked<'s, 'a> {
    /// The contents of the gzip that begins here. At its end the source stands behind the last member.
    pub(crate) fn new(source: &'s mut Source<'a>) -> Self {
        Self {
            member: Some(GzDecoder::new(source)),
        }
    }
}

impl Read for Unpacked<'_, '_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let wanted = bytes.len().min(READ_BYTES_MAX);
        while let Some(member) = &mut self.member {
            let read = member.read(&mut bytes[..wanted])?;
            if read > 0 || wanted == 0 {
                return Ok(read);
            }
            let source = self.member.take().expect("it was just read").into_inner();
            if source.is_gzip()? {
                self.member = Some(GzDecoder::new(source));
            }
        }
        Ok(0)
    }
}
