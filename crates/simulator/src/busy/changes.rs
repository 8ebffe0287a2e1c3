//! What can happen to a busy object in one request: each of three members changes at most once, as one call to Stripe
//! would have it, among few values, so that states return from request to request.

use crate::calendar::second;
use crate::flows::{billing, finalize, payment};
use crate::history::Handle;
use crate::json::Text;
use crate::random::Random;
use crate::request::Request;
use crate::shapes::{Charge, Customer, Invoice, InvoiceStatus, Line, LineParent};
use crate::world::{Bill, World};

/// The object that changes.
#[derive(Clone, Copy)]
pub(super) enum Target {
    Customer(Handle<Customer>),
    Invoice(Handle<Invoice>),
    Charge(Handle<Charge>),
}

/// A draft of one line, told by its event.
pub(super) fn open_invoice(world: &mut World, at_us: i64, client: usize) -> Handle<Invoice> {
    let mut request = world.api_request(at_us);
    let invoice = draft(world, at_us, client);
    let invoice = world.insert(&mut request, invoice);
    world.announce(&mut request, "invoice.created", invoice);
    world.finish(request);
    invoice
}

fn draft(world: &mut World, at_us: i64, client: usize) -> Invoice {
    let created_s = second(at_us);
    let price = world.prices[0].clone();
    let id = world.mint.dated(&mut world.random, "il", created_s);
    let parent = LineParent::InvoiceItem(world.mint.dated(&mut world.random, "ii", created_s));
    let line = Line {
        amount_minor: price.unit_amount_minor,
        unit_amount: price.unit_amount_text(),
        description: price.product_name.into(),
        price: price.id,
        product: price.product,
        period_start_s: created_s,
        period_end_s: created_s,
        ..Line::empty(id, parent)
    };
    billing::draft(world, client, created_s, vec![line], None)
}

/// A payment that succeeded, told by its event.
pub(super) fn open_charge(world: &mut World, at_us: i64, client: usize) -> Handle<Charge> {
    let mut request = world.api_request(at_us);
    let invoice = draft(world, at_us, client);
    let invoice = world.insert(&mut request, invoice);
    let mut bill = Bill {
        client,
        plan: None,
        invoice,
        collection: None,
    };
    let due_minor = world.histories.newest(invoice).total_minor();
    finalize::open_collection(world, &mut request, &mut bill, due_minor);
    let charge = payment::charge_card(world, &mut request, &bill);
    world.announce(&mut request, "charge.succeeded", charge);
    world.finish(request);
    charge
}

/// One request with one to three changes; the instant of its last one.
pub(super) fn change(world: &mut World, late_per_mille: u32, at_us: i64, target: Target) -> i64 {
    let late = world.random.chance(late_per_mille);
    let mut request = if late {
        world.late_request(at_us)
    } else {
        world.api_request(at_us)
    };
    let first = world.random.below(3);
    let count = world.random.pick(&[1, 1, 1, 1, 2, 2, 3]);
    for step in 0..count {
        let member = (first + step) % 3;
        match target {
            Target::Customer(customer) => change_customer(world, &mut request, customer, member),
            Target::Invoice(invoice) => change_invoice(world, &mut request, invoice, member),
            Target::Charge(charge) => change_charge(world, &mut request, charge, member),
        }
    }
    let end_us = request.now_us;
    world.finish(request);
    end_us
}

/// Few values to choose from.
fn word(random: &mut Random, now: Option<&str>) -> Text {
    let words = ["first", "second", "third"];
    let other: Vec<&str> = words
        .into_iter()
        .filter(|word| Some(*word) != now)
        .collect();
    random.pick(&other).into()
}

fn change_customer(
    world: &mut World,
    request: &mut Request,
    customer: Handle<Customer>,
    member: u64,
) {
    let now = world.histories.newest(customer).clone();
    let random = &mut world.random;
    let name = word(random, Some(&now.name));
    let note = word(random, now.description.as_deref());
    world.edit(request, customer, |customer| match member {
        0 => customer.name = name,
        1 => customer.description = Some(note),
        // The key itself comes and goes.
        _ => {
            if customer.metadata.remove("note").is_none() {
                customer.metadata.insert("note".into(), note);
            }
        }
    });
    world.announce_change(request, "customer.updated", customer);
}

fn change_invoice(world: &mut World, request: &mut Request, invoice: Handle<Invoice>, member: u64) {
    let now = world.histories.newest(invoice).clone();
    let advances = member == 0 && world.random.chance(400);
    if advances && advance_invoice(world, request, invoice, now.status) {
        return;
    }
    let description = word(&mut world.random, now.description.as_deref());
    let order = now.metadata.get("order").map(|order| &**order);
    let order = word(&mut world.random, order);
    world.edit(request, invoice, |invoice| match member {
        0 => invoice.auto_advance = !invoice.auto_advance,
        1 => invoice.description = Some(description),
        _ => drop(invoice.metadata.insert("order".into(), order)),
    });
    world.announce_change(request, "invoice.updated", invoice);
}

/// Draft to open, open to paid; whether there was a step to take.
fn advance_invoice(
    world: &mut World,
    request: &mut Request,
    invoice: Handle<Invoice>,
    status: InvoiceStatus,
) -> bool {
    let now_s = second(request.now_us);
    let told: &[&'static str] = match status {
        InvoiceStatus::Draft => {
            let number = finalize::next_number(world);
            world.edit(request, invoice, |invoice| {
                invoice.status = InvoiceStatus::Open;
                invoice.number = Some(number);
                invoice.finalized_at = Some(now_s);
            });
            &["invoice.finalized"]
        }
        InvoiceStatus::Open => {
            world.edit(request, invoice, |invoice| {
                invoice.status = InvoiceStatus::Paid;
                invoice.amount_paid_minor = invoice.total_minor();
                invoice.attempted = true;
                invoice.attempt_count += 1;
                invoice.paid_at = Some(now_s);
            });
            &["invoice.paid", "invoice.payment_succeeded"]
        }
        InvoiceStatus::Paid | InvoiceStatus::Uncollectible | InvoiceStatus::Void => return false,
    };
    world.announce_change(request, "invoice.updated", invoice);
    for event_type in told {
        world.announce(request, event_type, invoice);
    }
    true
}

fn change_charge(world: &mut World, request: &mut Request, charge: Handle<Charge>, member: u64) {
    if member == 0 {
        return change_refunded(world, request, charge);
    }
    let now = world.histories.newest(charge).clone();
    let ticket = now.metadata.get("ticket").map(|ticket| &**ticket);
    let ticket = word(&mut world.random, ticket);
    let description = word(&mut world.random, Some(&now.description));
    world.edit(request, charge, |charge| {
        if member == 1 {
            charge.description = description;
        } else {
            charge.metadata.insert("ticket".into(), ticket);
        }
    });
    world.announce_change(request, "charge.updated", charge);
}

/// A refund of a quarter, told by one event or two, or one that the bank sends back: the refunded amount can fall.
fn change_refunded(world: &mut World, request: &mut Request, charge: Handle<Charge>) {
    let now = world.histories.newest(charge);
    let part_minor = now.amount_minor / 4;
    let refunded_minor = now.amount_refunded_minor;
    let full = refunded_minor + part_minor > now.amount_minor;
    let falls = full || (refunded_minor > 0 && world.random.chance(500));
    let difference_minor = if falls { -part_minor } else { part_minor };
    world.edit(request, charge, |charge| {
        charge.amount_refunded_minor += difference_minor;
    });
    if !falls {
        world.announce_change(request, "charge.refunded", charge);
    }
    if falls || world.random.chance(500) {
        world.announce_change(request, "charge.updated", charge);
    }
}
