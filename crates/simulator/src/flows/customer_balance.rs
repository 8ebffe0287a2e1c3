//! The customer's balance: what invoices draw from it and leave to it, and adjustments by hand. Its movements have no event;
//! the customer's update tells that the balance changed.

use crate::calendar::{DAY_S, second};
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{CustomerBalanceTransaction, Invoice};
use crate::world::World;

/// A movement about to be booked; below zero it is the customer's.
pub(crate) struct BalanceMove {
    pub(crate) amount_minor: i64,
    pub(crate) kind: &'static str,
    pub(crate) invoice: Option<Text>,
    pub(crate) credit_note: Option<Text>,
}

/// Moves a customer's balance; the movement's id.
pub(crate) fn move_balance(
    world: &mut World,
    request: &mut Request,
    client: usize,
    movement: BalanceMove,
) -> Text {
    let customer = world.clients[client].customer;
    let before = world.histories.newest(customer);
    let ending_minor = before.balance_minor + movement.amount_minor;
    let owner = before.id.clone();
    let created_s = second(request.now_us);
    let id = world.mint.dated(&mut world.random, "cbtxn", created_s);
    world.insert(
        request,
        CustomerBalanceTransaction {
            id: id.clone(),
            created_s,
            amount_minor: movement.amount_minor,
            ending_balance_minor: ending_minor,
            currency: world.clients[client].currency,
            customer: owner,
            kind: movement.kind,
            invoice: movement.invoice,
            credit_note: movement.credit_note,
            description: (movement.kind == "adjustment").then(|| "Agreed by phone".into()),
        },
    );
    world.edit(request, customer, |customer| {
        customer.balance_minor = ending_minor;
    });
    world.announce_change(request, "customer.updated", customer);
    id
}

/// Draws on the balance for an invoice that is being finalised, or leaves it what can't be collected.
pub(crate) fn apply(world: &mut World, request: &mut Request, client: usize, invoice: &Invoice) {
    let starting_minor = invoice.starting_balance_minor;
    let raw_minor = starting_minor + invoice.total_minor();
    let collects = invoice.due_minor() > 0;
    let too_small = !collects && raw_minor > 0 && invoice.total_minor() != 0;
    // What is too small to charge is left as a debt, after the credit that there was is used up.
    let used_to_minor = if collects {
        0
    } else if too_small {
        starting_minor.max(0)
    } else {
        raw_minor
    };
    for (amount_minor, kind) in [
        (used_to_minor - starting_minor, "applied_to_invoice"),
        (
            if too_small {
                raw_minor - used_to_minor
            } else {
                0
            },
            "invoice_too_small",
        ),
    ] {
        if amount_minor != 0 {
            let movement = BalanceMove {
                amount_minor,
                kind,
                invoice: Some(invoice.id.clone()),
                credit_note: None,
            };
            move_balance(world, request, client, movement);
        }
    }
}

/// Gives back what a voided invoice had drawn.
pub(crate) fn unapply(world: &mut World, request: &mut Request, client: usize, invoice: &Invoice) {
    let ending_minor = invoice
        .ending_balance_minor
        .unwrap_or(invoice.starting_balance_minor);
    let drawn_minor = ending_minor - invoice.starting_balance_minor;
    if drawn_minor != 0 {
        let movement = BalanceMove {
            amount_minor: -drawn_minor,
            kind: "unapplied_from_invoice",
            invoice: Some(invoice.id.clone()),
            credit_note: None,
        };
        move_balance(world, request, client, movement);
    }
}

/// Some customers are credited or debited by hand, now and then.
pub(crate) fn plan_adjustments(world: &mut World, at_us: i64, client: usize) {
    let mut next_us = at_us;
    while world
        .random
        .chance(world.config.billing.balance_adjustments)
    {
        next_us = world.later(next_us, DAY_S, 40 * DAY_S);
        world.plan_step(next_us, move |world, at_us| adjust(world, at_us, client));
    }
}

fn adjust(world: &mut World, at_us: i64, client: usize) {
    let customer = world.histories.newest(world.clients[client].customer);
    if customer.deleted || customer.currency.is_none() {
        return;
    }
    let amount_minor = if world.random.chance(750) {
        -world.random.between(300, 9_000)
    } else {
        world.random.between(10, 3_000)
    };
    let mut request = world.api_request(at_us);
    let movement = BalanceMove {
        amount_minor,
        kind: "adjustment",
        invoice: None,
        credit_note: None,
    };
    move_balance(world, &mut request, client, movement);
    world.finish(request);
}
