//! The comparer as the shell uses it: the truth of a simulation held against the books. How it compares is reconcile's.

pub(crate) mod recorded;
#[cfg(test)]
mod tests;

pub(crate) use reconcile::compare::{
    Comparison, Difference, Sums, Truth, compare, compare_objects,
};
#[cfg(test)]
pub(crate) use reconcile::compare::{map, objects};

use crate::failure::{Failure, ShellError};

/// Refuses a comparison that met members nobody has listed: of the truth of a simulation all are known.
pub(crate) fn expect_listed(comparison: Comparison) -> Result<Comparison, Failure> {
    match comparison.unlisted.first() {
        None => Ok(comparison),
        Some(member) => Err(ShellError::Unlisted {
            member: member.clone(),
        }
        .into()),
    }
}
