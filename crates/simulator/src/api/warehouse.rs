//! Uniform objects by the million, each made from its number when it is asked for: lists of a size that no recording has.
//! It holds no object, and nothing ever happens in it.

/// A store of uniform objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warehouse {
    /// Decides the ids.
    pub seed: u64,
    /// The second the first objects were made.
    pub from_s: i64,
    /// The second by which the last ones are made; all are spread evenly between.
    pub until_s: i64,
    /// How many there are of each type: `customer`, `charge`, `balance_transaction`.
    pub counts: Vec<(&'static str, u64)>,
}
