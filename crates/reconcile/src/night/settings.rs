//! How a run is done, and how far it is. Decides nothing.

use sync::FollowSettings;

use crate::Policy;

/// How a run is done.
#[derive(Clone, Debug)]
pub struct NightSettings {
    /// The command that asked for it, as its record says: `nightly` or `reconcile`.
    pub command: String,
    /// Days within which everything is compared once.
    pub sweep_days: u32,
    /// How many seconds it may wait in all for what moves to stand still.
    pub patience_s: u64,
    /// Requests that may be made for the sweep; none: as many as it takes.
    pub budget: Option<u64>,
    /// Second of creation from which on everything is compared, instead of the sweep's share; none: the share.
    pub since_s: Option<i64>,
    /// Kinds of objects that are compared; empty: all.
    pub only: Vec<String>,
    /// What is repaired.
    pub repair: RepairMode,
    /// How the log is brought up to Stripe.
    pub follow: FollowSettings,
}

impl NightSettings {
    /// What must be the same for a run that was broken off to be gone on with.
    pub(super) fn key(&self) -> String {
        let Self {
            command,
            sweep_days,
            budget,
            since_s,
            only,
            repair,
            ..
        } = self;
        // What was compared with the book of another fold is compared anew.
        let fold = book::FOLD_VERSION;
        format!("{command} {sweep_days} {budget:?} {since_s:?} {only:?} {repair:?} fold {fold}")
    }
}

impl Default for NightSettings {
    /// Everything within thirty days, five minutes of patience, no bound to requests, nothing repaired.
    fn default() -> Self {
        Self {
            command: "reconcile".to_owned(),
            sweep_days: 30,
            patience_s: 300,
            budget: None,
            since_s: None,
            only: Vec::new(),
            repair: RepairMode::Never,
            follow: FollowSettings::default(),
        }
    }
}

/// What is repaired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepairMode {
    /// Nothing.
    Never,
    /// Nothing; findings say what the policy would hold back, and what it would let.
    DryRun(Policy),
    /// What the policy lets.
    By(Policy),
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NightProgress {
    /// What it is doing.
    pub step: Step,
    /// Requests made.
    pub requests: u64,
    /// Requests still to be made, as far as it is known.
    pub requests_left: u64,
    /// Objects that were compared.
    pub objects: u64,
    /// Objects that are looked at once more.
    pub suspects: u64,
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// Brings log and book up to Stripe.
    #[default]
    Level,
    /// Decides what to read.
    Plan,
    /// Reads and compares.
    Read,
    /// Looks at what differs until it stands still.
    Settle,
    /// Appends what mends it.
    Repair,
    /// Holds Stripe's balance against the book.
    Balance,
    /// Writes down what came of it.
    Record,
}
