//! Which balance transactions a payout covers: known only from the list that Stripe gives for the payout.
//!
//! Read from an observation whose body daybook makes of such a list once it has been read whole. No object of Stripe's.

use crate::schema::Key;
use crate::schema::Shape::{Id, List};

crate::schema::schema! {
    /// One payout whose balance transactions have been read whole.
    "payout_membership" in "payout_memberships", key Key::Id,
    required ["transactions"], created by "", deleted by [];
    TRANSACTIONS "transactions" List(&transaction::SCHEMA), "data", "what the payout covers, its own balance transaction among them";
}

/// What payouts cover.
pub mod transaction {
    use super::{Id, Key};

    crate::schema::schema! {
        /// One balance transaction that a payout covers.
        "payout_transaction" in "payout_transactions", key Key::Id,
        required ["id"], created by "", deleted by [];
        ID "id" Id, "id", "the balance transaction";
    }
}
