//! What a ledger says of itself, and the hash of it. Not the place for settings.

use crate::chain::Columns;
use crate::{Hash, LedgerError, salt};

const TAG: &[u8] = b"daybook/meta/1";

/// The one row of a ledger's meta.
pub(crate) struct Meta {
    pub(crate) format: i64,
    /// Thirty-two hex digits.
    pub(crate) ledger_id: String,
    pub(crate) created_us: i64,
}

impl Meta {
    /// The meta of a new ledger, with an id of its own.
    pub(crate) fn draw(format: i64, created_us: i64) -> Result<Self, LedgerError> {
        let id = salt::draw(1)?[0];
        let ledger_id = id.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self {
            format,
            ledger_id,
            created_us,
        })
    }

    /// SHA-256(tag, format, ledger id, created), as canonical columns.
    pub(crate) fn hash(&self) -> Hash {
        let mut columns = Columns::tagged(TAG);
        columns.integer(self.format);
        columns.text(&self.ledger_id);
        columns.integer(self.created_us);
        columns.finish()
    }
}
