//! Rows of what is billed to whom: customers, subscriptions, invoices and their payments.

use super::company::State;
use super::objects::{Customer, Invoice, InvoicePayment, Item, Line, Subscription};
use super::row::{Row, Tables};

pub(super) fn write_customer(
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

pub(super) fn write_invoice(
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
    write_times(&mut row, one)?;
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

fn write_times(row: &mut Row<'_, '_>, one: &Invoice<'_>) -> rusqlite::Result<()> {
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
    ])
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

pub(super) fn write_payment(
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

pub(super) fn write_subscription(
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
