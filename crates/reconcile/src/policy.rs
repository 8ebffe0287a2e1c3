//! What may be repaired without a person's word. It repairs nothing itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Cause, Class, Finding};

/// What a run may repair by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Classes that are repaired unattended.
    pub unattended: BTreeSet<Class>,
    /// Minor units at stake above which a person must say so, by currency. Where no currency is known, the least of them counts.
    pub above: BTreeMap<String, i64>,
    /// Findings that a person told to repair, by their names: whatever they are worth.
    pub named: BTreeSet<String>,
}

impl Default for Policy {
    /// What is missing, other or gone is repaired, whatever it is worth.
    fn default() -> Self {
        let unattended = [
            Class::EventMissing,
            Class::ObjectMissing,
            Class::ObjectDiffers,
            Class::ObjectGone,
        ];
        Self {
            unattended: unattended.into(),
            above: BTreeMap::new(),
            named: BTreeSet::new(),
        }
    }
}

impl Policy {
    /// Why a finding may not be repaired; none: it may.
    pub(crate) fn holds_back(&self, finding: &Finding) -> Option<String> {
        if finding.cause == Cause::OursWrong {
            return Some(
                "the log has what Stripe says: appending it again mends nothing".to_owned(),
            );
        }
        if self.named.contains(&finding.id) {
            return None;
        }
        if !self.unattended.contains(&finding.class) {
            return Some("findings of this class are repaired at a person’s word only".to_owned());
        }
        let mut stakes = finding.at_stake.iter();
        let above = stakes.find_map(|stake| {
            let bound = match &*stake.currency {
                "" => self.above.values().min()?,
                currency => self.above.get(currency)?,
            };
            (stake.minor.saturating_abs() > *bound).then_some((stake, *bound))
        });
        above.map(|(stake, bound)| {
            let currency = &stake.currency;
            format!(
                "more than {bound} minor units of {currency} are at stake: a person must say so"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Amount, Repair};

    fn worth(minor: i64, currency: &str) -> Finding {
        Finding {
            parent_id: None,
            id: "fnd_1".to_owned(),
            class: Class::ObjectDiffers,
            code: None,
            object_type: "customer".to_owned(),
            object_id: "cus_1".to_owned(),
            fields: Vec::new(),
            at_stake: vec![Amount::new(1, "eur"), Amount::new(minor, currency)],
            cause: Cause::Unknown,
            evidence: Vec::new(),
            request_id: None,
            repair: Repair::Append,
        }
    }

    #[test]
    fn what_is_above_its_currencys_bound_is_held_back_and_without_a_currency_above_the_least() {
        let bounds = [("eur", 100), ("jpy", 5_000), ("usd", 200)];
        let policy = Policy {
            above: bounds
                .map(|(currency, bound)| (currency.to_owned(), bound))
                .into(),
            ..Policy::default()
        };
        let cases = [
            (200, "usd", false),
            (201, "usd", true),
            (-201, "usd", true),
            (5_000, "jpy", false),
            (5_001, "jpy", true),
            (100, "", false),
            (101, "", true),
            // Of a currency without a bound anything may be repaired.
            (1_000_000, "kwd", false),
        ];
        for (minor, currency, is_held) in cases {
            let held = policy.holds_back(&worth(minor, currency));
            assert_eq!(held.is_some(), is_held, "{minor} {currency}: {held:?}");
        }
        assert_eq!(Policy::default().holds_back(&worth(1_000_000, "")), None);
    }
}
