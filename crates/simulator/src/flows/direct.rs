//! Payments that a connected account takes by itself, through the company's software: all of it is told of that account,
//! but for the fee that the company keeps.

use super::charging::{self, Payer};
use super::connect::{self, Passing};
use super::sale;
use crate::purse::MERCHANT;
use crate::shapes::{Card, Currency, IntentTerms};
use crate::world::World;

/// A stranger pays the connected account.
pub(crate) fn sell(world: &mut World, at_us: i64) {
    let mut request = world.api_request_on(MERCHANT, at_us);
    let payer = stranger(world);
    let amount_minor = world.random.between(800, 40_000);
    let intent = sale::new_intent(world, &request, &payer, amount_minor, Currency::Jpy);
    let fee_minor = (amount_minor / 20).max(1);
    let terms = IntentTerms {
        purse: MERCHANT,
        application: Some(world.purses[MERCHANT].application.clone()),
        application_fee_minor: Some(fee_minor),
        ..IntentTerms::default()
    };
    let intent = crate::shapes::PaymentIntent { terms, ..intent };
    let intent = world.insert(&mut request, intent);
    world.announce(&mut request, "payment_intent.created", intent);
    if world.random.chance(world.config.odds.refused) {
        charging::refuse(world, &mut request, &payer, intent);
        return world.finish(request);
    }
    let charge = charging::take(world, &mut request, &payer, intent);
    let state = world.histories.newest(charge).clone();
    let id = state.id.clone();
    let fee = connect::keep_fee(world, &mut request, MERCHANT, fee_minor, &state, id.clone());
    let fee_id = world.histories.newest(fee).id.clone();
    world.edit(&mut request, charge, |charge| {
        charge.connection.application_fee = Some(fee_id);
    });
    let passing = Passing {
        purse: MERCHANT,
        transfer: None,
        fee: Some(fee),
    };
    world.passings.insert(id, passing);
    world.announce(&mut request, "application_fee.created", fee);
    world.announce(&mut request, "charge.succeeded", charge);
    world.announce(&mut request, "payment_intent.succeeded", intent);
    let end_us = request.now_us;
    world.finish(request);
    charging::plan_follow_ups(world, end_us, charge);
}

/// Somebody whom no account knows as its customer.
fn stranger(world: &mut World) -> Payer {
    let random = &mut world.random;
    let number = u32::try_from(random.below(10_000)).expect("below ten thousand");
    let card = Card {
        brand: random.pick(&["visa", "mastercard", "jcb"]),
        funding: "credit",
        last4: format!("{:04}", random.below(10_000)).into(),
        fingerprint: random.token(16).into(),
        exp_month: random.between(1, 12),
        exp_year: random.between(2028, 2033),
    };
    let mint = &world.purses[MERCHANT].mint;
    let method = mint.dated(random, "pm", world.config.start_s);
    Payer {
        customer: None,
        number,
        email: format!("guest-{number:04}@example.com").into(),
        name: format!("Guest {number:04}").into(),
        card,
        payment_method: Some(method),
    }
}
