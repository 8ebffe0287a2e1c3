//! Rates between currencies: whole millionths of minor unit per minor unit, one per pair and day, a function of the seed
//! alone. No floats; what is converted is rounded half away from zero, once.

use crate::calendar::DAY_S;
use crate::random::Random;
use crate::shapes::Currency;

/// Millionths in one.
const MILLION: i64 = 1_000_000;

/// How many minor units of one currency a minor unit of another buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    millionths: i64,
}

impl Rate {
    /// The rate of a day; none between a currency and itself.
    pub(crate) fn on(seed: u64, at_s: i64, from: Currency, to: Currency) -> Option<Self> {
        if from == to {
            return None;
        }
        let day = at_s.div_euclid(DAY_S);
        // Both worths wander by up to 3 % from day to day, each on its own.
        let worth = |currency: Currency| {
            let purpose = format!("rate {} {day}", currency.code());
            currency.worth_millionths() * Random::new(seed, &purpose).between(970, 1_030) / 1_000
        };
        Some(Self {
            millionths: (worth(from) * MILLION + worth(to) / 2) / worth(to),
        })
    }

    /// An amount in the other currency, halves away from zero.
    pub(crate) fn convert(self, amount_minor: i64) -> i64 {
        let product = amount_minor * self.millionths;
        (product + product.signum() * (MILLION / 2)) / MILLION
    }

    /// The rate as a JSON number, without zeros at its end.
    pub(crate) fn decimal(self) -> String {
        let (whole, part) = (self.millionths / MILLION, self.millionths % MILLION);
        if part == 0 {
            return whole.to_string();
        }
        let text = format!("{whole}.{part:06}");
        text.trim_end_matches('0').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        let rate = Rate {
            millionths: 1_250_000,
        };
        assert_eq!((rate.convert(2), rate.convert(-2)), (3, -3));
        assert_eq!((rate.convert(1), rate.convert(-1)), (1, -1));
        assert_eq!(rate.decimal(), "1.25");
    }

    #[test]
    fn a_day_has_one_rate_and_a_currency_none_with_itself() {
        let rate = |at_s| Rate::on(1, at_s, Currency::Jpy, Currency::Usd);
        assert_eq!(rate(0), rate(DAY_S - 1));
        assert_ne!(rate(0), rate(DAY_S));
        assert_eq!(Rate::on(1, 0, Currency::Usd, Currency::Usd), None);
    }
}
