//! What becomes of an open invoice that no card pays by itself: paid by hand or out of band, voided, written off.

use super::{cash, credit_notes, credits, customer_balance, parts, payment};
use crate::calendar::{DAY_S, HOUR_S, SECOND_US, second};
use crate::history::Handle;
use crate::request::Request;
use crate::shapes::{InvoiceStatus, Shape};
use crate::world::{Bill, World};

/// Whether a bill's invoice waits for its payment.
pub(crate) fn is_open(world: &World, bill: usize) -> bool {
    world.histories.newest(world.bills[bill].invoice).status == InvoiceStatus::Open
}

/// Whether a bill's invoice can be paid: it is open, or was given up.
pub(crate) fn is_payable(world: &World, bill: usize) -> bool {
    let status = world.histories.newest(world.bills[bill].invoice).status;
    matches!(status, InvoiceStatus::Open | InvoiceStatus::Uncollectible)
}

/// What becomes of an open invoice that no card will pay by itself.
pub(crate) fn plan_end(world: &mut World, at_us: i64, bill: usize) {
    credit_notes::plan_before_payment(world, at_us, bill);
    cash::plan_use(world, at_us, world.bills[bill].client);
    if world.random.chance(world.config.billing.part_payments) {
        return parts::plan(world, at_us, bill);
    }
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

/// Tells that an invoice is overdue, should it be open by then; nothing about it changes.
pub(crate) fn plan_overdue(world: &mut World, bill: usize) {
    let invoice = world.bills[bill].invoice;
    let Some(due_s) = world.histories.newest(invoice).due_s else {
        return;
    };
    let at_us = world.later((due_s + HOUR_S) * SECOND_US, 1, 600);
    world.plan_step(at_us, move |world, at_us| {
        if is_open(world, bill) {
            let mut request = world.automatic_step(at_us);
            world.announce(&mut request, "invoice.overdue", invoice);
            world.finish(request);
        }
    });
}

fn pay_by_hand(world: &mut World, at_us: i64, bill: usize) {
    if is_payable(world, bill) {
        let request = world.api_request(at_us);
        payment::collect(world, request, bill, 0);
    }
}

fn pay_out_of_band(world: &mut World, at_us: i64, bill: usize) {
    if !is_payable(world, bill) {
        return;
    }
    let mut request = world.api_request(at_us);
    let owned = world.bills[bill];
    world.edit(&mut request, owned.invoice, |invoice| {
        invoice.status = InvoiceStatus::Paid;
        invoice.amount_paid_minor = invoice.due_minor();
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
    let invoice = world.histories.newest(world.bills[bill].invoice);
    // What was paid or credited in part can't be voided.
    let touched = invoice.amount_paid_minor > 0 || invoice.pre_notes_minor > 0;
    if !is_payable(world, bill) || touched {
        return;
    }
    let mut request = world.api_request(at_us);
    void_now(world, &mut request, bill);
    world.finish(request);
}

/// Voids an invoice: the customer's balance and credits get back what it drew.
pub(crate) fn void_now(world: &mut World, request: &mut Request, bill: usize) {
    let owned = world.bills[bill];
    let now_s = second(request.now_us);
    world.edit(request, owned.invoice, |invoice| {
        invoice.status = InvoiceStatus::Void;
        invoice.auto_advance = false;
        invoice.next_payment_attempt = None;
        invoice.voided_at = Some(now_s);
    });
    world.announce_change(request, "invoice.updated", owned.invoice);
    world.announce(request, "invoice.voided", owned.invoice);
    cancel_collection(world, request, &owned);
    let invoice = world.histories.newest(owned.invoice).clone();
    customer_balance::unapply(world, request, owned.client, &invoice);
    credits::give_back(world, request, &owned);
    payment::set_delinquent(world, request, owned.client, false);
}

/// Cancels what would have paid the invoice; the payment record's end is told by no event.
pub(crate) fn cancel_collection(world: &mut World, request: &mut Request, bill: &Bill) {
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

/// Gives an invoice up. Some are paid or voided later.
fn write_off(world: &mut World, at_us: i64, bill: usize) {
    if !is_open(world, bill) {
        return;
    }
    let mut request = world.api_request(at_us);
    write_off_now(world, &mut request, bill);
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

/// Marks an invoice uncollectible: one event, without previous values and with no update beside it.
pub(crate) fn write_off_now(world: &mut World, request: &mut Request, bill: usize) {
    let invoice = world.bills[bill].invoice;
    let now_s = second(request.now_us);
    world.edit(request, invoice, |invoice| {
        invoice.status = InvoiceStatus::Uncollectible;
        invoice.auto_advance = false;
        invoice.next_payment_attempt = None;
        invoice.marked_uncollectible_at = Some(now_s);
    });
    world.announce(request, "invoice.marked_uncollectible", invoice);
}

/// Deletes an object: the event shows it as it was, only a read afterwards says that it is gone.
pub(crate) fn delete<T: Shape + Clone>(
    world: &mut World,
    request: &mut Request,
    event_type: &'static str,
    handle: Handle<T>,
    mark: impl FnOnce(&mut T),
) {
    world.announce(request, event_type, handle);
    world.edit(request, handle, mark);
    world.histories.mark_told(handle);
}
