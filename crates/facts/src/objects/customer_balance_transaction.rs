//! Customer balance transactions: what moved a customer's balance. No event announces them; they are observed.

use crate::schema::Key;
use crate::schema::Shape::{Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One movement of a customer's balance.
    "customer_balance_transaction" in "customer_balance_transactions", key Key::Id,
    required ["customer_id", "amount_minor", "currency"], created by "", deleted by [];
    CREATED_S "created_s" Second, "created", "when it was entered";
    CUSTOMER_ID "customer_id" Id, "customer", "whose balance it moves";
    TYPE "type" Text, "type", "adjustment, applied_to_invoice, credit_note, invoice_overpaid, invoice_too_small and others";
    CURRENCY "currency" Text, "currency", "the currency of its amounts";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what it moves the balance by: negative gives the customer credit";
    ENDING_BALANCE_MINOR "ending_balance_minor" Minor, "ending_balance", "the customer's balance after it";
    INVOICE_ID "invoice_id" Id, "invoice", "the invoice that it belongs to";
    CREDIT_NOTE_ID "credit_note_id" Id, "credit_note", "the credit note that gave the credit";
    CHECKOUT_SESSION_ID "checkout_session_id" Id, "checkout_session", "the checkout session that it belongs to";
    DESCRIPTION "description" Text, "description", "the company's own note on it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
