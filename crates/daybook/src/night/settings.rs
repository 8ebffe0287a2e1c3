//! `[reconcile]` in the settings of a data folder: how much is compared each night, and what may be repaired while nobody looks.

use std::collections::{BTreeMap, BTreeSet};

use reconcile::{Class, NightSettings, Policy, RepairMode};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use sync::FollowSettings;

/// `[reconcile]`; what is left out is as it is for everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReconcileSettings {
    /// Within how many days everything is compared once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sweep_days: Option<u32>,
    /// How many seconds a run may wait for what Stripe tells late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) patience_s: Option<u64>,
    /// How many requests a run may make for the sweep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) budget: Option<u64>,
    /// Which classes of findings `nightly` repairs by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repair: Option<BTreeSet<Class>>,
    /// By currency, the minor units above which a person must say that a finding is repaired.
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "bounds"
    )]
    pub(crate) above: BTreeMap<String, i64>,
}

impl ReconcileSettings {
    /// What is repaired while nobody looks.
    pub(crate) fn policy(&self) -> Policy {
        let usual = Policy::default();
        Policy {
            unattended: self.repair.clone().unwrap_or(usual.unattended),
            above: self.above.clone(),
            ..Policy::default()
        }
    }

    /// How a run of `command` goes that repairs like this.
    pub(crate) fn night(&self, command: &str, repair: RepairMode) -> NightSettings {
        let usual = NightSettings::default();
        let patience_s = self.patience_s.unwrap_or(usual.patience_s);
        NightSettings {
            command: command.to_owned(),
            sweep_days: self.sweep_days.unwrap_or(usual.sweep_days),
            patience_s,
            follow: FollowSettings {
                patience_s: usual.follow.patience_s.min(patience_s),
                ..usual.follow
            },
            budget: self.budget.or(usual.budget),
            repair,
            ..usual
        }
    }
}

/// Bounds by currency. One of a currency that Stripe writes otherwise would hold nothing back.
fn bounds<'de, D: Deserializer<'de>>(reader: D) -> Result<BTreeMap<String, i64>, D::Error> {
    let bounds: BTreeMap<String, i64> = BTreeMap::deserialize(reader)?;
    for (currency, minor) in &bounds {
        if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_lowercase()) {
            return Err(D::Error::custom(format!(
                "`{currency}` is no currency as Stripe writes them: three small letters, as in usd"
            )));
        }
        if *minor < 0 {
            return Err(D::Error::custom(format!(
                "{minor} {currency} is no bound: none is below 0"
            )));
        }
    }
    Ok(bounds)
}

#[cfg(test)]
mod tests {
    use super::ReconcileSettings;

    #[test]
    fn a_bound_that_would_hold_nothing_back_is_refused() {
        let read = |text: &str| toml::from_str::<ReconcileSettings>(text);
        let good = read("[above]\nusd = 100000\njpy = 0\n").unwrap();
        assert_eq!(good.policy().above["usd"], 100_000);
        for wrong in ["USD = 1", "dollar = 1", "\"\" = 1", "usd = -1"] {
            let refused = read(&format!("[above]\n{wrong}\n")).unwrap_err();
            let says = refused.message();
            assert!(
                says.contains("no currency") || says.contains("no bound"),
                "{says}"
            );
        }
    }
}
