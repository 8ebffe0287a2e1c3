//! A second card saved for later, and taken away again.

use super::signup;
use crate::calendar::{DAY_S, second};
use crate::history::Handle;
use crate::shapes::{PaymentMethod, SetupIntent};
use crate::world::World;

/// Some customers save a second card.
pub(crate) fn plan_saving(world: &mut World, at_us: i64, client: usize) {
    if world.random.chance(world.config.odds.saved_cards) {
        let saved_us = world.later(at_us, 3_600, 40 * DAY_S);
        world.plan_step(saved_us, move |world, at_us| save(world, at_us, client));
    }
}

fn save(world: &mut World, at_us: i64, client: usize) {
    let customer = world.clients[client].customer;
    let owner = world.histories.newest(customer).clone();
    if owner.deleted {
        return;
    }
    let mut request = world.api_request(at_us);
    let intent = SetupIntent {
        id: world.mint_id(&request, "seti"),
        created_s: second(at_us),
        customer: owner.id.clone(),
        secret: world.random.token(25).into(),
        payment_method: None,
        latest_attempt: None,
    };
    let intent = world.insert(&mut request, intent);
    world.announce(&mut request, "setup_intent.created", intent);
    world.finish(request);
    let proven_us = world.later(at_us, 10, 120);
    world.plan_step(proven_us, move |world, at_us| {
        let mut request = world.automatic_step(at_us);
        let card = signup::draw_card(world);
        let id = signup::new_card_id(world, second(at_us));
        let method = signup::method_of(&owner, &card, id.clone(), second(at_us));
        let method = world.insert(&mut request, method);
        let attempt = world.mint_id(&request, "setatt");
        world.edit(&mut request, intent, |intent| {
            intent.payment_method = Some(id);
            intent.latest_attempt = Some(attempt);
        });
        world.announce(&mut request, "payment_method.attached", method);
        world.announce(&mut request, "setup_intent.succeeded", intent);
        world.finish(request);
        if world.random.chance(700) {
            let gone_us = world.later(at_us, 3_600, 30 * DAY_S);
            world.plan_step(gone_us, move |world, at_us| detach(world, at_us, method));
        }
    });
}

fn detach(world: &mut World, at_us: i64, method: Handle<PaymentMethod>) {
    let mut request = world.api_request(at_us);
    world.edit(&mut request, method, |method| method.customer = None);
    world.announce_change(&mut request, "payment_method.detached", method);
    world.finish(request);
}
