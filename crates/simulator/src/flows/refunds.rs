//! Refunds in full and in part, the bank's reference that follows, and refunds that the bank sends back.

use super::payment;
use crate::calendar::{DAY_S, second};
use crate::history::Handle;
use crate::identity::kin;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{Charge, Refund};
use crate::world::{Movement, World};

/// Some payments are refunded days later, some of them in two parts.
pub(crate) fn plan_refund(world: &mut World, at_us: i64, charge: Handle<Charge>) {
    if !world.random.chance(45) {
        return;
    }
    let parts = if world.random.chance(250) { 2 } else { 1 };
    let mut refund_us = at_us;
    for _ in 0..parts {
        let full = world.random.chance(550);
        refund_us = world.later(refund_us, DAY_S, 25 * DAY_S);
        world.plan_step(refund_us, move |world, at_us| {
            refund(world, at_us, charge, full)
        });
    }
}

fn refund(world: &mut World, at_us: i64, charge: Handle<Charge>, full: bool) {
    let state = world.histories.newest(charge).clone();
    let left_minor = state.amount_minor - state.amount_refunded_minor;
    if left_minor == 0 {
        return;
    }
    let amount_minor = if full {
        left_minor
    } else {
        world.random.between(1, (left_minor / 2).max(1))
    };
    let mut request = world.api_request(at_us);
    let refund = make(world, &mut request, charge, amount_minor);
    let end_us = request.now_us;
    world.finish(request);
    plan_follow_ups(world, end_us, refund, charge);
}

/// Refunds a part of a charge at once, with the events of it.
pub(crate) fn make(
    world: &mut World,
    request: &mut Request,
    charge: Handle<Charge>,
    amount_minor: i64,
) -> Handle<Refund> {
    let state = world.histories.newest(charge).clone();
    let id = kin(&mut world.random, "re", &state.id);
    let kind = ("refund", "refund");
    let balance_transaction = book(world, request, &state, &id, -amount_minor, kind);
    let refund = Refund {
        id,
        created_s: second(request.now_us),
        amount_minor,
        currency: state.currency,
        charge: state.id.clone(),
        customer: state.customer,
        payment_intent: state.payment_intent,
        payment_method: state.payment_method,
        balance_transaction,
        failure_balance_transaction: None,
        reason: world
            .random
            .pick(&[None, Some("requested_by_customer"), Some("duplicate")]),
        reference: None,
    };
    let refund = world.insert(request, refund);
    world.announce(request, "refund.created", refund);
    change_refunded(world, request, charge, amount_minor);
    world.announce_change(request, "charge.refunded", charge);
    refund
}

/// Puts on the calendar what follows a refund: the bank's reference, perhaps its failure.
pub(crate) fn plan_follow_ups(
    world: &mut World,
    end_us: i64,
    refund: Handle<Refund>,
    charge: Handle<Charge>,
) {
    let told_us = world.later(end_us, 0, 2);
    world.plan_step(told_us, move |world, at_us| {
        tell_reference(world, at_us, refund)
    });
    if world.random.chance(100) {
        let failed_us = world.later(end_us, 2 * DAY_S, 12 * DAY_S);
        world.plan_step(failed_us, move |world, at_us| {
            fail(world, at_us, refund, charge)
        });
    }
}

fn book(
    world: &mut World,
    request: &mut Request,
    charge: &Charge,
    refund: &Text,
    amount_minor: i64,
    (kind, category): (&'static str, &'static str),
) -> Text {
    world.move_money(
        request,
        Movement {
            amount_minor,
            // Stripe keeps the processing fee of what is refunded.
            fee_minor: 0,
            currency: charge.currency,
            kind,
            category,
            source: refund,
            description: Some(format!("REFUND FOR CHARGE ({})", charge.description).into()),
            delay_days: 2,
        },
    )
}

fn change_refunded(
    world: &mut World,
    request: &mut Request,
    charge: Handle<Charge>,
    amount_minor: i64,
) {
    let receipt = payment::receipt(&mut world.random);
    world.edit(request, charge, |charge| {
        charge.amount_refunded_minor += amount_minor;
        charge.receipt = receipt;
    });
}

fn tell_reference(world: &mut World, at_us: i64, refund: Handle<Refund>) {
    let mut request = world.automatic_step(at_us);
    let reference = format!("7{:022}", world.random.below(1 << 60)).into();
    world.edit(&mut request, refund, |refund| {
        refund.reference = Some(reference)
    });
    world.announce_change(&mut request, "refund.updated", refund);
    world.announce_change(&mut request, "charge.refund.updated", refund);
    world.finish(request);
}

/// The customer's bank sends the money back; a later refund may have taken the rest meanwhile.
fn fail(world: &mut World, at_us: i64, refund: Handle<Refund>, charge: Handle<Charge>) {
    let mut request = world.automatic_step(at_us);
    let state = world.histories.newest(charge).clone();
    let failed = world.histories.newest(refund).clone();
    let movement = ("refund_failure", "refund_failure");
    let transaction = book(
        world,
        &mut request,
        &state,
        &failed.id,
        failed.amount_minor,
        movement,
    );
    world.edit(&mut request, refund, |refund| {
        refund.failure_balance_transaction = Some(transaction);
    });
    world.announce_change(&mut request, "refund.updated", refund);
    world.announce_change(&mut request, "charge.refund.updated", refund);
    world.announce(&mut request, "refund.failed", refund);
    change_refunded(world, &mut request, charge, -failed.amount_minor);
    world.announce_change(&mut request, "charge.updated", charge);
    world.finish(request);
}
