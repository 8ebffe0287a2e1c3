//! Coupons used by customers and their subscriptions: given, exchanged, used up, ended by time or by hand.

use super::terms::Reduction;
use crate::calendar::{DAY_S, SECOND_US, months_later, second};
use crate::history::Handle;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{Coupon, Discount};
use crate::world::{Bill, World};

/// Some customers come with a coupon; others get one on their subscription later.
pub(crate) fn plan(world: &mut World, at_us: i64, client: usize) {
    if !world.random.chance(world.config.billing.discounts) {
        return;
    }
    if world.random.chance(600) {
        return give(world, at_us, client, false);
    }
    let at_us = world.later(at_us, DAY_S, 30 * DAY_S);
    world.plan_step(at_us, move |world, at_us| give(world, at_us, client, true));
}

/// A coupon that fits a customer: its place on the shelf.
fn choose(world: &mut World, client: usize) -> usize {
    let currency = world.clients[client].currency;
    let fits = |coupon: &Coupon| {
        let off = coupon.amount_off;
        !coupon.deleted && off.is_none_or(|off| off.1 == currency)
    };
    let coupons: Vec<usize> = (0..world.shelf.coupons.len())
        .filter(|&place| fits(world.histories.newest(world.shelf.coupons[place].0)))
        .collect();
    coupons[world.random.index(coupons.len())]
}

fn give(world: &mut World, at_us: i64, client: usize, of_plan: bool) {
    let customer = world.clients[client].customer;
    let plan = world.clients[client].terms.plan.filter(|_| of_plan);
    let subscription = plan.map(|plan| world.plans[plan].subscription);
    let gone = subscription.is_none_or(|one| world.histories.newest(one).ended_at.is_some());
    if world.histories.newest(customer).deleted || (of_plan && gone) {
        return;
    }
    let place = choose(world, client);
    let (coupon, code) = world.shelf.coupons[place];
    let code = code.filter(|_| world.random.chance(500));
    let mut request = world.api_request(at_us);
    let start_s = second(at_us);
    let terms = world.histories.newest(coupon).clone();
    let state = Discount {
        id: world.mint.dated(&mut world.random, "di", start_s),
        customer: world.histories.newest(customer).id.clone(),
        subscription: subscription.map(|one| world.histories.newest(one).id.clone()),
        coupon: terms.id.clone(),
        promotion_code: code.map(|code| world.histories.newest(code).id.clone()),
        start_s,
        end_s: terms.months.map(|months| months_later(start_s, months)),
        deleted: false,
    };
    let discount = world.insert(&mut request, state.clone());
    world.announce(&mut request, "customer.discount.created", discount);
    match subscription {
        Some(subscription) => {
            let ids = [state.id.clone()].into();
            world.edit(&mut request, subscription, |one| one.discounts = ids);
            world.announce_change(&mut request, "customer.subscription.updated", subscription);
        }
        // That the customer now shows its discount is told by the discount's event alone.
        None => world.edit(&mut request, customer, |one| {
            one.discount = Some(state.clone())
        }),
    }
    // Nor does any event tell that a coupon or a code was used once more.
    world.edit(&mut request, coupon, |coupon| coupon.times_redeemed += 1);
    if let Some(code) = code {
        world.edit(&mut request, code, |code| code.times_redeemed += 1);
    }
    world.finish(request);
    world.clients[client]
        .terms
        .reductions
        .push(Reduction { discount, coupon });
    plan_end(world, at_us, client, discount, state.end_s);
}

fn plan_end(
    world: &mut World,
    at_us: i64,
    client: usize,
    discount: Handle<Discount>,
    end_s: Option<i64>,
) {
    if let Some(end_s) = end_s {
        let end_us = world.later(end_s * SECOND_US, 1, 300);
        return world.plan_step(end_us, move |world, at_us| {
            let request = world.automatic_step(at_us);
            end(world, request, client, discount);
        });
    }
    let next_us = world.later(at_us, 10 * DAY_S, 60 * DAY_S);
    match world.random.below(100) {
        0..30 => world.plan_step(next_us, move |world, at_us| {
            let request = world.change_request(at_us);
            end(world, request, client, discount);
        }),
        30..80 => world.plan_step(next_us, move |world, at_us| {
            exchange(world, at_us, client, discount);
        }),
        _ => {}
    }
}

/// Another coupon on the same discount.
fn exchange(world: &mut World, at_us: i64, client: usize, discount: Handle<Discount>) {
    if world.histories.newest(discount).deleted {
        return;
    }
    let place = choose(world, client);
    let coupon = world.shelf.coupons[place].0;
    let id = world.histories.newest(coupon).id.clone();
    if world.histories.newest(discount).coupon == id {
        return;
    }
    let mut request = world.change_request(at_us);
    world.edit(&mut request, discount, |discount| {
        discount.coupon = id;
        discount.promotion_code = None;
    });
    world.announce_change(&mut request, "customer.discount.updated", discount);
    show_on_customer(world, &mut request, client, discount);
    world.finish(request);
    let reductions = &mut world.clients[client].terms.reductions;
    for reduction in reductions.iter_mut() {
        if reduction.discount.index == discount.index {
            reduction.coupon = coupon;
        }
    }
}

/// Ends the discounts for one use that an invoice has used.
pub(crate) fn spend(world: &mut World, request: &mut Request, bill: &Bill) {
    let used = world.histories.newest(bill.invoice).discounts.clone();
    for place in 0..world.clients[bill.client].terms.reductions.len() {
        let Reduction { discount, coupon } = world.clients[bill.client].terms.reductions[place];
        let state = world.histories.newest(discount);
        let once = world.histories.newest(coupon).duration == "once";
        if once && !state.deleted && used.contains(&state.id) {
            delete(world, request, bill.client, discount);
        }
    }
}

fn end(world: &mut World, mut request: Request, client: usize, discount: Handle<Discount>) {
    if !world.histories.newest(discount).deleted {
        delete(world, &mut request, client, discount);
    }
    world.finish(request);
}

fn delete(world: &mut World, request: &mut Request, client: usize, discount: Handle<Discount>) {
    // The event shows the discount as it was.
    world.announce(request, "customer.discount.deleted", discount);
    world.edit(request, discount, |discount| discount.deleted = true);
    world.histories.mark_told(discount);
    let state = world.histories.newest(discount).clone();
    if state.subscription.is_none() {
        return show_on_customer(world, request, client, discount);
    }
    let plan = world.clients[client].terms.plan;
    let plan = plan.expect("a discount on a subscription has one");
    let subscription = world.plans[plan].subscription;
    world.edit(request, subscription, |one| one.discounts = [].into());
    world.announce_change(request, "customer.subscription.updated", subscription);
}

fn show_on_customer(
    world: &mut World,
    request: &mut Request,
    client: usize,
    discount: Handle<Discount>,
) {
    let customer = world.clients[client].customer;
    let state = world.histories.newest(discount).clone();
    let shown: Option<Text> = world
        .histories
        .newest(customer)
        .discount
        .as_ref()
        .map(|shown| shown.id.clone());
    if shown == Some(state.id.clone()) {
        world.edit(request, customer, |customer| {
            customer.discount = (!state.deleted).then_some(state);
        });
    }
}
