//! Payment methods: what customers pay with. Numbers, addresses and names are no part of the books.

use crate::schema::Key;
use crate::schema::Shape::{Count, Id, Map, Second, Text};

crate::schema::schema! {
    /// One payment method, as Stripe last described it.
    "payment_method" in "payment_methods", key Key::Id,
    required ["type"], created by "", deleted by [];
    CREATED_S "created_s" Second, "created", "when it was made";
    CUSTOMER_ID "customer_id" Id, "customer", "whose it is; null once it is detached";
    TYPE "type" Text, "type", "card, sepa_debit and others";
    CARD_BRAND "card_brand" Text, "card.brand", "the card's brand";
    CARD_FUNDING "card_funding" Text, "card.funding", "credit, debit, prepaid or unknown";
    CARD_COUNTRY "card_country" Text, "card.country", "the country that the card is from";
    CARD_LAST4 "card_last4" Text, "card.last4", "the last four digits of the card";
    CARD_EXP_MONTH "card_exp_month" Count, "card.exp_month", "the month in which the card expires";
    CARD_EXP_YEAR "card_exp_year" Count, "card.exp_year", "the year in which the card expires";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
