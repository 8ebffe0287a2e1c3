//! Cash that customers send ahead by bank transfer: it waits, pays an open invoice, is taken back from a payment that came
//! to nothing, or is returned by a refund. It is none of the account's balance until it is applied.

use super::{finalize, parts, refunds};
use crate::calendar::{DAY_S, HOUR_S, second};
use crate::request::Request;
use crate::shapes::{CashBalanceTransaction, CashMovement, InvoiceStatus};
use crate::world::World;

/// A few customers send cash, some of them again.
pub(crate) fn plan(world: &mut World, at_us: i64, client: usize) {
    let mut odds = world.config.billing.cash;
    let mut next_us = at_us;
    while world.random.chance(odds) {
        next_us = world.later(next_us, 2 * DAY_S, 30 * DAY_S);
        world.plan_step(next_us, move |world, at_us| receive(world, at_us, client));
        odds = 600;
    }
}

fn book(
    world: &mut World,
    request: &mut Request,
    client: usize,
    net_amount_minor: i64,
    movement: CashMovement,
) {
    world.clients[client].terms.cash_minor += net_amount_minor;
    let created_s = second(request.now_us);
    let state = CashBalanceTransaction {
        id: world.mint.dated(&mut world.random, "ccsbtxn", created_s),
        created_s,
        net_amount_minor,
        ending_balance_minor: world.clients[client].terms.cash_minor,
        currency: world.clients[client].currency,
        customer: world
            .histories
            .newest(world.clients[client].customer)
            .id
            .clone(),
        movement,
    };
    let transaction = world.insert(request, state);
    let event_type = "customer_cash_balance_transaction.created";
    world.announce(request, event_type, transaction);
}

fn receive(world: &mut World, at_us: i64, client: usize) {
    let customer = world.histories.newest(world.clients[client].customer);
    if customer.deleted || customer.currency.is_none() {
        return;
    }
    let amount_minor = world.random.between(5_000, 90_000);
    let reference = format!("TRANSFER-{:06}", world.random.below(1_000_000));
    let mut request = world.automatic_step(at_us);
    let movement = CashMovement::Funded(reference.into());
    book(world, &mut request, client, amount_minor, movement);
    world.finish(request);
    let used_us = world.later(at_us, 60, 3 * HOUR_S);
    world.plan_step(used_us, move |world, at_us| apply(world, at_us, client));
}

/// Cash that waits pays an invoice some days after it was sent.
pub(crate) fn plan_use(world: &mut World, at_us: i64, client: usize) {
    if world.clients[client].terms.cash_minor > 0 {
        let at_us = world.later(at_us, HOUR_S, 2 * DAY_S);
        world.plan_step(at_us, move |world, at_us| apply(world, at_us, client));
    }
}

/// Pays the customer's oldest open invoice, as far as the cash goes; without one, a payment is begun and given up.
fn apply(world: &mut World, at_us: i64, client: usize) {
    let open = |bill: &usize| {
        let owned = world.bills[*bill];
        let invoice = world.histories.newest(owned.invoice);
        let asks = invoice.status == InvoiceStatus::Open && invoice.remaining_minor() >= 100;
        let own = owned
            .collection
            .is_some_and(|(_, payment)| world.histories.newest(payment).is_default);
        asks && own
    };
    let bills = &world.clients[client].terms.bills;
    match bills.iter().copied().find(open) {
        Some(bill) => pay_invoice(world, at_us, client, bill),
        None if world.random.chance(350) => begin_and_give_up(world, at_us, client),
        None => {}
    }
}

fn pay_invoice(world: &mut World, at_us: i64, client: usize, bill: usize) {
    let remaining_minor = world
        .histories
        .newest(world.bills[bill].invoice)
        .remaining_minor();
    let cash_minor = world.clients[client].terms.cash_minor;
    let least_minor = world.clients[client].currency.least_charge_minor();
    let whole = cash_minor >= remaining_minor;
    let amount_minor = if whole {
        remaining_minor
    } else {
        cash_minor.min(remaining_minor - least_minor)
    };
    if amount_minor < least_minor {
        return;
    }
    let mut request = world.automatic_step(at_us);
    let (part, charge) = parts::charge_part(world, &mut request, bill, amount_minor);
    let (intent, _) = part.collection.expect("a part has its own intent");
    let id = world.histories.newest(intent).id.clone();
    book(
        world,
        &mut request,
        client,
        -amount_minor,
        CashMovement::Applied(id),
    );
    parts::take(world, &mut request, bill, amount_minor, true);
    let end_us = request.now_us;
    world.finish(request);
    parts::plan_part_aftermath(world, end_us, part, charge);
    if world.random.chance(300) {
        let back_us = world.later(end_us, DAY_S, 5 * DAY_S);
        world.plan_step(back_us, move |world, at_us| {
            let state = world.histories.newest(charge);
            let left_minor = state.amount_minor - state.amount_refunded_minor;
            let customer = world.clients[client].customer;
            if left_minor == 0 || world.histories.newest(customer).deleted {
                return;
            }
            let mut request = world.api_request(at_us);
            let refund = refunds::make(world, &mut request, charge, left_minor);
            let id = world.histories.newest(refund).id.clone();
            book(
                world,
                &mut request,
                client,
                left_minor,
                CashMovement::Refunded(id),
            );
            world.finish(request);
        });
    }
}

/// A payment for no invoice in particular that takes cash and gives it back when it is cancelled.
fn begin_and_give_up(world: &mut World, at_us: i64, client: usize) {
    let newest = world.clients[client].terms.bills.last().copied();
    let amount_minor = world.clients[client].terms.cash_minor / 2;
    let Some(bill) = newest.filter(|_| amount_minor > 100) else {
        return;
    };
    let invoice = world.histories.newest(world.bills[bill].invoice).clone();
    let mut request = world.api_request(at_us);
    let intent = finalize::new_intent(world, &mut request, &invoice, amount_minor);
    world.announce(&mut request, "payment_intent.created", intent);
    let id = world.histories.newest(intent).id.clone();
    let taken = CashMovement::Applied(id.clone());
    book(world, &mut request, client, -amount_minor, taken);
    world.edit(&mut request, intent, |intent| {
        intent.canceled_at = Some(second(at_us));
    });
    world.announce(&mut request, "payment_intent.canceled", intent);
    book(
        world,
        &mut request,
        client,
        amount_minor,
        CashMovement::Unapplied(id),
    );
    world.finish(request);
}
