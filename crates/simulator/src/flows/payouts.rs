//! Money that turns available, and the automatic daily payout that sweeps it, currency by currency.

use crate::calendar::{DAY_S, HOUR_S, SECOND_US, midnight, second};
use crate::history::Handle;
use crate::json::Text;
use crate::shapes::{Currency, Payout};
use crate::world::{Movement, World};

/// Puts every day's availability and payouts on the calendar.
pub(crate) fn plan_days(world: &mut World, start_us: i64, days: i64) {
    for day in 0..days {
        let midnight_us = start_us + day * DAY_S * SECOND_US;
        let told_us = world.later(midnight_us, 60, 600);
        world.plan_step(told_us, tell_available);
        for currency in Currency::ALL {
            let paid_us = world.later(midnight_us, 1_200, 2_400);
            world.plan_step(paid_us, move |world, at_us| pay_out(world, at_us, currency));
        }
    }
}

/// Tells of money that became available today, if any came in.
fn tell_available(world: &mut World, at_us: i64) {
    let today_s = midnight(second(at_us));
    let turned = world.unswept.iter().any(|&handle| {
        let transaction = world.histories.newest(handle);
        transaction.available_on_s == today_s && transaction.net_minor() > 0
    });
    if !turned {
        return;
    }
    let mut request = world.automatic_step(at_us);
    let state = world.balance_at(None, at_us);
    let handle = match world.balance {
        Some(handle) => {
            world.histories.add(handle, at_us, state);
            handle
        }
        None => *world
            .balance
            .insert(world.histories.open(None, at_us, state)),
    };
    world.announce(&mut request, "balance.available", handle);
    world.finish(request);
}

/// Pays out all that is available; a debt is carried to the next day.
fn pay_out(world: &mut World, at_us: i64, currency: Currency) {
    let amount_minor = world.balance_at(None, at_us).available_minor(currency);
    if amount_minor <= 0 {
        return;
    }
    let created_s = second(at_us);
    let mut request = world.automatic_step(at_us);
    let id = world.mint.dated(&mut world.random, "po", created_s);
    let members = sweep(world, at_us, currency, amount_minor);
    world.sweeps.insert(id.clone(), members);
    let balance_transaction = book(
        world,
        &mut request,
        &id,
        currency,
        -amount_minor,
        ("payout", "payout"),
    );
    let payout = Payout {
        id,
        created_s,
        arrival_s: midnight(created_s) + DAY_S,
        amount_minor,
        currency,
        destination: world.bank_account.clone(),
        balance_transaction,
        failure_balance_transaction: None,
        reconciled: false,
        status: "in_transit",
        trace_id: None,
    };
    let arrival_s = payout.arrival_s;
    let payout = world.insert(&mut request, payout);
    world.announce(&mut request, "payout.created", payout);
    let end_us = request.now_us;
    world.finish(request);
    let reconciled_us = world.later(end_us, 120, 1_800);
    world.plan_step(reconciled_us, move |world, at_us| {
        reconcile(world, at_us, payout)
    });
    let noon_us = world.later((arrival_s + 12 * HOUR_S) * SECOND_US, 60, 300);
    world.plan_step(noon_us, move |world, at_us| arrive(world, at_us, payout));
}

/// Takes out of the waiting movements what this payout is made of.
fn sweep(world: &mut World, at_us: i64, currency: Currency, amount_minor: i64) -> Vec<Text> {
    let (mut swept, mut sum_minor) = (Vec::new(), 0);
    let World {
        histories, unswept, ..
    } = world;
    unswept.retain(|&handle| {
        let transaction = histories.newest(handle);
        let begun = histories.begun(handle) <= at_us;
        let taken = begun && transaction.currency == currency && transaction.available(at_us);
        if taken {
            swept.push(transaction.id.clone());
            sum_minor += transaction.net_minor();
        }
        !taken
    });
    assert_eq!(
        sum_minor, amount_minor,
        "what is available is what no payout has swept"
    );
    swept
}

fn book(
    world: &mut World,
    request: &mut crate::request::Request,
    payout: &Text,
    currency: Currency,
    amount_minor: i64,
    (kind, category): (&'static str, &'static str),
) -> Text {
    let description = Some("STRIPE PAYOUT".into());
    let movement = Movement {
        amount_minor,
        fee_minor: 0,
        currency,
        kind,
        category,
        source: payout,
        description,
        delay_days: 0,
    };
    world.move_money(request, movement)
}

fn reconcile(world: &mut World, at_us: i64, payout: Handle<Payout>) {
    let mut request = world.automatic_step(at_us);
    world.edit(&mut request, payout, |payout| payout.reconciled = true);
    world.announce_change(&mut request, "payout.updated", payout);
    world.announce(&mut request, "payout.reconciliation_completed", payout);
    world.finish(request);
}

fn arrive(world: &mut World, at_us: i64, payout: Handle<Payout>) {
    let mut request = world.automatic_step(at_us);
    let trace = Some(format!("{:015}", world.random.below(1 << 49)).into());
    world.edit(&mut request, payout, |payout| {
        payout.status = "paid";
        payout.trace_id = trace;
    });
    world.announce_change(&mut request, "payout.updated", payout);
    world.announce(&mut request, "payout.paid", payout);
    world.finish(request);
    if world.random.chance(15) {
        let failed_us = world.later(at_us, DAY_S, 4 * DAY_S);
        world.plan_step(failed_us, move |world, at_us| fail(world, at_us, payout));
    }
}

/// The bank sends a payout back that was already called paid.
fn fail(world: &mut World, at_us: i64, payout: Handle<Payout>) {
    let mut request = world.automatic_step(at_us);
    let state = world.histories.newest(payout).clone();
    let kind = ("payout_failure", "payout_reversal");
    let (id, currency, amount_minor) = (state.id, state.currency, state.amount_minor);
    let transaction = book(world, &mut request, &id, currency, amount_minor, kind);
    world.edit(&mut request, payout, |payout| {
        payout.status = "failed";
        payout.failure_balance_transaction = Some(transaction);
    });
    world.announce_change(&mut request, "payout.updated", payout);
    world.announce(&mut request, "payout.failed", payout);
    world.finish(request);
}
