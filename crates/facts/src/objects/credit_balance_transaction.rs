//! Credit balance transactions: what was granted of credit grants, and what was used of them.

use crate::schema::Key;
use crate::schema::Shape::{Id, Minor, Second, Text};

crate::schema::schema! {
    /// One movement of a credit grant.
    "billing.credit_balance_transaction" in "credit_balance_transactions", key Key::Id,
    required ["credit_grant_id", "type"], created by "billing.credit_balance_transaction.created", deleted by [];
    CREATED_S "created_s" Second, "created", "when it was entered";
    EFFECTIVE_S "effective_s" Second, "effective_at", "when it takes effect";
    CREDIT_GRANT_ID "credit_grant_id" Id, "credit_grant", "the grant that it moves";
    TYPE "type" Text, "type", "credit or debit";
    CREDIT_TYPE "credit_type" Text, "credit.type", "credits_granted or credits_application_invoice_voided";
    CREDIT_CURRENCY "credit_currency" Text, "credit.amount.monetary.currency", "the currency of what is added";
    CREDIT_MINOR "credit_minor" Minor, "credit.amount.monetary.value", "what is added to the grant";
    CREDIT_INVOICE_ID "credit_invoice_id" Id, "credit.credits_application_invoice_voided.invoice", "the voided invoice that gave it back";
    CREDIT_INVOICE_LINE_ID "credit_invoice_line_id" Id, "credit.credits_application_invoice_voided.invoice_line_item", "that invoice's line";
    DEBIT_TYPE "debit_type" Text, "debit.type", "credits_applied, credits_expired or credits_voided";
    DEBIT_CURRENCY "debit_currency" Text, "debit.amount.monetary.currency", "the currency of what is taken";
    DEBIT_MINOR "debit_minor" Minor, "debit.amount.monetary.value", "what is taken from the grant";
    DEBIT_INVOICE_ID "debit_invoice_id" Id, "debit.credits_applied.invoice", "the invoice that it was used for";
    DEBIT_INVOICE_LINE_ID "debit_invoice_line_id" Id, "debit.credits_applied.invoice_line_item", "that invoice's line";
}
