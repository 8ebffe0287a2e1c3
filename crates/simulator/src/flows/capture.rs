//! Payments by card that are authorised first: captured whole or in part by a call of its own, let go, or left to expire.

use super::charging;
use super::sale::Sale;
use super::{refunds, settlement};
use crate::calendar::{DAY_S, HOUR_S, SECOND_US, second};
use crate::history::Handle;
use crate::request::Request;
use crate::shapes::{Charge, Fee, PaymentIntent, Progress, Refund, Stage};
use crate::world::{Movement, World};

/// Days for which a bank holds the money.
const HELD_DAYS: i64 = 7;

/// Has the bank hold the money, and ends the request.
pub(crate) fn authorize(world: &mut World, mut request: Request, sale: Sale) {
    let mut charge = charging::new_charge(world, &request, &sale.payer, sale.intent);
    let expires_s = charge.created_s + HELD_DAYS * DAY_S;
    charge.progress = Progress::Authorized;
    charge.amount_captured_minor = 0;
    charge.capture_before = Some(expires_s);
    let (id, method) = (charge.id.clone(), charge.payment_method.clone());
    let charge = world.insert(&mut request, charge);
    world.edit(&mut request, sale.intent, |intent| {
        intent.latest_charge = Some(id);
        intent.payment_method = method;
        intent.last_decline = None;
        intent.attempted = true;
        intent.terms.phase = Stage::Capturable;
    });
    world.announce(&mut request, "charge.succeeded", charge);
    let event_type = "payment_intent.amount_capturable_updated";
    world.announce(&mut request, event_type, sale.intent);
    let end_us = request.now_us;
    world.finish(request);
    plan_end(world, end_us, expires_s, (charge, sale.intent));
}

fn plan_end(
    world: &mut World,
    at_us: i64,
    expires_s: i64,
    (charge, intent): (Handle<Charge>, Handle<PaymentIntent>),
) {
    let end_us = world.later(at_us, HOUR_S, (HELD_DAYS - 1) * DAY_S);
    match world.random.below(100) {
        0..40 => world.plan_step(end_us, move |world, at_us| {
            capture(world, at_us, charge, intent, 1_000)
        }),
        40..75 => {
            let share = world.random.between(300, 900);
            world.plan_step(end_us, move |world, at_us| {
                capture(world, at_us, charge, intent, share)
            });
        }
        75..86 => world.plan_step(end_us, move |world, at_us| {
            let request = world.api_request(at_us);
            let_go(world, request, charge, intent, true);
        }),
        _ => {
            let expired_us = world.later(expires_s * SECOND_US, 1, 600);
            world.plan_step(expired_us, move |world, at_us| {
                let request = world.automatic_step(at_us);
                let_go(world, request, charge, intent, false);
            });
        }
    }
}

/// Takes so many thousandths of what is held; the rest goes back to the customer.
fn capture(
    world: &mut World,
    at_us: i64,
    charge: Handle<Charge>,
    intent: Handle<PaymentIntent>,
    share_per_mille: i64,
) {
    let mut request = world.api_request(at_us);
    let held = world.histories.newest(charge).clone();
    let share_minor = held.amount_minor * share_per_mille / 1_000;
    let share_minor = held.currency.chargeable(share_minor.max(1));
    let taken_minor = share_minor.min(held.amount_minor);
    let booked = settlement::settled(world, &mut request, &held);
    let rest_minor = held.amount_minor - taken_minor;
    let rest = (rest_minor > 0).then(|| return_rest(world, &mut request, &held, rest_minor));
    world.edit(&mut request, charge, |charge| {
        charge.progress = Progress::Captured;
        charge.amount_captured_minor = taken_minor;
        charge.amount_refunded_minor = rest_minor;
        charge.balance_transaction = Some(booked);
        charge.capture_before = None;
    });
    world.edit(&mut request, intent, |intent| {
        intent.terms.phase = Stage::Plain;
        intent.terms.captured_minor = Some(taken_minor);
        intent.succeeded = true;
    });
    world.announce(&mut request, "charge.captured", charge);
    if let Some(rest) = rest {
        world.announce(&mut request, "refund.created", rest);
    }
    world.announce(&mut request, "payment_intent.succeeded", intent);
    let end_us = request.now_us;
    world.finish(request);
    charging::plan_follow_ups(world, end_us, charge);
}

/// What was held and not taken goes back, and its fees with it: to Stripe that is a refund of its own category.
fn return_rest(
    world: &mut World,
    request: &mut Request,
    held: &Charge,
    rest_minor: i64,
) -> Handle<Refund> {
    let mut refund = refunds::new_refund(world, request, held, rest_minor);
    let whole = settlement::exchange(world, request, held.amount_minor, held.currency);
    let back = settlement::exchange(world, request, rest_minor, held.currency);
    let mut kept = whole;
    kept.amount_minor -= back.amount_minor;
    let before = settlement::fees(whole, held);
    let after = settlement::fees(kept, held);
    let fees = before.iter().zip(&after).map(|(before, after)| Fee {
        amount_minor: after.amount_minor - before.amount_minor,
        ..before.clone()
    });
    let movement = Movement {
        fees: fees.collect(),
        rate: back.rate,
        description: Some(format!("Partial capture of {}", held.id).into()),
        delay_days: 2,
        ..Movement::of(
            &refund.id,
            "refund",
            "partial_capture_reversal",
            -back.amount_minor,
            back.currency,
        )
    };
    refund.balance_transaction = Some(world.move_money(request, movement));
    refund.status = "succeeded";
    refund.reason = None;
    refund.releases = true;
    world.insert(request, refund)
}

/// Gives up what is held, by a call or because its time is over: a refund by which no money moves.
fn let_go(
    world: &mut World,
    mut request: Request,
    charge: Handle<Charge>,
    intent: Handle<PaymentIntent>,
    by_call: bool,
) {
    let held = world.histories.newest(charge).clone();
    let refund = refunds::new_refund(world, &request, &held, held.amount_minor);
    let refund = Refund {
        status: "succeeded",
        releases: true,
        reason: (!by_call).then_some("expired_uncaptured_charge"),
        ..refund
    };
    let refund = world.insert(&mut request, refund);
    world.edit(&mut request, charge, |charge| {
        charge.amount_refunded_minor = charge.amount_minor;
    });
    if by_call {
        world.announce(&mut request, "refund.created", refund);
        world.announce_change(&mut request, "charge.refunded", charge);
    } else {
        world.announce(&mut request, "charge.expired", charge);
    }
    let now_s = second(request.now_us);
    world.edit(&mut request, intent, |intent| {
        intent.terms.phase = Stage::Plain;
        intent.terms.cancellation_reason = (!by_call).then_some("automatic");
        intent.canceled_at = Some(now_s);
    });
    world.announce(&mut request, "payment_intent.canceled", intent);
    world.finish(request);
}
