//! Reserve releases: what Stripe lets go of what it kept back.

use crate::schema::Key;
use crate::schema::Shape::{Id, Minor, Second, Text};

crate::schema::schema! {
    /// One release of a reserve hold, whole or in part.
    "reserve.release" in "reserve_releases", key Key::Id,
    required ["amount_minor", "currency"], created by "reserve.release.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the release was made";
    RELEASED_S "released_s" Second, "released_at", "when the money was let go";
    CREATED_BY "created_by" Text, "created_by", "who let it go: stripe or the application";
    REASON "reason" Text, "reason", "why it was let go";
    CURRENCY "currency" Text, "currency", "the currency of its amount";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what is let go";
    RESERVE_HOLD_ID "reserve_hold_id" Id, "reserve_hold", "the hold that it ends, or lowers";
}
