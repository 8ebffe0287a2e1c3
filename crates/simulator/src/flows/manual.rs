//! Invoices made by hand: items one by one, then paid by card at once, or sent by mail and paid, voided or given up later.

use super::{billing, dashboard, discounts, ending, finalize, payment, signup, terms};
use crate::calendar::{DAY_S, HOUR_S, SECOND_US, second};
use crate::shapes::{Invoice, InvoiceItem, Line, LineParent, Metadata};
use crate::world::{Bill, World};

/// Some customers get invoices beside their subscription.
pub(crate) fn plan_invoices(world: &mut World, at_us: i64, client: usize) {
    let mut next_us = at_us + signup::SETTLED_S * SECOND_US;
    while world.random.chance(400) {
        next_us = world.later(next_us, DAY_S, 90 * DAY_S);
        world.plan_step(next_us, move |world, at_us| invoice(world, at_us, client));
    }
}

fn invoice(world: &mut World, at_us: i64, client: usize) {
    if world
        .histories
        .newest(world.clients[client].customer)
        .deleted
    {
        return;
    }
    let by_mail = world.random.chance(450);
    let bill = open_draft(world, at_us, client, by_mail);
    let items = if world.random.chance(world.config.billing.long_invoices) {
        world.random.between(12, 60)
    } else if world.random.chance(60) {
        10
    } else {
        world.random.between(1, 4)
    };
    let mut next_us = at_us;
    for _ in 0..items {
        next_us += world.random.between(150_000, 900_000);
        add_item(world, next_us, bill);
    }
    if world.random.chance(40) {
        let gone_us = world.later(next_us, 2, 600);
        return world.plan_step(gone_us, move |world, at_us| drop_draft(world, at_us, bill));
    }
    if world.random.chance(world.config.billing.silent_changes) {
        let noted_us = world.later(at_us, 2 * HOUR_S, 60 * DAY_S);
        let invoice = world.bills[bill].invoice;
        world.plan_step(noted_us, move |world, at_us| {
            dashboard::fail_to_tell(world, at_us, invoice, |one| &mut one.metadata);
        });
    }
    if by_mail {
        let due_us = world.later(at_us + HOUR_S * SECOND_US, 5, 300);
        world.plan_step(due_us, move |world, at_us| send(world, at_us, bill));
    } else {
        let next_us = next_us + world.random.between(150_000, 1_500_000);
        world.plan_step(next_us, move |world, at_us| pay_now(world, at_us, bill));
    }
}

fn open_draft(world: &mut World, at_us: i64, client: usize, by_mail: bool) -> usize {
    let mut request = world.api_request(at_us);
    if billing::choose_currency(world, &mut request, client) {
        let customer = world.clients[client].customer;
        world.announce_change(&mut request, "customer.updated", customer);
    }
    let created_s = second(at_us);
    let draft = billing::draft(world, client, created_s, Vec::new(), None);
    let order = format!("PO-{:06}", world.random.below(1_000_000));
    let invoice = Invoice {
        sent_by_mail: by_mail,
        auto_advance: by_mail,
        automatically_finalizes_at: by_mail.then_some(created_s + HOUR_S),
        due_s: by_mail.then_some(created_s + 30 * DAY_S),
        description: by_mail.then(|| "Services by agreement".into()),
        metadata: Metadata::from([("purchase_order".into(), order.into())]),
        ..draft
    };
    let invoice = world.insert(&mut request, invoice);
    world.announce(&mut request, "invoice.created", invoice);
    world.finish(request);
    world.add_bill(Bill {
        client,
        plan: None,
        invoice,
        collection: None,
    })
}

fn add_item(world: &mut World, at_us: i64, bill: usize) {
    let mut request = world.api_request(at_us);
    let owned = world.bills[bill];
    let created_s = second(at_us);
    let line = draw_line(world, owned.client, created_s);
    let invoice = world.histories.newest(owned.invoice);
    let LineParent::InvoiceItem(id) = &line.parent else {
        unreachable!("a line drawn here is an item's")
    };
    let item = InvoiceItem {
        id: id.clone(),
        customer: invoice.customer.clone(),
        invoice: Some(invoice.id.clone()),
        subscription: None,
        currency: invoice.currency,
        created_s,
        line: line.clone(),
        deleted: false,
    };
    // Newest first, as Stripe lists lines.
    let mut lines = vec![line.clone()];
    lines.extend(invoice.lines.iter().cloned());
    let discounts = terms::dress(world, owned.client, created_s, false, &mut lines);
    let item = world.insert(&mut request, item);
    world.announce(&mut request, "invoiceitem.created", item);
    world.edit(&mut request, owned.invoice, |invoice| {
        invoice.lines = lines.into();
        invoice.discounts = discounts;
    });
    world.announce_change(&mut request, "invoice.updated", owned.invoice);
    world.finish(request);
}

/// Deletes a draft; its items stay as they are.
fn drop_draft(world: &mut World, at_us: i64, bill: usize) {
    let mut request = world.api_request(at_us);
    let invoice = world.bills[bill].invoice;
    ending::delete(world, &mut request, "invoice.deleted", invoice, |invoice| {
        invoice.deleted = true;
    });
    world.finish(request);
}

/// A line for an item at a price of the moment, now and then in tenths of a minor unit.
pub(crate) fn draw_line(world: &mut World, client: usize, created_s: i64) -> Line {
    let currency = world.clients[client].currency;
    let prices: Vec<_> = world
        .prices
        .iter()
        .filter(|price| price.currency == currency)
        .collect();
    let price = prices[world.random.index(prices.len())].clone();
    let unit_amount = match world.random.below(100) {
        0..8 => format!("{}.5", world.random.between(10, 400)),
        // Too little to be charged alone.
        8..14 => world.random.between(1, 9).to_string(),
        _ => world.random.between(150, 20_000).to_string(),
    };
    let id = world.mint.dated(&mut world.random, "il", created_s);
    let item = world.mint.dated(&mut world.random, "ii", created_s);
    let mut line = Line {
        unit_amount: unit_amount.into(),
        quantity: world.random.between(1, 12),
        description: format!("{}, by the piece", price.product_name).into(),
        price: price.id,
        product: price.product,
        period_start_s: created_s,
        period_end_s: created_s,
        ..Line::empty(id, LineParent::InvoiceItem(item))
    };
    line.amount_minor = line.priced_minor();
    line
}

/// Finalises and pays: in two requests, or in one whose events may all show the end.
fn pay_now(world: &mut World, at_us: i64, bill: usize) {
    let at_once = world.random.chance(400);
    let late = at_once && world.random.chance(world.config.late_snapshots_per_mille);
    let mut request = if late {
        world.late_request(at_us)
    } else {
        world.api_request(at_us)
    };
    let collects = finalize::finalize(world, &mut request, bill);
    let owned = world.bills[bill];
    discounts::spend(world, &mut request, &owned);
    if !collects {
        return world.finish(request);
    }
    if at_once {
        return payment::collect(world, request, bill, 0);
    }
    let next_us = request.now_us + world.random.between(100_000, 1_500_000);
    world.finish(request);
    let request = world.api_request(next_us);
    payment::collect(world, request, bill, 60);
}

fn send(world: &mut World, at_us: i64, bill: usize) {
    let mut request = world.automatic_step(at_us);
    let collects = finalize::finalize(world, &mut request, bill);
    let owned = world.bills[bill];
    discounts::spend(world, &mut request, &owned);
    world.announce(&mut request, "invoice.sent", owned.invoice);
    world.finish(request);
    if collects {
        ending::plan_overdue(world, bill);
        ending::plan_end(world, at_us, bill);
    }
}
