//! Debits of bank accounts: booked at once as pending, known days later to have come, or not to come.

use super::charging;
use super::sale::{self, Sale};
use super::settlement;
use crate::calendar::DAY_S;
use crate::history::Handle;
use crate::request::Request;
use crate::shapes::{Charge, CheckoutSession, Fee, Payment, PaymentIntent, Progress, Stage};
use crate::world::{Movement, World};

/// Sends the debit on its way, and ends the request.
pub(crate) fn submit(world: &mut World, mut request: Request, sale: Sale) {
    let mut charge = charging::new_charge(world, &request, &sale.payer, sale.intent);
    charge.progress = Progress::Pending;
    charge.balance_transaction = Some(settlement::settled(world, &mut request, &charge));
    // The money is the customer's until it came.
    charge.amount_captured_minor = 0;
    let (id, method) = (charge.id.clone(), charge.payment_method.clone());
    let charge = world.insert(&mut request, charge);
    world.edit(&mut request, sale.intent, |intent| {
        intent.latest_charge = Some(id);
        intent.payment_method = method;
        intent.attempted = true;
        intent.terms.phase = Stage::Processing;
    });
    world.announce(&mut request, "charge.pending", charge);
    world.announce(&mut request, "payment_intent.processing", sale.intent);
    sale::pay_session(world, &mut request, &sale, Payment::Unpaid);
    let end_us = request.now_us;
    world.finish(request);
    let known_us = world.later(end_us, 2 * DAY_S, 4 * DAY_S);
    let (intent, session) = (sale.intent, sale.session);
    if world.random.chance(700) {
        world.plan_step(known_us, move |world, at_us| {
            succeed(world, at_us, charge, intent, session)
        });
    } else {
        world.plan_step(known_us, move |world, at_us| {
            fail(world, at_us, charge, intent, session)
        });
    }
}

fn succeed(
    world: &mut World,
    at_us: i64,
    charge: Handle<Charge>,
    intent: Handle<PaymentIntent>,
    session: Option<Handle<CheckoutSession>>,
) {
    let mut request = world.automatic_step(at_us);
    world.edit(&mut request, charge, |charge| {
        charge.progress = Progress::Captured;
        charge.amount_captured_minor = charge.amount_minor;
    });
    world.edit(&mut request, intent, |intent| {
        intent.terms.phase = Stage::Plain;
        intent.succeeded = true;
    });
    world.announce(&mut request, "charge.succeeded", charge);
    world.announce(&mut request, "payment_intent.succeeded", intent);
    if let Some(session) = session {
        world.edit(&mut request, session, |session| {
            session.payment = Payment::Paid;
        });
        let event_type = "checkout.session.async_payment_succeeded";
        world.announce(&mut request, event_type, session);
    }
    let end_us = request.now_us;
    world.finish(request);
    charging::plan_follow_ups(world, end_us, charge);
}

/// The bank refuses: what was booked is booked back, with its fees.
fn fail(
    world: &mut World,
    at_us: i64,
    charge: Handle<Charge>,
    intent: Handle<PaymentIntent>,
    session: Option<Handle<CheckoutSession>>,
) {
    let mut request = world.automatic_step(at_us);
    let state = world.histories.newest(charge).clone();
    let settled = settlement::exchange(world, &request, state.amount_minor, state.currency);
    let fees = settlement::fees(settled, &state).into_iter();
    let movement = Movement {
        fees: fees
            .map(|fee| Fee {
                amount_minor: -fee.amount_minor,
                ..fee
            })
            .collect(),
        rate: settled.rate,
        description: Some("Payment failure refund".into()),
        delay_days: 2,
        ..Movement::of(
            &state.id,
            "payment_failure_refund",
            "charge_failure",
            -settled.amount_minor,
            settled.currency,
        )
    };
    let booked = world.move_money(&mut request, movement);
    let decline = charging::draw_decline(&mut world.random);
    world.edit(&mut request, charge, |charge| {
        charge.progress = Progress::Failed;
        charge.decline = Some(decline);
        charge.failure_balance_transaction = Some(booked);
    });
    world.announce(&mut request, "charge.failed", charge);
    world.edit(&mut request, intent, |intent| {
        intent.terms.phase = Stage::Plain;
        intent.last_decline = Some((decline, state.id));
        intent.payment_method = None;
    });
    world.announce(&mut request, "payment_intent.payment_failed", intent);
    if let Some(session) = session {
        // It stays completed and unpaid.
        world.announce(
            &mut request,
            "checkout.session.async_payment_failed",
            session,
        );
    }
    world.finish(request);
}
