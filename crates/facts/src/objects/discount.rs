//! Discounts: a coupon given to a customer, a subscription or an invoice.
//!
//! Keyed by its own id: `customer.discount.deleted` ends the discount and says nothing of the customer.

use crate::schema::Key;
use crate::schema::Shape::{Id, Second};

crate::schema::schema! {
    /// One discount, as Stripe last described it.
    "discount" in "discounts", key Key::Id,
    required ["start_s"], created by "customer.discount.created", deleted by ["customer.discount.deleted"];
    START_S "start_s" Second, "start", "when the coupon was applied";
    END_S "end_s" Second, "end", "when it ends or ended; null for one that stays";
    COUPON_ID "coupon_id" Id, "source.coupon", "the coupon that it applies";
    PROMOTION_CODE_ID "promotion_code_id" Id, "promotion_code", "the code that was redeemed for it";
    CUSTOMER_ID "customer_id" Id, "customer", "who has it";
    SUBSCRIPTION_ID "subscription_id" Id, "subscription", "the subscription that it is for";
    SUBSCRIPTION_ITEM_ID "subscription_item_id" Id, "subscription_item", "the subscription item that it is for";
    INVOICE_ID "invoice_id" Id, "invoice", "the invoice that it is for";
    INVOICE_ITEM_ID "invoice_item_id" Id, "invoice_item", "the invoice item that it is for";
    CHECKOUT_SESSION_ID "checkout_session_id" Id, "checkout_session", "the checkout session that gave it";
}
