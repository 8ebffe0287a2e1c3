//! Top-ups, and money that is handed on to connected accounts or taken from them: which member is kept where, and which is not.

use super::{AGAIN, MODE, OWN, SETTING, WHOLE};
use crate::compare::map::Rule::{Column, Id, Key, Keys, Kind};
use crate::compare::map::{Map, Rows, Rule};

pub(super) const TOPUP: Map = Map {
    object: "topup",
    table: "topups",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("balance_transaction", Id("balance_transaction_id")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("description", Column("description")),
        ("expected_availability_date", Column("expected_s")),
        ("failure_code", Column("failure_code")),
        ("failure_message", Column("failure_message")),
        ("metadata", Keys("metadata")),
        ("source", Id("source_id")),
        ("statement_descriptor", Column("statement_descriptor")),
        ("status", Column("status")),
        ("transfer_group", Column("transfer_group")),
    ],
    left: &[(MODE, &["livemode"]), (SETTING, &["initiated_by"])],
};

pub(super) const TRANSFER: Map = Map {
    object: "transfer",
    table: "transfers",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("amount_reversed", Column("amount_reversed_minor")),
        ("balance_transaction", Id("balance_transaction_id")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("description", Column("description")),
        ("destination", Id("destination_id")),
        ("destination_payment", Id("destination_payment_id")),
        ("metadata", Keys("metadata")),
        ("reversed", Column("reversed")),
        ("source_transaction", Id("source_transaction_id")),
        ("source_type", Column("source_type")),
        ("transfer_group", Column("transfer_group")),
    ],
    left: &[(MODE, &["livemode"]), (OWN, &["reversals"])],
};

pub(super) const TRANSFER_REVERSAL: Map = Map {
    object: "transfer_reversal",
    table: "transfer_reversals",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("balance_transaction", Id("balance_transaction_id")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        (
            "destination_payment_refund",
            Id("destination_payment_refund_id"),
        ),
        ("metadata", Keys("metadata")),
        ("source_refund", Id("source_refund_id")),
        ("transfer", Id("transfer_id")),
    ],
    left: &[],
};

pub(super) const APPLICATION_FEE: Map = Map {
    object: "application_fee",
    table: "application_fees",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("account", Id("account_id")),
        ("amount", Column("amount_minor")),
        ("amount_refunded", Column("amount_refunded_minor")),
        ("application", Id("application_id")),
        ("balance_transaction", Id("balance_transaction_id")),
        ("charge", Id("charge_id")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("originating_transaction", Id("originating_transaction_id")),
        ("refunded", Column("refunded")),
    ],
    left: &[
        (MODE, &["livemode"]),
        (AGAIN, &["fee_source"]),
        (OWN, &["refunds"]),
    ],
};

pub(super) const APPLICATION_FEE_REFUND: Map = Map {
    object: "fee_refund",
    table: "application_fee_refunds",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("balance_transaction", Id("balance_transaction_id")),
        ("created", Column("created_s")),
        ("currency", Column("currency")),
        ("fee", Id("application_fee_id")),
        ("metadata", Keys("metadata")),
    ],
    left: &[],
};

pub(super) const RESERVE_HOLD: Map = Map {
    object: "reserve.hold",
    table: "reserve_holds",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("created", Column("created_s")),
        ("created_by", Column("created_by")),
        ("currency", Column("currency")),
        ("reason", Column("reason")),
        ("release_schedule.release_after", Column("release_after_s")),
        (
            "release_schedule.scheduled_release",
            Column("scheduled_release_s"),
        ),
        ("source_charge", Id("source_charge_id")),
        ("source_type", Column("source_type")),
    ],
    left: &[(MODE, &["livemode"]), (SETTING, &["reserve_plan"])],
};

pub(super) const RESERVE_RELEASE: Map = Map {
    object: "reserve.release",
    table: "reserve_releases",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("amount", Column("amount_minor")),
        ("created", Column("created_s")),
        ("created_by", Column("created_by")),
        ("currency", Column("currency")),
        ("reason", Column("reason")),
        ("released_at", Column("released_s")),
        ("reserve_hold", Id("reserve_hold_id")),
    ],
    left: &[(MODE, &["livemode"]), (SETTING, &["reserve_plan"])],
};

pub(super) const PAYOUT_MEMBERSHIP: Map = Map {
    object: "payout_membership",
    table: "payout_memberships",
    id: &["id"],
    kept: &[
        ("id", Key),
        ("object", Kind),
        ("data", Rule::Rows(&PAYOUT_TRANSACTION)),
    ],
    left: &[(WHOLE, &["has_more"])],
};

const PAYOUT_TRANSACTION: Rows = Rows {
    table: "payout_transactions",
    parent: "payout_id",
    row: None,
    key: Some(("id", "id")),
    kept: &[("id", Key)],
    left: &[(
        OWN,
        &[
            "amount",
            "available_on",
            "balance_type",
            "created",
            "currency",
            "description",
            "exchange_rate",
            "fee",
            "fee_details",
            "net",
            "object",
            "reporting_category",
            "source",
            "status",
            "type",
        ],
    )],
};
