//! Lines into a ledger, without the door that intake is: the benches make their logs with it.

use std::error::Error;

use facts::{Kind, envelope};
use ledger::{Hash, Ledger, NewEntry, Source, SqliteLedger, StreamId};

/// Appends these lines in one transaction.
pub(crate) fn append(
    ledger: &mut SqliteLedger,
    stream: &StreamId,
    lines: &[String],
) -> Result<(), Box<dyn Error>> {
    let envelopes = lines
        .iter()
        .map(|line| envelope(line.as_bytes()))
        .collect::<Result<Vec<_>, _>>()?;
    let batch: Vec<NewEntry<'_>> = envelopes
        .iter()
        .zip(lines)
        .map(|(envelope, line)| NewEntry {
            stream,
            kind: match envelope.kind {
                Kind::Event => ledger::Kind::Event,
                Kind::Notification => ledger::Kind::Notification,
                Kind::Observation => ledger::Kind::Observation,
                Kind::Control => ledger::Kind::Control,
            },
            id: &envelope.id,
            type_: &envelope.type_,
            object_id: envelope.object_id.as_deref(),
            api_version: envelope.api_version.as_deref(),
            created_s: envelope.created_s,
            recorded_us: 0,
            source: Source::Import,
            content_hash: Hash(envelope.content_hash),
            body: line.as_bytes(),
        })
        .collect();
    ledger.append(&batch)?;
    Ok(())
}
