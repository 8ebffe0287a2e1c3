//! From what a customer pays to what an account's balance moves: exchange into a currency that it keeps, and the fees.

use crate::calendar::second;
use crate::exchange::Rate;
use crate::history::Handle;
use crate::json::Text;
use crate::request::Request;
use crate::shapes::{BalanceTransaction, Charge, Currency, Fee};
use crate::world::{Movement, World};

/// What Stripe calls its fee on a payment.
const PROCESSING: &str = "Stripe processing fees";
/// What Stripe calls its fee on an exchange.
const CONVERSION: &str = "Stripe currency conversion fee";

/// An amount in a currency that an account keeps.
#[derive(Clone, Copy)]
pub(crate) struct Settled {
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) rate: Option<Rate>,
}

/// Exchanges an amount at the day's rate, where the request's account doesn't keep its currency.
pub(crate) fn exchange(
    world: &World,
    request: &Request,
    amount_minor: i64,
    paid: Currency,
) -> Settled {
    let currency = world.purses[world.purse_of(request)].settles_in(paid);
    let rate = Rate::on(world.config.seed, second(request.now_us), paid, currency);
    Settled {
        amount_minor: rate.map_or(amount_minor, |rate| rate.convert(amount_minor)),
        currency,
        rate,
    }
}

/// What the card network and Stripe keep of a payment: 2.9 % + 30 cents, 1.5 % + 25 euro cents, 3.6 % in yen, halves up.
pub(crate) fn processing_minor(amount_minor: i64, currency: Currency) -> i64 {
    match currency {
        Currency::Usd => (amount_minor * 29 + 500) / 1000 + 30,
        Currency::Eur => (amount_minor * 15 + 500) / 1000 + 25,
        Currency::Gbp => (amount_minor * 15 + 500) / 1000 + 20,
        Currency::Jpy => (amount_minor * 36 + 500) / 1000,
        Currency::Kwd => (amount_minor * 25 + 500) / 1000 + 100,
    }
}

/// The parts that are kept of a settled payment.
pub(crate) fn fees(settled: Settled, charge: &Charge) -> Vec<Fee> {
    let amount_minor = settled.amount_minor;
    let processing_minor = processing_minor(amount_minor, settled.currency);
    let mut fees = vec![Fee::of_stripe(processing_minor, PROCESSING)];
    if settled.rate.is_some() {
        // 1 %, halves up.
        fees.push(Fee::of_stripe((amount_minor * 10 + 500) / 1000, CONVERSION));
    }
    if settled.currency == Currency::Jpy {
        // A tenth of the fee, which Stripe passes on to the state.
        fees.push(Fee {
            kind: "tax",
            ..Fee::of_stripe((processing_minor + 5) / 10, "Japanese consumption tax")
        });
    }
    if let Some(minor) = charge.connection.application_fee_minor {
        fees.push(Fee {
            amount_minor: minor,
            kind: "application_fee",
            description: "Synthetic Company application fee",
            application: charge.connection.application.clone(),
        });
    }
    fees
}

/// Books what a charge brings to the request's account.
pub(crate) fn settle(
    world: &mut World,
    request: &mut Request,
    charge: &Charge,
) -> Handle<BalanceTransaction> {
    let settled = exchange(world, request, charge.amount_minor, charge.currency);
    // What the company takes of a charge of its own is taken of the connected account's part instead.
    let taken_here = charge.connection.destination.is_none();
    let mut fees = fees(settled, charge);
    fees.retain(|fee| taken_here || fee.kind != "application_fee");
    let (is_card, days) = if charge.method.is_card() {
        (true, 2)
    } else {
        (false, 4)
    };
    let movement = Movement {
        fees,
        rate: settled.rate,
        description: Some(charge.description.clone()),
        delay_days: days,
        ..Movement::of(
            &charge.id,
            if is_card { "charge" } else { "payment" },
            "charge",
            settled.amount_minor,
            settled.currency,
        )
    };
    world.book(request, movement)
}

/// As `settle`, by the id of what was booked.
pub(crate) fn settled(world: &mut World, request: &mut Request, charge: &Charge) -> Text {
    let handle = settle(world, request, charge);
    world.histories.newest(handle).id.clone()
}
