//! Subscriptions over time: renewals with their hour as a draft, dunning outcomes, cancellations.

use super::{dashboard, discounts, ending, finalize, payment, proration, terms};
use crate::calendar::{DAY_S, HOUR_S, SECOND_US, months_later, second, short_date};
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{Invoice, InvoiceStatus, Line, LineParent, Metadata, Subscription};
use crate::world::{Bill, World};

/// The start and end of a subscription's n-th period, counted from 0.
pub(crate) fn period(anchor_s: i64, yearly: bool, n: i64) -> (i64, i64) {
    let months = if yearly { 12 } else { 1 };
    (
        months_later(anchor_s, months * n),
        months_later(anchor_s, months * (n + 1)),
    )
}

/// Gives the customer the currency of its first bill; whether it had none.
pub(crate) fn choose_currency(world: &mut World, request: &mut Request, client: usize) -> bool {
    let (customer, currency) = (
        world.clients[client].customer,
        world.clients[client].currency,
    );
    if world.histories.newest(customer).currency.is_some() {
        return false;
    }
    world.edit(request, customer, |customer| {
        customer.currency = Some(currency)
    });
    true
}

/// Puts the next renewal on the calendar.
pub(crate) fn plan_renewal(world: &mut World, plan: usize) {
    let state = world.plans[plan];
    let anchor_s = world.histories.newest(state.subscription).anchor_s;
    let (due_s, _) = period(anchor_s, state.yearly, state.periods);
    let at_us = world.later(due_s * SECOND_US, 1, 240);
    world.plan_step(at_us, move |world, at_us| renew(world, at_us, plan));
}

/// Begins a subscription's next period with a draft invoice, or ends it where that was asked for.
fn renew(world: &mut World, at_us: i64, plan: usize) {
    let state = world.plans[plan];
    let before = world.histories.newest(state.subscription).clone();
    if before.ended_at.is_some() {
        return;
    }
    if before.cancel_at_period_end {
        let ended_s = before
            .cancel_at
            .expect("a cancellation at period end has its second");
        let mut request = world.automatic_step(at_us);
        end(world, &mut request, plan, ended_s, "cancellation_requested");
        return world.finish(request);
    }
    let created_s = second(at_us);
    let mut request = world.automatic_step(at_us);
    let next = period(before.anchor_s, state.yearly, state.periods);
    let mut renewed = with_period(&before, next);
    if renewed.status == "trialing" {
        renewed.status = "active";
    }
    let invoice = Invoice {
        // The invoice's own period is the one just ended; its lines bill the one that begins.
        period_start_s: before.items[0].period_start_s,
        period_end_s: before.items[0].period_end_s,
        ..subscription_invoice(world, state.client, &renewed, created_s)
    };
    let invoice_id = invoice.id.clone();
    let invoice = world.insert(&mut request, invoice);
    proration::sweep(world, &mut request, state.client, &invoice_id);
    world.edit(&mut request, state.subscription, |subscription| {
        *subscription = Subscription {
            latest_invoice: Some(invoice_id),
            ..renewed
        };
    });
    world.announce_change(
        &mut request,
        "customer.subscription.updated",
        state.subscription,
    );
    world.announce(&mut request, "invoice.created", invoice);
    world.finish(request);
    world.plans[plan].periods += 1;
    let bill = world.add_bill(Bill {
        client: state.client,
        plan: Some(plan),
        invoice,
        collection: None,
    });
    let at_us = world.later((created_s + HOUR_S) * SECOND_US, 1, 300);
    world.plan_step(at_us, move |world, at_us| {
        finalize_and_collect(world, at_us, bill)
    });
    plan_renewal(world, plan);
}

fn with_period(subscription: &Subscription, (start_s, end_s): (i64, i64)) -> Subscription {
    let mut renewed = subscription.clone();
    renewed.items = renewed
        .items
        .iter()
        .cloned()
        .map(|mut item| {
            (item.period_start_s, item.period_end_s) = (start_s, end_s);
            item
        })
        .collect();
    renewed
}

/// A draft for a subscription's present period, one line per item and what waits for it, made by Stripe itself.
pub(crate) fn subscription_invoice(
    world: &mut World,
    client: usize,
    subscription: &Subscription,
    created_s: i64,
) -> Invoice {
    let mut lines = item_lines(world, subscription, created_s);
    lines.extend(proration::waiting_lines(world, client, created_s));
    let draft = draft(
        world,
        client,
        created_s,
        lines,
        Some(subscription.id.clone()),
    );
    Invoice {
        billing_reason: "subscription_cycle",
        auto_advance: subscription.paused.is_none(),
        automatically_finalizes_at: Some(created_s + HOUR_S),
        next_payment_attempt: Some(created_s + HOUR_S),
        ..draft
    }
}

fn item_lines(world: &mut World, subscription: &Subscription, created_s: i64) -> Vec<Line> {
    let items = subscription.items.iter();
    items
        .map(|item| {
            let id = world.mint.dated(&mut world.random, "il", created_s);
            let parent = LineParent::SubscriptionItem {
                subscription: subscription.id.clone(),
                item: item.id.clone(),
                invoice_item: None,
            };
            Line {
                amount_minor: item.unit_amount_minor * item.quantity,
                unit_amount: item.unit_amount_minor.to_string().into(),
                quantity: item.quantity,
                description: format!("{} × {}", item.quantity, item.product_name).into(),
                price: item.price.clone(),
                product: item.product.clone(),
                period_start_s: item.period_start_s,
                period_end_s: item.period_end_s,
                ..Line::empty(id, parent)
            }
        })
        .collect()
}

/// A draft of a customer, by hand where no subscription is named, with the customer's discounts and taxes.
pub(crate) fn draft(
    world: &mut World,
    client: usize,
    created_s: i64,
    mut lines: Vec<Line>,
    subscription: Option<Text>,
) -> Invoice {
    let discounts = terms::dress(world, client, created_s, subscription.is_some(), &mut lines);
    let id = world.mint.dated(&mut world.random, "in", created_s);
    let hosted = format!("{}/live_{}", world.mint.account, world.random.token(48));
    let tax_rates_json = terms::rates_json(world, client);
    let client = &world.clients[client];
    let customer = world.histories.newest(client.customer);
    Invoice {
        id,
        created_s,
        customer: customer.id.clone(),
        customer_number: customer.number,
        customer_email: customer.email.clone(),
        customer_name: customer.name.clone(),
        customer_phone: customer.phone.clone(),
        currency: client.currency,
        billing_reason: "manual",
        subscription,
        description: None,
        lines: lines.into(),
        status: InvoiceStatus::Draft,
        number: None,
        hosted: hosted.into(),
        sent_by_mail: false,
        auto_advance: false,
        attempted: false,
        attempt_count: 0,
        amount_paid_minor: 0,
        overpaid_minor: 0,
        pre_notes_minor: 0,
        post_notes_minor: 0,
        starting_balance_minor: customer.balance_minor,
        ending_balance_minor: None,
        discounts,
        tax_rates_json,
        customer_tax_exempt: customer.tax_exempt,
        deleted: false,
        automatically_finalizes_at: None,
        next_payment_attempt: None,
        due_s: None,
        period_start_s: created_s,
        period_end_s: created_s,
        finalized_at: None,
        marked_uncollectible_at: None,
        paid_at: None,
        voided_at: None,
        metadata: Metadata::new(),
    }
}

/// The automatic step an hour after a draft: finalise it and take the money, unless collection is paused.
fn finalize_and_collect(world: &mut World, at_us: i64, bill: usize) {
    let owned = world.bills[bill];
    let paused = owned.plan.and_then(|plan| {
        world
            .histories
            .newest(world.plans[plan].subscription)
            .paused
    });
    if paused == Some("keep_as_draft") {
        return;
    }
    let mut request = world.automatic_step(at_us);
    let collects = finalize::finalize(world, &mut request, bill);
    discounts::spend(world, &mut request, &owned);
    match paused {
        _ if !collects => world.finish(request),
        Some("void") => {
            ending::void_now(world, &mut request, bill);
            world.finish(request);
        }
        Some(_) => {
            ending::write_off_now(world, &mut request, bill);
            world.finish(request);
        }
        None => payment::collect(world, request, bill, 70),
    }
}

/// Marks the subscription of an unpaid bill, or one paid at last.
pub(crate) fn set_status(
    world: &mut World,
    request: &mut Request,
    bill: usize,
    status: &'static str,
) {
    let Some(plan) = world.bills[bill].plan else {
        return;
    };
    let subscription = world.plans[plan].subscription;
    let now = world.histories.newest(subscription);
    if now.ended_at.is_some() || now.status == status {
        return;
    }
    world.edit(request, subscription, |subscription| {
        subscription.status = status
    });
    world.announce_change(request, "customer.subscription.updated", subscription);
}

/// Ends the subscription of a bill that no attempt could collect.
pub(crate) fn give_up(world: &mut World, request: &mut Request, bill: usize) {
    let Some(plan) = world.bills[bill].plan else {
        return;
    };
    if world
        .histories
        .newest(world.plans[plan].subscription)
        .ended_at
        .is_none()
    {
        let now_s = second(request.now_us);
        end(world, request, plan, now_s, "payment_failed");
    }
}

/// Ends a subscription; a cancelled one lives on as an object.
pub(crate) fn end(
    world: &mut World,
    request: &mut Request,
    plan: usize,
    ended_s: i64,
    reason: &'static str,
) {
    let subscription = world.plans[plan].subscription;
    world.edit(request, subscription, |subscription| {
        subscription.status = "canceled";
        subscription.canceled_at = subscription.canceled_at.or(Some(ended_s));
        subscription.ended_at = Some(ended_s);
        subscription.cancellation_reason = Some(reason);
    });
    world.announce(request, "customer.subscription.deleted", subscription);
}

/// Some customers leave: at once, or at the end of the period, and some change their mind.
pub(crate) fn plan_cancellation(world: &mut World, at_us: i64, plan: usize) {
    if !world.random.chance(140) {
        return;
    }
    let leaves_us = world.later(at_us, 10 * DAY_S, 200 * DAY_S);
    if world.random.chance(400) {
        world.plan_step(leaves_us, move |world, at_us| {
            cancel_now(world, at_us, plan)
        });
        return;
    }
    world.plan_step(leaves_us, move |world, at_us| {
        cancel_later(world, at_us, plan, true)
    });
    if world.random.chance(250) {
        let back_us = world.later(leaves_us, 3_600, 6 * DAY_S);
        world.plan_step(back_us, move |world, at_us| {
            cancel_later(world, at_us, plan, false)
        });
    }
}

fn cancel_now(world: &mut World, at_us: i64, plan: usize) {
    if world
        .histories
        .newest(world.plans[plan].subscription)
        .ended_at
        .is_some()
    {
        return;
    }
    let mut request = world.api_request(at_us);
    end(
        world,
        &mut request,
        plan,
        second(at_us),
        "cancellation_requested",
    );
    world.finish(request);
    if world.random.chance(700) {
        let client = world.plans[plan].client;
        let at_us = world.later(at_us, 20 * DAY_S, 40 * DAY_S);
        world.plan_step(at_us, move |world, at_us| {
            super::churn::delete(world, at_us, client)
        });
    }
}

fn cancel_later(world: &mut World, at_us: i64, plan: usize, leaves: bool) {
    let subscription = world.plans[plan].subscription;
    let now = world.histories.newest(subscription);
    if now.ended_at.is_some() || now.cancel_at_period_end == leaves {
        return;
    }
    let end_s = now.items[0].period_end_s;
    // Between a period's end and its renewal there is no period end to cancel at.
    if end_s <= second(at_us) {
        return;
    }
    let mut request = world.api_request(at_us);
    world.edit(&mut request, subscription, |subscription| {
        subscription.cancel_at_period_end = leaves;
        subscription.cancel_at = leaves.then_some(end_s);
        subscription.canceled_at = leaves.then_some(second(at_us));
        subscription.cancellation_reason = leaves.then_some("cancellation_requested");
    });
    world.announce_change(&mut request, "customer.subscription.updated", subscription);
    world.finish(request);
}

/// Changes a subscription's note, or from the next period on the quantity of its last item.
pub(crate) fn adjust(world: &mut World, at_us: i64, client: usize) {
    let Some(plan) = world.clients[client].terms.plan else {
        return;
    };
    let subscription = world.plans[plan].subscription;
    if world.histories.newest(subscription).ended_at.is_some() {
        return;
    }
    if world.random.chance(world.config.billing.silent_changes) {
        return dashboard::fail_to_tell(world, at_us, subscription, |one| &mut one.metadata);
    }
    let mut request = world.change_request(at_us);
    let (quantity, noted) = (world.random.between(1, 9), world.random.chance(400));
    let note: Text = world.random.token(6).into();
    world.edit(&mut request, subscription, |subscription| {
        let mut items = subscription.items.to_vec();
        let last = items.last_mut().expect("a subscription has an item");
        if noted || last.quantity == quantity {
            subscription.metadata.insert("note".into(), note);
        } else {
            last.quantity = quantity;
            subscription.items = items.into();
        }
    });
    world.announce_change(&mut request, "customer.subscription.updated", subscription);
    world.finish(request);
}

/// The description a charge and its movement carry.
pub(crate) fn charge_description(invoice: &Invoice) -> Text {
    match invoice.billing_reason {
        "subscription_create" => "Subscription creation".into(),
        "subscription_cycle" | "subscription_update" => "Subscription update".into(),
        _ => format!("Payment for invoice of {}", short_date(invoice.created_s)).into(),
    }
}
