//! Refunds in full and in part: at once with the bank's reference that follows, after waiting for money or the customer,
//! sent back by the bank, cancelled. What a connected account had of the payment goes back with it.

use super::{charging, connect, settlement};
use crate::calendar::{DAY_S, second};
use crate::history::Handle;
use crate::identity::kin;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{Charge, Progress, Refund};
use crate::world::{Movement, World};

/// Some payments are refunded days later, some of them in two parts.
pub(crate) fn plan_refund(world: &mut World, at_us: i64, charge: Handle<Charge>) {
    if !world.random.chance(world.config.odds.refunds) {
        return;
    }
    let parts = if world.random.chance(300) { 2 } else { 1 };
    let mut refund_us = at_us;
    for _ in 0..parts {
        let full = world.random.chance(500);
        refund_us = world.later(refund_us, DAY_S, 25 * DAY_S);
        world.plan_step(refund_us, move |world, at_us| {
            refund(world, at_us, charge, full)
        });
    }
}

/// Refunds what is left of a charge, or part of it, with all that may follow; nothing where nothing is left.
pub(crate) fn refund(world: &mut World, at_us: i64, charge: Handle<Charge>, full: bool) {
    let state = world.histories.newest(charge);
    let left_minor = state.refundable_minor();
    // What a bank disputes is not paid back by hand as well.
    if left_minor == 0 || state.dispute.is_some() || state.progress != Progress::Captured {
        return;
    }
    let (purse, currency) = (state.purse, state.currency);
    let amount_minor = if full {
        left_minor
    } else {
        let part_minor = world.random.between(1, (left_minor / 2).max(1));
        currency.chargeable(part_minor).min(left_minor)
    };
    let mut request = world.api_request_on(purse, at_us);
    let slow = world.random.chance(world.config.odds.slow_refunds);
    let refund = if slow {
        promise(world, &mut request, charge, amount_minor)
    } else {
        make(world, &mut request, charge, amount_minor)
    };
    let end_us = request.now_us;
    world.finish(request);
    if slow {
        let ended_us = world.later(end_us, DAY_S, 9 * DAY_S);
        world.plan_step(ended_us, move |world, at_us| {
            end(world, at_us, refund, charge)
        });
    } else {
        plan_follow_ups(world, end_us, refund, charge);
    }
}

/// Refunds a part of a charge at once, with the events of it, on the request's account.
pub(crate) fn make(
    world: &mut World,
    request: &mut Request,
    charge: Handle<Charge>,
    amount_minor: i64,
) -> Handle<Refund> {
    let state = world.histories.newest(charge).clone();
    let mut refund = new_refund(world, request, &state, amount_minor);
    let kind = refund_kind(&state);
    let moved = book(world, request, &state, &refund.id, -amount_minor, kind);
    refund.balance_transaction = Some(moved);
    refund.status = "succeeded";
    refund.transfer_reversal = connect::take_back(world, request, &state, &refund.id, amount_minor);
    let refund = world.insert(request, refund);
    tell_made(world, request, charge, refund);
    refund
}

/// Promises a refund for which there is no money yet, or no address of the customer.
fn promise(
    world: &mut World,
    request: &mut Request,
    charge: Handle<Charge>,
    amount_minor: i64,
) -> Handle<Refund> {
    let state = world.histories.newest(charge).clone();
    let mut refund = new_refund(world, request, &state, amount_minor);
    refund.status = world.random.pick(&["pending", "requires_action"]);
    let refund = world.insert(request, refund);
    tell_made(world, request, charge, refund);
    refund
}

fn tell_made(
    world: &mut World,
    request: &mut Request,
    charge: Handle<Charge>,
    refund: Handle<Refund>,
) {
    world.announce(request, "refund.created", refund);
    let amount_minor = world.histories.newest(refund).amount_minor;
    change_refunded(world, request, charge, amount_minor);
    world.announce_change(request, "charge.refunded", charge);
}

/// A refund of a charge by which nothing has moved yet.
pub(crate) fn new_refund(
    world: &mut World,
    request: &Request,
    charge: &Charge,
    amount_minor: i64,
) -> Refund {
    let prefix = if charge.method.is_card() { "re" } else { "pyr" };
    let id = kin(&mut world.random, prefix, &charge.id);
    let reasons = [None, Some("requested_by_customer"), Some("duplicate")];
    Refund {
        reason: world.random.pick(&reasons),
        ..bare_refund(id, request, charge, amount_minor)
    }
}

/// A refund of this id by which nothing has moved yet.
pub(crate) fn bare_refund(
    id: Text,
    request: &Request,
    charge: &Charge,
    amount_minor: i64,
) -> Refund {
    Refund {
        id,
        created_s: second(request.now_us),
        amount_minor,
        currency: charge.currency,
        charge: charge.id.clone(),
        customer: charge.customer.clone(),
        payment_intent: charge.payment_intent.clone(),
        payment_method: charge.payment_method.clone(),
        method: charge.method,
        balance_transaction: None,
        failure_balance_transaction: None,
        reason: None,
        reference: None,
        releases: false,
        status: "pending",
        email: charge.email.clone(),
        transfer_reversal: None,
        source_reversal: None,
    }
}

/// Puts on the calendar what follows a refund: the bank's reference, perhaps its failure.
pub(crate) fn plan_follow_ups(
    world: &mut World,
    at_us: i64,
    refund: Handle<Refund>,
    charge: Handle<Charge>,
) {
    let told_us = world.later(at_us, 1, 3);
    let purse = world.histories.newest(charge).purse;
    world.plan_step(told_us, move |world, at_us| {
        tell_reference(world, at_us, refund, purse)
    });
    let passed_on = world.histories.newest(refund).transfer_reversal.is_some();
    if !passed_on && world.random.chance(world.config.odds.failed_refunds) {
        let failed_us = world.later(at_us, 2 * DAY_S, 12 * DAY_S);
        world.plan_step(failed_us, move |world, at_us| {
            fail(world, at_us, refund, charge)
        });
    }
}

fn refund_kind(charge: &Charge) -> (&'static str, &'static str) {
    if charge.method.is_card() {
        ("refund", "refund")
    } else {
        ("payment_refund", "refund")
    }
}

/// Books what a refund moves at the day's rate; Stripe keeps the processing fee of what is refunded.
fn book(
    world: &mut World,
    request: &mut Request,
    charge: &Charge,
    refund: &Text,
    amount_minor: i64,
    (kind, category): (&'static str, &'static str),
) -> Text {
    let settled = settlement::exchange(world, request, amount_minor, charge.currency);
    let movement = Movement {
        rate: settled.rate,
        description: Some(format!("REFUND FOR CHARGE ({})", charge.description).into()),
        delay_days: 2,
        ..Movement::of(
            refund,
            kind,
            category,
            settled.amount_minor,
            settled.currency,
        )
    };
    world.move_money(request, movement)
}

fn change_refunded(
    world: &mut World,
    request: &mut Request,
    charge: Handle<Charge>,
    amount_minor: i64,
) {
    let receipt = charging::receipt(&mut world.random);
    world.edit(request, charge, |charge| {
        charge.amount_refunded_minor += amount_minor;
        charge.receipt = receipt;
    });
}

fn tell_change(world: &mut World, request: &mut Request, refund: Handle<Refund>) {
    world.announce_change(request, "refund.updated", refund);
    world.announce_change(request, "charge.refund.updated", refund);
}

fn tell_reference(world: &mut World, at_us: i64, refund: Handle<Refund>, purse: usize) {
    let mut request = world.automatic_step_on(purse, at_us);
    let reference = format!("7{:022}", world.random.below(1 << 60)).into();
    world.edit(&mut request, refund, |refund| {
        refund.reference = Some(reference)
    });
    tell_change(world, &mut request, refund);
    world.finish(request);
}

/// The customer's bank sends the money back; a later refund may have taken the rest meanwhile.
fn fail(world: &mut World, at_us: i64, refund: Handle<Refund>, charge: Handle<Charge>) {
    let state = world.histories.newest(charge).clone();
    let mut request = world.automatic_step_on(state.purse, at_us);
    let failed = world.histories.newest(refund).clone();
    let amount_minor = failed.amount_minor;
    let kind = ("refund_failure", "refund_failure");
    let transaction = book(world, &mut request, &state, &failed.id, amount_minor, kind);
    world.edit(&mut request, refund, |refund| {
        refund.status = "failed";
        refund.failure_balance_transaction = Some(transaction);
    });
    tell_change(world, &mut request, refund);
    world.announce(&mut request, "refund.failed", refund);
    change_refunded(world, &mut request, charge, -amount_minor);
    world.announce_change(&mut request, "charge.updated", charge);
    world.finish(request);
}

/// What becomes of a promised refund: paid at last, failed, or cancelled before any money moved.
fn end(world: &mut World, at_us: i64, refund: Handle<Refund>, charge: Handle<Charge>) {
    let state = world.histories.newest(charge).clone();
    let promised = world.histories.newest(refund).clone();
    let status = match world.random.below(10) {
        0..5 => "succeeded",
        5..7 => "failed",
        _ => "canceled",
    };
    let mut request = if status == "canceled" {
        world.api_request_on(state.purse, at_us)
    } else {
        world.automatic_step_on(state.purse, at_us)
    };
    let (mut moved, mut reversal) = (None, None);
    if status == "succeeded" {
        let (id, amount_minor) = (&promised.id, promised.amount_minor);
        let kind = refund_kind(&state);
        moved = Some(book(world, &mut request, &state, id, -amount_minor, kind));
        reversal = connect::take_back(world, &mut request, &state, id, amount_minor);
    }
    world.edit(&mut request, refund, |refund| {
        refund.status = status;
        refund.balance_transaction = moved;
        refund.transfer_reversal = reversal;
    });
    tell_change(world, &mut request, refund);
    if status == "failed" {
        world.announce(&mut request, "refund.failed", refund);
    }
    if status != "succeeded" {
        change_refunded(world, &mut request, charge, -promised.amount_minor);
        world.announce_change(&mut request, "charge.updated", charge);
    }
    world.finish(request);
}
