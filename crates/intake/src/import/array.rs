//! Arrays that are longer than the bound: their rows enter one by one while the array is read, so that it needs no more memory
//! than its longest row. Judges no row.

use facts::EnvelopeError;

use super::{Block, Import, TOO_LONG};
use crate::block::{Brackets, RowEnd};
use crate::rejects::Draft;
use crate::{IntakeError, Origin};

const BEHIND_ARRAY: &str =
    "it stands on the line on which an array ends; give it a line of its own";

const SPOILT_ROW: &str =
    "the array is no JSON from here on; what follows this line was read as if it stood alone";

const UNCLOSED: &str =
    "the array ends in the middle: what should follow is missing, so fetch the file again";

/// An array whose rows are read one by one.
pub(super) struct Array {
    brackets: Brackets,
    /// The rows that have ended.
    rows: usize,
    row: Row,
    /// What is wrong with the rest of the line, once the array has ended on it.
    tail: Option<Tail>,
}

/// A row, or what there is of it.
#[derive(Default)]
struct Row {
    first_line: u64,
    bytes: Vec<u8>,
    /// Where the bytes went when they became too many.
    spilt: Option<Draft>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    Behind,
    Spoilt,
}

impl Row {
    fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.spilt.is_none()
    }
}

/// Whether these bytes begin an array.
pub(super) fn begins_array(bytes: &[u8]) -> bool {
    without_space(bytes).starts_with(b"[")
}

impl<'i> Import<'i, '_> {
    /// Reads on from the lines of a value that begins as an array and is too long to hold; they end with the line in hand.
    pub(super) fn begin_array(&mut self, block: &Block) -> Result<(), IntakeError> {
        let mut lines = block.bytes.split_inclusive(|byte| *byte == b'\n');
        let last_line = self.line;
        self.line = block.first_line;
        self.begin_array_in_line(lines.next().unwrap_or_default())?;
        for line in lines {
            self.line += 1;
            self.go_on_with_array(line)?;
        }
        self.line = last_line;
        Ok(())
    }

    /// Reads on from a piece of a line that begins as an array.
    pub(super) fn begin_array_in_line(&mut self, piece: &[u8]) -> Result<(), IntakeError> {
        let mut brackets = Brackets::new();
        let start = without_space(piece);
        let (opening, rest) = start.split_at(1.min(start.len()));
        brackets.feed(opening);
        self.array = Some(Array {
            brackets,
            rows: 0,
            row: Row::default(),
            tail: None,
        });
        self.go_on_with_array(rest)
    }

    /// Takes more of the array in hand: a line, or a piece of one. Only the last byte may be a line end.
    pub(super) fn go_on_with_array(&mut self, piece: &[u8]) -> Result<(), IntakeError> {
        let Some(mut array) = self.array.take() else {
            return Ok(());
        };
        let is_line_end = piece.ends_with(b"\n");
        let mut rest = piece;
        while !rest.is_empty() {
            if array.tail.is_some() {
                self.hold(&mut array.row, rest)?;
                break;
            }
            let (bytes, end) = array.brackets.row(&mut rest);
            self.hold(&mut array.row, bytes)?;
            match end {
                RowEnd::Open => {}
                RowEnd::Comma => self.end_row(&mut array)?,
                RowEnd::Last => {
                    self.end_row(&mut array)?;
                    array.tail = Some(Tail::Behind);
                }
                RowEnd::Broken => array.tail = Some(Tail::Spoilt),
            }
            if array.brackets.depth() as u64 > self.options.line_bytes_max {
                array.tail = Some(Tail::Spoilt);
            }
        }
        match array.tail {
            Some(tail) if is_line_end => self.end_tail(array, tail),
            _ => {
                self.array = Some(array);
                Ok(())
            }
        }
    }

    /// Whether an array is in hand.
    pub(super) fn is_in_array(&self) -> bool {
        self.array.is_some()
    }

    /// Ends the array in hand where its source ends.
    pub(super) fn give_up_array(&mut self, last_line: u64) -> Result<(), IntakeError> {
        let Some(mut array) = self.array.take() else {
            return Ok(());
        };
        if let Some(tail) = array.tail {
            return self.end_tail(array, tail);
        }
        if array.row.is_empty() {
            // Something is to stand in the rejects, or a file that lacks its end would pass for whole.
            array.row.bytes = b"[".to_vec();
            array.row.first_line = last_line;
        }
        let origin = Origin {
            last_line,
            ..self.origin_of_row(&array)
        };
        match array.row.spilt {
            Some(draft) => self.set_draft_aside(draft, origin, UNCLOSED),
            None => self.intake.set_aside(origin, UNCLOSED, &array.row.bytes),
        }
    }

    fn hold(&mut self, row: &mut Row, bytes: &[u8]) -> Result<(), IntakeError> {
        let bytes = if row.is_empty() {
            row.first_line = self.line;
            without_space(bytes)
        } else {
            bytes
        };
        row.bytes.extend_from_slice(bytes);
        if row.spilt.is_none() && row.bytes.len() as u64 > self.options.line_bytes_max {
            row.spilt = Some(self.intake.rejects().draft()?);
        }
        if let Some(draft) = &mut row.spilt {
            draft.write(&row.bytes)?;
            row.bytes = Vec::new();
        }
        Ok(())
    }

    fn end_row(&mut self, array: &mut Array) -> Result<(), IntakeError> {
        let origin = self.origin_of_row(array);
        let row = std::mem::take(&mut array.row);
        if row.is_empty() {
            // The array has no rows: between commas, nothing is no row for the brackets either.
            return Ok(());
        }
        array.rows += 1;
        let mut bytes = row.bytes;
        if let Some(draft) = row.spilt {
            return self.set_draft_aside(draft, origin, TOO_LONG);
        }
        bytes.truncate(without_space_behind(&bytes).len());
        self.row(origin, bytes)
    }

    /// Sets aside what stands behind the array on its last line, or behind what broke it.
    fn end_tail(&mut self, array: Array, tail: Tail) -> Result<(), IntakeError> {
        if array.row.is_empty() {
            return Ok(());
        }
        let (reason, origin) = match tail {
            Tail::Behind => (BEHIND_ARRAY, self.origin(array.row.first_line)),
            Tail::Spoilt => (SPOILT_ROW, self.origin_of_row(&array)),
        };
        if let Some(draft) = array.row.spilt {
            return self.set_draft_aside(draft, origin, reason);
        }
        let body = without_space_behind(&array.row.bytes);
        match facts::envelope(body) {
            Err(error @ EnvelopeError::NotJson { .. }) if tail == Tail::Spoilt => {
                let reason = format!("{error}: {SPOILT_ROW}");
                self.intake.set_aside(origin, &reason, body)
            }
            _ => self.intake.set_aside(origin, reason, body),
        }
    }

    fn origin_of_row(&self, array: &Array) -> Origin<'i> {
        Origin {
            item: Some(array.rows + 1),
            ..self.origin(array.row.first_line)
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn without_space(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !is_space(*byte));
    &bytes[start.unwrap_or(bytes.len())..]
}

fn without_space_behind(bytes: &[u8]) -> &[u8] {
    let last = bytes.iter().rposition(|byte| !is_space(*byte));
    &bytes[..last.map_or(0, |last| last + 1)]
}
