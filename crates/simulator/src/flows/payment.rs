//! Getting a finalised invoice paid by card, with retries; it neither finalises an invoice nor ends one otherwise.

use super::{billing, charging, credit_notes, ending};
use crate::calendar::{DAY_S, second};
use crate::history::Handle;
use crate::request::Request;
use crate::shapes::{Charge, InvoiceStatus};
use crate::world::{Bill, World};

/// Days between an attempt and the next; after the last the collection has failed.
const RETRY_DAYS: [i64; 3] = [3, 5, 6];

/// Tries the card, which refuses `declines_per_mille` times in a thousand, and ends the request.
pub(crate) fn collect(
    world: &mut World,
    mut request: Request,
    bill: usize,
    declines_per_mille: u32,
) {
    if world.random.chance(declines_per_mille) {
        refuse(world, &mut request, bill);
        return world.finish(request);
    }
    let charge = succeed(world, &mut request, bill);
    let end_us = request.now_us;
    world.finish(request);
    plan_aftermath(world, end_us, bill, charge);
}

/// Takes the money and marks the invoice paid, with all events.
pub(crate) fn succeed(world: &mut World, request: &mut Request, bill: usize) -> Handle<Charge> {
    let owned = world.bills[bill];
    let (intent, _) = owned
        .collection
        .expect("only finalised invoices are collected");
    let charge = charge_card(world, request, &owned);
    world.announce(request, "charge.succeeded", charge);
    world.announce(request, "payment_intent.succeeded", intent);
    let now_s = second(request.now_us);
    world.edit(request, owned.invoice, |invoice| {
        invoice.status = InvoiceStatus::Paid;
        invoice.amount_paid_minor = invoice.due_minor();
        invoice.attempted = true;
        invoice.attempt_count += 1;
        invoice.auto_advance = false;
        invoice.next_payment_attempt = None;
        invoice.paid_at = Some(now_s);
    });
    world.announce_change(request, "invoice.updated", owned.invoice);
    world.announce(request, "invoice.paid", owned.invoice);
    world.announce(request, "invoice.payment_succeeded", owned.invoice);
    billing::set_status(world, request, bill, "active");
    set_delinquent(world, request, owned.client, false);
    charge
}

/// Makes a successful charge and its payment intent's end, without events.
pub(crate) fn charge_card(world: &mut World, request: &mut Request, bill: &Bill) -> Handle<Charge> {
    let (intent, _) = bill
        .collection
        .expect("a charge is made for a payment intent");
    let payer = charging::payer_of(world, bill.client);
    charging::take(world, request, &payer, intent)
}

/// What follows a payment: the late record of the payment, and what may follow any charge.
pub(crate) fn plan_aftermath(world: &mut World, at_us: i64, bill: usize, charge: Handle<Charge>) {
    let recorded_us = world.later(at_us, 1, 60);
    world.plan_step(recorded_us, move |world, at_us| {
        record_payment(world, at_us, bill)
    });
    charging::plan_follow_ups(world, at_us, charge);
    credit_notes::plan_after_payment(world, at_us, bill, charge);
}

fn record_payment(world: &mut World, at_us: i64, bill: usize) {
    let mut request = world.automatic_step(at_us);
    // A part is recorded before the whole is paid.
    let invoice = world.histories.newest(world.bills[bill].invoice);
    let paid_s = invoice.paid_at.or(Some(second(at_us)));
    let (_, payment) = world.bills[bill]
        .collection
        .expect("a paid bill was collected");
    world.edit(&mut request, payment, |payment| payment.paid_at = paid_s);
    world.announce(&mut request, "invoice_payment.paid", payment);
    world.finish(request);
}

/// The card refuses: plans the next attempt, or gives up.
fn refuse(world: &mut World, request: &mut Request, bill: usize) {
    let owned = world.bills[bill];
    let (intent, _) = owned
        .collection
        .expect("only finalised invoices are collected");
    let payer = charging::payer_of(world, owned.client);
    charging::refuse(world, request, &payer, intent);
    let attempts = world.histories.newest(owned.invoice).attempt_count;
    let place = usize::try_from(attempts).expect("attempts are few");
    let retry_s = RETRY_DAYS
        .get(place)
        .map(|days| second(request.now_us) + days * DAY_S);
    world.edit(request, owned.invoice, |invoice| {
        invoice.attempted = true;
        invoice.attempt_count += 1;
        invoice.next_payment_attempt = retry_s;
    });
    world.announce_change(request, "invoice.updated", owned.invoice);
    world.announce(request, "invoice.payment_failed", owned.invoice);
    billing::set_status(world, request, bill, "past_due");
    set_delinquent(world, request, owned.client, true);
    match retry_s {
        Some(retry_s) => {
            let at_us = world.later(retry_s * crate::calendar::SECOND_US, 5, 600);
            world.plan_step(at_us, move |world, at_us| retry(world, at_us, bill));
        }
        None => {
            billing::give_up(world, request, bill);
            ending::plan_end(world, request.now_us, bill);
        }
    }
}

fn retry(world: &mut World, at_us: i64, bill: usize) {
    if ending::is_open(world, bill) {
        let request = world.automatic_step(at_us);
        collect(world, request, bill, 550);
    }
}

pub(crate) fn set_delinquent(
    world: &mut World,
    request: &mut Request,
    client: usize,
    delinquent: bool,
) {
    let customer = world.clients[client].customer;
    if world.histories.newest(customer).delinquent != delinquent {
        world.edit(request, customer, |customer| {
            customer.delinquent = delinquent
        });
        world.announce_change(request, "customer.updated", customer);
    }
}
