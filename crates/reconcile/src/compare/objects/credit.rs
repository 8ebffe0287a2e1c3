//! Customer balances, cash balances and billing credits: which member is kept where, and which is not.

use super::{ADDRESS, AGAIN, EXPLAINED, MODE, PLATFORM, SETTING};
use crate::compare::map::Map;
use crate::compare::map::Rule::{Column, Id, Key, Keys, Kind};

pub(super) const CUSTOMER_BALANCE_TRANSACTION: Map = Map {
    object: "customer_balance_transaction",
    table: "customer_balance_transactions",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("checkout_session", Id("checkout_session_id")),
        ("created", Column("created_s")),
        ("credit_note", Id("credit_note_id")),
        ("currency", Column("currency")),
        ("customer", Id("customer_id")),
        ("description", Column("description")),
        ("ending_balance", Column("ending_balance_minor")),
        ("invoice", Id("invoice_id")),
        ("metadata", Keys("metadata")),
        ("type", Column("type")),
    ],
    left: &[(MODE, &["livemode"]), (PLATFORM, &["customer_account"])],
};

pub(super) const CUSTOMER_CASH_BALANCE_TRANSACTION: Map = Map {
    object: "customer_cash_balance_transaction",
    table: "customer_cash_balance_transactions",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        (
            "adjusted_for_overdraft.balance_transaction",
            Id("overdraft_balance_transaction_id"),
        ),
        (
            "applied_to_payment.payment_intent",
            Id("applied_payment_intent_id"),
        ),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("customer", Id("customer_id")),
        ("ending_balance", Column("ending_balance_minor")),
        ("funded.bank_transfer.reference", Column("funded_reference")),
        ("funded.bank_transfer.type", Column("funded_type")),
        ("net_amount", Column("net_amount_minor")),
        ("refunded_from_payment.refund", Id("refund_id")),
        (
            "transferred_to_balance.balance_transaction",
            Id("transferred_balance_transaction_id"),
        ),
        ("type", Column("type")),
        (
            "unapplied_from_payment.payment_intent",
            Id("unapplied_payment_intent_id"),
        ),
    ],
    left: &[
        (MODE, &["livemode"]),
        (
            ADDRESS,
            &[
                "funded.bank_transfer.eu_bank_transfer",
                "funded.bank_transfer.gb_bank_transfer",
                "funded.bank_transfer.jp_bank_transfer",
                "funded.bank_transfer.us_bank_transfer",
            ],
        ),
        (EXPLAINED, &["adjusted_for_overdraft.linked_transaction"]),
        (PLATFORM, &["customer_account"]),
    ],
};

pub(super) const CREDIT_GRANT: Map = Map {
    object: "billing.credit_grant",
    table: "credit_grants",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount.monetary.currency", Column("currency")),
        ("amount.monetary.value", Column("amount_minor")),
        ("category", Column("category")),
        ("created", Column("created_s")),
        ("customer", Id("customer_id")),
        ("effective_at", Column("effective_s")),
        ("expires_at", Column("expires_s")),
        ("metadata", Keys("metadata")),
        ("name", Column("name")),
        ("priority", Column("priority")),
        ("updated", Column("updated_s")),
        ("voided_at", Column("voided_s")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (AGAIN, &["amount.type"]),
        (SETTING, &["applicability_config"]),
        ("test clocks are no part of live books", &["test_clock"]),
        (PLATFORM, &["customer_account"]),
    ],
};

pub(super) const CREDIT_BALANCE_TRANSACTION: Map = Map {
    object: "billing.credit_balance_transaction",
    table: "credit_balance_transactions",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("created", Column("created_s")),
        ("credit.amount.monetary.currency", Column("credit_currency")),
        ("credit.amount.monetary.value", Column("credit_minor")),
        (
            "credit.credits_application_invoice_voided.invoice",
            Id("credit_invoice_id"),
        ),
        (
            "credit.credits_application_invoice_voided.invoice_line_item",
            Id("credit_invoice_line_id"),
        ),
        ("credit.type", Column("credit_type")),
        ("credit_grant", Id("credit_grant_id")),
        ("debit.amount.monetary.currency", Column("debit_currency")),
        ("debit.amount.monetary.value", Column("debit_minor")),
        ("debit.credits_applied.invoice", Id("debit_invoice_id")),
        (
            "debit.credits_applied.invoice_line_item",
            Id("debit_invoice_line_id"),
        ),
        ("debit.type", Column("debit_type")),
        ("effective_at", Column("effective_s")),
        ("type", Column("type")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (AGAIN, &["credit.amount.type", "debit.amount.type"]),
        ("test clocks are no part of live books", &["test_clock"]),
    ],
};
