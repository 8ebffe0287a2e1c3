//! Transfer reversals: what a platform takes back of a transfer. No event brings them but inside their transfer.

use crate::schema::Key;
use crate::schema::Shape::{Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One reversal of a transfer, whole or in part.
    "transfer_reversal" in "transfer_reversals", key Key::Id,
    required ["transfer_id", "amount_minor", "currency"], created by "", deleted by [];
    CREATED_S "created_s" Second, "created", "when the reversal was made";
    TRANSFER_ID "transfer_id" Id, "transfer", "the transfer that is reversed";
    CURRENCY "currency" Text, "currency", "the currency of its amount";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what is taken back";
    BALANCE_TRANSACTION_ID "balance_transaction_id" Id, "balance_transaction", "what it did to the Stripe balance";
    DESTINATION_PAYMENT_REFUND_ID "destination_payment_refund_id" Id, "destination_payment_refund", "the refund that it is on the connected account";
    SOURCE_REFUND_ID "source_refund_id" Id, "source_refund", "the refund that caused it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
