//! An amount with its currency. Nothing is converted, and amounts of two currencies are never added.

use serde::{Deserialize, Serialize};

/// Minor units of a currency.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Amount {
    /// Stripe's name of the currency, in lower case; empty where none is known.
    pub currency: String,
    /// Minor units of it.
    pub minor: i64,
}

impl Amount {
    /// So many minor units of a currency.
    #[must_use]
    pub fn new(minor: i64, currency: &str) -> Self {
        Self {
            currency: currency.to_owned(),
            minor,
        }
    }
}
