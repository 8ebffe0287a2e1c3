//! Rows of what moves money: charges, refunds, payouts, and the balance.

use super::company::State;
use super::objects::{Balance, BalanceTransaction, Charge, Payout, Refund};
use super::row::Tables;

pub(super) fn write_balance(
    tables: &mut Tables<'_>,
    stream: &str,
    id: &str,
    state: &State<'_, Balance<'_>>,
) -> rusqlite::Result<()> {
    tables.row("balances", stream, id)?.end_with(state)?;
    let balance = &state.object;
    for (table, parts) in [
        ("balance_available", &balance.available),
        ("balance_pending", &balance.pending),
    ] {
        for part in parts.value().into_iter().flatten() {
            let mut row = tables.row(table, stream, id)?;
            row.texts(&[("currency", &part.currency)])?;
            row.numbers(&[("amount_minor", &part.amount)])?;
            row.end()?;
        }
    }
    Ok(())
}

pub(super) fn write_transaction(
    tables: &mut Tables<'_>,
    stream: &str,
    id: &str,
    state: &State<'_, BalanceTransaction<'_>>,
) -> rusqlite::Result<()> {
    let one = &state.object;
    let mut row = tables.row("balance_transactions", stream, id)?;
    row.numbers(&[
        ("created_s", &one.created),
        ("available_s", &one.available_on),
    ])?;
    row.texts(&[
        ("type", &one.r#type),
        ("reporting_category", &one.reporting_category),
        ("source_id", &one.source),
        ("currency", &one.currency),
    ])?;
    row.numbers(&[
        ("amount_minor", &one.amount),
        ("fee_minor", &one.fee),
        ("net_minor", &one.net),
    ])?;
    row.texts(&[
        ("exchange_rate", &one.exchange_rate),
        ("balance_type", &one.balance_type),
        ("description", &one.description),
    ])?;
    row.end_with(state)?;
    for (place, fee) in (0_i64..).zip(one.fee_details.value().into_iter().flatten()) {
        let mut row = tables.row("balance_transaction_fees", stream, id)?;
        row.bind(place)?;
        row.texts(&[("type", &fee.r#type)])?;
        row.numbers(&[("amount_minor", &fee.amount)])?;
        row.texts(&[
            ("currency", &fee.currency),
            ("application_id", &fee.application),
            ("description", &fee.description),
        ])?;
        row.end()?;
    }
    Ok(())
}

pub(super) fn write_charge(
    tables: &mut Tables<'_>,
    stream: &str,
    id: &str,
    state: &State<'_, Charge<'_>>,
) -> rusqlite::Result<()> {
    let one = &state.object;
    let mut row = tables.row("charges", stream, id)?;
    row.numbers(&[("created_s", &one.created)])?;
    row.texts(&[
        ("customer_id", &one.customer),
        ("payment_intent_id", &one.payment_intent),
        ("status", &one.status),
        ("currency", &one.currency),
    ])?;
    row.numbers(&[
        ("amount_minor", &one.amount),
        ("amount_captured_minor", &one.amount_captured),
        ("amount_refunded_minor", &one.amount_refunded),
    ])?;
    row.flags(&[
        ("captured", &one.captured),
        ("paid", &one.paid),
        ("refunded", &one.refunded),
        ("disputed", &one.disputed),
    ])?;
    row.texts(&[
        ("balance_transaction_id", &one.balance_transaction),
        (
            "failure_balance_transaction_id",
            &one.failure_balance_transaction,
        ),
        ("failure_code", &one.failure_code),
        ("failure_message", &one.failure_message),
        ("outcome_type", one.outcome.then(|outcome| &outcome.r#type)),
        ("payment_method_id", &one.payment_method),
        (
            "payment_method_type",
            one.payment_method_details.then(|details| &details.r#type),
        ),
    ])?;
    row.numbers(&[("application_fee_minor", &one.application_fee_amount)])?;
    row.texts(&[
        ("statement_descriptor", &one.statement_descriptor),
        ("transfer_group", &one.transfer_group),
        ("description", &one.description),
    ])?;
    row.metadata(&one.metadata)?;
    row.end_with(state)
}

pub(super) fn write_payout(
    tables: &mut Tables<'_>,
    stream: &str,
    id: &str,
    state: &State<'_, Payout<'_>>,
) -> rusqlite::Result<()> {
    let one = &state.object;
    let mut row = tables.row("payouts", stream, id)?;
    row.numbers(&[
        ("created_s", &one.created),
        ("arrival_s", &one.arrival_date),
    ])?;
    row.texts(&[("status", &one.status), ("currency", &one.currency)])?;
    row.numbers(&[("amount_minor", &one.amount)])?;
    row.flags(&[("automatic", &one.automatic)])?;
    row.texts(&[
        ("method", &one.method),
        ("type", &one.r#type),
        ("destination_id", &one.destination),
        ("source_type", &one.source_type),
        ("balance_transaction_id", &one.balance_transaction),
        (
            "failure_balance_transaction_id",
            &one.failure_balance_transaction,
        ),
        ("failure_code", &one.failure_code),
        ("failure_message", &one.failure_message),
        ("original_payout_id", &one.original_payout),
        ("reversed_by_id", &one.reversed_by),
        ("reconciliation_status", &one.reconciliation_status),
        ("statement_descriptor", &one.statement_descriptor),
        ("description", &one.description),
    ])?;
    row.metadata(&one.metadata)?;
    row.end_with(state)
}

pub(super) fn write_refund(
    tables: &mut Tables<'_>,
    stream: &str,
    id: &str,
    state: &State<'_, Refund<'_>>,
) -> rusqlite::Result<()> {
    let one = &state.object;
    let mut row = tables.row("refunds", stream, id)?;
    row.numbers(&[("created_s", &one.created)])?;
    row.texts(&[
        ("charge_id", &one.charge),
        ("payment_intent_id", &one.payment_intent),
        ("status", &one.status),
        ("currency", &one.currency),
    ])?;
    row.numbers(&[("amount_minor", &one.amount)])?;
    row.texts(&[
        ("reason", &one.reason),
        ("balance_transaction_id", &one.balance_transaction),
        (
            "failure_balance_transaction_id",
            &one.failure_balance_transaction,
        ),
        ("failure_reason", &one.failure_reason),
        ("pending_reason", &one.pending_reason),
        ("description", &one.description),
    ])?;
    row.metadata(&one.metadata)?;
    row.end_with(state)
}
