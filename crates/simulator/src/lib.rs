//! A deterministic Stripe: a seeded company, its events, their delivery and the truth. Pure: no clock, no input or
//! output, no chance besides the seed, no floats. It imports none of the other crates and speaks wire JSON only, so that
//! a field misread there can't be misread here too and pass.

mod api;
mod behind;
mod billing_rates;
mod busy;
mod calendar;
mod config;
mod courier;
mod delivery;
mod difference;
mod exchange;
mod flows;
mod funds;
mod history;
mod identity;
mod json;
mod live;
mod observation;
mod odds;
mod purse;
mod random;
mod recording;
mod request;
mod shapes;
mod tally;
mod truth;
mod world;

pub use api::{
    ApiAnswer, ApiRequest, Attempt, Busiest, Endpoint, Fate, Faults, Grant, Key, LIVE_KEY, Limits,
    Loss, LossClass, Night, Odd, OddItem, Served, Stripe, Terms, WEBHOOK_SECRET, Warehouse,
};
pub use behind::Behind;
pub use billing_rates::BillingRates;
pub use busy::{BusyObject, Load, live_busily};
pub use config::Config;
pub use delivery::{Arrival, Counts, Delivered, Delivery, Kind, count, deliver};
pub use live::{Company, Standing};
pub use observation::Read;
pub use odds::Odds;
pub use recording::{Event, Recording};
pub use shapes::API_VERSION;
pub use tally::Sum;
pub use truth::{OBJECT_TYPES, Truth};

/// Lives through a company's days.
pub fn simulate(config: &Config) -> Recording {
    world::World::new(*config).run()
}
