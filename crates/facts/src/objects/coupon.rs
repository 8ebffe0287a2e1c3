//! Coupons: what discounts are made of.

use crate::schema::Key;
use crate::schema::Shape::{Count, Decimal, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One coupon, as Stripe last described it.
    "coupon" in "coupons", key Key::Id,
    required ["duration"], created by "coupon.created", deleted by ["coupon.deleted"];
    CREATED_S "created_s" Second, "created", "when the coupon was made";
    NAME "name" Text, "name", "what customers see it called";
    CURRENCY "currency" Text, "currency", "the currency of the amount off; null for a share";
    AMOUNT_OFF_MINOR "amount_off_minor" Minor, "amount_off", "what it takes off, where that is an amount";
    PERCENT_OFF "percent_off" Decimal, "percent_off", "what it takes off in per cent, where that is a share, as Stripe wrote it";
    DURATION "duration" Text, "duration", "once, repeating or forever";
    DURATION_IN_MONTHS "duration_in_months" Count, "duration_in_months", "months that it repeats for";
    MAX_REDEMPTIONS "max_redemptions" Count, "max_redemptions", "how many times it can be redeemed at most";
    TIMES_REDEEMED "times_redeemed" Count, "times_redeemed", "how many times it was redeemed";
    REDEEM_BY_S "redeem_by_s" Second, "redeem_by", "when it can last be redeemed";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
