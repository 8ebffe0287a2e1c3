//! Collection of a subscription's invoices paused for a while: meanwhile they stay drafts, are voided, or are given up.

use crate::calendar::DAY_S;
use crate::world::World;

/// Some subscriptions are paused once.
pub(crate) fn plan(world: &mut World, at_us: i64, plan: usize) {
    if !world.random.chance(world.config.billing.pauses) {
        return;
    }
    let behavior = world
        .random
        .pick(&["void", "keep_as_draft", "mark_uncollectible"]);
    let paused_us = world.later(at_us, DAY_S, 40 * DAY_S);
    let resumed_us = world.later(paused_us, 5 * DAY_S, 70 * DAY_S);
    world.plan_step(paused_us, move |world, at_us| {
        pause(world, at_us, plan, Some(behavior))
    });
    world.plan_step(resumed_us, move |world, at_us| {
        pause(world, at_us, plan, None)
    });
}

fn pause(world: &mut World, at_us: i64, plan: usize, behavior: Option<&'static str>) {
    let subscription = world.plans[plan].subscription;
    let state = world.histories.newest(subscription);
    if state.ended_at.is_some() || state.paused == behavior {
        return;
    }
    let mut request = world.change_request(at_us);
    world.edit(&mut request, subscription, |one| one.paused = behavior);
    world.announce_change(&mut request, "customer.subscription.updated", subscription);
    world.finish(request);
}
