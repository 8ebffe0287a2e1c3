//! The movements of money: which member is kept where, and which is not.

use super::{ADDRESS, CARD, MODE, OWN, PAPER, PLATFORM, SETTING};
use crate::compare::map::Rule::{Availability, Column, Decimal, Id, Key, Keys, Kind};
use crate::compare::map::{Map, Rows, Rule};

pub(super) const BALANCE: Map = Map {
    object: "balance",
    table: "balances",
    id: &[],
    kept: &[
        ("object", Kind),
        (
            "available",
            Rule::Rows(&Rows {
                table: "balance_available",
                ..BALANCE_SIDE
            }),
        ),
        (
            "pending",
            Rule::Rows(&Rows {
                table: "balance_pending",
                ..BALANCE_SIDE
            }),
        ),
        (
            "connect_reserved",
            Rule::Rows(&Rows {
                table: "balance_connect_reserved",
                ..BALANCE_SIDE
            }),
        ),
    ],
    left: &[
        (MODE, &["livemode"]),
        (
            "a part of what is available or pending",
            &["instant_available"],
        ),
        (
            "balances of other products, which the books do not hold",
            &["issuing", "refund_and_dispute_prefunding", "risk_reserved"],
        ),
    ],
};

const BALANCE_SIDE: Rows = Rows {
    table: "",
    parent: "balance_id",
    row: None,
    key: Some(("currency", "currency")),
    kept: &[("currency", Key), ("amount", Column("amount_minor"))],
    left: &[(
        "which cards and banks it came from is not kept",
        &["source_types"],
    )],
};

pub(super) const BALANCE_TRANSACTION: Map = Map {
    object: "balance_transaction",
    table: "balance_transactions",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("available_on", Column("available_s")),
        ("balance_type", Column("balance_type")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("description", Column("description")),
        ("exchange_rate", Decimal("exchange_rate")),
        ("fee", Column("fee_minor")),
        ("fee_details", Rule::Rows(&FEE)),
        ("net", Column("net_minor")),
        ("reporting_category", Column("reporting_category")),
        ("source", Id("source_id")),
        ("status", Availability),
        ("type", Column("type")),
    ],
    left: &[],
};

const FEE: Rows = Rows {
    table: "balance_transaction_fees",
    parent: "balance_transaction_id",
    row: None,
    key: None,
    kept: &[
        ("amount", Column("amount_minor")),
        ("application", Id("application_id")),
        ("currency", Column("currency")),
        ("description", Column("description")),
        ("type", Column("type")),
    ],
    left: &[],
};

pub(super) const CHARGE: Map = Map {
    object: "charge",
    table: "charges",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("amount_captured", Column("amount_captured_minor")),
        ("amount_refunded", Column("amount_refunded_minor")),
        ("application_fee", Id("application_fee_id")),
        ("application_fee_amount", Column("application_fee_minor")),
        ("on_behalf_of", Id("on_behalf_of_id")),
        ("source_transfer", Id("source_transfer_id")),
        ("transfer", Id("transfer_id")),
        ("transfer_data.amount", Column("transfer_amount_minor")),
        ("transfer_data.destination", Id("transfer_destination_id")),
        ("balance_transaction", Id("balance_transaction_id")),
        ("captured", Column("captured")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("customer", Id("customer_id")),
        ("description", Column("description")),
        ("disputed", Column("disputed")),
        (
            "failure_balance_transaction",
            Id("failure_balance_transaction_id"),
        ),
        ("failure_code", Column("failure_code")),
        ("failure_message", Column("failure_message")),
        ("metadata", Keys("metadata")),
        ("outcome.type", Column("outcome_type")),
        ("paid", Column("paid")),
        ("payment_intent", Id("payment_intent_id")),
        ("payment_method", Column("payment_method_id")),
        ("payment_method_details.type", Column("payment_method_type")),
        ("refunded", Column("refunded")),
        ("statement_descriptor", Column("statement_descriptor")),
        ("status", Column("status")),
        ("transfer_group", Column("transfer_group")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (ADDRESS, &["billing_details", "shipping"]),
        (
            CARD,
            &[
                "payment_method_details.card",
                "payment_method_details.sepa_debit",
                "payment_method_details.us_bank_account",
                "payment_method_details.stripe_account",
                "payment_method_details.ach_debit",
                "radar_options",
                "source",
            ],
        ),
        (
            "how the network judged it is not kept",
            &[
                "fraud_details",
                "outcome.advice_code",
                "outcome.network_advice_code",
                "outcome.network_decline_code",
                "outcome.network_status",
                "outcome.reason",
                "outcome.risk_level",
                "outcome.risk_score",
                "outcome.seller_message",
            ],
        ),
        (PLATFORM, &["application", "customer_account"]),
        (
            PAPER,
            &[
                "calculated_statement_descriptor",
                "presentment_details",
                "receipt_email",
                "receipt_number",
                "receipt_url",
                "statement_descriptor_suffix",
            ],
        ),
        (OWN, &["dispute", "refunds"]),
        ("reviews move no money", &["review"]),
    ],
};

pub(super) const PAYOUT: Map = Map {
    object: "payout",
    table: "payouts",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("application_fee", Id("application_fee_id")),
        ("application_fee_amount", Column("application_fee_minor")),
        ("arrival_date", Column("arrival_s")),
        ("automatic", Column("automatic")),
        ("balance_transaction", Id("balance_transaction_id")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("description", Column("description")),
        ("destination", Id("destination_id")),
        (
            "failure_balance_transaction",
            Id("failure_balance_transaction_id"),
        ),
        ("failure_code", Column("failure_code")),
        ("failure_message", Column("failure_message")),
        ("metadata", Keys("metadata")),
        ("method", Column("method")),
        ("original_payout", Id("original_payout_id")),
        ("reconciliation_status", Column("reconciliation_status")),
        ("reversed_by", Id("reversed_by_id")),
        ("source_type", Column("source_type")),
        ("statement_descriptor", Column("statement_descriptor")),
        ("status", Column("status")),
        ("type", Column("type")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (SETTING, &["payout_method"]),
        ("the bank's own reference is not kept", &["trace_id"]),
    ],
};

pub(super) const REFUND: Map = Map {
    object: "refund",
    table: "refunds",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("balance_transaction", Id("balance_transaction_id")),
        ("charge", Id("charge_id")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("description", Column("description")),
        (
            "failure_balance_transaction",
            Id("failure_balance_transaction_id"),
        ),
        ("destination_details.type", Column("destination_type")),
        (
            "source_transfer_reversal",
            Id("source_transfer_reversal_id"),
        ),
        ("transfer_reversal", Id("transfer_reversal_id")),
        ("failure_reason", Column("failure_reason")),
        ("metadata", Keys("metadata")),
        ("payment_intent", Id("payment_intent_id")),
        ("pending_reason", Column("pending_reason")),
        ("reason", Column("reason")),
        ("status", Column("status")),
    ],
    left: &[
        (
            CARD,
            &[
                "destination_details.card",
                "destination_details.sepa_bank_transfer",
                "destination_details.us_bank_transfer",
                "destination_details.customer_cash_balance",
                "destination_details.jp_bank_transfer",
                "destination_details.eu_bank_transfer",
                "destination_details.gb_bank_transfer",
                "payment_method",
            ],
        ),
        ("its charge names the customer", &["customer"]),
        (
            PAPER,
            &[
                "instructions_email",
                "presentment_details",
                "receipt_number",
            ],
        ),
        (
            "what the customer must still do is not kept",
            &["next_action"],
        ),
        (PLATFORM, &["customer_account"]),
    ],
};
