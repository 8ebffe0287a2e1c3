//! Checkout sessions: one customer's way through a page on which something is paid or subscribed to.

use crate::schema::Key;
use crate::schema::Shape::{Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One checkout session, as Stripe last described it.
    "checkout.session" in "checkout_sessions", key Key::Id,
    required ["mode"], created by "", deleted by [];
    CREATED_S "created_s" Second, "created", "when the session was made";
    EXPIRES_S "expires_s" Second, "expires_at", "when it expires, if nobody completes it";
    MODE "mode" Text, "mode", "payment, subscription or setup";
    STATUS "status" Text, "status", "open, complete or expired";
    PAYMENT_STATUS "payment_status" Text, "payment_status", "paid, unpaid or no_payment_required";
    CUSTOMER_ID "customer_id" Id, "customer", "who goes through it";
    CLIENT_REFERENCE_ID "client_reference_id" Text, "client_reference_id", "the company's own id of it";
    CURRENCY "currency" Text, "currency", "the currency of its amounts";
    SUBTOTAL_MINOR "subtotal_minor" Minor, "amount_subtotal", "sum of the lines before discounts and tax";
    TOTAL_MINOR "total_minor" Minor, "amount_total", "what is to be paid, after discounts and tax";
    DISCOUNT_MINOR "discount_minor" Minor, "total_details.amount_discount", "what discounts take off";
    SHIPPING_MINOR "shipping_minor" Minor, "total_details.amount_shipping", "shipping, as part of the total";
    TAX_MINOR "tax_minor" Minor, "total_details.amount_tax", "tax, as part of the total";
    PAYMENT_INTENT_ID "payment_intent_id" Id, "payment_intent", "the payment intent that it made";
    SETUP_INTENT_ID "setup_intent_id" Id, "setup_intent", "the setup intent that it made";
    SUBSCRIPTION_ID "subscription_id" Id, "subscription", "the subscription that it made";
    INVOICE_ID "invoice_id" Id, "invoice", "the invoice that it made";
    PAYMENT_LINK_ID "payment_link_id" Id, "payment_link", "the payment link that opened it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
