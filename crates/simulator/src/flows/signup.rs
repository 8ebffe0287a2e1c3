//! Customers who sign up: card, customer, default card, and the first subscription, paid at once by the customer or on a page
//! of Stripe's. Other beginnings are in starts.rs.

use std::sync::Arc;

use super::{
    billing, cards, cash, catalogue, churn, credits, customer_balance, discounts, manual,
    proration, sale, starts, terms,
};
use crate::calendar::{DAY_S, second};
use crate::identity::short;
use crate::json::Text;
use crate::shapes::{
    Card, Currency, Customer, Metadata, PaymentMethod, Price, Subscription, SubscriptionItem,
};
use crate::world::{Client, World};

/// A new customer, from the card to what the coming months bring.
pub(crate) fn sign_up(world: &mut World, at_us: i64, number: u32) {
    let client = open_customer(world, at_us, number);
    let given_us = at_us + 1_500_000;
    discounts::plan(world, given_us, client);
    let at_us = world.later(given_us, 2, 40);
    world.plan_step(at_us, move |world, at_us| {
        starts::subscribe(world, at_us, client)
    });
    churn::plan_changes(world, at_us, client);
    manual::plan_invoices(world, at_us, client);
    sale::plan_sales(world, at_us, client);
    cards::plan_saving(world, at_us, client);
    customer_balance::plan_adjustments(world, at_us, client);
    credits::plan_grants(world, at_us, client);
    cash::plan(world, at_us, client);
    proration::plan_extras(world, at_us, client);
}

/// Makes a card, a customer and the card its default, in two requests; the client's index.
pub(crate) fn open_customer(world: &mut World, at_us: i64, number: u32) -> usize {
    let mut request = world.api_request(at_us);
    let created_s = second(at_us);
    let segment = world.random.pick(&["smb", "mid", "enterprise"]);
    let customer = Customer {
        id: short(&mut world.random, "cus"),
        number,
        created_s,
        name: format!("Customer {number:04}").into(),
        email: format!("customer-{number:04}@example.com").into(),
        description: None,
        phone: None,
        currency: None,
        default_payment_method: None,
        delinquent: false,
        balance_minor: 0,
        discount: None,
        tax_exempt: "none",
        invoice_prefix: world.random.token(8).to_uppercase().into(),
        metadata: Metadata::from([
            ("account_ref".into(), format!("A-{number:05}").into()),
            ("segment".into(), segment.into()),
        ]),
        deleted: false,
    };
    let (card, payment_method) = (draw_card(world), new_card_id(world, created_s));
    let method = method_of(&customer, &card, payment_method.clone(), created_s);
    let method = world.insert(&mut request, method);
    world.announce(&mut request, "payment_method.attached", method);
    let customer = world.insert(&mut request, customer);
    world.announce(&mut request, "customer.created", customer);
    let next_us = request.now_us + world.random.between(100_000, 900_000);
    world.finish(request);

    let mut request = world.api_request(next_us);
    let chosen = payment_method.clone();
    world.edit(&mut request, customer, |customer| {
        customer.default_payment_method = Some(chosen)
    });
    world.announce_change(&mut request, "customer.updated", customer);
    world.finish(request);
    let currency = match world.random.below(100) {
        0..60 => Currency::Usd,
        60..75 => Currency::Eur,
        75..82 => Currency::Gbp,
        82..95 => Currency::Jpy,
        _ => Currency::Kwd,
    };
    let terms = catalogue::draw_terms(world, currency);
    world.clients.push(Client {
        number,
        customer,
        currency,
        card,
        payment_method,
        terms,
    });
    world.clients.len() - 1
}

/// A card no one has.
pub(crate) fn draw_card(world: &mut World) -> Card {
    let random = &mut world.random;
    Card {
        brand: random.pick(&["visa", "mastercard", "amex"]),
        funding: random.pick(&["credit", "debit"]),
        last4: format!("{:04}", random.below(10_000)).into(),
        fingerprint: random.token(16).into(),
        exp_month: random.between(1, 12),
        exp_year: random.between(2028, 2033),
    }
}

/// The id of a card attached at a second.
pub(crate) fn new_card_id(world: &mut World, at_s: i64) -> Text {
    world.mint.dated(&mut world.random, "pm", at_s)
}

/// A card as attached to a customer.
pub(crate) fn method_of(customer: &Customer, card: &Card, id: Text, at_s: i64) -> PaymentMethod {
    PaymentMethod {
        id,
        created_s: at_s,
        customer: Some(customer.id.clone()),
        email: customer.email.clone(),
        name: customer.name.clone(),
        number: customer.number,
        card: card.clone(),
    }
}

/// A subscription to be begun, with one to three items.
pub(crate) fn new_subscription(
    world: &mut World,
    client: usize,
    yearly: bool,
    created_s: i64,
) -> Subscription {
    let first = billing::period(created_s, yearly, 0);
    let id = world.mint.dated(&mut world.random, "sub", created_s);
    let items = draw_items(world, client, yearly, created_s, first);
    Subscription {
        id,
        created_s,
        customer: world
            .histories
            .newest(world.clients[client].customer)
            .id
            .clone(),
        currency: world.clients[client].currency,
        status: "active",
        items,
        cancel_at: None,
        cancel_at_period_end: false,
        canceled_at: None,
        cancellation_reason: None,
        ended_at: None,
        latest_invoice: None,
        anchor_s: created_s,
        trial: None,
        paused: None,
        schedule: None,
        discounts: [].into(),
        tax_rates_json: terms::rates_json(world, client),
        metadata: Metadata::from([("plan_ref".into(), format!("S-{client:05}").into())]),
    }
}

fn draw_items(
    world: &mut World,
    client: usize,
    yearly: bool,
    created_s: i64,
    (period_start_s, period_end_s): (i64, i64),
) -> Arc<[SubscriptionItem]> {
    let currency = world.clients[client].currency;
    let fits = |price: &&Price| price.currency == currency && price.yearly == yearly;
    let prices: Vec<Price> = world.prices.iter().filter(fits).cloned().collect();
    let count = 1 + world.random.index(3);
    prices[..count]
        .iter()
        .enumerate()
        .map(|(place, price)| SubscriptionItem {
            id: short(&mut world.random, "si"),
            created_s,
            price: price.id.clone(),
            price_json: price.embedded().into(),
            plan_json: price.plan().into(),
            product: price.product.clone(),
            product_name: price.product_name,
            unit_amount_minor: price.unit_amount_minor,
            quantity: if place == 0 {
                1
            } else {
                world.random.between(1, 9)
            },
            period_start_s,
            period_end_s,
        })
        .collect()
}

/// Seconds after which a signed-up customer has settled in.
pub(crate) const SETTLED_S: i64 = DAY_S;
