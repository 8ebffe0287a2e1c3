//! The random bytes kept beside each body. Drawn from the operating system only.

use crate::LedgerError;

/// The length of a salt in bytes.
pub const SALT_BYTES: usize = 16;

/// What makes a body commitment tell nothing once the body and it are erased.
pub type Salt = [u8; SALT_BYTES];

/// Draws `count` salts in one call to the system.
pub(crate) fn draw(count: usize) -> Result<Vec<Salt>, LedgerError> {
    let mut salts = vec![[0; SALT_BYTES]; count];
    getrandom::fill(salts.as_flattened_mut())
        .map_err(|source| LedgerError::Randomness { source })?;
    Ok(salts)
}
