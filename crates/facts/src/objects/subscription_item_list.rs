//! All items of a subscription of which Stripe shows no more than the first: known only from the list read whole.
//!
//! Read from an observation whose body daybook makes of such a list. No object of Stripe's; its id is the subscription's.

use crate::schema::Key;
use crate::schema::Shape::List;

crate::schema::schema! {
    /// One subscription whose items have been read whole, since it shows only the first of them itself.
    "subscription_item_list" in "subscription_item_lists", key Key::Id,
    required ["items"], created by "", deleted by [];
    ITEMS "items" List(&item::SCHEMA), "data", "all items of the subscription";
}

/// Items of subscriptions that were read whole.
pub mod item {
    super::super::subscription::items! {
        /// One item of a subscription whose items were read whole.
        "listed_subscription_item" in "listed_subscription_items"
    }
}
