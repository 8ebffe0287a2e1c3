//! Payments without an invoice: by the company's own page or Stripe's, with a card that may have to be proven, for the
//! company or passed on to a connected account. What is captured by hand or debited over days goes on in other files.

use super::charging::{self, Payer};
use super::{capture, connect, delayed};
use crate::calendar::{DAY_S, second};
use crate::history::Handle;
use crate::json::Text;
use crate::purse::{COMPANY, SELLERS};
use crate::request::Request;
use crate::shapes::{
    CheckoutSession, Currency, IntentTerms, Method, Payment, PaymentIntent, Stage,
};
use crate::world::World;

/// A payment under way.
#[derive(Clone)]
pub(crate) struct Sale {
    pub(crate) payer: Payer,
    pub(crate) intent: Handle<PaymentIntent>,
    pub(crate) session: Option<Handle<CheckoutSession>>,
}

/// What is to be paid.
struct Order {
    client: usize,
    amount_minor: i64,
    currency: Currency,
    terms: IntentTerms,
}

/// Some customers buy beside their subscription.
pub(crate) fn plan_sales(world: &mut World, at_us: i64, client: usize) {
    let mut next_us = at_us;
    while world.random.chance(world.config.odds.sales) {
        next_us = world.later(next_us, 3_600, 40 * DAY_S);
        world.plan_step(next_us, move |world, at_us| sell(world, at_us, client));
    }
}

fn sell(world: &mut World, at_us: i64, client: usize) {
    let customer = world.clients[client].customer;
    if world.histories.newest(customer).deleted {
        return;
    }
    let order = draw_order(world, client);
    let by_checkout = !order.terms.captured_by_hand && {
        let odds = world.config.odds.by_checkout;
        world.random.chance(odds)
    };
    if by_checkout {
        return open_session(world, at_us, order);
    }
    let mut request = world.api_request(at_us);
    let sale = open_sale(world, &mut request, order, None);
    let method = world.histories.newest(sale.intent).terms.method;
    if method.is_card() && world.random.chance(world.config.odds.refused) {
        return refuse(world, request, sale);
    }
    confirm(world, request, sale);
}

fn draw_order(world: &mut World, client: usize) -> Order {
    let odds = world.config.odds;
    let mut currency = world.clients[client].currency;
    if world.random.chance(odds.foreign) {
        currency = world.random.pick(&Currency::ALL);
    }
    let delays = match currency {
        Currency::Usd => Some(Method::UsBankAccount),
        Currency::Eur => Some(Method::SepaDebit),
        _ => None,
    };
    let delayed = delays.filter(|_| world.random.chance(odds.delayed));
    let by_card = if world.random.chance(odds.secure_cards) {
        Method::SecureCard
    } else {
        Method::Card
    };
    let method = delayed.unwrap_or(by_card);
    let amount_minor = currency.chargeable(world.random.between(600, 60_000));
    let mut terms = IntentTerms {
        purse: COMPANY,
        method,
        ..IntentTerms::default()
    };
    if method.is_card() && world.random.chance(odds.captured_by_hand) {
        terms.captured_by_hand = true;
    } else if method.is_card() && world.purses[COMPANY].settles_in(currency) == currency {
        // Only what is kept as it was paid is passed on.
        draw_destination(world, &mut terms, amount_minor);
    }
    Order {
        client,
        amount_minor,
        currency,
        terms,
    }
}

/// Passes some payments on: less a fee, or only a part.
fn draw_destination(world: &mut World, terms: &mut IntentTerms, amount_minor: i64) {
    if !world.random.chance(world.config.odds.passed_on) {
        return;
    }
    let purse = world.random.pick(&SELLERS);
    let account = world.purses[purse].mint.account.clone();
    let tenth_minor = (amount_minor / 10).max(1);
    if world.random.chance(600) {
        terms.application_fee_minor = Some(tenth_minor);
        terms.destination = Some((account, None));
    } else {
        terms.destination = Some((account, Some(amount_minor - 2 * tenth_minor)));
    }
    let group = format!("group_{}", world.random.token(12));
    terms.transfer_group = Some(group.into());
}

/// Makes the intent and tells of it.
fn open_sale(
    world: &mut World,
    request: &mut Request,
    order: Order,
    session: Option<Handle<CheckoutSession>>,
) -> Sale {
    let payer = charging::payer_of(world, order.client);
    // What is passed on has its balance transaction at once, and so has what takes days or is captured by hand.
    let simple = order.terms.destination.is_none() && !order.terms.captured_by_hand;
    let asynchronous = simple && world.random.chance(world.config.async_capture_per_mille);
    let intent = new_intent(world, request, &payer, order.amount_minor, order.currency);
    let intent = PaymentIntent {
        settles_at_once: !asynchronous,
        terms: order.terms,
        ..intent
    };
    let intent = world.insert(request, intent);
    world.announce(request, "payment_intent.created", intent);
    Sale {
        payer,
        intent,
        session,
    }
}

/// An intent without an invoice, on the request's account.
pub(crate) fn new_intent(
    world: &mut World,
    request: &Request,
    payer: &Payer,
    amount_minor: i64,
    currency: Currency,
) -> PaymentIntent {
    let created_s = second(request.now_us);
    let purse = world.purse_of(request);
    let number = world.random.below(1_000_000);
    PaymentIntent {
        id: world.purses[purse]
            .mint
            .payment_intent(&mut world.random, created_s),
        created_s,
        amount_minor,
        currency,
        customer: payer.customer.clone(),
        email: payer.email.clone(),
        description: format!("Order {number:06}").into(),
        secret: world.random.token(25).into(),
        canceled_at: None,
        last_decline: None,
        latest_charge: None,
        payment_method: None,
        succeeded: false,
        attempted: false,
        settles_at_once: true,
        invoice: None,
        terms: IntentTerms::default(),
    }
}

/// Takes the payment the way its terms say, and ends the request.
fn confirm(world: &mut World, mut request: Request, sale: Sale) {
    let method = world.histories.newest(sale.intent).terms.method;
    match method {
        Method::SecureCard => ask(world, request, sale),
        Method::UsBankAccount | Method::SepaDebit => delayed::submit(world, request, sale),
        Method::Card | Method::StripeAccount => {
            request.now_us += 400_000;
            charge(world, request, sale);
        }
    }
}

fn charge(world: &mut World, request: Request, sale: Sale) {
    let by_hand = world.histories.newest(sale.intent).terms.captured_by_hand;
    if by_hand {
        capture::authorize(world, request, sale);
    } else {
        complete(world, request, &sale);
    }
}

/// Takes the money at once, passes it on where asked, and tells of all.
fn complete(world: &mut World, mut request: Request, sale: &Sale) {
    let charge = charging::take(world, &mut request, &sale.payer, sale.intent);
    connect::pass_on(world, &mut request, charge);
    world.announce(&mut request, "charge.succeeded", charge);
    world.announce(&mut request, "payment_intent.succeeded", sale.intent);
    pay_session(world, &mut request, sale, Payment::Paid);
    let end_us = request.now_us;
    world.finish(request);
    charging::plan_follow_ups(world, end_us, charge);
}

/// Completes the session of a sale, if it has one.
pub(crate) fn pay_session(world: &mut World, request: &mut Request, sale: &Sale, paid: Payment) {
    let Some(session) = sale.session else { return };
    let intent = world.histories.newest(sale.intent).id.clone();
    world.edit(request, session, |session| {
        session.payment = paid;
        session.payment_intent = Some(intent);
    });
    world.announce(request, "checkout.session.completed", session);
}

/// Asks the customer to prove the card theirs, which mostly takes seconds, and sometimes fails.
fn ask(world: &mut World, mut request: Request, sale: Sale) {
    let method = sale.payer.payment_method.clone();
    world.edit(&mut request, sale.intent, |intent| {
        intent.terms.phase = Stage::Action;
        intent.payment_method = method;
    });
    world.announce(&mut request, "payment_intent.requires_action", sale.intent);
    let end_us = request.now_us;
    world.finish(request);
    let proven = world.random.chance(750);
    let answered_us = world.later(end_us, 8, 90);
    world.plan_step(answered_us, move |world, at_us| {
        let mut request = world.automatic_step(at_us);
        world.edit(&mut request, sale.intent, |intent| {
            intent.terms.phase = Stage::Plain;
            intent.terms.unproven = !proven;
        });
        if proven {
            return charge(world, request, sale);
        }
        world.edit(&mut request, sale.intent, |intent| {
            intent.payment_method = None;
        });
        world.announce(&mut request, "payment_intent.payment_failed", sale.intent);
        world.finish(request);
        plan_end(world, at_us, &sale);
    });
}

fn refuse(world: &mut World, mut request: Request, sale: Sale) {
    charging::refuse(world, &mut request, &sale.payer, sale.intent);
    let end_us = request.now_us;
    world.finish(request);
    if world.random.chance(500) {
        return plan_end(world, end_us, &sale);
    }
    let again_us = world.later(end_us, 20, 600);
    world.plan_step(again_us, move |world, at_us| {
        let request = world.api_request(at_us);
        confirm(world, request, sale);
    });
}

/// An intent that nobody pays is cancelled; the session of one expires.
pub(crate) fn plan_end(world: &mut World, at_us: i64, sale: &Sale) {
    let Sale {
        intent, session, ..
    } = *sale;
    let end_us = world.later(at_us, DAY_S, 3 * DAY_S);
    world.plan_step(end_us, move |world, at_us| {
        let mut request = world.automatic_step(at_us);
        if let Some(session) = session {
            expire(world, &mut request, session);
        }
        world.edit(&mut request, intent, |intent| {
            intent.canceled_at = Some(second(at_us));
            intent.terms.cancellation_reason = Some("abandoned");
        });
        world.announce(&mut request, "payment_intent.canceled", intent);
        world.finish(request);
    });
}

fn expire(world: &mut World, request: &mut Request, session: Handle<CheckoutSession>) {
    if world.histories.newest(session).payment == Payment::Open {
        world.edit(request, session, |session| {
            session.payment = Payment::Expired;
        });
        world.announce(request, "checkout.session.expired", session);
    }
}

/// Sends the customer to a page of Stripe's; no event tells of it until it is paid or expires.
fn open_session(world: &mut World, at_us: i64, order: Order) {
    let mut request = world.api_request(at_us);
    let payer = charging::payer_of(world, order.client);
    let id: Text = format!("cs_live_a1{}", world.random.token(56)).into();
    let session = CheckoutSession {
        id,
        created_s: second(at_us),
        amount_minor: order.amount_minor,
        currency: order.currency,
        customer: payer.customer.clone(),
        email: payer.email.clone(),
        name: payer.name.clone(),
        method: order.terms.method,
        payment: Payment::Open,
        payment_intent: None,
    };
    let session = world.insert(&mut request, session);
    world.finish(request);
    if world.random.chance(120) {
        let expired_us = world.later(at_us + DAY_S * 1_000_000, 1, 300);
        return world.plan_step(expired_us, move |world, at_us| {
            let mut request = world.automatic_step(at_us);
            expire(world, &mut request, session);
            world.finish(request);
        });
    }
    let paid_us = world.later(at_us, 20, 900);
    world.plan_step(paid_us, move |world, at_us| {
        // What a customer does on Stripe's page is no request of the company's.
        let mut request = world.automatic_step(at_us);
        let sale = open_sale(world, &mut request, order, Some(session));
        confirm(world, request, sale);
    });
}
