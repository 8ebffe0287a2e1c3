//! The whole check of a ledger against the least that it could be: each body read, decompressed and hashed once.

use std::error::Error;
use std::path::Path;

use ledger::{Dictionary, SqliteLedger, verify};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};
use zstd::bulk::Decompressor;

use crate::contest::{self, Contest, time};

/// No event is longer.
const BODY_BYTES_MAX: usize = 1 << 20;
/// What stands behind each frame.
const SEAL_BYTES: usize = 8;

pub(crate) fn compare(
    path: &Path,
    dictionary: &Dictionary,
    rounds: usize,
) -> Result<Contest, Box<dyn Error>> {
    let ours = || {
        time(|| {
            let ledger = SqliteLedger::open_readonly(path)?;
            Ok(verify(&ledger, None, &mut |_| ())?)
        })
    };
    let plain = || time(|| hash_all(path, dictionary));
    contest::compare(rounds, ours, plain)
}

fn hash_all(path: &Path, dictionary: &Dictionary) -> Result<[u8; 32], Box<dyn Error>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut unpacker = Decompressor::with_dictionary(dictionary.bytes())?;
    let mut statement =
        connection.prepare("SELECT dictionary_id IS NOT NULL, body FROM entries ORDER BY rowid")?;
    let mut rows = statement.query([])?;
    let mut body = Vec::with_capacity(BODY_BYTES_MAX);
    let mut all = [0; 32];
    while let Some(row) = rows.next()? {
        let stored = row.get_ref(1)?.as_blob()?;
        let bytes = if row.get(0)? {
            body.clear();
            let frame = &stored[..stored.len() - SEAL_BYTES];
            unpacker.decompress_to_buffer(frame, &mut body)?;
            &body
        } else {
            stored
        };
        let hash: [u8; 32] = Sha256::digest(bytes).into();
        // Kept, so that nothing of it can be left out.
        all.iter_mut()
            .zip(hash)
            .for_each(|(all, byte)| *all ^= byte);
    }
    Ok(all)
}
