//! How subscriptions begin: bought with a card, bought on a page of Stripe's, with a trial, or left incomplete and paid
//! later or never.

use super::{billing, discounts, ending, finalize, pauses, payment, proration, schedules, signup};
use crate::calendar::{DAY_S, HOUR_S, SECOND_US, second};
use crate::history::Handle;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{Invoice, InvoiceStatus, Line, SignupSession, Subscription, SubscriptionItem};
use crate::world::{Bill, Plan, World};

/// Starts a customer's subscription, one way or another.
pub(crate) fn subscribe(world: &mut World, at_us: i64, client: usize) {
    let rates = world.config.billing;
    if world.random.chance(rates.trials) {
        begin_trial(world, at_us, client);
    } else if world.random.chance(rates.incomplete) {
        begin_incomplete(world, at_us, client);
    } else if world.random.chance(rates.checkout) {
        open_page(world, at_us, client);
    } else {
        let request = world.late_request(at_us);
        buy(world, request, client, None);
    }
}

/// The page is opened some minutes before the customer buys; some pages are left and expire.
fn open_page(world: &mut World, at_us: i64, client: usize) {
    let created_s = second(at_us);
    let customer = world.histories.newest(world.clients[client].customer);
    let session = SignupSession {
        id: format!("cs_live_a1{}", world.random.token(56)).into(),
        created_s,
        customer: customer.id.clone(),
        email: customer.email.clone(),
        name: customer.name.clone(),
        currency: world.clients[client].currency,
        status: "open",
        invoice: None,
        subscription: None,
        sums: (0, 0, 0, 0),
    };
    let mut request = world.api_request(at_us);
    let session = world.insert(&mut request, session);
    world.finish(request);
    if world.random.chance(150) {
        let gone_us = world.later(at_us + DAY_S * SECOND_US, 1, 60);
        world.plan_step(gone_us, move |world, at_us| {
            let mut request = world.automatic_step(at_us);
            world.edit(&mut request, session, |session| session.status = "expired");
            world.announce(&mut request, "checkout.session.expired", session);
            world.finish(request);
        });
    }
    let again = world.random.chance(150);
    let bought_us = world.later(at_us, 40, 900);
    world.plan_step(bought_us, move |world, at_us| {
        // Who left one page buys directly.
        let left = again || world.histories.newest(session).status != "open";
        let request = world.late_step(at_us);
        buy(world, request, client, (!left).then_some(session));
    });
}

/// Starts a subscription and pays its first invoice in the same request, whose events all show the end.
fn buy(
    world: &mut World,
    mut request: Request,
    client: usize,
    session: Option<Handle<SignupSession>>,
) {
    let created_s = second(request.now_us);
    let yearly = world.random.chance(250);
    let mut subscription = signup::new_subscription(world, client, yearly, created_s);
    let invoice = paid_invoice(world, client, &subscription, created_s);
    let due_minor = invoice.due_minor();
    subscription.latest_invoice = Some(invoice.id.clone());
    let (invoice_id, subscription_id) = (invoice.id.clone(), subscription.id.clone());
    let sums = session_sums(&invoice);
    let invoice = world.insert(&mut request, invoice);
    let mut bill = Bill {
        client,
        plan: None,
        invoice,
        collection: None,
    };
    finalize::open_collection(world, &mut request, &mut bill, due_minor);
    let charge = payment::charge_card(world, &mut request, &bill);
    let subscription = world.insert(&mut request, subscription);
    let (intent, _) = bill.collection.expect("it was just opened");

    world.announce(&mut request, "charge.succeeded", charge);
    tell_currency(world, &mut request, client);
    if let Some(session) = session {
        complete(
            world,
            &mut request,
            session,
            (invoice_id, subscription_id),
            sums,
        );
    }
    world.announce(&mut request, "customer.subscription.created", subscription);
    world.announce(&mut request, "payment_intent.succeeded", intent);
    world.announce(&mut request, "payment_intent.created", intent);
    announce_paid(world, &mut request, invoice);
    discounts::spend(world, &mut request, &bill);
    let end_us = request.now_us;
    world.finish(request);
    let plan = open_plan(world, client, subscription, yearly, 1);
    bill.plan = Some(plan);
    let bill = world.add_bill(bill);
    payment::plan_aftermath(world, end_us, bill, charge);
    plan_life(world, end_us, plan);
}

fn complete(
    world: &mut World,
    request: &mut Request,
    session: Handle<SignupSession>,
    (invoice, subscription): (Text, Text),
    sums: (i64, i64, i64, i64),
) {
    world.edit(request, session, |session| {
        session.status = "complete";
        session.invoice = Some(invoice);
        session.subscription = Some(subscription);
        session.sums = sums;
    });
    world.announce(request, "checkout.session.completed", session);
}

/// Subtotal, total, discount and tax of an invoice, as its session shows them.
fn session_sums(invoice: &Invoice) -> (i64, i64, i64, i64) {
    let discount_minor = invoice.lines.iter().map(Line::discounted_minor).sum();
    let tax_minor = invoice
        .total_taxes()
        .iter()
        .map(|tax| tax.amount_minor)
        .sum();
    (
        invoice.subtotal_minor(),
        invoice.total_minor(),
        discount_minor,
        tax_minor,
    )
}

fn tell_currency(world: &mut World, request: &mut Request, client: usize) {
    if billing::choose_currency(world, request, client) {
        let customer = world.clients[client].customer;
        world.announce_change(request, "customer.updated", customer);
    }
}

fn announce_paid(world: &mut World, request: &mut Request, invoice: Handle<Invoice>) {
    for event_type in [
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
    ] {
        world.announce(request, event_type, invoice);
    }
}

fn open_plan(
    world: &mut World,
    client: usize,
    subscription: Handle<Subscription>,
    yearly: bool,
    periods: i64,
) -> usize {
    world.clients[client].terms.plan = Some(world.plans.len());
    world.plans.push(Plan {
        client,
        subscription,
        yearly,
        periods,
    });
    world.plans.len() - 1
}

/// What a subscription that runs may bring.
fn plan_life(world: &mut World, at_us: i64, plan: usize) {
    billing::plan_renewal(world, plan);
    billing::plan_cancellation(world, at_us, plan);
    proration::plan_changes(world, at_us, plan);
    pauses::plan(world, at_us, plan);
    schedules::plan(world, at_us, plan);
}

/// The first invoice, finalised but not yet paid.
fn first_invoice(
    world: &mut World,
    client: usize,
    subscription: &Subscription,
    created_s: i64,
) -> Invoice {
    let draft = billing::subscription_invoice(world, client, subscription, created_s);
    let number = finalize::next_number(world);
    Invoice {
        billing_reason: "subscription_create",
        status: InvoiceStatus::Open,
        number: Some(number),
        auto_advance: false,
        automatically_finalizes_at: None,
        next_payment_attempt: None,
        finalized_at: Some(created_s),
        ending_balance_minor: Some(draft.starting_balance_minor),
        ..draft
    }
}

/// The first invoice as it stands when the request ends: finalised and paid.
fn paid_invoice(
    world: &mut World,
    client: usize,
    subscription: &Subscription,
    created_s: i64,
) -> Invoice {
    let open = first_invoice(world, client, subscription, created_s);
    Invoice {
        status: InvoiceStatus::Paid,
        attempted: true,
        attempt_count: i64::from(open.due_minor() > 0),
        amount_paid_minor: open.due_minor(),
        paid_at: Some(created_s),
        ..open
    }
}

/// Starts with a trial: an invoice over nothing, paid at once, and the first one over something when the trial ends.
fn begin_trial(world: &mut World, at_us: i64, client: usize) {
    let mut request = world.late_request(at_us);
    let created_s = second(at_us);
    let yearly = world.random.chance(250);
    let end_s = created_s + world.random.pick(&[7, 14, 30]) * DAY_S;
    let mut subscription = signup::new_subscription(world, client, yearly, created_s);
    subscription.status = "trialing";
    subscription.anchor_s = end_s;
    subscription.trial = Some((created_s, end_s));
    let on_trial = |item: &SubscriptionItem| SubscriptionItem {
        period_end_s: end_s,
        ..item.clone()
    };
    subscription.items = subscription.items.iter().map(on_trial).collect();
    let invoice = trial_invoice(world, client, &subscription, created_s);
    subscription.latest_invoice = Some(invoice.id.clone());
    let invoice = world.insert(&mut request, invoice);
    let subscription = world.insert(&mut request, subscription);
    tell_currency(world, &mut request, client);
    world.announce(&mut request, "customer.subscription.created", subscription);
    announce_paid(world, &mut request, invoice);
    let end_us = request.now_us;
    world.finish(request);
    let plan = open_plan(world, client, subscription, yearly, 0);
    plan_life(world, end_us, plan);
    let warned_us = world.later((end_s - 3 * DAY_S) * SECOND_US, 1, 120);
    world.plan_step(warned_us, move |world, at_us| {
        if world.histories.newest(subscription).status == "trialing" {
            let mut request = world.automatic_step(at_us);
            let event_type = "customer.subscription.trial_will_end";
            world.announce(&mut request, event_type, subscription);
            world.finish(request);
        }
    });
}

fn trial_invoice(
    world: &mut World,
    client: usize,
    subscription: &Subscription,
    created_s: i64,
) -> Invoice {
    let paid = paid_invoice(world, client, subscription, created_s);
    let free = |line: &Line| Line {
        amount_minor: 0,
        unit_amount: "0".into(),
        description: format!("Trial period for {}", line.description).into(),
        discounts: [].into(),
        taxes: [].into(),
        ..line.clone()
    };
    Invoice {
        lines: paid.lines.iter().map(free).collect(),
        discounts: [].into(),
        amount_paid_minor: 0,
        attempt_count: 0,
        ..paid
    }
}

/// Starts without a payment: the customer pays within hours, or the subscription expires after 23 of them.
fn begin_incomplete(world: &mut World, at_us: i64, client: usize) {
    let mut request = world.late_request(at_us);
    let created_s = second(at_us);
    let yearly = world.random.chance(250);
    let mut subscription = signup::new_subscription(world, client, yearly, created_s);
    subscription.status = "incomplete";
    let invoice = first_invoice(world, client, &subscription, created_s);
    let due_minor = invoice.due_minor();
    subscription.latest_invoice = Some(invoice.id.clone());
    let invoice = world.insert(&mut request, invoice);
    let mut bill = Bill {
        client,
        plan: None,
        invoice,
        collection: None,
    };
    finalize::open_collection(world, &mut request, &mut bill, due_minor);
    let subscription = world.insert(&mut request, subscription);
    let (intent, _) = bill.collection.expect("it was just opened");
    tell_currency(world, &mut request, client);
    world.announce(&mut request, "customer.subscription.created", subscription);
    world.announce(&mut request, "payment_intent.created", intent);
    world.announce(&mut request, "invoice.created", invoice);
    world.announce(&mut request, "invoice.finalized", invoice);
    world.finish(request);
    let plan = open_plan(world, client, subscription, yearly, 1);
    bill.plan = Some(plan);
    let bill = world.add_bill(bill);
    if world.random.chance(500) {
        let paid_us = world.later(at_us, 60, 5 * HOUR_S);
        world.plan_step(paid_us, move |world, at_us| {
            let request = world.api_request(at_us);
            payment::collect(world, request, bill, 0);
            plan_life(world, at_us, plan);
        });
    } else {
        let gone_us = world.later(at_us + 23 * HOUR_S * SECOND_US, 1, 300);
        world.plan_step(gone_us, move |world, at_us| {
            expire(world, at_us, bill, subscription)
        });
    }
}

fn expire(world: &mut World, at_us: i64, bill: usize, subscription: Handle<Subscription>) {
    let mut request = world.automatic_step(at_us);
    ending::void_now(world, &mut request, bill);
    world.edit(&mut request, subscription, |subscription| {
        subscription.status = "incomplete_expired";
        subscription.ended_at = Some(second(at_us));
    });
    world.announce_change(&mut request, "customer.subscription.updated", subscription);
    world.finish(request);
}
