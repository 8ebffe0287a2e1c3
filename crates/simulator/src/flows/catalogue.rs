//! The catalogue: products and prices that are subscribed to and never change, others that come, change and go; coupons
//! with codes, and tax rates.

use super::ending;
use super::terms::Terms;
use crate::calendar::{DAY_S, SECOND_US, second};
use crate::history::Handle;
use crate::identity::short;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{Coupon, Currency, Price, Product, PromotionCode, TaxRate};
use crate::world::World;

/// Name, monthly price in usd and in jpy, minor units.
const PRODUCTS: [(&str, i64, i64); 4] = [
    ("Base plan", 4_900, 4_800),
    ("Extra seat", 1_250, 1_200),
    ("Storage", 735, 700),
    ("Priority support", 2_999, 2_980),
];

/// Country, name, type, whether inside the price, thousandths of a percent.
const TAX_RATES: [(&str, &str, &str, bool, i64); 6] = [
    ("US", "Sales tax", "sales_tax", false, 8_875),
    ("US", "District tax", "sales_tax", false, 500),
    ("JP", "Consumption tax", "jct", true, 10_000),
    ("DE", "VAT", "vat", false, 19_000),
    ("DE", "VAT", "vat", true, 19_000),
    // Used by no customer: it may change.
    ("GB", "VAT", "vat", false, 20_000),
];

/// What is sold by, beside the plans.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) rates: Vec<Handle<TaxRate>>,
    /// Coupons with the code that some of them have.
    pub(crate) coupons: Vec<(Handle<Coupon>, Option<Handle<PromotionCode>>)>,
    /// Products that nobody subscribes to, with their price.
    passing: Vec<(Handle<Product>, Handle<Price>)>,
}

/// Makes all that is sold from the first day on.
pub(crate) fn open(world: &mut World, at_us: i64) {
    let mut request = world.api_request(at_us);
    for (name, usd, jpy) in PRODUCTS {
        let product = add_product(world, &mut request, name);
        for currency in Currency::ALL {
            let monthly = match currency {
                Currency::Usd | Currency::Eur => usd,
                Currency::Gbp => usd * 4 / 5,
                Currency::Jpy => jpy,
                Currency::Kwd => currency.chargeable(usd * 3),
            };
            for yearly in [false, true] {
                let unit_amount_minor = if yearly { monthly * 10 } else { monthly };
                let price = new_price(world, &request, product, name);
                let price = Price {
                    currency,
                    yearly,
                    unit_amount_minor,
                    ..price
                };
                world.prices.push(price.clone());
                let price = world.insert(&mut request, price);
                world.announce(&mut request, "price.created", price);
            }
        }
    }
    world.finish(request);
    let next_us = at_us + 30 * SECOND_US;
    let mut request = world.api_request(next_us);
    open_rates(world, &mut request);
    open_coupons(world, &mut request);
    world.finish(request);
}

fn add_product(world: &mut World, request: &mut Request, name: &str) -> Handle<Product> {
    let created_s = second(request.now_us);
    let product = Product {
        id: short(&mut world.random, "prod"),
        name: name.into(),
        created_s,
        updated_s: created_s,
        active: true,
        deleted: false,
    };
    let product = world.insert(request, product);
    world.announce(request, "product.created", product);
    product
}

fn new_price(
    world: &mut World,
    request: &Request,
    product: Handle<Product>,
    product_name: &'static str,
) -> Price {
    let created_s = second(request.now_us);
    Price {
        id: world.mint.dated(&mut world.random, "price", created_s),
        product: world.histories.newest(product).id.clone(),
        product_name,
        created_s,
        currency: Currency::Usd,
        yearly: false,
        unit_amount_minor: 0,
        unit_amount_decimal: None,
        tiered: false,
        active: true,
        nickname: None,
        deleted: false,
    }
}

fn open_rates(world: &mut World, request: &mut Request) {
    for (country, display_name, tax_type, inclusive, per_100_000) in TAX_RATES {
        let created_s = second(request.now_us);
        let rate = TaxRate {
            id: world.mint.dated(&mut world.random, "txr", created_s),
            created_s,
            country,
            display_name,
            tax_type,
            description: None,
            inclusive,
            per_100_000,
            active: true,
        };
        let rate = world.insert(request, rate);
        world.announce(request, "tax_rate.created", rate);
        world.shelf.rates.push(rate);
    }
}

fn open_coupons(world: &mut World, request: &mut Request) {
    let forever = ("forever", None);
    let months = ("repeating", Some(3));
    let coupons = [
        ("Friends", Some(100), None, forever),
        ("Quarter", Some(255), None, months),
        ("Welcome", Some(200), None, ("once", None)),
        ("Five off", None, Some((500, Currency::Usd)), ("once", None)),
        ("Three off", None, Some((333, Currency::Usd)), months),
        ("Yen off", None, Some((300, Currency::Jpy)), forever),
    ];
    for (name, per_mille, amount_off, (duration, months)) in coupons {
        let coupon = Coupon {
            id: world.random.token(8).into(),
            created_s: second(request.now_us),
            name: name.into(),
            per_mille,
            amount_off,
            duration,
            months,
            times_redeemed: 0,
            deleted: false,
        };
        let id = coupon.id.clone();
        let coupon = world.insert(request, coupon);
        world.announce(request, "coupon.created", coupon);
        let coded = per_mille.is_some();
        let code = coded.then(|| add_code(world, request, id));
        world.shelf.coupons.push((coupon, code));
    }
}

fn add_code(world: &mut World, request: &mut Request, coupon: Text) -> Handle<PromotionCode> {
    let created_s = second(request.now_us);
    let code = PromotionCode {
        id: world.mint.dated(&mut world.random, "promo", created_s),
        created_s,
        code: world.random.token(8).to_uppercase().into(),
        coupon,
        active: true,
        times_redeemed: 0,
    };
    let code = world.insert(request, code);
    world.announce(request, "promotion_code.created", code);
    code
}

/// What a new customer is taxed by.
pub(crate) fn draw_terms(world: &mut World, currency: Currency) -> Terms {
    let rates = &world.shelf.rates;
    if rates.is_empty() || !world.random.chance(world.config.billing.taxes) {
        return Terms::default();
    }
    let places: &[usize] = match currency {
        Currency::Jpy => world.random.pick(&[&[2][..], &[0]]),
        Currency::Usd | Currency::Eur | Currency::Gbp | Currency::Kwd => {
            world.random.pick(&[&[0][..], &[0, 1], &[3], &[4]])
        }
    };
    Terms {
        rates: places.iter().map(|&place| rates[place]).collect(),
        ..Terms::default()
    }
}

/// Puts a change of the catalogue on the calendar every dozen days or so.
pub(crate) fn plan_changes(world: &mut World, start_us: i64, days: i64) {
    let end_us = start_us + days * DAY_S * SECOND_US;
    let mut at_us = world.later(start_us, DAY_S, 4 * DAY_S);
    while at_us < end_us {
        world.plan_step(at_us, change);
        at_us = world.later(at_us, DAY_S, 8 * DAY_S);
    }
}

fn change(world: &mut World, at_us: i64) {
    match world.random.below(100) {
        0..25 => add_passing(world, at_us),
        25..60 => change_passing(world, at_us),
        60..75 => change_coupon(world, at_us),
        75..85 => change_code(world, at_us),
        _ => change_rate(world, at_us),
    }
}

/// A product that nobody subscribes to, with a price in tenths of a cent or in tiers.
fn add_passing(world: &mut World, at_us: i64) {
    let mut request = world.change_request(at_us);
    let product = add_product(world, &mut request, "Seasonal offer");
    let tiered = world.random.chance(400);
    let tenths = world.random.between(11, 999);
    let price = Price {
        unit_amount_decimal: (!tiered).then(|| format!("{}.{}", tenths / 10, tenths % 10).into()),
        tiered,
        ..new_price(world, &request, product, "Seasonal offer")
    };
    let price = world.insert(&mut request, price);
    world.announce(&mut request, "price.created", price);
    world.finish(request);
    world.shelf.passing.push((product, price));
}

/// The newest passing product is renamed or retired, or goes with its price; sometimes no event tells it.
fn change_passing(world: &mut World, at_us: i64) {
    let Some((product, price)) = world.shelf.passing.pop() else {
        return add_passing(world, at_us);
    };
    let silent = world.random.chance(4 * world.config.billing.silent_changes);
    let mut request = world.change_request(at_us);
    if world.random.chance(300) {
        ending::delete(world, &mut request, "price.deleted", price, |price| {
            price.deleted = true;
        });
        ending::delete(world, &mut request, "product.deleted", product, |product| {
            product.deleted = true;
        });
        return world.finish(request);
    }
    let word = world.random.token(4);
    world.edit(&mut request, product, |product| {
        product.name = format!("Seasonal offer {word}").into();
        product.updated_s = second(at_us);
    });
    if !silent {
        world.announce_change(&mut request, "product.updated", product);
    }
    world.edit(&mut request, price, |price| {
        price.active = !price.active;
        price.nickname = Some(word.into());
    });
    if !silent {
        world.announce_change(&mut request, "price.updated", price);
    }
    world.finish(request);
    world.shelf.passing.push((product, price));
}

/// A coupon is renamed, or an unused one of the shelf is made and thrown away again.
fn change_coupon(world: &mut World, at_us: i64) {
    let word = world.random.token(4);
    let mut request = world.change_request(at_us);
    if world.random.chance(500) {
        let place = world.random.index(world.shelf.coupons.len());
        let (coupon, _) = world.shelf.coupons[place];
        world.edit(&mut request, coupon, |coupon| {
            coupon.name = format!("Offer {word}").into();
        });
        world.announce_change(&mut request, "coupon.updated", coupon);
        return world.finish(request);
    }
    let coupon = Coupon {
        id: world.random.token(8).into(),
        created_s: second(at_us),
        name: format!("Short offer {word}").into(),
        per_mille: Some(50),
        amount_off: None,
        duration: "once",
        months: None,
        times_redeemed: 0,
        deleted: false,
    };
    let coupon = world.insert(&mut request, coupon);
    world.announce(&mut request, "coupon.created", coupon);
    world.finish(request);
    let gone_us = world.later(at_us, 600, 3 * DAY_S);
    world.plan_step(gone_us, move |world, at_us| {
        let mut request = world.change_request(at_us);
        ending::delete(world, &mut request, "coupon.deleted", coupon, |coupon| {
            coupon.deleted = true;
        });
        world.finish(request);
    });
}

fn change_code(world: &mut World, at_us: i64) {
    let codes: Vec<_> = world.shelf.coupons.iter().filter_map(|one| one.1).collect();
    let code = codes[world.random.index(codes.len())];
    let mut request = world.change_request(at_us);
    world.edit(&mut request, code, |code| code.active = !code.active);
    world.announce_change(&mut request, "promotion_code.updated", code);
    world.finish(request);
}

/// Only the rate that no invoice shows changes: an invoice shows its rates as they are.
fn change_rate(world: &mut World, at_us: i64) {
    let rate = world.shelf.rates[TAX_RATES.len() - 1];
    let word = world.random.token(4);
    let mut request = world.change_request(at_us);
    world.edit(&mut request, rate, |rate| {
        rate.description = Some(format!("As agreed, {word}").into());
        rate.active = !rate.active;
    });
    world.announce_change(&mut request, "tax_rate.updated", rate);
    world.finish(request);
}
