//! Transfers: money that a platform hands on to a connected account.

use crate::schema::Key;
use crate::schema::Shape::{Flag, Id, Map, Minor, Second, Text};

crate::schema::schema! {
    /// One transfer, as Stripe last described it.
    "transfer" in "transfers", key Key::Id,
    required ["amount_minor", "currency"], created by "transfer.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when the transfer was made";
    DESTINATION_ID "destination_id" Id, "destination", "the connected account that gets it";
    DESTINATION_PAYMENT_ID "destination_payment_id" Id, "destination_payment", "the payment that it is on that account";
    CURRENCY "currency" Text, "currency", "the currency of its amounts";
    AMOUNT_MINOR "amount_minor" Minor, "amount", "what is handed on";
    AMOUNT_REVERSED_MINOR "amount_reversed_minor" Minor, "amount_reversed", "what was taken back of it";
    REVERSED "reversed" Flag, "reversed", "whether all of it was taken back";
    BALANCE_TRANSACTION_ID "balance_transaction_id" Id, "balance_transaction", "what it did to the Stripe balance";
    SOURCE_TRANSACTION_ID "source_transaction_id" Id, "source_transaction", "the charge whose money it is, where it is tied to one";
    SOURCE_TYPE "source_type" Text, "source_type", "which balance it draws on: card, fpx or bank_account";
    TRANSFER_GROUP "transfer_group" Text, "transfer_group", "what groups it with charges";
    DESCRIPTION "description" Text, "description", "the company's own note on it";
    METADATA "metadata" Map, "metadata", "the company's own keys and values";
}
