//! One attempt to take money of a payment intent, whoever pays and for whatever: taken, refused, and what may follow a
//! charge. It announces nothing but a refusal; which events tell of success is for the flow that took the money.

use super::{disputes, refunds, settlement};
use crate::calendar::{DAY_S, second};
use crate::history::Handle;
use crate::identity::kin;
use crate::json::Text;
use crate::purse::COMPANY;
use crate::random::Random;
use crate::request::Request;
use crate::shapes::{Card, Charge, Connection, Decline, Metadata, Method, PaymentIntent, Progress};
use crate::world::World;

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

/// Who pays, and with which card.
#[derive(Clone)]
pub(crate) struct Payer {
    pub(crate) customer: Option<Text>,
    pub(crate) number: u32,
    pub(crate) email: Text,
    pub(crate) name: Text,
    pub(crate) card: Card,
    pub(crate) payment_method: Option<Text>,
}

/// A customer of the company with its card.
pub(crate) fn payer_of(world: &World, client: usize) -> Payer {
    let client = &world.clients[client];
    let customer = world.histories.newest(client.customer);
    Payer {
        customer: Some(customer.id.clone()),
        number: client.number,
        email: customer.email.clone(),
        name: customer.name.clone(),
        card: client.card.clone(),
        payment_method: Some(client.payment_method.clone()),
    }
}

/// A charge of all that an intent is for, taken at once.
pub(crate) fn new_charge(
    world: &mut World,
    request: &Request,
    payer: &Payer,
    intent: Handle<PaymentIntent>,
) -> Charge {
    let intent = world.histories.newest(intent).clone();
    let terms = intent.terms;
    let id = charge_id(&mut world.random, terms.method, &intent.id);
    Charge {
        id,
        purse: terms.purse,
        created_s: second(request.now_us),
        amount_minor: intent.amount_minor,
        amount_captured_minor: intent.amount_minor,
        currency: intent.currency,
        customer: intent.customer,
        description: intent.description,
        payment_intent: Some(intent.id),
        payment_method: payer.payment_method.clone(),
        method: terms.method,
        connection: Connection {
            application: terms.application,
            application_fee_minor: terms.application_fee_minor,
            destination: terms.destination,
            transfer_group: terms.transfer_group,
            ..Connection::default()
        },
        ..bare_charge(&mut world.random, payer)
    }
}

fn charge_id(random: &mut Random, method: Method, intent: &str) -> Text {
    // Cards are charged; all else is paid.
    kin(random, if method.is_card() { "ch" } else { "py" }, intent)
}

/// What all charges have in common: taken, of nothing yet.
pub(crate) fn bare_charge(random: &mut Random, payer: &Payer) -> Charge {
    Charge {
        id: "".into(),
        purse: COMPANY,
        created_s: 0,
        amount_minor: 0,
        amount_captured_minor: 0,
        amount_refunded_minor: 0,
        currency: crate::shapes::Currency::Usd,
        balance_transaction: None,
        failure_balance_transaction: None,
        customer: None,
        customer_number: payer.number,
        email: payer.email.clone(),
        name: payer.name.clone(),
        description: "".into(),
        decline: None,
        dispute: None,
        progress: Progress::Captured,
        payment_intent: None,
        payment_method: None,
        method: Method::Card,
        card: payer.card.clone(),
        capture_before: None,
        network_transaction: random.token(15).into(),
        receipt: receipt(random),
        risk_score: random.between(1, 60),
        connection: Connection::default(),
        metadata: Metadata::new(),
    }
}

/// The secret part of a receipt's address.
pub(crate) fn receipt(random: &mut Random) -> Text {
    format!("CAcQARoX{}", random.token(96)).into()
}

/// Makes a successful charge and its payment intent's end, without events.
pub(crate) fn take(
    world: &mut World,
    request: &mut Request,
    payer: &Payer,
    intent: Handle<PaymentIntent>,
) -> Handle<Charge> {
    let mut charge = new_charge(world, request, payer, intent);
    if world.histories.newest(intent).settles_at_once {
        charge.balance_transaction = Some(settlement::settled(world, request, &charge));
    }
    let (id, method) = (charge.id.clone(), charge.payment_method.clone());
    let charge = world.insert(request, charge);
    world.edit(request, intent, |intent| {
        intent.latest_charge = Some(id);
        intent.payment_method = method;
        intent.last_decline = None;
        intent.attempted = true;
        intent.succeeded = true;
    });
    charge
}

/// The bank refuses: a failed charge and its intent's refusal, with their events.
pub(crate) fn refuse(
    world: &mut World,
    request: &mut Request,
    payer: &Payer,
    intent: Handle<PaymentIntent>,
) {
    let decline = world.random.pick(&DECLINES);
    let mut charge = new_charge(world, request, payer, intent);
    charge.decline = Some(decline);
    charge.progress = Progress::Failed;
    charge.amount_captured_minor = 0;
    let charge_id = charge.id.clone();
    let charge = world.insert(request, charge);
    world.announce(request, "charge.failed", charge);
    world.edit(request, intent, |intent| {
        intent.last_decline = Some((decline, charge_id.clone()));
        intent.latest_charge = Some(charge_id);
        intent.attempted = true;
    });
    world.announce(request, "payment_intent.payment_failed", intent);
}

/// Why the bank did not pay after all.
pub(crate) fn draw_decline(random: &mut Random) -> Decline {
    random.pick(&DECLINES)
}

/// What may follow a charge: the late balance transaction, refunds, disputes, a note.
pub(crate) fn plan_follow_ups(world: &mut World, at_us: i64, charge: Handle<Charge>) {
    if world.histories.newest(charge).balance_transaction.is_none() {
        let settled_us = world.later(at_us, 2, 4);
        world.plan_step(settled_us, move |world, at_us| {
            settle_late(world, at_us, charge)
        });
    }
    refunds::plan_refund(world, at_us, charge);
    disputes::plan_dispute(world, at_us, charge);
    if world.random.chance(15) {
        let noted_us = world.later(at_us, 10, 20 * DAY_S);
        world.plan_step(noted_us, move |world, at_us| note(world, at_us, charge));
    }
}

fn note(world: &mut World, at_us: i64, charge: Handle<Charge>) {
    let purse = world.histories.newest(charge).purse;
    let mut request = world.api_request_on(purse, at_us);
    let ticket = format!("T-{:05}", world.random.below(100_000));
    world.edit(&mut request, charge, |charge| {
        charge.metadata.insert("ticket".into(), ticket.into());
    });
    world.announce_change(&mut request, "charge.updated", charge);
    world.finish(request);
}

fn settle_late(world: &mut World, at_us: i64, charge: Handle<Charge>) {
    let state = world.histories.newest(charge).clone();
    let mut request = world.automatic_step_on(state.purse, at_us);
    let transaction = settlement::settled(world, &mut request, &state);
    world.edit(&mut request, charge, |charge| {
        charge.balance_transaction = Some(transaction)
    });
    world.announce_change(&mut request, "charge.updated", charge);
    world.finish(request);
}
