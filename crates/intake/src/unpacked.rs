//! Gzip and zstd taken apart while they are read, member by member, and not a byte beyond. Knows no lines.

use std::io::{self, BufRead, ErrorKind, Read};

use flate2::bufread::GzDecoder;
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// What zstd skips; the low half of the first byte is free. Some tools put one before everything else.
const ZSTD_SKIPPED: &[u8] = &[0x50, 0x2a, 0x4d, 0x18];

/// The decoders forget what they unpacked in the call in which they meet damage, so that they are called for little.
const READ_BYTES_MAX: usize = 1 << 12;

/// The widest window that zstd itself can have.
const WINDOW_LOG_MAX: u32 = 31;

const CUT_SHORT: &str = "the zstd ends in the middle";

/// How bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// A member of a gzip.
    Gzip,
    /// A frame of a zstd.
    Zstd,
}

/// What first bytes tell.
enum Look {
    Packed(Packing),
    Plain,
    /// Too few bytes tell nothing yet.
    Unclear,
}

/// A source at which one can look some bytes ahead, however few it gives at a time.
pub(crate) struct Source<'a> {
    inner: &'a mut dyn BufRead,
    /// First bytes that were taken to look at those behind them; they are still to be read.
    held: Vec<u8>,
}

impl<'a> Source<'a> {
    /// The source that `inner` is.
    pub(crate) fn new(inner: &'a mut dyn BufRead) -> Self {
        Self {
            inner,
            held: Vec::new(),
        }
    }

    /// How what begins here is packed, if it is; nothing is read by it, and no more is waited for than tells.
    pub(crate) fn packing(&mut self) -> io::Result<Option<Packing>> {
        loop {
            let seen = match &self.held[..] {
                [] => filled(self.inner)?,
                held => held,
            };
            match look(seen) {
                Look::Packed(packing) => return Ok(Some(packing)),
                Look::Plain => return Ok(None),
                Look::Unclear => {}
            }
            let Some(&next) = filled(self.inner)?.first() else {
                return Ok(None);
            };
            self.held.push(next);
            self.inner.consume(1);
        }
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
        match &self.held[..] {
            [] => self.inner.fill_buf(),
            held => Ok(held),
        }
    }

    fn consume(&mut self, bytes: usize) {
        if self.held.is_empty() {
            self.inner.consume(bytes);
        } else {
            self.held.drain(..bytes);
        }
    }
}

fn look(bytes: &[u8]) -> Look {
    let Some((first, rest)) = bytes.split_first() else {
        return Look::Plain;
    };
    let (packing, magic) = match first {
        0x1f => (Packing::Gzip, GZIP),
        0x28 => (Packing::Zstd, ZSTD),
        0x50..=0x5f => (Packing::Zstd, ZSTD_SKIPPED),
        _ => return Look::Plain,
    };
    let magic = &magic[1..];
    if rest.starts_with(magic) {
        return Look::Packed(packing);
    }
    if magic.starts_with(rest) {
        return Look::Unclear;
    }
    Look::Plain
}

fn filled(source: &mut dyn BufRead) -> io::Result<&[u8]> {
    while let Err(error) = source.fill_buf() {
        if error.kind() != ErrorKind::Interrupted {
            return Err(error);
        }
    }
    source.fill_buf()
}

/// What the members of a gzip or zstd hold, one after the other.
pub(crate) struct Unpacked<'s, 'a> {
    /// The member in hand; none once what follows is packed in no way.
    member: Option<Member<'s, 'a>>,
    frames: Frames,
}

/// One member, and where it is read from.
enum Member<'s, 'a> {
    Gzip(GzDecoder<&'s mut Source<'a>>),
    Zstd(&'s mut Source<'a>),
}

impl<'s, 'a> Unpacked<'s, 'a> {
    /// The contents of what begins here. At its end the source stands behind the last member. A zstd whose window has more than
    /// `window_bytes_max` can't be read.
    pub(crate) fn new(source: &'s mut Source<'a>, window_bytes_max: u64) -> io::Result<Self> {
        let window_log = window_bytes_max.max(1).ilog2();
        Ok(Self {
            member: Member::begin(source)?,
            frames: Frames {
                window_log_max: window_log.min(WINDOW_LOG_MAX),
                decoder: None,
                is_over: false,
            },
        })
    }
}

impl<'s, 'a> Member<'s, 'a> {
    fn begin(source: &'s mut Source<'a>) -> io::Result<Option<Self>> {
        Ok(source.packing()?.map(|packing| match packing {
            Packing::Gzip => Self::Gzip(GzDecoder::new(source)),
            Packing::Zstd => Self::Zstd(source),
        }))
    }

    fn end(self) -> &'s mut Source<'a> {
        match self {
            Self::Gzip(decoder) => decoder.into_inner(),
            Self::Zstd(source) => source,
        }
    }
}

impl Read for Unpacked<'_, '_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let wanted = bytes.len().min(READ_BYTES_MAX);
        while let Some(member) = &mut self.member {
            let read = match member {
                Member::Gzip(decoder) => decoder.read(&mut bytes[..wanted])?,
                Member::Zstd(source) => self.frames.read(source, &mut bytes[..wanted])?,
            };
            if read > 0 || wanted == 0 {
                return Ok(read);
            }
            let member = self.member.take().expect("it was just read");
            self.member = Member::begin(member.end())?;
        }
        Ok(0)
    }
}

/// Frames of zstd, all read by one decoder: a file may have a million empty ones.
struct Frames {
    window_log_max: u32,
    decoder: Option<Decoder<'static>>,
    /// Whether the frame in hand has given all it holds.
    is_over: bool,
}

impl Frames {
    /// Reads from the frame in hand; nothing at its end, where the next one can begin.
    fn read(&mut self, source: &mut Source<'_>, bytes: &mut [u8]) -> io::Result<usize> {
        if std::mem::take(&mut self.is_over) {
            return Ok(0);
        }
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            none => {
                let mut decoder = Decoder::new()?;
                decoder.set_parameter(DParameter::WindowLogMax(self.window_log_max))?;
                none.insert(decoder)
            }
        };
        loop {
            let packed = filled(source)?;
            let is_cut = packed.is_empty();
            let mut input = InBuffer::around(packed);
            let mut output = OutBuffer::around(&mut *bytes);
            let hint = decoder.run(&mut input, &mut output);
            let missing = hint.map_err(|error| io::Error::other(format!("zstd: {error}")))?;
            let (taken, given) = (input.pos(), output.pos());
            source.consume(taken);
            if missing == 0 {
                self.is_over = given > 0;
                return Ok(given);
            }
            if given > 0 || bytes.is_empty() {
                return Ok(given);
            }
            if is_cut {
                return Err(io::Error::new(ErrorKind::UnexpectedEof, CUT_SHORT));
            }
        }
    }
}
