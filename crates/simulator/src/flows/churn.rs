//! Customers that change: names, addresses, cards, notes; sometimes there and back within a second; some are deleted.

use super::{dashboard, ending, signup};
use crate::calendar::{DAY_S, SECOND_US, second};
use crate::history::Handle;
use crate::request::Request;
use crate::shapes::{Customer, InvoiceStatus};
use crate::world::World;

/// Plans a customer's changes for as long as the company lives.
pub(crate) fn plan_changes(world: &mut World, at_us: i64, client: usize) {
    let mut next_us = at_us + signup::SETTLED_S * SECOND_US;
    while world.random.chance(550) {
        next_us = world.later(next_us, 3_600, 120 * DAY_S);
        world.plan_step(next_us, move |world, at_us| change(world, at_us, client));
    }
}

fn change(world: &mut World, at_us: i64, client: usize) {
    let customer = world.clients[client].customer;
    if world.histories.newest(customer).deleted {
        return;
    }
    match world.random.below(100) {
        0..45 => change_once(world, at_us, customer),
        45..65 => change_several(world, at_us, customer),
        65..75 => flip(world, at_us, customer),
        75..85 => change_often(world, at_us, customer),
        85..92 => super::billing::adjust(world, at_us, client),
        _ => replace_card(world, at_us, client),
    }
}

fn change_once(world: &mut World, at_us: i64, customer: Handle<Customer>) {
    if world.random.chance(world.config.billing.silent_changes) {
        return dashboard::fail_to_tell(world, at_us, customer, |one| &mut one.metadata);
    }
    let mut request = world.change_request(at_us);
    let field = world.random.below(5);
    change_field(world, &mut request, customer, field);
    world.finish(request);
}

/// One request that changes two or three members one after the other, each with an event of its own.
fn change_several(world: &mut World, at_us: i64, customer: Handle<Customer>) {
    let late = world.random.chance(world.config.late_snapshots_per_mille);
    let mut request = if late {
        world.late_request(at_us)
    } else {
        world.api_request(at_us)
    };
    let first = world.random.below(5);
    for step in 0..2 + world.random.below(2) {
        change_field(world, &mut request, customer, (first + step) % 5);
    }
    world.finish(request);
}

/// A value that changes and is set back by the next request, mostly within the same second.
fn flip(world: &mut World, at_us: i64, customer: Handle<Customer>) {
    let mut next_us = at_us;
    let before = world.histories.newest(customer).name.clone();
    let other = format!("{before} (renamed)").into();
    for name in [other, before] {
        let mut request = world.api_request(next_us);
        world.edit(&mut request, customer, |customer| customer.name = name);
        world.announce_change(&mut request, "customer.updated", customer);
        next_us = request.now_us + world.random.between(20_000, 300_000);
        world.finish(request);
    }
}

/// Several requests within two seconds or so.
fn change_often(world: &mut World, at_us: i64, customer: Handle<Customer>) {
    let mut next_us = at_us;
    for _ in 0..3 + world.random.below(4) {
        let mut request = world.api_request(next_us);
        let field = world.random.below(5);
        change_field(world, &mut request, customer, field);
        next_us = request.now_us + world.random.between(50_000, 400_000);
        world.finish(request);
    }
}

/// Changes one of five members to a value it did not have.
fn change_field(world: &mut World, request: &mut Request, customer: Handle<Customer>, field: u64) {
    let word = world.random.token(6);
    let digits = world.random.below(10_000_000);
    world.edit(request, customer, |customer| match field {
        0 => customer.name = format!("Customer {:04} {word}", customer.number).into(),
        1 => customer.email = format!("customer-{:04}+{word}@example.com", customer.number).into(),
        2 => customer.description = Some(format!("Note {word}").into()),
        3 => customer.phone = Some(format!("+1555{digits:07}").into()),
        _ => {
            // A note comes and goes: the key itself is added and removed.
            if customer.metadata.remove("note").is_none() {
                customer
                    .metadata
                    .insert("note".into(), word.as_str().into());
            }
            customer.metadata.insert("reviewed".into(), word.into());
        }
    });
    world.announce_change(request, "customer.updated", customer);
}

fn replace_card(world: &mut World, at_us: i64, client: usize) {
    let customer = world.clients[client].customer;
    let (card, id) = (
        signup::draw_card(world),
        signup::new_card_id(world, second(at_us)),
    );
    let mut request = world.api_request(at_us);
    let owner = world.histories.newest(customer);
    let method = signup::method_of(owner, &card, id.clone(), second(at_us));
    let method = world.insert(&mut request, method);
    world.announce(&mut request, "payment_method.attached", method);
    world.finish(request);
    let next_us = at_us + world.random.between(200_000, 2_000_000);
    let mut request = world.api_request(next_us);
    let chosen = id.clone();
    world.edit(&mut request, customer, |customer| {
        customer.default_payment_method = Some(chosen)
    });
    world.announce_change(&mut request, "customer.updated", customer);
    world.finish(request);
    world.clients[client].card = card;
    world.clients[client].payment_method = id;
}

/// Deletes a customer that owes nothing and subscribes to nothing.
pub(crate) fn delete(world: &mut World, at_us: i64, client: usize) {
    let customer = world.clients[client].customer;
    let unsettled = |status| {
        matches!(
            status,
            InvoiceStatus::Draft | InvoiceStatus::Open | InvoiceStatus::Uncollectible
        )
    };
    let busy = world.clients[client]
        .terms
        .bills
        .iter()
        .map(|&bill| world.histories.newest(world.bills[bill].invoice))
        .any(|invoice| unsettled(invoice.status) && !invoice.deleted);
    if busy || world.histories.newest(customer).deleted {
        return;
    }
    let mut request = world.api_request(at_us);
    ending::delete(
        world,
        &mut request,
        "customer.deleted",
        customer,
        |customer| {
            customer.deleted = true;
        },
    );
    world.finish(request);
}
