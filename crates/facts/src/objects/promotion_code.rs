//! Promotion codes: what customers type to redeem a coupon.

use crate::schema::Key;
use crate::schema::Shape::{Count, Flag, Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One promotion code, as Stripe last described it.
    "promotion_code" in "promotion_codes", key Key::Id,
    required ["code"], created by "promotion_code.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the code was made";
    CODE "code" Text, "code", "what the customer types";
    COUPON_ID "coupon_id" Id, "promotion.coupon", "the coupon that it redeems";
    CUSTOMER_ID "customer_id" Id, "customer", "the one customer who can use it; null for all";
    ACTIVE "active" Flag, "active", "whether it can be used";
    MAX_REDEMPTIONS "max_redemptions" Count, "max_redemptions", "how many times it can be redeemed at most";
    TIMES_REDEEMED "times_redeemed" Count, "times_redeemed", "how many times it was redeemed";
    EXPIRES_S "expires_s" Second, "expires_at", "when it can last be used";
    FIRST_TIME_TRANSACTION "first_time_transaction" Flag, "restrictions.first_time_transaction", "whether only those who never paid before can use it";
    CURRENCY "currency" Text, "restrictions.minimum_amount_currency", "the currency of the least amount";
    MINIMUM_AMOUNT_MINOR "minimum_amount_minor" Minor, "restrictions.minimum_amount", "the least amount that it can be used for";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
