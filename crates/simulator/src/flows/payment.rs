//! Getting a finalised invoice paid by card, with retries; it neither finalises an invoice nor ends one otherwise.

use super::{billing, credit_notes, ending, refunds};
use crate::calendar::{DAY_S, second};
use crate::history::Handle;
use crate::identity::kin;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{Charge, Currency, Decline, InvoiceStatus, Metadata, PaymentIntent};
use crate::world::{Bill, Movement, World};

/// Days between an attempt and the next; after the last the collection has failed.
const RETRY_DAYS: [i64; 3] = [3, 5, 6];

const DECLINES: [Decline; 3] = [
    Decline {
        code: "insufficient_funds",
        network_code: "51",
        advice_code: "try_again_later",
        message: "Your card has insufficient funds.",
    },
    Decline {
        code: "generic_decline",
        network_code: "05",
        advice_code: "try_again_later",
        message: "Your card was declined.",
    },
    Decline {
        code: "do_not_honor",
        network_code: "05",
        advice_code: "try_again_later",
        message: "Your card was declined.",
    },
];

/// What the card network and Stripe keep of a payment: 2.9 % + 30 cents, 3.6 % in yen, halves up.
pub(crate) fn fee_minor(amount_minor: i64, currency: Currency) -> i64 {
    match currency {
        Currency::Usd => (amount_minor * 29 + 500) / 1000 + 30,
        Currency::Jpy => (amount_minor * 36 + 500) / 1000,
    }
}

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
    let mut charge = new_charge(world, request, bill, intent);
    if world.histories.newest(intent).settles_at_once {
        charge.balance_transaction = Some(settle(world, request, &charge));
    }
    let (id, method) = (charge.id.clone(), charge.payment_method.clone());
    let charge = world.insert(request, charge);
    world.edit(request, intent, |intent| {
        intent.latest_charge = Some(id);
        intent.payment_method = Some(method);
        intent.last_decline = None;
        intent.attempted = true;
        intent.succeeded = true;
    });
    charge
}

fn new_charge(
    world: &mut World,
    request: &Request,
    bill: &Bill,
    intent: Handle<PaymentIntent>,
) -> Charge {
    let intent = world.histories.newest(intent).clone();
    let client = &world.clients[bill.client];
    let customer = world.histories.newest(client.customer);
    let random = &mut world.random;
    Charge {
        id: kin(random, "ch", &intent.id),
        created_s: second(request.now_us),
        amount_minor: intent.amount_minor,
        amount_refunded_minor: 0,
        currency: intent.currency,
        balance_transaction: None,
        customer: intent.customer,
        customer_number: client.number,
        email: customer.email.clone(),
        name: customer.name.clone(),
        description: intent.description,
        decline: None,
        payment_intent: intent.id,
        payment_method: client.payment_method.clone(),
        card: client.card.clone(),
        network_transaction: random.token(15).into(),
        receipt: receipt(random),
        risk_score: random.between(1, 60),
        metadata: Metadata::new(),
    }
}

/// The secret part of a receipt's address.
pub(crate) fn receipt(random: &mut crate::random::Random) -> Text {
    format!("CAcQARoX{}", random.token(96)).into()
}

fn settle(world: &mut World, request: &mut Request, charge: &Charge) -> Text {
    world.move_money(
        request,
        Movement {
            amount_minor: charge.amount_minor,
            fee_minor: fee_minor(charge.amount_minor, charge.currency),
            currency: charge.currency,
            kind: "charge",
            category: "charge",
            source: &charge.id,
            description: Some(charge.description.clone()),
            delay_days: 2,
        },
    )
}

/// What follows a payment: the late balance transaction, the late record of the payment, perhaps a refund.
pub(crate) fn plan_aftermath(world: &mut World, at_us: i64, bill: usize, charge: Handle<Charge>) {
    if world.histories.newest(charge).balance_transaction.is_none() {
        let settled_us = world.later(at_us, 2, 4);
        world.plan_step(settled_us, move |world, at_us| {
            settle_late(world, at_us, charge)
        });
    }
    let recorded_us = world.later(at_us, 1, 60);
    world.plan_step(recorded_us, move |world, at_us| {
        record_payment(world, at_us, bill)
    });
    refunds::plan_refund(world, at_us, charge);
    credit_notes::plan_after_payment(world, at_us, bill, charge);
    if world.random.chance(15) {
        let noted_us = world.later(at_us, 10, 20 * DAY_S);
        world.plan_step(noted_us, move |world, at_us| note(world, at_us, charge));
    }
}

fn note(world: &mut World, at_us: i64, charge: Handle<Charge>) {
    let mut request = world.api_request(at_us);
    let ticket = format!("T-{:05}", world.random.below(100_000));
    world.edit(&mut request, charge, |charge| {
        charge.metadata.insert("ticket".into(), ticket.into());
    });
    world.announce_change(&mut request, "charge.updated", charge);
    world.finish(request);
}

fn settle_late(world: &mut World, at_us: i64, charge: Handle<Charge>) {
    let mut request = world.automatic_step(at_us);
    let state = world.histories.newest(charge).clone();
    let transaction = settle(world, &mut request, &state);
    world.edit(&mut request, charge, |charge| {
        charge.balance_transaction = Some(transaction)
    });
    world.announce_change(&mut request, "charge.updated", charge);
    world.finish(request);
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
    let decline = world.random.pick(&DECLINES);
    let mut charge = new_charge(world, request, &owned, intent);
    charge.decline = Some(decline);
    let charge_id = charge.id.clone();
    let charge = world.insert(request, charge);
    world.announce(request, "charge.failed", charge);
    world.edit(request, intent, |intent| {
        intent.last_decline = Some((decline, charge_id.clone()));
        intent.latest_charge = Some(charge_id);
        intent.attempted = true;
    });
    world.announce(request, "payment_intent.payment_failed", intent);
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
