//! Customer cash balance transactions: money of a customer's that Stripe holds and that is not the company's yet.

use crate::schema::Key;
use crate::schema::Shape::{Id, Minor, Second, Text};

crate::schema::schema! {
    /// One movement of a customer's cash balance.
    "customer_cash_balance_transaction" in "customer_cash_balance_transactions", key Key::Id,
    required ["customer_id", "net_amount_minor", "currency"], created by "customer_cash_balance_transaction.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when it was entered";
    CUSTOMER_ID "customer_id" Id, "customer", "whose cash it is";
    TYPE "type" Text, "type", "funded, applied_to_payment, unapplied_from_payment, refunded_from_payment, adjusted_for_overdraft and others";
    CURRENCY "currency" Text, "currency", "the currency of its amounts";
    NET_AMOUNT_MINOR "net_amount_minor" Minor, "net_amount", "what it moves the cash balance by: positive comes in";
    ENDING_BALANCE_MINOR "ending_balance_minor" Minor, "ending_balance", "the cash balance after it";
    FUNDED_TYPE "funded_type" Text, "funded.bank_transfer.type", "how the money came in";
    FUNDED_REFERENCE "funded_reference" Text, "funded.bank_transfer.reference", "what the sender wrote on it";
    APPLIED_PAYMENT_INTENT_ID "applied_payment_intent_id" Id, "applied_to_payment.payment_intent", "the payment intent that it pays";
    UNAPPLIED_PAYMENT_INTENT_ID "unapplied_payment_intent_id" Id, "unapplied_from_payment.payment_intent", "the payment intent that it is taken back from";
    REFUND_ID "refund_id" Id, "refunded_from_payment.refund", "the refund that gave it back to the cash balance";
    OVERDRAFT_BALANCE_TRANSACTION_ID "overdraft_balance_transaction_id" Id, "adjusted_for_overdraft.balance_transaction", "what evening out an overdraft did to the Stripe balance";
    TRANSFERRED_BALANCE_TRANSACTION_ID "transferred_balance_transaction_id" Id, "transferred_to_balance.balance_transaction", "what moving it to the company did to the Stripe balance";
}
