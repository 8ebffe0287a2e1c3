//! What the company, its customers and Stripe do, and which events each step ends in, in Stripe's order.

pub(crate) mod billing;
mod capture;
mod cards;
mod cash;
pub(crate) mod catalogue;
mod charging;
mod churn;
mod connect;
mod credit_notes;
mod credits;
mod customer_balance;
mod dashboard;
mod delayed;
mod direct;
mod discounts;
mod disputes;
mod ending;
pub(crate) mod finalize;
mod manual;
mod parts;
mod pauses;
pub(crate) mod payment;
mod payouts;
mod proration;
mod refunds;
mod sale;
mod settlement;
mod treasury;

pub(crate) use connect::Passing;
mod schedules;
pub(crate) mod signup;
mod starts;
mod terms;

pub(crate) use catalogue::Shelf;
pub(crate) use terms::Terms;

use crate::calendar::{DAY_S, SECOND_US};
use crate::world::World;

/// Fills the calendar of a company on its first day.
pub(crate) fn open_company(world: &mut World) {
    let start_us = world.config.start_s * SECOND_US;
    let days = i64::from(world.config.days);
    world.plan_step(start_us, catalogue::open);
    for number in 1..=world.config.customers {
        // The catalogue is open by then, and nine tenths of the days are left to sign up in.
        let at_us = world.later(start_us, 600, (days * DAY_S * 9 / 10).max(601));
        world.plan_step(at_us, move |world, at_us| {
            signup::sign_up(world, at_us, number)
        });
    }
    catalogue::plan_changes(world, start_us, days);
    payouts::plan_days(world, start_us, days);
    treasury::plan_days(world, start_us, days);
}
