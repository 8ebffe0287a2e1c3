//! What may be repaired without a person's word. It repairs nothing itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Cause, Class, Finding};

/// What a run may repair by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Classes that are repaired unattended.
    pub unattended: BTreeSet<Class>,
    /// Minor units at stake above which a person must say so, by currency.
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
    #[must_use]
    pub fn holds_back(&self, finding: &Finding) -> Option<String> {
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
            let bound = self.above.get(&stake.currency)?;
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
