//! Invoices paid in parts, or too much: by further payment intents and by money that came past Stripe and was recorded. What
//! is too much goes to the customer's balance.

use super::customer_balance::{BalanceMove, move_balance};
use super::{credit_notes, ending, finalize, payment};
use crate::calendar::{DAY_S, second};
use crate::history::Handle;
use crate::request::Request;
use crate::shapes::{Charge, InvoicePayment, InvoiceStatus};
use crate::world::{Bill, World};

/// Puts one to three payments of an open invoice on the calendar; the last one pays the rest, or more.
pub(crate) fn plan(world: &mut World, at_us: i64, bill: usize) {
    let mut next_us = at_us;
    for _ in 0..world.random.below(3) {
        next_us = world.later(next_us, DAY_S, 12 * DAY_S);
        world.plan_step(next_us, move |world, at_us| pay_some(world, at_us, bill));
    }
    next_us = world.later(next_us, DAY_S, 20 * DAY_S);
    world.plan_step(next_us, move |world, at_us| pay_rest(world, at_us, bill));
}

fn pay_some(world: &mut World, at_us: i64, bill: usize) {
    let invoice = world.histories.newest(world.bills[bill].invoice);
    let remaining_minor = invoice.remaining_minor();
    let least_minor = invoice.currency.least_charge_minor();
    if ending::is_open(world, bill) && remaining_minor > 3 * least_minor {
        let most_minor = remaining_minor - least_minor;
        let amount_minor = world.random.between(least_minor, most_minor);
        pay(world, at_us, bill, amount_minor);
        credit_notes::plan_before_payment(world, at_us, bill);
    }
}

fn pay_rest(world: &mut World, at_us: i64, bill: usize) {
    if !ending::is_open(world, bill) {
        return;
    }
    let invoice = world.histories.newest(world.bills[bill].invoice);
    let remaining_minor = invoice.remaining_minor();
    if world.random.chance(350) {
        let request = world.api_request(at_us);
        return payment::collect(world, request, bill, 0);
    }
    let excess_minor = if world.random.chance(500) {
        world.random.between(1, 5_000)
    } else {
        0
    };
    pay(world, at_us, bill, remaining_minor + excess_minor);
}

/// Pays a part of an open invoice, or all of it and more: with a card, or past Stripe with a record.
pub(crate) fn pay(world: &mut World, at_us: i64, bill: usize, amount_minor: i64) {
    let mut request = world.api_request(at_us);
    let by_card = world.random.chance(600);
    let charge = if by_card {
        Some(charge_part(world, &mut request, bill, amount_minor))
    } else {
        None
    };
    take(world, &mut request, bill, amount_minor, by_card);
    if !by_card {
        record(world, &mut request, bill, amount_minor);
    }
    let end_us = request.now_us;
    world.finish(request);
    if let Some((part, charge)) = charge {
        plan_part_aftermath(world, end_us, part, charge);
    }
}

/// What follows the payment of a part, as it follows every payment.
pub(crate) fn plan_part_aftermath(
    world: &mut World,
    at_us: i64,
    part: Bill,
    charge: Handle<Charge>,
) {
    let bill = world.add_bill(part);
    payment::plan_aftermath(world, at_us, bill, charge);
}

/// Charges a part of an invoice's amount by an intent of its own, without telling the invoice yet.
pub(crate) fn charge_part(
    world: &mut World,
    request: &mut Request,
    bill: usize,
    amount_minor: i64,
) -> (Bill, Handle<Charge>) {
    let owned = world.bills[bill];
    let invoice = world.histories.newest(owned.invoice).clone();
    let collection = finalize::new_collection(world, request, &invoice, amount_minor, false);
    let part = Bill {
        collection: Some(collection),
        ..owned
    };
    world.announce(request, "payment_intent.created", collection.0);
    let charge = payment::charge_card(world, request, &part);
    world.announce(request, "charge.succeeded", charge);
    world.announce(request, "payment_intent.succeeded", collection.0);
    (part, charge)
}

/// What a payment does to its invoice, whichever way it came.
pub(crate) fn take(
    world: &mut World,
    request: &mut Request,
    bill: usize,
    amount_minor: i64,
    by_card: bool,
) {
    let owned = world.bills[bill];
    let before = world.histories.newest(owned.invoice).clone();
    let remaining_minor = before.remaining_minor();
    let excess_minor = (amount_minor - remaining_minor).max(0);
    if excess_minor > 0 {
        let movement = BalanceMove {
            amount_minor: -excess_minor,
            kind: "invoice_overpaid",
            invoice: Some(before.id),
            credit_note: None,
        };
        move_balance(world, request, owned.client, movement);
    }
    let now_s = second(request.now_us);
    let paid = amount_minor >= remaining_minor;
    world.edit(request, owned.invoice, |invoice| {
        invoice.amount_paid_minor += amount_minor.min(remaining_minor);
        invoice.overpaid_minor = excess_minor;
        if paid {
            invoice.status = InvoiceStatus::Paid;
            invoice.auto_advance = false;
            invoice.next_payment_attempt = None;
            invoice.paid_at = Some(now_s);
        }
    });
    world.announce_change(request, "invoice.updated", owned.invoice);
    if !paid {
        return lower_collection(world, request, bill);
    }
    world.announce(request, "invoice.paid", owned.invoice);
    if by_card {
        world.announce(request, "invoice.payment_succeeded", owned.invoice);
    }
    if excess_minor > 0 {
        world.announce(request, "invoice.overpaid", owned.invoice);
    }
    ending::cancel_collection(world, request, &owned);
}

/// Asks the invoice's own intent for no more than what remains; no event tells it.
pub(crate) fn lower_collection(world: &mut World, request: &mut Request, bill: usize) {
    let owned = world.bills[bill];
    let remaining_minor = world.histories.newest(owned.invoice).remaining_minor();
    let (intent, payment) = owned
        .collection
        .expect("an open invoice has a payment intent");
    world.edit(request, intent, |intent| {
        intent.amount_minor = remaining_minor;
    });
    world.edit(request, payment, |payment| {
        payment.amount_requested_minor = remaining_minor;
    });
}

fn record(world: &mut World, request: &mut Request, bill: usize, amount_minor: i64) {
    let created_s = second(request.now_us);
    let invoice = world.histories.newest(world.bills[bill].invoice);
    let (currency, invoice) = (invoice.currency, invoice.id.clone());
    let payment = InvoicePayment {
        id: world.mint.dated(&mut world.random, "inpay", created_s),
        created_s,
        amount_requested_minor: amount_minor,
        currency,
        invoice,
        kind: "payment_record",
        payment: world.mint.dated(&mut world.random, "pr", created_s),
        is_default: false,
        paid_at: Some(created_s),
        canceled_at: None,
    };
    let payment = world.insert(request, payment);
    world.announce(request, "invoice_payment.paid", payment);
}
