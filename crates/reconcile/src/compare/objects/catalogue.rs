//! The catalogue: what is sold, at what price, with which discounts and taxes: which member is kept where, and which is not.

use super::{AGAIN, EXPLAINED, MODE, PAPER, PASSING, PLATFORM, SETTING};
use crate::compare::map::Map;
use crate::compare::map::Rule::{Column, Decimal, Deleted, Id, Key, Keys, Kind};

pub(super) const PRODUCT: Map = Map {
    object: "product",
    table: "products",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("deleted", Deleted),
        ("active", Column("active")),
        ("created", Column("created_s")),
        ("default_price", Id("default_price_id")),
        ("description", Column("description")),
        ("metadata", Keys("metadata")),
        ("name", Column("name")),
        ("statement_descriptor", Column("statement_descriptor")),
        ("tax_code", Id("tax_code_id")),
        ("type", Column("type")),
        ("unit_label", Column("unit_label")),
        ("updated", Column("updated_s")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (PAPER, &["images", "marketing_features", "url"]),
        (
            "what a parcel of it weighs moves no money",
            &["package_dimensions", "shippable"],
        ),
    ],
};

pub(super) const PRICE: Map = Map {
    object: "price",
    table: "prices",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("deleted", Deleted),
        ("active", Column("active")),
        ("billing_scheme", Column("billing_scheme")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("lookup_key", Column("lookup_key")),
        ("metadata", Keys("metadata")),
        ("nickname", Column("nickname")),
        ("product", Id("product_id")),
        ("recurring.interval", Column("interval")),
        ("recurring.interval_count", Column("interval_count")),
        ("recurring.meter", Id("meter_id")),
        ("recurring.usage_type", Column("usage_type")),
        ("tax_behavior", Column("tax_behavior")),
        ("tiers_mode", Column("tiers_mode")),
        ("transform_quantity.divide_by", Column("divide_by")),
        ("type", Column("type")),
        ("unit_amount", Column("unit_amount_minor")),
        ("unit_amount_decimal", Column("unit_amount")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (
            SETTING,
            &[
                "custom_unit_amount",
                "recurring.trial_period_days",
                "transform_quantity.round",
            ],
        ),
        (
            "what was charged is on the lines; the ladder of prices behind it is read only when asked for",
            &["currency_options", "tiers"],
        ),
    ],
};

pub(super) const COUPON: Map = Map {
    object: "coupon",
    table: "coupons",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("deleted", Deleted),
        ("amount_off", Column("amount_off_minor")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("duration", Column("duration")),
        ("duration_in_months", Column("duration_in_months")),
        ("max_redemptions", Column("max_redemptions")),
        ("metadata", Keys("metadata")),
        ("name", Column("name")),
        ("percent_off", Decimal("percent_off")),
        ("redeem_by", Column("redeem_by_s")),
        ("times_redeemed", Column("times_redeemed")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (PASSING, &["valid"]),
        (SETTING, &["applies_to", "currency_options"]),
    ],
};

pub(super) const PROMOTION_CODE: Map = Map {
    object: "promotion_code",
    table: "promotion_codes",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("active", Column("active")),
        ("code", Column("code")),
        ("created", Column("created_s")),
        ("customer", Id("customer_id")),
        ("expires_at", Column("expires_s")),
        ("max_redemptions", Column("max_redemptions")),
        ("metadata", Keys("metadata")),
        ("promotion.coupon", Id("coupon_id")),
        (
            "restrictions.first_time_transaction",
            Column("first_time_transaction"),
        ),
        (
            "restrictions.minimum_amount",
            Column("minimum_amount_minor"),
        ),
        ("restrictions.minimum_amount_currency", Column("currency")),
        ("times_redeemed", Column("times_redeemed")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (AGAIN, &["promotion.type"]),
        (SETTING, &["restrictions.currency_options"]),
        (PLATFORM, &["customer_account"]),
    ],
};

pub(super) const DISCOUNT: Map = Map {
    object: "discount",
    table: "discounts",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("deleted", Deleted),
        ("checkout_session", Id("checkout_session_id")),
        ("customer", Id("customer_id")),
        ("end", Column("end_s")),
        ("invoice", Id("invoice_id")),
        ("invoice_item", Id("invoice_item_id")),
        ("promotion_code", Id("promotion_code_id")),
        ("source.coupon", Id("coupon_id")),
        ("start", Column("start_s")),
        ("subscription", Id("subscription_id")),
        ("subscription_item", Id("subscription_item_id")),
    ],
    left: &[(AGAIN, &["source.type"]), (PLATFORM, &["customer_account"])],
};

pub(super) const TAX_RATE: Map = Map {
    object: "tax_rate",
    table: "tax_rates",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("active", Column("active")),
        ("country", Column("country")),
        ("created", Column("created_s")),
        ("description", Column("description")),
        ("display_name", Column("display_name")),
        ("effective_percentage", Decimal("effective_percentage")),
        ("flat_amount.amount", Column("flat_amount_minor")),
        ("flat_amount.currency", Column("currency")),
        ("inclusive", Column("inclusive")),
        ("jurisdiction", Column("jurisdiction")),
        ("metadata", Keys("metadata")),
        ("percentage", Decimal("percentage")),
        ("rate_type", Column("rate_type")),
        ("state", Column("state")),
        ("tax_type", Column("tax_type")),
    ],
    left: &[(MODE, &["livemode"]), (EXPLAINED, &["jurisdiction_level"])],
};
