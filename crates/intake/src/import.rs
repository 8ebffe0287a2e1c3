//! Sources, plain, gzip or zstd, cut into bodies: a JSON value a line, or values over many lines, each an event, a notification, an
//! observation, a list of them, or with [`BareReading`] a bare object. Memory is bounded by the longest line or value; an array
//! may be longer, if its rows are not.
//!
//! What is not whole is set aside by itself: after a spoilt line the next one starts afresh.

mod array;

use std::io::{self, BufRead, BufReader, Read};

use facts::EnvelopeError;

use self::array::{Array, begins_array};
use crate::block::{Brackets, Progress};
use crate::lines::{Line, Lines};
use crate::rejects::Draft;
use crate::unpacked::{Source, Unpacked};
use crate::{BareReading, Intake, IntakeError, Origin};

/// The bound on a line, and on a value over many lines, unless another is set: 64 MiB.
pub const LINE_BYTES_MAX: u64 = 64 << 20;

const TOO_LONG: &str =
    "longer than the bound on a line or value; give one value a line, or raise the bound";

const BEHIND_PACKED: &str =
    "what stands behind the end of the gzip or zstd is neither; give it as a file of its own";

const PACKED_TWICE: &str = "it is packed twice; unpack it once, and import what comes out";

/// So much may the window of a zstd have, besides twice the bound on a line: under the bound that is set unless another is,
/// what `zstd --long` writes can be read.
const WINDOW_BYTES: u64 = 16 << 20;

const BUFFER_BYTES: usize = 1 << 18;
const PIECE_BYTES: u64 = 1 << 16;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How sources are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOptions {
    /// What is known of bare objects; without it they are set aside.
    pub bare: Option<BareReading>,
    /// Bytes that a line, or a value over many lines, may have.
    pub line_bytes_max: u64,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            bare: None,
            line_bytes_max: LINE_BYTES_MAX,
        }
    }
}

/// How a source ended.
#[derive(Debug)]
pub enum Ended {
    /// All of it was read.
    Whole,
    /// Reading failed; what came before was offered.
    Cut(io::Error),
}

/// Offers every body of `source`, which is called `name` in rejects, to `intake`. Gzip and zstd are known by their first bytes.
pub fn import(
    source: &mut dyn BufRead,
    name: &str,
    intake: &mut Intake<'_>,
    options: &ImportOptions,
) -> Result<Ended, IntakeError> {
    intake.rejects().begin_source()?;
    let mut import = Import {
        name,
        intake,
        options,
        line: 0,
        block: None,
        array: None,
    };
    let mut source = Source::new(source);
    let ended = match source.packing() {
        Ok(Some(_)) => import.packed(&mut source)?,
        Ok(None) => import.plain(&mut source)?,
        Err(error) => Ended::Cut(error),
    };
    intake.rejects().end_source()?;
    Ok(ended)
}

struct Import<'i, 'a> {
    name: &'i str,
    intake: &'i mut Intake<'a>,
    options: &'i ImportOptions,
    /// The number of the line in hand, from 1.
    line: u64,
    block: Option<Block>,
    array: Option<Array>,
}

/// Lines that may become one value.
struct Block {
    first_line: u64,
    brackets: Brackets,
    bytes: Vec<u8>,
    /// Where the bytes went when they became too many.
    spilt: Option<Draft>,
}

impl<'i> Import<'i, '_> {
    fn plain(&mut self, source: &mut dyn BufRead) -> Result<Ended, IntakeError> {
        let mut lines = Lines::new(source, self.options.line_bytes_max);
        loop {
            self.line += 1;
            match lines.next() {
                Line::Whole(line) => self.line(line)?,
                Line::TooLong(start) => {
                    if let Some(error) = self.long_line(start, &mut || lines.rest())? {
                        self.give_up(self.line)?;
                        return Ok(Ended::Cut(error));
                    }
                }
                Line::Cut(start, error) => {
                    self.line(start)?;
                    self.give_up(self.line)?;
                    return Ok(Ended::Cut(error));
                }
                Line::End => {
                    self.give_up(self.line - 1)?;
                    return Ok(Ended::Whole);
                }
            }
        }
    }

    fn packed(&mut self, source: &mut Source<'_>) -> Result<Ended, IntakeError> {
        let bytes_max = self.options.line_bytes_max;
        let window_bytes_max = WINDOW_BYTES.saturating_add(bytes_max.saturating_mul(2));
        let unpacked = match Unpacked::new(source, window_bytes_max) {
            Ok(unpacked) => unpacked,
            Err(error) => return Ok(Ended::Cut(error)),
        };
        let mut unpacked = BufReader::with_capacity(BUFFER_BYTES, unpacked);
        let mut inside = Source::new(&mut unpacked);
        let ended = match inside.packing() {
            Ok(Some(_)) => Ended::Cut(io::Error::other(PACKED_TWICE)),
            Ok(None) => self.plain(&mut inside)?,
            Err(error) => Ended::Cut(error),
        };
        match ended {
            Ended::Whole => self.behind_packed(source),
            cut => Ok(cut),
        }
    }

    /// Sets aside what is left of a source whose gzip or zstd has ended.
    fn behind_packed(&mut self, source: &mut Source<'_>) -> Result<Ended, IntakeError> {
        let bytes_max = self.options.line_bytes_max;
        let mut pieces = |bytes_max| {
            let mut piece = Vec::new();
            let read = Read::take(&mut *source, bytes_max).read_to_end(&mut piece);
            (piece, read)
        };
        let (start, read) = pieces(bytes_max + 1);
        let failure = if start.len() as u64 > bytes_max {
            let mut rest = || {
                let (piece, read) = pieces(PIECE_BYTES);
                read.map(|_| piece)
            };
            self.too_long(start, BEHIND_PACKED, &mut rest)?
        } else {
            if !start.is_empty() {
                self.intake
                    .set_aside(self.origin(self.line), BEHIND_PACKED, &start)?;
            }
            read.err()
        };
        Ok(failure.map_or(Ended::Whole, Ended::Cut))
    }

    fn line(&mut self, mut line: Vec<u8>) -> Result<(), IntakeError> {
        if self.line == 1 && line.starts_with(BYTE_ORDER_MARK) {
            line.drain(..BYTE_ORDER_MARK.len());
        }
        if self.is_in_array() {
            return self.go_on_with_array(&line);
        }
        let Some(mut block) = self.block.take() else {
            return self.fresh_line(line);
        };
        let progress = block.brackets.feed(&line);
        let is_too_deep = block.brackets.depth() as u64 > self.options.line_bytes_max;
        if progress == Progress::Broken || is_too_deep {
            self.end_block(block, self.line - 1)?;
            return self.fresh_line(line);
        }
        block.bytes.extend_from_slice(&line);
        drop(line);
        if self.is_too_long(&block) && begins_array(&block.bytes) {
            return self.begin_array(&block);
        }
        self.spill(&mut block)?;
        match progress {
            Progress::Open => self.block = Some(block),
            _ if block.spilt.is_some() => self.end_block(block, self.line)?,
            _ => self.value(block.first_line, block.bytes)?,
        }
        Ok(())
    }

    /// Moves what is held of a value to its reject once it is too long to hold.
    fn spill(&mut self, block: &mut Block) -> Result<(), IntakeError> {
        if self.is_too_long(block) {
            block.spilt = Some(self.intake.rejects().draft()?);
        }
        if let Some(draft) = &mut block.spilt {
            draft.write(&block.bytes)?;
            block.bytes = Vec::new();
        }
        Ok(())
    }

    fn is_too_long(&self, block: &Block) -> bool {
        block.spilt.is_none() && block.bytes.len() as u64 > self.options.line_bytes_max
    }

    /// A line that no memory should hold, given as its start and then every piece: rows of an array, or nothing that can
    /// enter. Why reading it failed, if it did.
    fn long_line(
        &mut self,
        start: Vec<u8>,
        pieces: &mut dyn FnMut() -> io::Result<Vec<u8>>,
    ) -> Result<Option<io::Error>, IntakeError> {
        let is_marked = self.line == 1 && start.starts_with(BYTE_ORDER_MARK);
        let text = &start[if is_marked { BYTE_ORDER_MARK.len() } else { 0 }..];
        let goes_on = |block: &Block| block.spilt.is_none() && begins_array(&block.bytes);
        if let Some(block) = self.block.take_if(|block| goes_on(block)) {
            self.line -= 1;
            self.begin_array(&block)?;
            self.line += 1;
        }
        if self.is_in_array() {
            self.go_on_with_array(text)?;
        } else if self.block.is_none() && begins_array(text) {
            self.begin_array_in_line(text)?;
        } else {
            self.give_up_block(self.line - 1)?;
            return self.too_long(start, TOO_LONG, pieces);
        }
        drop(start);
        loop {
            match pieces() {
                Ok(piece) if piece.is_empty() => return Ok(None),
                Ok(piece) => self.go_on_with_array(&piece)?,
                Err(error) => return Ok(Some(error)),
            }
        }
    }

    /// A line that continues nothing: a value, the beginning of one, or spoilt.
    fn fresh_line(&mut self, mut line: Vec<u8>) -> Result<(), IntakeError> {
        let origin = self.origin(self.line);
        let Some(is_closed) = is_closed(&line) else {
            return Ok(());
        };
        // Reading the envelope settles most lines; only odd ones are looked at for their brackets.
        let envelope = is_closed.then(|| facts::envelope(without_line_end(&line)));
        let may_go_on = matches!(envelope, None | Some(Err(EnvelopeError::NotJson { .. })));
        if may_go_on && self.begins_block(&line) {
            return Ok(());
        }
        line.truncate(without_line_end(&line).len());
        match envelope.unwrap_or_else(|| facts::envelope(&line)) {
            Ok(envelope) => self.intake.enter(origin, envelope, line),
            Err(error) => self.other(origin, &error, &line),
        }
    }

    /// Whether the line begins a value that goes on; it is then held.
    fn begins_block(&mut self, line: &[u8]) -> bool {
        let mut brackets = Brackets::new();
        if brackets.feed(line) != Progress::Open {
            return false;
        }
        self.block = Some(Block {
            first_line: self.line,
            brackets,
            bytes: line.to_vec(),
            spilt: None,
        });
        true
    }

    /// A value over several lines.
    fn value(&mut self, first_line: u64, mut body: Vec<u8>) -> Result<(), IntakeError> {
        let origin = self.origin(first_line);
        body.truncate(without_line_end(&body).len());
        match facts::envelope(&body) {
            Ok(envelope) => self.intake.enter(origin, envelope, body),
            Err(error) => self.other(origin, &error, &body),
        }
    }

    /// What has no envelope: a list, a bare object, or nothing that can enter.
    fn other(
        &mut self,
        origin: Origin<'_>,
        error: &EnvelopeError,
        body: &[u8],
    ) -> Result<(), IntakeError> {
        let items = std::str::from_utf8(body).ok().and_then(facts::items);
        let Some(items) = items else {
            return self.bare(origin, error, body);
        };
        for (item, place) in items.zip(1..) {
            let origin = Origin {
                item: Some(place),
                ..origin
            };
            self.row(origin, item.into())?;
        }
        Ok(())
    }

    /// One of a list.
    fn row(&mut self, origin: Origin<'_>, body: Vec<u8>) -> Result<(), IntakeError> {
        match facts::envelope(&body) {
            Ok(envelope) => self.intake.enter(origin, envelope, body),
            Err(error) => self.bare(origin, &error, &body),
        }
    }

    /// A bare object enters as an observation, if someone said when it was read.
    fn bare(
        &mut self,
        origin: Origin<'_>,
        error: &EnvelopeError,
        body: &[u8],
    ) -> Result<(), IntakeError> {
        let text = std::str::from_utf8(body).ok();
        let known = self.options.bare.as_ref().zip(text);
        let observation = known
            .filter(|_| matches!(error, EnvelopeError::UnknownObject { .. }))
            .and_then(|(bare, text)| bare.observation(text, self.intake.default_stream()));
        match observation {
            Some(line) => self.intake.offer(origin, line.into_bytes()),
            None => self.intake.refuse(origin, error, body),
        }
    }

    /// Where the source ends: what never became whole.
    fn give_up(&mut self, last_line: u64) -> Result<(), IntakeError> {
        self.give_up_array(last_line)?;
        self.give_up_block(last_line)
    }

    /// A value that never became whole.
    fn give_up_block(&mut self, last_line: u64) -> Result<(), IntakeError> {
        match self.block.take() {
            Some(block) => self.end_block(block, last_line),
            None => Ok(()),
        }
    }

    /// Sets aside what a value that didn't become whole, or became too long, consists of.
    fn end_block(&mut self, mut block: Block, last_line: u64) -> Result<(), IntakeError> {
        let Some(draft) = block.spilt.take() else {
            return self.break_block(&block);
        };
        let origin = Origin {
            last_line,
            ..self.origin(block.first_line)
        };
        self.set_draft_aside(draft, origin, TOO_LONG)
    }

    fn set_draft_aside(
        &mut self,
        draft: Draft,
        origin: Origin<'_>,
        reason: &str,
    ) -> Result<(), IntakeError> {
        self.intake.rejects().finish(draft, origin, reason)?;
        self.intake.count_reject(origin, reason);
        Ok(())
    }

    /// Lines that are no value together: those that are one alone enter, the runs between them are set aside.
    fn break_block(&mut self, block: &Block) -> Result<(), IntakeError> {
        let mut run: Option<(u64, usize)> = None;
        let mut start = 0;
        let mut line_number = block.first_line;
        for line in block.bytes.split_inclusive(|byte| *byte == b'\n') {
            let end = start + line.len();
            let line = without_line_end(line);
            let stands_alone = is_closed(line) == Some(true)
                && !matches!(facts::envelope(line), Err(EnvelopeError::NotJson { .. }));
            if stands_alone {
                self.set_run_aside(run.take(), &block.bytes[..start], line_number - 1)?;
                self.value_of_line(line_number, line)?;
            } else {
                run.get_or_insert((line_number, start));
            }
            start = end;
            line_number += 1;
        }
        self.set_run_aside(run, &block.bytes, line_number - 1)
    }

    fn value_of_line(&mut self, line_number: u64, line: &[u8]) -> Result<(), IntakeError> {
        let origin = Origin {
            last_line: line_number,
            ..self.origin(line_number)
        };
        match facts::envelope(line) {
            Ok(envelope) => self.intake.enter(origin, envelope, line.to_vec()),
            Err(error) => self.other(origin, &error, line),
        }
    }

    fn set_run_aside(
        &mut self,
        run: Option<(u64, usize)>,
        bytes: &[u8],
        last_line: u64,
    ) -> Result<(), IntakeError> {
        let Some((line, start)) = run else {
            return Ok(());
        };
        let body = without_line_end(&bytes[start..]);
        let origin = Origin {
            last_line,
            ..self.origin(line)
        };
        match facts::envelope(body) {
            Err(error) => self.other(origin, &error, body),
            Ok(envelope) => self.intake.enter(origin, envelope, body.to_vec()),
        }
    }

    /// Sets aside what is longer than memory should hold, its start and then every piece; why reading it failed, if it did.
    fn too_long(
        &mut self,
        start: Vec<u8>,
        reason: &str,
        pieces: &mut dyn FnMut() -> io::Result<Vec<u8>>,
    ) -> Result<Option<io::Error>, IntakeError> {
        let mut draft = self.intake.rejects().draft()?;
        let mut piece = start;
        let mut failure = None;
        while !piece.is_empty() {
            draft.write(&piece)?;
            piece = pieces().unwrap_or_else(|error| {
                failure = Some(error);
                Vec::new()
            });
        }
        self.set_draft_aside(draft, self.origin(self.line), reason)?;
        Ok(failure)
    }

    /// From this line to the one in hand.
    fn origin(&self, first_line: u64) -> Origin<'i> {
        Origin {
            file: self.name,
            line: first_line,
            last_line: self.line,
            item: None,
        }
    }
}

/// Whether a line begins and ends like an object or array; none for an empty one.
fn is_closed(line: &[u8]) -> Option<bool> {
    let inside = line.trim_ascii();
    let (first, last) = (*inside.first()?, *inside.last()?);
    Some(matches!((first, last), (b'{', b'}') | (b'[', b']')))
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
