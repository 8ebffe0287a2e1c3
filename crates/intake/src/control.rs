//! What daybook itself did, as entries. Appends nothing.

use ledger::{Hash, Kind, OwnedEntry, Source, StreamId};
use sha2::{Digest, Sha256};

/// What daybook did, as an entry of `stream`: `body` is a JSON object of the object `daybook.control` and this type. The same body is
/// the same entry, so that what is told twice stands there once. `about_s` is the second of which it tells.
#[must_use]
pub fn control(
    stream: &StreamId,
    type_: &str,
    body: String,
    source: Source,
    (about_s, recorded_us): (i64, i64),
) -> OwnedEntry {
    let hash: [u8; 32] = Sha256::digest(&body).into();
    let millis = u64::try_from(about_s).unwrap_or(0).saturating_mul(1000);
    OwnedEntry {
        stream: stream.clone(),
        kind: Kind::Control,
        id: uuid(millis, &hash),
        type_: type_.to_owned(),
        object_id: None,
        api_version: None,
        created_s: 0,
        recorded_us,
        source,
        content_hash: Hash(hash),
        body: body.into_bytes(),
    }
}

/// A UUIDv7 of a moment, whose other bits are those of a hash.
fn uuid(millis: u64, hash: &[u8; 32]) -> String {
    let random = hash.first_chunk().expect("a hash has more than ten bytes");
    uuid::Builder::from_unix_timestamp_millis(millis, random)
        .into_uuid()
        .to_string()
}
