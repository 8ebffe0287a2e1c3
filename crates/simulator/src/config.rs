//! What is simulated: the company's size and span, and how often Stripe shows its less pleasant sides.

use crate::billing_rates::BillingRates;
use crate::odds::Odds;
use crate::shapes::Currency;

/// One run of the simulator; equal configs give equal bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Decides everything that is left open.
    pub seed: u64,
    /// The Unix second the company opens at.
    pub start_s: i64,
    /// Days simulated.
    pub days: u32,
    /// Customers that sign up over the first nine tenths of the span.
    pub customers: u32,
    /// Whether an event's `created` may be a second or two off the change it tells of.
    pub created_drifts: bool,
    /// Of 1,000 requests that change one object several times, how many have every event show the final state.
    pub late_snapshots_per_mille: u32,
    /// Of 1,000 charges, how many succeed before their balance transaction exists.
    pub async_capture_per_mille: u32,
    /// How often money takes its rarer ways.
    pub odds: Odds,
    /// How often billing takes a turn other than the plain one.
    pub billing: BillingRates,
}

/// 2025-01-01T00:00:00Z.
const NEW_YEAR_2025_S: i64 = 1_735_689_600;

/// Customers of two companies that are lived through to see how many events a company comes to.
const PILOTS: [u32; 2] = [40, 240];

impl Config {
    /// The currencies that customers pay in, in Stripe's lower case.
    pub fn currencies() -> [&'static str; 5] {
        Currency::ALL.map(Currency::code)
    }

    /// A year of a company with about so many events: as many customers as that takes, at least one. It lives through
    /// two small companies to learn how many events come with a customer and how many with the days.
    pub fn sized(seed: u64, events: u64) -> Self {
        let year = Self::demo(seed);
        let [few, many] = PILOTS.map(|customers| {
            let pilot = crate::simulate(&Self { customers, ..year });
            u64::try_from(pilot.events().len()).expect("a count fits 64 bits")
        });
        let [fewer, more] = PILOTS.map(u64::from);
        let grown = many.saturating_sub(few).max(1);
        let of_days = few.saturating_sub(fewer * grown / (more - fewer));
        let customers = events.saturating_sub(of_days) * (more - fewer) / grown;
        Self {
            customers: u32::try_from(customers).unwrap_or(u32::MAX).max(1),
            ..year
        }
    }

    /// A year of a company with about 100,000 events.
    pub fn demo(seed: u64) -> Self {
        Self {
            days: 365,
            customers: 1_050,
            ..Self::small(seed)
        }
    }

    /// A quarter of a small company: several hundred events, for property tests.
    pub fn small(seed: u64) -> Self {
        Self {
            seed,
            start_s: NEW_YEAR_2025_S,
            days: 90,
            customers: 20,
            created_drifts: true,
            late_snapshots_per_mille: 350,
            async_capture_per_mille: 250,
            odds: Odds::lively(),
            billing: BillingRates::usual(),
        }
    }
}
