//! The Stripe balance as Stripe states it: one object per stream, against which the sums are held.

use crate::schema::Key;
use crate::schema::Shape::List;

crate::schema::schema! {
    /// The Stripe balance, as Stripe last stated it; its amounts stand in tables of their own.
    "balance" in "balances", key Key::Single("balance"),
    required ["available", "pending"], created by "", deleted by [];
    AVAILABLE "available" List(&available::SCHEMA), "available", "what can be paid out, per currency";
    PENDING "pending" List(&pending::SCHEMA), "pending", "what is not yet available, per currency";
    CONNECT_RESERVED "connect_reserved" List(&connect_reserved::SCHEMA), "connect_reserved", "what is held back for what connected accounts may owe, per currency";
}

/// Available parts of the balance.
pub mod available {
    use crate::schema::Key;
    use crate::schema::Shape::{Minor, Text};

    crate::schema::schema! {
        /// The available balance in one currency, as Stripe last stated it.
        "balance_available" in "balance_available", key Key::Id,
        required [], created by "", deleted by [];
        CURRENCY "currency" Text, "currency", "the currency";
        AMOUNT_MINOR "amount_minor" Minor, "amount", "what can be paid out";
    }
}

/// Pending parts of the balance.
pub mod pending {
    use crate::schema::Key;
    use crate::schema::Shape::{Minor, Text};

    crate::schema::schema! {
        /// The pending balance in one currency, as Stripe last stated it.
        "balance_pending" in "balance_pending", key Key::Id,
        required [], created by "", deleted by [];
        CURRENCY "currency" Text, "currency", "the currency";
        AMOUNT_MINOR "amount_minor" Minor, "amount", "what is not yet available";
    }
}

/// Parts of the balance that are held back for connected accounts.
pub mod connect_reserved {
    use crate::schema::Key;
    use crate::schema::Shape::{Minor, Text};

    crate::schema::schema! {
        /// What is held back in one currency for what connected accounts may owe, as Stripe last stated it.
        "balance_connect_reserved" in "balance_connect_reserved", key Key::Id,
        required [], created by "", deleted by [];
        CURRENCY "currency" Text, "currency", "the currency";
        AMOUNT_MINOR "amount_minor" Minor, "amount", "what is held back";
    }
}
