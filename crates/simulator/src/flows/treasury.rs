//! What the company and Stripe do with the balance itself: payouts by hand, top-ups, what is held back for risk or for
//! connected accounts, and Stripe's own bills.

use super::{connect, direct, payouts};
use crate::calendar::{DAY_S, HOUR_S, SECOND_US, midnight, second};
use crate::history::Handle;
use crate::purse::COMPANY;
use crate::shapes::{Currency, Fee, Payout, ReserveHold, ReserveRelease, Topup};
use crate::world::{Movement, World};

/// Days between Stripe's bills.
const BILLED_EVERY_DAYS: i64 = 30;

/// What happens on so many of a thousand days, between these seconds of each.
type Chance = (u32, (i64, i64), fn(&mut World, i64));

/// Puts on the calendar what happens on some of the days.
pub(crate) fn plan_days(world: &mut World, start_us: i64, days: i64) {
    let odds = world.config.odds;
    let day_long = (HOUR_S, 23 * HOUR_S);
    // There is most to move before the day's payout.
    let early = (60, 1_000);
    let chances: [Chance; 5] = [
        (odds.payouts_by_hand, early, pay_by_hand),
        (odds.top_ups, day_long, top_up),
        (odds.reserves, early, hold_back),
        (odds.transfers, early, connect::transfer),
        (odds.direct_sales, day_long, direct::sell),
    ];
    for day in 0..days {
        let midnight_us = start_us + day * DAY_S * SECOND_US;
        for (odds, (low_s, high_s), step) in chances {
            if world.random.chance(odds) {
                let at_us = world.later(midnight_us, low_s, high_s);
                world.plan_step(at_us, step);
            }
        }
        if day % BILLED_EVERY_DAYS == BILLED_EVERY_DAYS - 1 {
            let at_us = world.later(midnight_us, HOUR_S, 5 * HOUR_S);
            world.plan_step(at_us, bill);
        }
    }
}

/// Stripe takes what its products cost, and a tax on it.
fn bill(world: &mut World, at_us: i64) {
    let mut request = world.automatic_step(at_us);
    let cost_minor = world.random.between(200, 2_000);
    let bills = [
        ("stripe_fee", "fee", cost_minor, "Billing - usage fee"),
        ("tax_fee", "tax", cost_minor / 10, "Sales tax on fees"),
    ];
    for (kind, category, minor, words) in bills {
        let movement = Movement {
            description: Some(words.into()),
            ..Movement::unnamed(kind, category, -minor, Currency::Usd)
        };
        world.move_money(&mut request, movement);
    }
    world.finish(request);
}

/// Pays out a part of what is available, in a day or at once; some of it is thought better of.
fn pay_by_hand(world: &mut World, at_us: i64) {
    let available_minor = world.balance_at(None, at_us).available_minor(Currency::Usd);
    let amount_minor = available_minor / 3;
    if amount_minor < 300 {
        return;
    }
    let mut request = world.api_request(at_us);
    let instant = world.random.chance(400);
    let payout = if instant {
        begin_instant(world, &mut request, amount_minor)
    } else {
        let payout = payouts::begin(world, &mut request, amount_minor, Currency::Usd);
        Payout {
            automatic: false,
            status: "pending",
            ..payout
        }
    };
    let arrival_s = payout.arrival_s;
    let payout = world.insert(&mut request, payout);
    world.announce(&mut request, "payout.created", payout);
    world.finish(request);
    if instant {
        let arrived_us = world.later(at_us, 30, 1_700);
        return world.plan_step(arrived_us, move |world, at_us| {
            payouts::arrive(world, at_us, payout, COMPANY)
        });
    }
    let next_us = world.later(at_us, 600, 3_000);
    if world.random.chance(350) {
        return world.plan_step(next_us, move |world, at_us| {
            let request = world.api_request(at_us);
            payouts::undo(world, request, payout, "canceled");
        });
    }
    world.plan_step(next_us, move |world, at_us| leave(world, at_us, payout));
    let noon_us = world.later((arrival_s + 12 * HOUR_S) * SECOND_US, 60, 300);
    world.plan_step(noon_us, move |world, at_us| {
        payouts::arrive(world, at_us, payout, COMPANY)
    });
}

/// An instant payout costs 1 %, halves up, and half a dollar at least.
fn begin_instant(
    world: &mut World,
    request: &mut crate::request::Request,
    amount_minor: i64,
) -> Payout {
    let (id, created_s) = (world.mint_id(request, "po"), second(request.now_us));
    let fee_minor = ((amount_minor * 10 + 500) / 1_000).max(50);
    let movement = Movement {
        fees: vec![Fee::of_stripe(fee_minor, "Instant payout fee")],
        description: Some("STRIPE PAYOUT".into()),
        ..Movement::of(&id, "payout", "payout", -amount_minor, Currency::Usd)
    };
    let balance_transaction = world.move_money(request, movement);
    Payout {
        id,
        created_s,
        arrival_s: created_s + 1_800,
        amount_minor,
        currency: Currency::Usd,
        destination: world.purses[COMPANY].bank(Currency::Usd).clone(),
        balance_transaction,
        failure_balance_transaction: None,
        automatic: false,
        instant: true,
        reconciled: false,
        status: "in_transit",
        trace_id: None,
    }
}

fn leave(world: &mut World, at_us: i64, payout: Handle<Payout>) {
    let mut request = world.automatic_step(at_us);
    world.edit(&mut request, payout, |payout| payout.status = "in_transit");
    world.announce_change(&mut request, "payout.updated", payout);
    world.finish(request);
}

/// Money from the bank, which comes days later, or doesn't, or is taken back after it came.
fn top_up(world: &mut World, at_us: i64) {
    let mut request = world.api_request(at_us);
    let created_s = second(at_us);
    let state = Topup {
        id: world.mint_id(&request, "tu"),
        created_s,
        expected_s: midnight(created_s) + 3 * DAY_S,
        amount_minor: world.random.between(10, 200) * 100,
        currency: Currency::Usd,
        balance_transaction: None,
        status: "pending",
    };
    let topup = world.insert(&mut request, state);
    world.announce(&mut request, "topup.created", topup);
    world.finish(request);
    let known_us = world.later(at_us, HOUR_S, 3 * DAY_S);
    let end = world.random.below(100);
    world.plan_step(known_us, move |world, at_us| match end {
        0..20 => end_topup(world, at_us, topup, "failed", "topup.failed"),
        20..40 => end_topup(world, at_us, topup, "canceled", "topup.canceled"),
        _ => arrive(world, at_us, topup, end >= 75),
    });
}

fn end_topup(
    world: &mut World,
    at_us: i64,
    topup: Handle<Topup>,
    status: &'static str,
    event_type: &'static str,
) {
    let mut request = if status == "canceled" {
        world.api_request(at_us)
    } else {
        world.automatic_step(at_us)
    };
    world.edit(&mut request, topup, |topup| topup.status = status);
    world.announce(&mut request, event_type, topup);
    world.finish(request);
}

fn arrive(world: &mut World, at_us: i64, topup: Handle<Topup>, reverses: bool) {
    let mut request = world.automatic_step(at_us);
    let state = world.histories.newest(topup).clone();
    let (amount_minor, currency) = (state.amount_minor, state.currency);
    let movement = Movement::of(&state.id, "topup", "topup", amount_minor, currency);
    let booked = world.move_money(&mut request, movement);
    world.edit(&mut request, topup, |topup| {
        topup.status = "succeeded";
        topup.balance_transaction = Some(booked);
    });
    world.announce(&mut request, "topup.succeeded", topup);
    world.finish(request);
    if !reverses {
        return;
    }
    let back_us = world.later(at_us, DAY_S, 9 * DAY_S);
    world.plan_step(back_us, move |world, at_us| {
        let mut request = world.automatic_step(at_us);
        let (kind, id) = ("topup_reversal", &state.id);
        let movement = Movement::of(id, kind, kind, -amount_minor, currency);
        world.move_money(&mut request, movement);
        world.edit(&mut request, topup, |topup| topup.status = "reversed");
        world.announce(&mut request, "topup.reversed", topup);
        world.finish(request);
    });
}

/// Stripe holds money back for a while: for risk, as an object, or for the debts of connected accounts.
fn hold_back(world: &mut World, at_us: i64) {
    let available_minor = world.balance_at(None, at_us).available_minor(Currency::Usd);
    let amount_minor = available_minor / 5;
    if amount_minor < 100 {
        return;
    }
    let back_us = world.later(at_us, DAY_S, 12 * DAY_S);
    if world.random.chance(400) {
        reserve_for_debts(world, at_us, -amount_minor);
        return world.plan_step(back_us, move |world, at_us| {
            reserve_for_debts(world, at_us, amount_minor)
        });
    }
    let mut request = world.automatic_step(at_us);
    let hold = ReserveHold {
        id: world.mint_id(&request, "reshold"),
        created_s: second(at_us),
        release_s: second(back_us),
        amount_minor,
        currency: Currency::Usd,
    };
    let id = hold.id.clone();
    let (kind, category) = ("reserve_hold", "risk_reserved_funds");
    let movement = Movement::of(&id, kind, category, -amount_minor, Currency::Usd);
    world.move_money(&mut request, movement);
    let hold = world.insert(&mut request, hold);
    world.announce(&mut request, "reserve.hold.created", hold);
    world.finish(request);
    world.plan_step(back_us, move |world, at_us| release(world, at_us, hold));
}

fn reserve_for_debts(world: &mut World, at_us: i64, amount_minor: i64) {
    let mut request = world.automatic_step(at_us);
    let movement = Movement {
        description: Some("Reserve for connected accounts".into()),
        ..Movement::unnamed(
            "reserve_transaction",
            "connect_reserved_funds",
            amount_minor,
            Currency::Usd,
        )
    };
    world.move_money(&mut request, movement);
    world.finish(request);
}

fn release(world: &mut World, at_us: i64, hold: Handle<ReserveHold>) {
    let mut request = world.automatic_step(at_us);
    let state = world.histories.newest(hold).clone();
    let release = ReserveRelease {
        id: world.mint_id(&request, "resrelease"),
        created_s: second(at_us),
        amount_minor: state.amount_minor,
        currency: state.currency,
        hold: state.id,
    };
    let id = release.id.clone();
    let (kind, category) = ("reserve_release", "risk_reserved_funds");
    let movement = Movement::of(&id, kind, category, state.amount_minor, state.currency);
    world.move_money(&mut request, movement);
    let release = world.insert(&mut request, release);
    world.announce(&mut request, "reserve.release.created", release);
    world.finish(request);
}
