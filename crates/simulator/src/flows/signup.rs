//! The catalogue, and customers who sign up: card, customer, default card, first subscription paid at once.

use std::sync::Arc;

use super::{billing, cards, churn, finalize, manual, payment, sale};
use crate::calendar::{DAY_S, second};
use crate::identity::short;
use crate::json::Text;
use crate::shapes::{
    Card, Currency, Customer, Invoice, InvoiceStatus, Metadata, PaymentMethod, Price, Product,
    Subscription, SubscriptionItem,
};
use crate::world::{Bill, Client, Plan, World};

/// Name, monthly price in usd and in jpy, minor units.
const PRODUCTS: [(&str, i64, i64); 4] = [
    ("Base plan", 4_900, 4_800),
    ("Extra seat", 1_250, 1_200),
    ("Storage", 735, 700),
    ("Priority support", 2_999, 2_980),
];

/// Makes all products and prices.
pub(crate) fn open_catalogue(world: &mut World, at_us: i64) {
    let mut request = world.api_request(at_us);
    for (name, usd, jpy) in PRODUCTS {
        let id = short(&mut world.random, "prod");
        let created_s = second(request.now_us);
        let product = world.insert(
            &mut request,
            Product {
                id: id.clone(),
                name,
                created_s,
            },
        );
        world.announce(&mut request, "product.created", product);
        for currency in Currency::ALL {
            let monthly = match currency {
                Currency::Usd | Currency::Eur => usd,
                Currency::Gbp => usd * 4 / 5,
                Currency::Jpy => jpy,
                Currency::Kwd => currency.chargeable(usd * 3),
            };
            for yearly in [false, true] {
                let price = Price {
                    id: world.mint.dated(&mut world.random, "price", created_s),
                    product: id.clone(),
                    product_name: name,
                    created_s,
                    currency,
                    yearly,
                    unit_amount_minor: if yearly { monthly * 10 } else { monthly },
                };
                world.prices.push(price.clone());
                let price = world.insert(&mut request, price);
                world.announce(&mut request, "price.created", price);
            }
        }
    }
    world.finish(request);
}

/// A new customer, from the card to what the coming months bring.
pub(crate) fn sign_up(world: &mut World, at_us: i64, number: u32) {
    let client = open_customer(world, at_us, number);
    let at_us = world.later(at_us, 2, 40);
    world.plan_step(at_us, move |world, at_us| subscribe(world, at_us, client));
    churn::plan_changes(world, at_us, client);
    manual::plan_invoices(world, at_us, client);
    sale::plan_sales(world, at_us, client);
    cards::plan_saving(world, at_us, client);
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
    world.clients.push(Client {
        number,
        customer,
        currency,
        card,
        payment_method,
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

/// Starts a subscription and pays its first invoice in the same request, whose events all show the end.
fn subscribe(world: &mut World, at_us: i64, client: usize) {
    let mut request = world.late_request(at_us);
    let created_s = second(at_us);
    let yearly = world.random.chance(250);
    let mut subscription = new_subscription(world, client, yearly, created_s);
    let invoice = first_invoice(world, client, &subscription, created_s);
    subscription.latest_invoice = Some(invoice.id.clone());
    let invoice = world.insert(&mut request, invoice);
    let mut bill = Bill {
        client,
        plan: None,
        invoice,
        collection: None,
    };
    finalize::open_collection(world, &mut request, &mut bill);
    let charge = payment::charge_card(world, &mut request, &bill);
    let subscription = world.insert(&mut request, subscription);
    let customer_changes = billing::choose_currency(world, &mut request, client);
    let (intent, _) = bill.collection.expect("it was just opened");

    world.announce(&mut request, "charge.succeeded", charge);
    if customer_changes {
        let customer = world.clients[client].customer;
        world.announce_change(&mut request, "customer.updated", customer);
    }
    world.announce(&mut request, "customer.subscription.created", subscription);
    world.announce(&mut request, "payment_intent.succeeded", intent);
    world.announce(&mut request, "payment_intent.created", intent);
    for event_type in [
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
    ] {
        world.announce(&mut request, event_type, invoice);
    }
    let end_us = request.now_us;
    world.finish(request);
    let plan = world.plans.len();
    world.plans.push(Plan {
        client,
        subscription,
        yearly,
        periods: 1,
    });
    bill.plan = Some(plan);
    world.bills.push(bill);
    payment::plan_aftermath(world, end_us, world.bills.len() - 1, charge);
    billing::plan_renewal(world, plan);
    billing::plan_cancellation(world, end_us, plan);
}

fn new_subscription(
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

/// The first invoice as it stands when the request ends: finalised and paid.
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
        status: InvoiceStatus::Paid,
        number: Some(number),
        auto_advance: false,
        automatically_finalizes_at: None,
        next_payment_attempt: None,
        attempted: true,
        attempt_count: 1,
        amount_paid_minor: draft.total_minor(),
        finalized_at: Some(created_s),
        paid_at: Some(created_s),
        ..draft
    }
}

/// Seconds after which a signed-up customer has settled in.
pub(crate) const SETTLED_S: i64 = DAY_S;
