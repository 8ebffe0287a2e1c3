//! A finding: one disagreement between book and Stripe, what it is worth, why it may be, what shows it and what mends it. Finds nothing
//! itself.

use std::cmp::Reverse;
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Acceptance, Amount};

/// Which of the three questions a finding answers with no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Is every event and object that Stripe has in the log?
    Complete,
    /// Does every object in the book equal Stripe's, field by field?
    True,
    /// Do the sums agree?
    Clear,
}

/// What kind of disagreement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Stripe lists an event that no webhook brought.
    EventMissing,
    /// Stripe has an object that the log knew nothing of.
    ObjectMissing,
    /// Stripe has an object with other values than the book.
    ObjectDiffers,
    /// The book has an object that Stripe does not have, or has no more.
    ObjectGone,
    /// Balance transactions do not add up to Stripe's balance.
    BalanceDiffers,
    /// A sum of the book that must hold does not; `code` names it.
    SumDiffers,
}

/// Why it is thought to be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Stripe made an event, and no webhook brought it.
    WebhookLost,
    /// Stripe made an event, and is still trying to deliver it.
    WebhookLate,
    /// Two entries of the log say different things under one id.
    Conflict,
    /// What the log has was rendered by an API version that cannot say it.
    OtherVersion,
    /// A change for which Stripe makes no event.
    EditedWithoutEvent,
    /// A change for which Stripe makes an event, and made none.
    NeverGenerated,
    /// Stripe has deleted it.
    Deleted,
    /// The log has what Stripe says, and the book says something else: a defect of ours.
    OursWrong,
    /// Nothing tells.
    Unknown,
}

/// What would mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repair {
    /// To append what was read.
    Append,
    /// Nothing that daybook may do: someone has to look.
    Look,
}

/// How a finding stands at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Found in this run for the first time, and still so.
    New,
    /// Found before, and still so.
    Known,
    /// What was missing is in the log now, and the book equals Stripe.
    Repaired,
    /// Still so, and somebody has said that it may be.
    Accepted,
    /// Found before, and no more so without our doing.
    Gone,
}

/// One member that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDifference {
    /// Stripe's name of it; empty for the object as a whole.
    pub field: String,
    /// What the book says.
    pub ours: String,
    /// What Stripe says.
    pub theirs: String,
    /// By how much they differ, if it is an amount.
    pub amount: Option<Amount>,
}

/// One disagreement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Its name: the same disagreement has the same in every run.
    pub id: String,
    /// What kind it is.
    pub class: Class,
    /// The invariant, of a sum of the book.
    pub code: Option<String>,
    /// Stripe's name of the kind of object.
    pub object_type: String,
    /// The object's id; of a balance its currency and side, as in `usd available`.
    pub object_id: String,
    /// The id of the parent under which alone Stripe finds it; none of others, or where it was not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<String>,
    /// What differs; for a missing or surplus object one with an empty field.
    pub fields: Vec<FieldDifference>,
    /// Money in question, by currency; never negative.
    pub at_stake: Vec<Amount>,
    /// Why.
    pub cause: Cause,
    /// Entries of the log that show it, by sequence number, oldest first.
    pub evidence: Vec<u64>,
    /// Stripe's name of the request that showed it.
    pub request_id: Option<String>,
    /// What would mend it.
    pub repair: Repair,
}

/// A finding as a run left it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// How it stands.
    pub state: State,
    /// Why it was not repaired, where it could have been: the policy's word.
    pub held_back: Option<String>,
    /// Whose word it was at the run's end that it may be, if it is accepted. Records of before say that of none.
    #[serde(default)]
    pub accepted: Option<Acceptance>,
}

impl Class {
    /// The question that it answers with no.
    #[must_use]
    pub fn question(self) -> Question {
        match self {
            Self::EventMissing | Self::ObjectMissing => Question::Complete,
            Self::ObjectDiffers | Self::ObjectGone => Question::True,
            Self::BalanceDiffers | Self::SumDiffers => Question::Clear,
        }
    }
}

impl Finding {
    /// What it says, as 24 hexadecimal digits: which members differ, those that are amounts by how much, others in what. A balance that
    /// moves on both sides alike says the same.
    #[must_use]
    pub fn gist(&self) -> String {
        let mut hasher = Sha256::new();
        let mut add = |part: &str| {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        };
        for field in &self.fields {
            add(&field.field);
            match &field.amount {
                Some(amount) => {
                    add(&amount.currency);
                    add(&amount.minor.to_string());
                }
                None => {
                    add(&field.ours);
                    add(&field.theirs);
                }
            }
        }
        let hash: [u8; 32] = hasher.finalize().into();
        hash[..12].iter().fold(String::new(), |mut gist, byte| {
            write!(gist, "{byte:02x}").expect("writing to a String can't fail");
            gist
        })
    }

    /// The most that is at stake in any one currency, minor units: amounts of two currencies are not added.
    #[must_use]
    pub fn most_minor(&self) -> u64 {
        let sizes = self
            .at_stake
            .iter()
            .map(|amount| amount.minor.unsigned_abs());
        sizes.max().unwrap_or(0)
    }
}

impl Outcome {
    /// By what findings are sorted, the worst first: open ones before others, then by the money at stake, then by what they are about.
    #[must_use]
    pub fn rank(&self) -> impl Ord + use<> {
        let finding = &self.finding;
        (
            !self.state.is_open(),
            Reverse(finding.most_minor()),
            finding.class,
            finding.object_type.clone(),
            finding.object_id.clone(),
            finding.id.clone(),
        )
    }

    /// Sorts the worst first.
    pub fn sort(outcomes: &mut [Self]) {
        outcomes.sort_by_cached_key(Self::rank);
    }
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::New,
        Self::Known,
        Self::Repaired,
        Self::Accepted,
        Self::Gone,
    ];

    /// Its word, as the log has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::Repaired => "repaired",
            Self::Accepted => "accepted",
            Self::Gone => "gone",
        }
    }

    /// Whether the book and Stripe agree again.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Repaired | Self::Gone)
    }

    /// Whether the book and Stripe still disagree, and nobody has said that they may.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Known)
    }
}

/// The name of a disagreement: `fnd_` and 24 hexadecimal digits of what it is about.
#[must_use]
pub fn finding_id(class: Class, code: Option<&str>, object_type: &str, object_id: &str) -> String {
    let class = format!("{class:?}");
    let mut hasher = Sha256::new();
    for part in [
        class.as_str(),
        code.unwrap_or_default(),
        object_type,
        object_id,
    ] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let hash: [u8; 32] = hasher.finalize().into();
    hash[..12].iter().fold("fnd_".to_owned(), |mut id, byte| {
        write!(id, "{byte:02x}").expect("writing to a String can't fail");
        id
    })
}
