//! Schedules of subscriptions: made from a running one with two phases, then followed to their end, released or cancelled.

use crate::calendar::{DAY_S, SECOND_US, months_later, second};
use crate::history::Handle;
use crate::json::Text;
use crate::shapes::{Schedule, SchedulePhase, Subscription};
use crate::world::World;

/// Some subscriptions get a schedule once.
pub(crate) fn plan(world: &mut World, at_us: i64, plan: usize) {
    if world.random.chance(world.config.billing.schedules) {
        let at_us = world.later(at_us, DAY_S, 40 * DAY_S);
        world.plan_step(at_us, move |world, at_us| schedule(world, at_us, plan));
    }
}

fn schedule(world: &mut World, at_us: i64, plan: usize) {
    let (subscription, yearly) = (world.plans[plan].subscription, world.plans[plan].yearly);
    let state = world.histories.newest(subscription).clone();
    let now_s = second(at_us);
    let first_end_s = state.items[0].period_end_s;
    let runs = state.status == "active" && !state.cancel_at_period_end;
    if !runs || first_end_s <= now_s + DAY_S {
        return;
    }
    let months = if yearly { 12 } else { 1 };
    let more = world.random.between(1, 4);
    let items = |more| {
        state
            .items
            .iter()
            .map(move |one| (one.price.clone(), one.quantity + more))
    };
    let phases = [
        (state.items[0].period_start_s, first_end_s, 0),
        (first_end_s, months_later(first_end_s, months), more),
    ];
    let phases = phases.map(|(start_s, end_s, more)| SchedulePhase {
        start_s,
        end_s,
        items: items(more).collect(),
    });
    let object = Schedule {
        id: world.mint.dated(&mut world.random, "sub_sched", now_s),
        created_s: now_s,
        customer: state.customer.clone(),
        currency: state.currency,
        subscription: Some(state.id.clone()),
        released_subscription: None,
        phases: phases.into(),
        current: Some(0),
        end_behavior: world.random.pick(&["release", "cancel"]),
        canceled_at: None,
        completed_at: None,
        released_at: None,
    };
    let id = object.id.clone();
    let mut request = world.api_request(at_us);
    let schedule = world.insert(&mut request, object);
    world.announce(&mut request, "subscription_schedule.created", schedule);
    world.edit(&mut request, subscription, |one| one.schedule = Some(id));
    world.announce_change(&mut request, "customer.subscription.updated", subscription);
    world.finish(request);
    plan_end(world, at_us, plan, schedule, first_end_s);
}

fn plan_end(world: &mut World, at_us: i64, plan: usize, schedule: Handle<Schedule>, turn_s: i64) {
    // The next phase begins a little before the renewal that bills it.
    let turn_us = turn_s * SECOND_US + 200_000;
    world.plan_step(turn_us, move |world, at_us| {
        turn(world, at_us, plan, schedule)
    });
    let by_hand_us = world.later(at_us, DAY_S, 30 * DAY_S);
    match world.random.below(100) {
        0..25 => world.plan_step(by_hand_us, move |world, at_us| {
            release(world, at_us, plan, schedule, true);
        }),
        25..45 => world.plan_step(by_hand_us, move |world, at_us| {
            cancel(world, at_us, plan, schedule);
        }),
        _ => {}
    }
}

/// Whether the schedule still governs a subscription that lives.
fn governs(world: &World, plan: usize, schedule: Handle<Schedule>) -> bool {
    let subscription = world.histories.newest(world.plans[plan].subscription);
    let bound = world.histories.newest(schedule).subscription.is_some();
    bound && subscription.ended_at.is_none()
}

fn turn(world: &mut World, at_us: i64, plan: usize, schedule: Handle<Schedule>) {
    if !governs(world, plan, schedule) {
        return;
    }
    let subscription = world.plans[plan].subscription;
    let phase = world.histories.newest(schedule).phases[1].clone();
    let mut request = world.automatic_step(at_us);
    world.edit(&mut request, schedule, |schedule| {
        schedule.current = Some(1)
    });
    world.announce_change(&mut request, "subscription_schedule.updated", schedule);
    world.edit(&mut request, subscription, |one| {
        let items = one.items.iter().cloned().zip(phase.items.iter());
        one.items = items
            .map(|(mut item, (_, quantity))| {
                item.quantity = *quantity;
                item
            })
            .collect();
    });
    world.announce_change(&mut request, "customer.subscription.updated", subscription);
    world.finish(request);
    // Shortly before the renewal that follows its last phase.
    let end_us = phase.end_s * SECOND_US + 200_000;
    world.plan_step(end_us, move |world, at_us| {
        end(world, at_us, plan, schedule)
    });
}

fn end(world: &mut World, at_us: i64, plan: usize, schedule: Handle<Schedule>) {
    if !governs(world, plan, schedule) {
        return;
    }
    if world.histories.newest(schedule).end_behavior == "release" {
        return release(world, at_us, plan, schedule, false);
    }
    let now_s = second(at_us);
    let mut request = world.automatic_step(at_us);
    world.edit(&mut request, schedule, |schedule| {
        schedule.completed_at = Some(now_s);
        schedule.current = None;
    });
    world.announce(&mut request, "subscription_schedule.completed", schedule);
    super::billing::end(world, &mut request, plan, now_s, "cancellation_requested");
    world.finish(request);
}

fn release(world: &mut World, at_us: i64, plan: usize, schedule: Handle<Schedule>, by_hand: bool) {
    if !governs(world, plan, schedule) {
        return;
    }
    let subscription: Handle<Subscription> = world.plans[plan].subscription;
    let mut request = if by_hand {
        world.change_request(at_us)
    } else {
        world.automatic_step(at_us)
    };
    world.edit(&mut request, schedule, |schedule| {
        let freed: Option<Text> = schedule.subscription.take();
        schedule.released_subscription = freed;
        schedule.released_at = Some(second(at_us));
        schedule.current = None;
    });
    world.announce(&mut request, "subscription_schedule.released", schedule);
    world.edit(&mut request, subscription, |one| one.schedule = None);
    world.announce_change(&mut request, "customer.subscription.updated", subscription);
    world.finish(request);
}

fn cancel(world: &mut World, at_us: i64, plan: usize, schedule: Handle<Schedule>) {
    if !governs(world, plan, schedule) {
        return;
    }
    let now_s = second(at_us);
    let mut request = world.api_request(at_us);
    world.edit(&mut request, schedule, |schedule| {
        schedule.canceled_at = Some(now_s);
        schedule.current = None;
    });
    world.announce(&mut request, "subscription_schedule.canceled", schedule);
    super::billing::end(world, &mut request, plan, now_s, "cancellation_requested");
    world.finish(request);
}
