//! Payments that banks dispute: inquiries that come to nothing or grow, money withdrawn with a fee, evidence, and the
//! end: lost, won, given back only in part, at another rate than it was taken.

use super::settlement::{self, Settled};
use crate::calendar::{DAY_S, second};
use crate::history::Handle;
use crate::identity::kin;
use crate::request::Request;
use crate::shapes::{Charge, Currency, Dispute, Fee, Progress, Step};
use crate::world::{Movement, World};

/// Reasons with the code of a card network for each.
const REASONS: [(&str, &str); 4] = [
    ("fraudulent", "10.4"),
    ("product_not_received", "13.1"),
    ("duplicate", "12.6"),
    ("subscription_canceled", "13.2"),
];

/// What a dispute costs, and once more where it is answered.
fn fee_minor(currency: Currency) -> i64 {
    match currency {
        Currency::Usd | Currency::Gbp => 1_500,
        Currency::Eur => 2_000,
        Currency::Jpy => 1_300,
        Currency::Kwd => 5_000,
    }
}

/// Some charges are disputed weeks later, some of those by two disputes for a part each.
pub(crate) fn plan_dispute(world: &mut World, at_us: i64, charge: Handle<Charge>) {
    let by_card = world.histories.newest(charge).method.is_card();
    if !by_card || !world.random.chance(world.config.odds.disputes) {
        return;
    }
    let opened_us = world.later(at_us, DAY_S, 20 * DAY_S);
    let twice = world.random.chance(250);
    world.plan_step(opened_us, move |world, at_us| {
        open(world, at_us, charge, twice)
    });
    if twice {
        let again_us = world.later(opened_us, DAY_S, 9 * DAY_S);
        world.plan_step(again_us, move |world, at_us| {
            open(world, at_us, charge, false)
        });
    }
}

fn open(world: &mut World, at_us: i64, charge: Handle<Charge>, partly: bool) {
    let state = world.histories.newest(charge).clone();
    let first = state.dispute.is_none();
    let left_minor = state.refundable_minor();
    if state.progress != Progress::Captured || left_minor < 4 {
        return;
    }
    let share_minor = state.currency.chargeable(left_minor * 2 / 5);
    let amount_minor = match (first, partly) {
        (true, false) => left_minor,
        (true, true) | (false, _) => share_minor.min(left_minor),
    };
    let mut request = world.automatic_step_on(state.purse, at_us);
    let inquires = first && !partly && world.random.chance(250);
    let step = if inquires {
        Step::Inquiry
    } else {
        Step::NeedsResponse
    };
    let dispute = new_dispute(world, &request, &state, amount_minor, step);
    let id = dispute.id.clone();
    let dispute = world.insert(&mut request, dispute);
    world.announce(&mut request, "charge.dispute.created", dispute);
    if !inquires {
        withdraw(world, &mut request, dispute);
    }
    world.edit(&mut request, charge, |charge| charge.dispute = Some(id));
    world.announce_change(&mut request, "charge.updated", charge);
    let end_us = request.now_us;
    world.finish(request);
    let purse = state.purse;
    if inquires {
        plan_inquiry(world, end_us, dispute, purse);
    } else {
        plan_answer(world, end_us, dispute, purse);
    }
}

fn new_dispute(
    world: &mut World,
    request: &Request,
    charge: &Charge,
    amount_minor: i64,
    step: Step,
) -> Dispute {
    let created_s = second(request.now_us);
    let (reason, network_reason) = world.random.pick(&REASONS);
    Dispute {
        id: kin(&mut world.random, "du", &charge.id),
        created_s,
        amount_minor,
        currency: charge.currency,
        charge: charge.id.clone(),
        payment_intent: charge.payment_intent.clone(),
        movements: Vec::new(),
        step,
        answered: false,
        due_s: crate::calendar::midnight(created_s) + 15 * DAY_S - 1,
        reason,
        network_reason,
        brand: charge.card.brand,
        email: charge.email.clone(),
        name: charge.name.clone(),
    }
}

/// Takes the disputed money, with a fee.
fn withdraw(world: &mut World, request: &mut Request, dispute: Handle<Dispute>) {
    let state = world.histories.newest(dispute).clone();
    let settled = settlement::exchange(world, request, -state.amount_minor, state.currency);
    let fee = Fee::of_stripe(fee_minor(settled.currency), "Dispute fee");
    let words = "Chargeback withdrawal for";
    move_disputed(
        world,
        request,
        dispute,
        settled,
        ("dispute", words),
        vec![fee],
    );
    world.announce(request, "charge.dispute.funds_withdrawn", dispute);
}

/// Books a movement of a dispute, which then shows it.
fn move_disputed(
    world: &mut World,
    request: &mut Request,
    dispute: Handle<Dispute>,
    settled: Settled,
    (category, words): (&'static str, &str),
    fees: Vec<Fee>,
) {
    let state = world.histories.newest(dispute).clone();
    let (amount_minor, currency) = (settled.amount_minor, settled.currency);
    let movement = Movement {
        fees,
        rate: settled.rate,
        description: Some(format!("{words} {}", state.charge).into()),
        ..Movement::of(&state.id, "adjustment", category, amount_minor, currency)
    };
    let booked = world.book(request, movement);
    let booked = world.histories.newest(booked).clone();
    world.edit(request, dispute, |dispute| dispute.movements.push(booked));
}

fn plan_inquiry(world: &mut World, at_us: i64, dispute: Handle<Dispute>, purse: usize) {
    let answered_us = world.later(at_us, DAY_S, 4 * DAY_S);
    if world.random.chance(600) {
        world.plan_step(answered_us, move |world, at_us| {
            answer(world, at_us, dispute, purse)
        });
    }
    let ended_us = world.later(answered_us, DAY_S, 12 * DAY_S);
    if world.random.chance(600) {
        world.plan_step(ended_us, move |world, at_us| {
            let request = world.automatic_step_on(purse, at_us);
            close(world, request, dispute, Step::InquiryClosed);
        });
    } else {
        world.plan_step(ended_us, move |world, at_us| {
            escalate(world, at_us, dispute, purse)
        });
    }
}

/// The bank was not content with the answer, or got none.
fn escalate(world: &mut World, at_us: i64, dispute: Handle<Dispute>, purse: usize) {
    let mut request = world.automatic_step_on(purse, at_us);
    world.edit(&mut request, dispute, |dispute| {
        dispute.step = Step::NeedsResponse;
    });
    world.announce_change(&mut request, "charge.dispute.updated", dispute);
    withdraw(world, &mut request, dispute);
    let end_us = request.now_us;
    world.finish(request);
    plan_answer(world, end_us, dispute, purse);
}

fn plan_answer(world: &mut World, at_us: i64, dispute: Handle<Dispute>, purse: usize) {
    let answers = world.random.chance(700);
    let answered_us = world.later(at_us, 3_600, 9 * DAY_S);
    if answers {
        world.plan_step(answered_us, move |world, at_us| {
            answer(world, at_us, dispute, purse)
        });
    }
    let ended_us = world.later(answered_us, 3 * DAY_S, 20 * DAY_S);
    let won = answers && world.random.chance(550);
    world.plan_step(ended_us, move |world, at_us| {
        let request = world.automatic_step_on(purse, at_us);
        if won {
            win(world, request, dispute);
        } else {
            close(world, request, dispute, Step::Lost);
        }
    });
}

/// The company sends its evidence; the counter to a chargeback costs a fee of its own at times.
fn answer(world: &mut World, at_us: i64, dispute: Handle<Dispute>, purse: usize) {
    let mut request = world.api_request_on(purse, at_us);
    let state = world.histories.newest(dispute).clone();
    let answers_again = state.answered;
    let step = match state.step {
        Step::Inquiry => Step::InquiryAnswered,
        Step::NeedsResponse => Step::UnderReview,
        _ => return,
    };
    world.edit(&mut request, dispute, |dispute| {
        dispute.answered = true;
        dispute.step = step;
    });
    world.announce_change(&mut request, "charge.dispute.updated", dispute);
    if step == Step::UnderReview && !answers_again && world.random.chance(400) {
        let currency = settlement::exchange(world, &request, 0, state.currency).currency;
        let movement = Movement {
            description: Some(format!("Dispute countered fee for {}", state.charge).into()),
            ..Movement::of(
                &state.id,
                "adjustment",
                "fee",
                -fee_minor(currency),
                currency,
            )
        };
        world.book(&mut request, movement);
    }
    world.finish(request);
}

fn close(world: &mut World, mut request: Request, dispute: Handle<Dispute>, step: Step) {
    world.edit(&mut request, dispute, |dispute| dispute.step = step);
    world.announce_change(&mut request, "charge.dispute.closed", dispute);
    world.finish(request);
}

/// The bank gives the money back, at times only a part, with the fee at times; at the rate of the day.
fn win(world: &mut World, mut request: Request, dispute: Handle<Dispute>) {
    world.edit(&mut request, dispute, |dispute| dispute.step = Step::Won);
    world.announce_change(&mut request, "charge.dispute.closed", dispute);
    let state = world.histories.newest(dispute).clone();
    let part_minor = state.currency.chargeable(state.amount_minor * 3 / 5);
    let amount_minor = if world.random.chance(300) {
        part_minor.min(state.amount_minor)
    } else {
        state.amount_minor
    };
    let settled = settlement::exchange(world, &request, amount_minor, state.currency);
    let mut fees = Vec::new();
    if world.random.chance(400) {
        fees.push(Fee::of_stripe(-fee_minor(settled.currency), "Dispute fee"));
    }
    let words = ("dispute_reversal", "Chargeback reversal for");
    move_disputed(world, &mut request, dispute, settled, words, fees);
    if amount_minor == state.amount_minor && settled.rate.is_some() {
        adjust_exchange(world, &mut request, dispute);
    }
    world.announce(&mut request, "charge.dispute.funds_reinstated", dispute);
    world.finish(request);
}

/// Evens out half of what the rates made of a dispute that was won whole.
fn adjust_exchange(world: &mut World, request: &mut Request, dispute: Handle<Dispute>) {
    let state = world.histories.newest(dispute);
    let moved_minor: i64 = state.movements.iter().map(|one| one.amount_minor).sum();
    let currency = state.movements[0].currency;
    if moved_minor.abs() < 2 {
        return;
    }
    let settled = Settled {
        amount_minor: -moved_minor / 2,
        currency,
        rate: None,
    };
    let words = ("dispute_reversal", "Chargeback exchange adjustment for");
    move_disputed(world, request, dispute, settled, words, Vec::new());
}
