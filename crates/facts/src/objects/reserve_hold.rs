//! Reserve holds: money of the company's that Stripe keeps back for a time, against what may yet go wrong.

use crate::schema::Key;
use crate::schema::Shape::{Id, Minor, Second, Text};

crate::schema::schema! {
    /// One reserve hold, as Stripe last described it.
    "reserve.hold" in "reserve_holds", key Key::Id,
    required ["amount_minor", "currency"], created by "reserve.hold.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the money was put aside";
    CREATED_BY "created_by" Text, "created_by", "who put it aside: stripe or the application";
    REASON "reason" Text, "reason", "why it was put aside";
    CURRENCY "currency" Text, "currency", "the currency of its amount";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what is put aside";
    RELEASE_AFTER_S "release_after_s" Second, "release_schedule.release_after", "when it may be let go";
    SCHEDULED_RELEASE_S "scheduled_release_s" Second, "release_schedule.scheduled_release", "when it will be let go";
    SOURCE_CHARGE_ID "source_charge_id" Id, "source_charge", "the charge whose money it is, where it is tied to one";
    SOURCE_TYPE "source_type" Text, "source_type", "which balance it draws on: card, fpx or bank_account";
}
