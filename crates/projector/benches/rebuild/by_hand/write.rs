//! The rows of every table, in the order of their keys.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::path::Path;

use rusqlite::Connection;

use super::company::{Company, State, States};
use super::link::{Link, links};
use super::objects::{
    Balance, BalanceTransaction, Charge, Customer, Invoice, InvoicePayment, Item, Line, Payout,
    Refund, Subscription,
};
use super::row::Tables;

const TABLES: &str = include_str!("../../../../../schema/book/tables.sql");

/// Writes all rows with the settings that a rebuild has, and syncs the file as it does.
pub(crate) fn write(
    company: &Company<'_>,
    stream: &str,
    path: &Path,
) -> Result<(), Box<dyn Error>> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
         PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536; BEGIN",
    )?;
    connection.execute_batch(TABLES)?;
    let mut tables = Tables::new(&connection)?;
    let tables_of = &mut tables;
    each(&company.balances, |id, state| {
        write_balance(tables_of, stream, id, state)
    })?;
    each(&company.balance_transactions, |id, state| {
        write_transaction(tables_of, stream, id, state)
    })?;
    each(&company.charges, |id, state| {
        write_charge(tables_of, stream, id, state)
    })?;
    each(&company.customers, |id, state| {
        write_customer(tables_of, stream, id, state)
    })?;
    each(&company.invoices, |id, state| {
        write_invoice(tables_of, stream, id, state)
    })?;
    each(&company.invoice_payments, |id, state| {
        write_payment(tables_of, stream, id, state)
    })?;
    each(&company.payouts, |id, state| {
        write_payout(tables_of, stream, id, state)
    })?;
    each(&company.refunds, |id, state| {
        write_refund(tables_of, stream, id, state)
    })?;
    each(&company.subscriptions, |id, state| {
        write_subscription(tables_of, stream, id, state)
    })?;
    write_links(tables_of, stream, &links(company))?;
    write_activity(tables_of, stream, company)?;
    drop(tables);
    connection.execute_batch("COMMIT")?;
    connection.close().map_err(|(_, error)| error)?;
    File::open(path)?.sync_all()?;
    Ok(())
}

fn each<'s, 'a, T>(
    states: &'s States<'a, T>,
    mut write: impl FnMut(&str, &'s State<'a, T>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut sorted: Vec<_> = states.iter().collect();
    sorted.sort_unstable_by_key(|(id, _)| *id);
    sorted
        .into_iter()
        .try_for_each(|(id, state)| write(id, state))
}

fn write_balance(
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

fn write_transaction(
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

fn write_charge(
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

fn write_customer(
    tables: &mut Tables<'_>,
    stream: &str,
    id: &str,
    state: &State<'_, Customer<'_>>,
) -> rusqlite::Result<()> {
    let one = &state.object;
    let mut row = tables.row("customers", stream, id)?;
    row.numbers(&[("created_s", &one.created)])?;
    row.texts(&[
        ("name", &one.name),
        ("email", &one.email),
        ("description", &one.description),
        ("currency", &one.currency),
    ])?;
    row.numbers(&[("balance_minor", &one.balance)])?;
    row.flags(&[("delinquent", &one.delinquent)])?;
    row.texts(&[("invoice_prefix", &one.invoice_prefix)])?;
    row.numbers(&[("next_invoice_sequence", &one.next_invoice_sequence)])?;
    let method = one
        .invoice_settings
        .then(|settings| &settings.default_payment_method);
    row.texts(&[
        ("default_source_id", &one.default_source),
        ("default_payment_method_id", method),
        ("tax_exempt", &one.tax_exempt),
        ("test_clock_id", &one.test_clock),
    ])?;
    row.metadata(&one.metadata)?;
    row.end_with(state)
}

fn write_invoice(
    tables: &mut Tables<'_>,
    stream: &str,
    id: &str,
    state: &State<'_, Invoice<'_>>,
) -> rusqlite::Result<()> {
    let one = &state.object;
    let mut row = tables.row("invoices", stream, id)?;
    row.numbers(&[("created_s", &one.created)])?;
    let details = one.parent.then(|parent| &parent.subscription_details);
    row.texts(&[
        ("number", &one.number),
        ("customer_id", &one.customer),
        ("customer_name", &one.customer_name),
        ("customer_email", &one.customer_email),
        (
            "subscription_id",
            details.then(|details| &details.subscription),
        ),
        ("status", &one.status),
        ("billing_reason", &one.billing_reason),
        ("collection_method", &one.collection_method),
        ("currency", &one.currency),
    ])?;
    row.numbers(&[
        ("subtotal_minor", &one.subtotal),
        ("subtotal_excluding_tax_minor", &one.subtotal_excluding_tax),
        ("total_minor", &one.total),
        ("total_excluding_tax_minor", &one.total_excluding_tax),
        ("amount_due_minor", &one.amount_due),
        ("amount_paid_minor", &one.amount_paid),
        ("amount_remaining_minor", &one.amount_remaining),
        ("amount_overpaid_minor", &one.amount_overpaid),
        ("amount_shipping_minor", &one.amount_shipping),
        ("starting_balance_minor", &one.starting_balance),
        ("ending_balance_minor", &one.ending_balance),
        (
            "pre_payment_credit_notes_minor",
            &one.pre_payment_credit_notes_amount,
        ),
        (
            "post_payment_credit_notes_minor",
            &one.post_payment_credit_notes_amount,
        ),
    ])?;
    row.flags(&[("attempted", &one.attempted)])?;
    row.numbers(&[("attempt_count", &one.attempt_count)])?;
    row.flags(&[("auto_advance", &one.auto_advance)])?;
    let times = &one.status_transitions;
    row.numbers(&[
        ("next_payment_attempt_s", &one.next_payment_attempt),
        ("automatically_finalizes_s", &one.automatically_finalizes_at),
        ("due_s", &one.due_date),
        ("effective_s", &one.effective_at),
        ("finalized_s", times.then(|times| &times.finalized_at)),
        ("paid_s", times.then(|times| &times.paid_at)),
        ("voided_s", times.then(|times| &times.voided_at)),
        (
            "marked_uncollectible_s",
            times.then(|times| &times.marked_uncollectible_at),
        ),
        ("webhooks_delivered_s", &one.webhooks_delivered_at),
        ("period_start_s", &one.period_start),
        ("period_end_s", &one.period_end),
    ])?;
    row.texts(&[("description", &one.description)])?;
    row.metadata(&one.metadata)?;
    row.end_with(state)?;
    let lines = one.lines.value().and_then(|lines| lines.data.value());
    let mut lines: Vec<&Line<'_>> = lines.into_iter().flatten().collect();
    lines.sort_unstable_by_key(|line| line.id.text());
    lines
        .into_iter()
        .try_for_each(|line| write_line(tables, stream, id, line))
}

fn write_line(
    tables: &mut Tables<'_>,
    stream: &str,
    invoice: &str,
    line: &Line<'_>,
) -> rusqlite::Result<()> {
    let mut row = tables.row("invoice_lines", stream, invoice)?;
    row.texts(&[("id", &line.id)])?;
    row.numbers(&[("amount_minor", &line.amount)])?;
    row.texts(&[
        ("currency", &line.currency),
        ("description", &line.description),
    ])?;
    row.numbers(&[("quantity", &line.quantity)])?;
    let price = line.pricing.then(|pricing| &pricing.price_details);
    let item = line.parent.then(|parent| &parent.invoice_item_details);
    let subscription = line.parent.then(|parent| &parent.subscription_item_details);
    row.texts(&[
        (
            "unit_amount",
            line.pricing.then(|pricing| &pricing.unit_amount_decimal),
        ),
        ("price_id", price.then(|price| &price.price)),
        ("product_id", price.then(|price| &price.product)),
        ("parent_type", line.parent.then(|parent| &parent.r#type)),
        ("invoice_item_id", item.then(|item| &item.invoice_item)),
        (
            "subscription_item_id",
            subscription.then(|item| &item.subscription_item),
        ),
    ])?;
    row.flags(&[("proration", subscription.then(|item| &item.proration))])?;
    row.numbers(&[
        ("period_start_s", line.period.then(|period| &period.start)),
        ("period_end_s", line.period.then(|period| &period.end)),
    ])?;
    row.metadata(&line.metadata)?;
    row.end()
}

fn write_payment(
    tables: &mut Tables<'_>,
    stream: &str,
    id: &str,
    state: &State<'_, InvoicePayment<'_>>,
) -> rusqlite::Result<()> {
    let one = &state.object;
    let mut row = tables.row("invoice_payments", stream, id)?;
    row.texts(&[
        ("invoice_payment_id", &one.id),
        ("invoice_id", &one.invoice),
        ("payment_type", one.payment.then(|payment| &payment.r#type)),
        (
            "payment_intent_id",
            one.payment.then(|payment| &payment.payment_intent),
        ),
        ("charge_id", one.payment.then(|payment| &payment.charge)),
        (
            "payment_record_id",
            one.payment.then(|payment| &payment.payment_record),
        ),
        ("status", &one.status),
        ("currency", &one.currency),
    ])?;
    row.numbers(&[
        ("amount_requested_minor", &one.amount_requested),
        ("amount_paid_minor", &one.amount_paid),
    ])?;
    row.flags(&[("is_default", &one.is_default)])?;
    let times = &one.status_transitions;
    row.numbers(&[
        ("created_s", &one.created),
        ("paid_s", times.then(|times| &times.paid_at)),
        ("canceled_s", times.then(|times| &times.canceled_at)),
    ])?;
    row.end_with(state)
}

fn write_payout(
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

fn write_refund(
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

fn write_subscription(
    tables: &mut Tables<'_>,
    stream: &str,
    id: &str,
    state: &State<'_, Subscription<'_>>,
) -> rusqlite::Result<()> {
    let one = &state.object;
    let mut row = tables.row("subscriptions", stream, id)?;
    row.numbers(&[("created_s", &one.created)])?;
    row.texts(&[
        ("customer_id", &one.customer),
        ("status", &one.status),
        ("currency", &one.currency),
        ("collection_method", &one.collection_method),
    ])?;
    row.numbers(&[
        ("start_s", &one.start_date),
        ("trial_start_s", &one.trial_start),
        ("trial_end_s", &one.trial_end),
        ("cancel_at_s", &one.cancel_at),
    ])?;
    row.flags(&[("cancel_at_period_end", &one.cancel_at_period_end)])?;
    row.numbers(&[("canceled_s", &one.canceled_at), ("ended_s", &one.ended_at)])?;
    let reason = one.cancellation_details.then(|details| &details.reason);
    row.texts(&[("cancellation_reason", reason)])?;
    row.numbers(&[
        ("billing_cycle_anchor_s", &one.billing_cycle_anchor),
        ("days_until_due", &one.days_until_due),
    ])?;
    row.texts(&[
        ("latest_invoice_id", &one.latest_invoice),
        ("default_payment_method_id", &one.default_payment_method),
        (
            "pause_behavior",
            one.pause_collection.then(|pause| &pause.behavior),
        ),
        ("description", &one.description),
    ])?;
    row.metadata(&one.metadata)?;
    row.end_with(state)?;
    let items = one.items.value().and_then(|items| items.data.value());
    let mut items: Vec<&Item<'_>> = items.into_iter().flatten().collect();
    items.sort_unstable_by_key(|item| item.id.text());
    items
        .into_iter()
        .try_for_each(|item| write_item(tables, stream, id, item))
}

fn write_item(
    tables: &mut Tables<'_>,
    stream: &str,
    subscription: &str,
    item: &Item<'_>,
) -> rusqlite::Result<()> {
    let mut row = tables.row("subscription_items", stream, subscription)?;
    let price = &item.price;
    let recurring = price.then(|price| &price.recurring);
    row.texts(&[("id", &item.id)])?;
    row.numbers(&[("created_s", &item.created)])?;
    row.texts(&[
        ("price_id", price.then(|price| &price.id)),
        ("product_id", price.then(|price| &price.product)),
        ("currency", price.then(|price| &price.currency)),
    ])?;
    row.numbers(&[("unit_amount_minor", price.then(|price| &price.unit_amount))])?;
    row.texts(&[("interval", recurring.then(|recurring| &recurring.interval))])?;
    row.numbers(&[
        (
            "interval_count",
            recurring.then(|recurring| &recurring.interval_count),
        ),
        ("quantity", &item.quantity),
        ("period_start_s", &item.current_period_start),
        ("period_end_s", &item.current_period_end),
    ])?;
    row.metadata(&item.metadata)?;
    row.end()
}

/// Links as they are, then what they add up to: they are sorted by what they add up under.
fn write_links(tables: &mut Tables<'_>, stream: &str, links: &[Link<'_>]) -> rusqlite::Result<()> {
    let mut totals: BTreeMap<_, (i64, i64)> = BTreeMap::new();
    for link in links {
        let mut row = tables.row("links", stream, link.target_type)?;
        row.bind(link.target_id)?;
        row.bind(link.relation)?;
        row.bind(link.source_type)?;
        row.bind(link.source_id)?;
        row.bind(link.currency)?;
        row.bind(link.amount)?;
        row.run()?;
        let key = (
            link.target_type,
            link.target_id,
            link.relation,
            link.currency,
        );
        let (count, amount) = totals.entry(key).or_default();
        *count += 1;
        *amount += link.amount;
    }
    for ((target_type, target_id, relation, currency), (count, amount)) in totals {
        let mut row = tables.row("totals", stream, target_type)?;
        row.bind(target_id)?;
        row.bind(relation)?;
        row.bind(currency)?;
        row.bind(count)?;
        row.bind(amount)?;
        row.run()?;
    }
    Ok(())
}

fn write_activity(
    tables: &mut Tables<'_>,
    stream: &str,
    company: &Company<'_>,
) -> rusqlite::Result<()> {
    let mut sums: BTreeMap<_, [i64; 4]> = BTreeMap::new();
    for state in company.balance_transactions.values() {
        let one = &state.object;
        let key = (
            one.currency.text().unwrap_or(""),
            one.balance_type.text().unwrap_or("payments"),
            one.reporting_category.text().unwrap_or(""),
            one.available_on.value().copied().unwrap_or(0),
        );
        let parts =
            [&one.amount, &one.fee, &one.net].map(|part| part.value().copied().unwrap_or(0));
        let sum = sums.entry(key).or_default();
        sum[0] += 1;
        sum[1..]
            .iter_mut()
            .zip(parts)
            .for_each(|(sum, part)| *sum += part);
    }
    for ((currency, balance_type, category, available_s), sums) in sums {
        let mut row = tables.row("balance_activity", stream, currency)?;
        row.bind(balance_type)?;
        row.bind(category)?;
        row.bind(available_s)?;
        sums.iter().try_for_each(|sum| row.bind(sum))?;
        row.run()?;
    }
    Ok(())
}
