//! What becomes of an open invoice that no card pays by itself: paid by hand or out of band, voided, written off.

use super::payment;
use crate::calendar::{DAY_S, HOUR_S, second};
use crate::request::Request;
use crate::shapes::InvoiceStatus;
use crate::world::{Bill, World};

/// What becomes of an open invoice that no card will pay by itself.
pub(crate) fn plan_end(world: &mut World, at_us: i64, bill: usize) {
    let end_us = world.later(at_us, DAY_S, 40 * DAY_S);
    match world.random.below(100) {
        0..20 => world.plan_step(end_us, move |world, at_us| pay_by_hand(world, at_us, bill)),
        20..45 => world.plan_step(end_us, move |world, at_us| {
            pay_out_of_band(world, at_us, bill)
        }),
        45..60 => world.plan_step(end_us, move |world, at_us| void(world, at_us, bill)),
        60..90 => world.plan_step(end_us, move |world, at_us| write_off(world, at_us, bill)),
        _ => {}
    }
}

fn pay_by_hand(world: &mut World, at_us: i64, bill: usize) {
    let request = world.api_request(at_us);
    payment::collect(world, request, bill, 0);
}

fn pay_out_of_band(world: &mut World, at_us: i64, bill: usize) {
    let mut request = world.api_request(at_us);
    let owned = world.bills[bill];
    world.edit(&mut request, owned.invoice, |invoice| {
        invoice.status = InvoiceStatus::Paid;
        invoice.amount_paid_minor = invoice.total_minor();
        invoice.auto_advance = false;
        invoice.next_payment_attempt = None;
        invoice.paid_at = Some(second(at_us));
    });
    world.announce_change(&mut request, "invoice.updated", owned.invoice);
    world.announce(&mut request, "invoice.paid", owned.invoice);
    cancel_collection(world, &mut request, &owned);
    payment::set_delinquent(world, &mut request, owned.client, false);
    world.finish(request);
}

fn void(world: &mut World, at_us: i64, bill: usize) {
    let mut request = world.api_request(at_us);
    let owned = world.bills[bill];
    world.edit(&mut request, owned.invoice, |invoice| {
        invoice.status = InvoiceStatus::Void;
        invoice.auto_advance = false;
        invoice.next_payment_attempt = None;
        invoice.voided_at = Some(second(at_us));
    });
    world.announce_change(&mut request, "invoice.updated", owned.invoice);
    world.announce(&mut request, "invoice.voided", owned.invoice);
    cancel_collection(world, &mut request, &owned);
    payment::set_delinquent(world, &mut request, owned.client, false);
    world.finish(request);
}

/// Cancels what would have paid the invoice; the payment record's end is told by no event.
fn cancel_collection(world: &mut World, request: &mut Request, bill: &Bill) {
    let (intent, payment) = bill
        .collection
        .expect("an open invoice has a payment intent");
    let now_s = second(request.now_us);
    world.edit(request, intent, |intent| intent.canceled_at = Some(now_s));
    world.announce(request, "payment_intent.canceled", intent);
    world.edit(request, payment, |payment| {
        payment.canceled_at = Some(now_s)
    });
}

/// Gives an invoice up: one event, without previous values and with no update beside it. Some are paid or voided later.
fn write_off(world: &mut World, at_us: i64, bill: usize) {
    let mut request = world.api_request(at_us);
    let invoice = world.bills[bill].invoice;
    world.edit(&mut request, invoice, |invoice| {
        invoice.status = InvoiceStatus::Uncollectible;
        invoice.auto_advance = false;
        invoice.next_payment_attempt = None;
        invoice.marked_uncollectible_at = Some(second(at_us));
    });
    world.announce(&mut request, "invoice.marked_uncollectible", invoice);
    world.finish(request);
    let later_us = world.later(at_us, HOUR_S, 30 * DAY_S);
    match world.random.below(100) {
        0..20 => world.plan_step(later_us, move |world, at_us| {
            pay_by_hand(world, at_us, bill)
        }),
        20..28 => world.plan_step(later_us, move |world, at_us| void(world, at_us, bill)),
        _ => {}
    }
}
