//! Test clocks: time that testers move. They exist in test mode only, and so do the customers that live on them.

use crate::schema::Key;
use crate::schema::Shape::{Second, Text};

crate::schema::schema! {
    /// One test clock, as Stripe last described it.
    "test_helpers.test_clock" in "test_clocks", key Key::Id,
    required ["frozen_s", "status"], created by "test_helpers.test_clock.created", deleted by ["test_helpers.test_clock.deleted"];
    CREATED_S "created_s" Second, "created", "when the clock was made";
    NAME "name" Text, "name", "the company's own name of it";
    STATUS "status" Text, "status", "ready, advancing or internal_failure";
    FROZEN_S "frozen_s" Second, "frozen_time", "the moment that it stands at";
    DELETES_S "deletes_s" Second, "deletes_after", "when it is deleted with all that lives on it";
}
