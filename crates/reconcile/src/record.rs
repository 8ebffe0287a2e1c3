//! What a run leaves in the log, as control entries, and what a report is made of: past reports can be made again from nothing else.

use serde::{Deserialize, Serialize};
use sync::Note;

use crate::{Amount, Finding, Outcome};

/// Type of the control entry that ends a run, or a part of one that was broken off.
pub const RUN: &str = "reconcile.run";
/// Type of the control entries with a run's findings, up to [`FINDINGS_MAX`] in each; they come before their run's own.
pub const FINDINGS: &str = "reconcile.findings";
/// Type of the control entry by which somebody accepts a finding.
pub const ACCEPTED: &str = "reconcile.accepted";
/// How many findings one entry holds at most.
pub const FINDINGS_MAX: usize = 200;

/// How a question was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// How many agreed when they were looked at, before anything was repaired.
    pub agreed: u64,
    /// Of how many.
    pub of: u64,
    /// How many findings were repaired.
    pub repaired: u64,
    /// How many are open at the end: neither repaired nor accepted.
    pub open: u64,
    /// Money that is in question at the end, by currency.
    pub at_stake: Vec<Amount>,
}

/// An object that moved whenever it was looked at: neither equal nor different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsettled {
    /// Stripe's name of its kind.
    pub object_type: String,
    /// Its id.
    pub object_id: String,
}

/// A window of a list that was read to its end and held against the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// What the items call themselves.
    pub object_type: String,
    /// First second of creation; none: from the beginning.
    pub from_s: Option<i64>,
    /// Second of creation before which it ends; none: up to now.
    pub until_s: Option<i64>,
    /// Items.
    pub count: u64,
    /// Their ids, as hexadecimal digits of the hash that `sync::Ids` makes.
    pub ids_hash: String,
}

/// A time of which Stripe lists no events any more, and what every list of objects showed that was read instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedGap {
    /// The Unix second from which on events may be missing.
    pub from_s: i64,
    /// The Unix second up to which they may be; later ones were listed.
    pub until_s: i64,
    /// Objects that no entry of the log was about when that reading began.
    pub new: u64,
    /// Objects about which the newest entry said something else then.
    pub changed: u64,
}

/// How much of history was held against Stripe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    /// Objects of the book that can be swept.
    pub objects: u64,
    /// Of those, how many this run's part of the sweep compared.
    pub compared: u64,
    /// Stripe's second since which every object of the book has been compared at least once; none while no lap is done.
    pub all_since_s: Option<i64>,
    /// Windows read in this run, those for what is new among them.
    pub windows: Vec<Window>,
    /// What of this run's part was left to the next, because its requests were used up.
    #[serde(default)]
    pub cut: Vec<String>,
    /// Where each kind's lap stands.
    pub laps: Vec<Lap>,
}

/// How far the sweep of one kind is: objects are swept in the order of their creation, over and over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lap {
    /// What the objects call themselves.
    pub object_type: String,
    /// Stripe's second at which this lap began.
    pub began_s: i64,
    /// The second of creation from which on it is still to go; none when it is done, and the next begins with the next run.
    pub next_s: Option<i64>,
    /// Stripe's second at which the last whole lap began; none while there is none.
    pub last_began_s: Option<i64>,
}

/// What Stripe's balance says, and what the book's transactions add up to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceLine {
    /// Currency.
    pub currency: String,
    /// `available` or `pending`.
    pub side: String,
    /// Minor units by the book.
    pub ours_minor: i64,
    /// Minor units by Stripe.
    pub theirs_minor: i64,
}

/// What a report stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The log's head: `stream:seq:hash`.
    pub head: String,
    /// Version of the fold.
    pub fold: u32,
    /// Digest of the book.
    pub digest: String,
    /// The book clock, Unix seconds.
    pub clock_s: Option<i64>,
}

/// One run over one stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its name, a UUID of version 7.
    pub run: String,
    /// `nightly` or `reconcile`.
    pub command: String,
    /// The kinds of objects that alone were compared; empty: all.
    #[serde(default)]
    pub only: Vec<String>,
    /// Stripe's second of its first answer.
    pub began_s: i64,
    /// And of its last.
    pub ended_s: i64,
    /// Whether it came to its end; else `stopped` says why not, and what is unproven stands in `unproven`.
    pub finished: bool,
    /// Why it ended early.
    pub stopped: Option<String>,
    /// What it did not come to, in words.
    pub unproven: Vec<String>,
    /// Times since the last whole run of which nobody can tell any more what happened: it is no doubt about what is so now.
    #[serde(default)]
    pub gaps: Vec<ClosedGap>,
    /// The last entry that the last whole run knew: later events are this one's.
    pub start_seq: u64,
    /// The log's last entry when it was decided what is read: of what later ones speak, the next run reads. 0: nobody wrote it down.
    #[serde(default)]
    pub planned_seq: u64,
    /// What it stands on.
    pub basis: Basis,
    /// Is every event and object in the log?
    pub complete: Score,
    /// Does every object equal Stripe's?
    pub truth: Score,
    /// Do the sums agree?
    pub clear: Score,
    /// What moved while it was looked at.
    pub unsettled: Vec<Unsettled>,
    /// Whether Stripe's balance could be held against the book, or moved each time.
    pub balance_settled: bool,
    /// Balances.
    pub balances: Vec<BalanceLine>,
    /// Objects that were compared.
    pub objects: u64,
    /// Members of them.
    pub fields: u64,
    /// Requests.
    pub requests: u64,
    /// How much of history was compared.
    pub sweep: Sweep,
    /// Members that Stripe sends and nobody has listed.
    pub unlisted: Vec<String>,
}

/// Somebody's word that a finding may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// The finding's name.
    pub finding: String,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// Unix second at which it was said.
    pub at_s: i64,
    /// What the finding said then, as [`Finding::gist`] has it: a word about one difference is none about another. Empty: of any.
    #[serde(default)]
    pub of: String,
}

impl Acceptance {
    /// Whether it is said of what the finding says now.
    #[must_use]
    pub fn covers(&self, finding: &Finding) -> bool {
        self.finding == finding.id && (self.of.is_empty() || self.of == finding.gist())
    }
}

/// A run and its findings: what every form of a report shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The stream: account and mode.
    pub stream: String,
    /// The run.
    pub run: Run,
    /// Its findings, the worst first: open ones before others, then by the money at stake.
    pub findings: Vec<Outcome>,
}

impl Run {
    /// Whether all three questions were answered with yes. What moved whenever it was looked at, or could not be looked at, is no yes.
    #[must_use]
    pub fn is_true(&self) -> bool {
        self.finished && self.open() == 0 && !self.has_doubts()
    }

    /// Findings that are neither repaired nor accepted.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.complete.open + self.truth.open + self.clear.open
    }

    /// Whether something that it set out to compare could not be, though it came to its end. What a budget left to the next run is no
    /// doubt once everything has been compared.
    #[must_use]
    pub fn has_doubts(&self) -> bool {
        let is_cut_short = self.sweep.all_since_s.is_none() && !self.sweep.cut.is_empty();
        !(self.unsettled.is_empty() && self.unproven.is_empty() && self.balance_settled)
            || is_cut_short
    }
}

/// What a control entry of these types says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    /// A run, or a part of one.
    Run(Box<Run>),
    /// Findings of a run, which count once its record comes.
    Findings {
        /// The run's name.
        run: String,
        /// As it left them.
        findings: Vec<Outcome>,
    },
    /// Somebody's word.
    Accepted(Acceptance),
}

#[derive(Serialize, Deserialize)]
struct Findings {
    run: String,
    findings: Vec<Outcome>,
}

/// The members that every control entry begins with.
#[derive(Serialize)]
struct Control<'a, T> {
    object: &'static str,
    r#type: &'static str,
    #[serde(flatten)]
    said: &'a T,
}

/// The entry that records a run. To be appended with the run's `began_s`, as its findings: the same words at the same second are the
/// same entry.
#[must_use]
pub fn run_note(run: &Run) -> Note {
    note(RUN, run)
}

/// The entries with a run's findings, in their order; to be appended before the run's own, with its `began_s`.
#[must_use]
pub fn findings_notes(run: &str, outcomes: &[Outcome]) -> Vec<Note> {
    let part = |part: &[Outcome]| {
        let findings = Findings {
            run: run.to_owned(),
            findings: part.to_vec(),
        };
        note(FINDINGS, &findings)
    };
    outcomes.chunks(FINDINGS_MAX).map(part).collect()
}

/// The entry by which somebody accepts a finding; to be appended with its `at_s`.
#[must_use]
pub fn accepted_note(acceptance: &Acceptance) -> Note {
    note(ACCEPTED, acceptance)
}

fn note(type_: &'static str, said: &impl Serialize) -> Note {
    let control = Control {
        object: "daybook.control",
        r#type: type_,
        said,
    };
    Note {
        type_,
        body: serde_json::to_string(&control).expect("texts and numbers can be written as JSON"),
    }
}

/// Reads an entry back; none if its type is not one of these.
///
/// # Errors
/// When the body is of such a type and not of its form.
pub(crate) fn read_record(type_: &str, body: &[u8]) -> Result<Option<Record>, serde_json::Error> {
    Ok(Some(match type_ {
        RUN => Record::Run(serde_json::from_slice(body)?),
        FINDINGS => {
            let Findings { run, findings } = serde_json::from_slice(body)?;
            Record::Findings { run, findings }
        }
        ACCEPTED => Record::Accepted(serde_json::from_slice(body)?),
        _ => return Ok(None),
    }))
}
