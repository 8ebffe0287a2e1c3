//! Money that turns available, and the payouts by themselves that sweep it, account by account and currency by currency;
//! a debt is drawn from the bank. Payouts by hand are made elsewhere.

use crate::calendar::{DAY_S, HOUR_S, SECOND_US, midnight, second};
use crate::history::Handle;
use crate::json::Text;
use crate::purse::COMPANY;
use crate::request::Request;
use crate::shapes::{Currency, Payout};
use crate::world::{Movement, World};

/// Days between the payouts of a connected account.
const CONNECTED_EVERY_DAYS: i64 = 7;
/// What the company leaves in its balance once it asked for that.
const MINIMUM_MINOR: i64 = 5_000;

/// Puts every day's availability and payouts on the calendar.
pub(crate) fn plan_days(world: &mut World, start_us: i64, days: i64) {
    for day in 0..days {
        let midnight_us = start_us + day * DAY_S * SECOND_US;
        let told_us = world.later(midnight_us, 60, 600);
        world.plan_step(told_us, tell_available);
        for purse in 0..world.purses.len() {
            if purse != COMPANY && day % CONNECTED_EVERY_DAYS != 0 {
                continue;
            }
            // From the middle of the span on the company keeps some.
            let keeps = purse == COMPANY && day * 2 > days;
            let currencies: Vec<_> = world.purses[purse]
                .banks
                .iter()
                .map(|bank| bank.0)
                .collect();
            for currency in currencies {
                let paid_us = world.later(midnight_us, 1_200, 2_400);
                world.plan_step(paid_us, move |world, at_us| {
                    pay_out(world, at_us, (purse, currency), keeps)
                });
            }
        }
    }
}

/// Tells of money of the company's that became available today, if any came in.
fn tell_available(world: &mut World, at_us: i64) {
    let today_s = midnight(second(at_us));
    let turned = world.purses[COMPANY].unswept.iter().any(|&handle| {
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

/// Pays out all that is available but for a minimum; draws a debt from the bank, or carries it to the next day.
fn pay_out(world: &mut World, at_us: i64, (purse, currency): (usize, Currency), keeps: bool) {
    let account = world.purses[purse].account.clone();
    let available_minor = world
        .balance_at(account.as_ref(), at_us)
        .available_minor(currency);
    let draws = available_minor < 0 && world.random.chance(world.config.odds.debits);
    let kept_minor = if keeps && !draws && currency == Currency::Usd {
        MINIMUM_MINOR
    } else {
        0
    };
    if !draws && available_minor <= kept_minor {
        return;
    }
    let mut request = world.automatic_step_on(purse, at_us);
    let mut members = sweep(world, at_us, (purse, currency), available_minor);
    if kept_minor > 0 {
        members.push(hold_minimum(world, &mut request, kept_minor, currency));
    }
    let amount_minor = available_minor - kept_minor;
    let payout = begin(world, &mut request, amount_minor, currency);
    // No later payout sweeps its own transaction; its own list ends with it, as Stripe's does.
    world.purses[purse].unswept.pop();
    members.push(payout.balance_transaction.clone());
    world.sweeps.insert(payout.id.clone(), members);
    let arrival_s = payout.arrival_s;
    let payout = world.insert(&mut request, payout);
    world.announce(&mut request, "payout.created", payout);
    let end_us = request.now_us;
    world.finish(request);
    let reconciled_us = world.later(end_us, 120, 1_800);
    world.plan_step(reconciled_us, move |world, at_us| {
        reconcile(world, at_us, payout, purse)
    });
    let noon_us = world.later((arrival_s + 12 * HOUR_S) * SECOND_US, 60, 300);
    world.plan_step(noon_us, move |world, at_us| {
        arrive(world, at_us, payout, purse)
    });
}

/// Takes out of the waiting movements what this payout is made of.
fn sweep(
    world: &mut World,
    at_us: i64,
    (purse, currency): (usize, Currency),
    available_minor: i64,
) -> Vec<Text> {
    let (mut swept, mut sum_minor) = (Vec::new(), 0);
    let World {
        histories, purses, ..
    } = world;
    purses[purse].unswept.retain(|&handle| {
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
        sum_minor, available_minor,
        "what is available is what no payout has swept"
    );
    swept
}

/// Keeps the minimum out of a payout, as a part of it, and gives it back for the next one; the part's id.
fn hold_minimum(
    world: &mut World,
    request: &mut Request,
    kept_minor: i64,
    currency: Currency,
) -> Text {
    let (hold, release) = (
        "payout_minimum_balance_hold",
        "payout_minimum_balance_release",
    );
    let mut book = |kind, amount_minor| {
        let movement = Movement {
            description: Some("Minimum balance".into()),
            ..Movement::unnamed(kind, kind, amount_minor, currency)
        };
        world.book(request, movement)
    };
    let held = book(hold, -kept_minor);
    book(release, kept_minor);
    let purse = world.purse_of(request);
    world.purses[purse]
        .unswept
        .retain(|one| one.index != held.index);
    world.histories.newest(held).id.clone()
}

/// An automatic payout on the request's account, its movement booked.
pub(crate) fn begin(
    world: &mut World,
    request: &mut Request,
    amount_minor: i64,
    currency: Currency,
) -> Payout {
    let (id, created_s) = (world.mint_id(request, "po"), second(request.now_us));
    let movement = Movement {
        description: Some("STRIPE PAYOUT".into()),
        ..Movement::of(&id, "payout", "payout", -amount_minor, currency)
    };
    let balance_transaction = world.move_money(request, movement);
    Payout {
        created_s,
        arrival_s: midnight(created_s) + DAY_S,
        amount_minor,
        currency,
        destination: world.purses[world.purse_of(request)].bank(currency).clone(),
        balance_transaction,
        failure_balance_transaction: None,
        automatic: true,
        instant: false,
        reconciled: false,
        status: "in_transit",
        trace_id: None,
        id,
    }
}

fn reconcile(world: &mut World, at_us: i64, payout: Handle<Payout>, purse: usize) {
    let mut request = world.automatic_step_on(purse, at_us);
    world.edit(&mut request, payout, |payout| payout.reconciled = true);
    world.announce_change(&mut request, "payout.updated", payout);
    world.announce(&mut request, "payout.reconciliation_completed", payout);
    world.finish(request);
}

/// The money reaches the bank, which sends some of it back later.
pub(crate) fn arrive(world: &mut World, at_us: i64, payout: Handle<Payout>, purse: usize) {
    let mut request = world.automatic_step_on(purse, at_us);
    let trace = Some(format!("{:015}", world.random.below(1 << 49)).into());
    world.edit(&mut request, payout, |payout| {
        payout.status = "paid";
        payout.trace_id = trace;
    });
    world.announce_change(&mut request, "payout.updated", payout);
    world.announce(&mut request, "payout.paid", payout);
    world.finish(request);
    if world.random.chance(world.config.odds.failed_payouts) {
        let failed_us = world.later(at_us, DAY_S, 4 * DAY_S);
        world.plan_step(failed_us, move |world, at_us| {
            let request = world.automatic_step_on(purse, at_us);
            undo(world, request, payout, "failed");
        });
    }
}

/// A payout comes back, as `failed` even after it was called paid, or as `canceled` before it left.
pub(crate) fn undo(
    world: &mut World,
    mut request: Request,
    payout: Handle<Payout>,
    status: &'static str,
) {
    let state = world.histories.newest(payout).clone();
    let (kind, event_type) = if status == "failed" {
        ("payout_failure", "payout.failed")
    } else {
        ("payout_cancel", "payout.canceled")
    };
    let (amount_minor, currency) = (state.amount_minor, state.currency);
    let movement = Movement {
        description: Some("STRIPE PAYOUT".into()),
        ..Movement::of(&state.id, kind, "payout_reversal", amount_minor, currency)
    };
    let transaction = world.move_money(&mut request, movement);
    world.edit(&mut request, payout, |payout| {
        payout.status = status;
        payout.failure_balance_transaction = Some(transaction);
    });
    world.announce_change(&mut request, "payout.updated", payout);
    world.announce(&mut request, event_type, payout);
    world.finish(request);
}
