//! Changes of a subscription within its period: other quantities and other prices, billed at once or with the next invoice
//! by items for what is unused and what is new; and items that wait for the next invoice for other reasons.

use super::{billing, discounts, ending, finalize, payment};
use crate::calendar::{DAY_S, HOUR_S, second};
use crate::history::Handle;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{
    Invoice, InvoiceItem, Line, LineParent, Price, Subscription, SubscriptionItem, share,
};
use crate::world::{Bill, World};

/// Some subscriptions change within a period, some of them again.
pub(crate) fn plan_changes(world: &mut World, at_us: i64, plan: usize) {
    let mut next_us = at_us;
    while world.random.chance(world.config.billing.plan_changes) {
        next_us = world.later(next_us, DAY_S, 45 * DAY_S);
        world.plan_step(next_us, move |world, at_us| change(world, at_us, plan));
    }
}

fn change(world: &mut World, at_us: i64, plan: usize) {
    let subscription = world.plans[plan].subscription;
    let before = world.histories.newest(subscription).clone();
    let now_s = second(at_us);
    let place = before.items.len() - 1;
    let old = before.items[place].clone();
    let runs = before.status == "active" && before.paused.is_none() && before.schedule.is_none();
    if !runs || old.period_end_s <= now_s + HOUR_S {
        return;
    }
    let new = changed_item(world, plan, &before, &old);
    if (&new.price, new.quantity) == (&old.price, old.quantity) {
        return;
    }
    let late = world.random.chance(world.config.late_snapshots_per_mille);
    let mut request = if late {
        world.late_request(at_us)
    } else {
        world.api_request(at_us)
    };
    let lines = [(&old, -1), (&new, 1)]
        .map(|(item, sign)| prorated_line(world, &before, item, now_s, sign));
    if world.random.chance(500) {
        return bill_now(world, request, plan, new, lines);
    }
    replace_item(world, &mut request, subscription, new, None);
    world.announce_change(&mut request, "customer.subscription.updated", subscription);
    let client = world.plans[plan].client;
    for line in lines {
        let item = waiting_item(world, &mut request, client, &before, line, now_s);
        world.announce(&mut request, "invoiceitem.created", item);
        world.clients[client].terms.pending.push(item);
    }
    world.finish(request);
}

/// The same item with another quantity, or with another price of the same interval.
fn changed_item(
    world: &mut World,
    plan: usize,
    subscription: &Subscription,
    old: &SubscriptionItem,
) -> SubscriptionItem {
    if world.random.chance(500) {
        let quantity = world.random.between(1, 9);
        return SubscriptionItem {
            quantity,
            ..old.clone()
        };
    }
    let (currency, yearly) = (subscription.currency, world.plans[plan].yearly);
    let fits = |price: &&Price| {
        let sold = subscription.items.iter().any(|item| item.price == price.id);
        price.currency == currency && price.yearly == yearly && !sold
    };
    let prices: Vec<Price> = world.prices.iter().filter(fits).cloned().collect();
    let price = &prices[world.random.index(prices.len())];
    SubscriptionItem {
        price: price.id.clone(),
        price_json: price.embedded().into(),
        plan_json: price.plan().into(),
        product: price.product.clone(),
        product_name: price.product_name,
        unit_amount_minor: price.unit_amount_minor,
        ..old.clone()
    }
}

/// What an item costs for the rest of its period, or gives back of it.
fn prorated_line(
    world: &mut World,
    subscription: &Subscription,
    item: &SubscriptionItem,
    now_s: i64,
    sign: i64,
) -> Line {
    let left_s = item.period_end_s - now_s;
    let whole_s = item.period_end_s - item.period_start_s;
    let amount_minor = sign * share(item.unit_amount_minor * item.quantity, left_s, whole_s);
    let what = if sign < 0 { "Unused" } else { "Remaining" };
    let invoice_item = world.mint.dated(&mut world.random, "ii", now_s);
    let parent = LineParent::SubscriptionItem {
        subscription: subscription.id.clone(),
        item: item.id.clone(),
        invoice_item: Some(invoice_item),
    };
    Line {
        amount_minor,
        unit_amount: amount_minor.to_string().into(),
        description: format!("{what} time on {} × {}", item.quantity, item.product_name).into(),
        price: item.price.clone(),
        product: item.product.clone(),
        period_start_s: now_s,
        period_end_s: item.period_end_s,
        proration: true,
        ..Line::empty(world.mint.dated(&mut world.random, "il", now_s), parent)
    }
}

fn replace_item(
    world: &mut World,
    request: &mut Request,
    subscription: Handle<Subscription>,
    item: SubscriptionItem,
    invoice: Option<Text>,
) {
    world.edit(request, subscription, |subscription| {
        let mut items = subscription.items.to_vec();
        *items.last_mut().expect("a subscription has an item") = item;
        subscription.items = items.into();
        subscription.latest_invoice = invoice.or(subscription.latest_invoice.take());
    });
}

fn waiting_item(
    world: &mut World,
    request: &mut Request,
    client: usize,
    subscription: &Subscription,
    line: Line,
    created_s: i64,
) -> Handle<InvoiceItem> {
    let LineParent::SubscriptionItem {
        item,
        invoice_item: Some(id),
        ..
    } = &line.parent
    else {
        unreachable!("a proration has an item behind it")
    };
    let item = InvoiceItem {
        id: id.clone(),
        customer: subscription.customer.clone(),
        invoice: None,
        subscription: Some((subscription.id.clone(), item.clone())),
        currency: world.clients[client].currency,
        created_s,
        line,
        deleted: false,
    };
    world.insert(request, item)
}

/// Bills a change at once: an invoice of its own, finalised and paid in the same request; below zero it is credited.
fn bill_now(
    world: &mut World,
    mut request: Request,
    plan: usize,
    new: SubscriptionItem,
    lines: [Line; 2],
) {
    let (client, subscription) = (world.plans[plan].client, world.plans[plan].subscription);
    let before = world.histories.newest(subscription).clone();
    let created_s = second(request.now_us);
    let mut items = Vec::new();
    for line in &lines {
        let item = waiting_item(
            world,
            &mut request,
            client,
            &before,
            line.clone(),
            created_s,
        );
        world.announce(&mut request, "invoiceitem.created", item);
        items.push(item);
    }
    let draft = billing::draft(world, client, created_s, lines.into(), Some(before.id));
    let draft = Invoice {
        billing_reason: "subscription_update",
        ..draft
    };
    let invoice_id = draft.id.clone();
    let invoice = world.insert(&mut request, draft);
    for item in items {
        let id = invoice_id.clone();
        world.edit(&mut request, item, |item| item.invoice = Some(id));
    }
    replace_item(world, &mut request, subscription, new, Some(invoice_id));
    world.announce_change(&mut request, "customer.subscription.updated", subscription);
    world.announce(&mut request, "invoice.created", invoice);
    let bill = world.add_bill(Bill {
        client,
        plan: Some(plan),
        invoice,
        collection: None,
    });
    let collects = finalize::finalize(world, &mut request, bill);
    let owned = world.bills[bill];
    discounts::spend(world, &mut request, &owned);
    if collects {
        payment::collect(world, request, bill, 0);
    } else {
        world.finish(request);
    }
}

/// The lines of a customer's waiting items, for an invoice about to be made.
pub(crate) fn waiting_lines(world: &mut World, client: usize, created_s: i64) -> Vec<Line> {
    let pending = world.clients[client].terms.pending.clone();
    let mut lines = Vec::new();
    for item in pending {
        let item = world.histories.newest(item).clone();
        if !item.deleted {
            let id = world.mint.dated(&mut world.random, "il", created_s);
            lines.push(Line { id, ..item.line });
        }
    }
    lines
}

/// Puts a customer's waiting items on an invoice that took them in; no event tells it.
pub(crate) fn sweep(world: &mut World, request: &mut Request, client: usize, invoice: &Text) {
    for item in std::mem::take(&mut world.clients[client].terms.pending) {
        if !world.histories.newest(item).deleted {
            let id = invoice.clone();
            world.edit(request, item, |item| item.invoice = Some(id));
        }
    }
}

/// Some customers owe a little more with the next invoice: an item that waits, is edited by hand, or is taken back.
pub(crate) fn plan_extras(world: &mut World, at_us: i64, client: usize) {
    if world.random.chance(150) {
        let at_us = world.later(at_us, DAY_S, 60 * DAY_S);
        world.plan_step(at_us, move |world, at_us| add_extra(world, at_us, client));
    }
}

fn add_extra(world: &mut World, at_us: i64, client: usize) {
    let customer = world.histories.newest(world.clients[client].customer);
    let plan = world.clients[client].terms.plan;
    let subscribed = plan.is_some_and(|plan| {
        let subscription = world.plans[plan].subscription;
        world.histories.newest(subscription).ended_at.is_none()
    });
    if customer.deleted || !subscribed {
        return;
    }
    let customer = customer.id.clone();
    let created_s = second(at_us);
    let line = super::manual::draw_line(world, client, created_s);
    let LineParent::InvoiceItem(id) = &line.parent else {
        unreachable!("a line drawn by hand is an item's")
    };
    let item = InvoiceItem {
        id: id.clone(),
        customer,
        invoice: None,
        subscription: None,
        currency: world.clients[client].currency,
        created_s,
        line,
        deleted: false,
    };
    let mut request = world.api_request(at_us);
    let item = world.insert(&mut request, item);
    world.announce(&mut request, "invoiceitem.created", item);
    world.finish(request);
    world.clients[client].terms.pending.push(item);
    let next_us = world.later(at_us, HOUR_S, 3 * DAY_S);
    match world.random.below(100) {
        0..40 => world.plan_step(next_us, move |world, at_us| edit_extra(world, at_us, item)),
        40..70 => world.plan_step(next_us, move |world, at_us| {
            delete_extra(world, at_us, item)
        }),
        _ => {}
    }
}

/// Since 2024-04-10 no event tells that an item was edited.
fn edit_extra(world: &mut World, at_us: i64, item: Handle<InvoiceItem>) {
    if world.histories.newest(item).invoice.is_none() {
        let mut request = world.api_request(at_us);
        world.edit(&mut request, item, |item| {
            item.line.quantity += 1;
            item.line.amount_minor = item.line.priced_minor();
        });
        world.finish(request);
    }
}

fn delete_extra(world: &mut World, at_us: i64, item: Handle<InvoiceItem>) {
    if world.histories.newest(item).invoice.is_none() {
        let mut request = world.api_request(at_us);
        ending::delete(world, &mut request, "invoiceitem.deleted", item, |item| {
            item.deleted = true;
        });
        world.finish(request);
    }
}
