//! The same rows by hand: one thread, one loop, everything in memory, written for this log and no other.
//!
//! It believes that entries come in order, that nothing is lost or late, and that amounts agree, so it keeps the newest
//! state of each object, no registers, no digest and no findings. What it leaves out is what the fold is for. Of the books
//! it takes the table of columns and paths, so that all kinds of object are one loop; what reads and writes is its own.

mod company;
mod entry;
mod link;
mod plan;
mod read;
mod row;
mod value;
mod wanted;
mod write;

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

use ledger::{Kind, Log, StreamId};

use company::Company;

/// Entries' bodies are kept in pieces of at least this size, so that states can borrow from them.
const PIECE_BYTES: usize = 64 << 20;

/// One entry, with its body in one of the pieces.
struct Kept {
    kind: Kind,
    created_s: i64,
    type_: Box<str>,
    version: Box<str>,
    piece: usize,
    body: std::ops::Range<usize>,
}

/// Reads the whole log and writes a file with the rows of all State columns.
pub(crate) fn make_book(
    log: &dyn Log,
    stream: &StreamId,
    path: &Path,
) -> Result<(), Box<dyn Error>> {
    let (kept, pieces) = keep(log, stream)?;
    let mut company = Company::new();
    for entry in &kept {
        let body = &pieces[entry.piece][entry.body.clone()];
        match entry.kind {
            Kind::Event => {
                company.take_event(&entry.type_, &entry.version, entry.created_s, body)?;
            }
            Kind::Observation => company.take_observation(&entry.version, body)?,
            Kind::Notification | Kind::Control => {}
        }
    }
    write::write(&company, stream.as_str(), path)
}

fn keep(log: &dyn Log, stream: &StreamId) -> Result<(Vec<Kept>, Vec<String>), Box<dyn Error>> {
    let mut pieces = vec![String::with_capacity(PIECE_BYTES)];
    let mut kept = Vec::new();
    let mut invalid = None;
    log.read(stream, 1..=u64::MAX, &mut |entry| {
        let text = match std::str::from_utf8(entry.body.unwrap_or_default()) {
            Ok(text) => text,
            Err(error) => {
                invalid = Some(error);
                return ControlFlow::Break(());
            }
        };
        let last = pieces.last().expect("there is a first piece");
        if last.len() + text.len() > last.capacity() {
            pieces.push(String::with_capacity(PIECE_BYTES.max(text.len())));
        }
        let piece = pieces.len() - 1;
        let start = pieces[piece].len();
        pieces[piece].push_str(text);
        kept.push(Kept {
            kind: entry.kind,
            created_s: entry.created_s,
            type_: entry.type_.into(),
            version: entry.api_version.unwrap_or_default().into(),
            piece,
            body: start..pieces[piece].len(),
        });
        ControlFlow::Continue(())
    })?;
    match invalid {
        Some(error) => Err(error.into()),
        None => Ok((kept, pieces)),
    }
}
