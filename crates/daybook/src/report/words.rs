//! A report's words, the same in all its forms: what each class, cause, state and question is called, scores, durations, how much of
//! history was compared. Judges nothing.

use std::collections::BTreeMap;

use reconcile::{
    Acceptance, Amount, Cause, Class, ClosedGap, FieldDifference, Finding, Outcome, Question, Run,
    Score, State,
};

use crate::currency::{self, amount, count, worded};
use crate::moment;
use crate::screen::harmless;

/// In the order in which they are asked.
pub(crate) const QUESTIONS: [Question; 3] = [Question::Complete, Question::True, Question::Clear];
/// In the order of the questions that they answer.
pub(crate) const CLASSES: [Class; 6] = [
    Class::EventMissing,
    Class::ObjectMissing,
    Class::ObjectDiffers,
    Class::ObjectGone,
    Class::BalanceDiffers,
    Class::SumDiffers,
];
/// What needs a look first.
pub(crate) const STATES: [State; 5] = [
    State::New,
    State::Known,
    State::Accepted,
    State::Repaired,
    State::Gone,
];
/// What needs a look first.
pub(crate) const CAUSES: [Cause; 9] = [
    Cause::OursWrong,
    Cause::Conflict,
    Cause::Unknown,
    Cause::NeverGenerated,
    Cause::WebhookLost,
    Cause::WebhookLate,
    Cause::OtherVersion,
    Cause::EditedWithoutEvent,
    Cause::Deleted,
];

const DAY_S: i64 = 86_400;
/// Letters of what somebody said.
const REASON_LETTERS: usize = 1_000;
/// Of more members that nobody has listed the number alone is said.
const UNLISTED_NAMED: usize = 12;

/// How a run came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All three questions are answered with yes, whatever had to be repaired for it.
    True,
    /// Book and Stripe disagree, and nobody has said that they may.
    FindingsLeft,
    /// No finding is open, and not all could be compared: something moved whenever it was looked at, or could not be read.
    Unproven,
    /// It did not come to its end.
    Unfinished,
}

impl Verdict {
    /// The verdict on a run.
    pub(crate) fn of(run: &Run) -> Self {
        match run.finished {
            false => Self::Unfinished,
            true if run.open() > 0 => Self::FindingsLeft,
            true if run.has_doubts() => Self::Unproven,
            true => Self::True,
        }
    }

    /// In capitals, for a heading.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::True => "TRUE",
            Self::FindingsLeft => "FINDINGS LEFT",
            Self::Unproven => "NOT ALL PROVEN",
            Self::Unfinished => "UNFINISHED",
        }
    }
}

/// What is called so: a class.
pub(crate) fn of_class(class: Class) -> &'static str {
    match class {
        Class::EventMissing => "event missing",
        Class::ObjectMissing => "object missing",
        Class::ObjectDiffers => "object differs",
        Class::ObjectGone => "object gone",
        Class::BalanceDiffers => "balance differs",
        Class::SumDiffers => "sum differs",
    }
}

/// What is called so: a cause.
pub(crate) fn of_cause(cause: Cause) -> &'static str {
    match cause {
        Cause::WebhookLost => "webhook lost",
        Cause::WebhookLate => "webhook late",
        Cause::Conflict => "conflict",
        Cause::OtherVersion => "other version",
        Cause::EditedWithoutEvent => "edited without event",
        Cause::NeverGenerated => "event never generated",
        Cause::Deleted => "deleted",
        Cause::OursWrong => "ours wrong",
        Cause::Unknown => "unknown",
    }
}

/// Who has said when and why that a finding may be.
pub(crate) fn accepted(said: &Acceptance) -> String {
    let (by, why) = (harmless(&said.by), harmless(&said.why));
    let words = format!("accepted by {by} on {}: {why}", moment::shown(said.at_s));
    cut(&words, REASON_LETTERS)
}

/// What the two sides of a difference are called: of a sum what it is and what it must be.
pub(crate) fn sides(class: Class) -> [&'static str; 2] {
    match class {
        Class::SumDiffers => ["is", "must be"],
        _ => ["ours", "Stripe’s"],
    }
}

/// What is called so: a state.
pub(crate) fn of_state(state: State) -> &'static str {
    match state {
        State::New => "new",
        State::Known => "known",
        State::Repaired => "repaired",
        State::Accepted => "accepted",
        State::Gone => "gone",
    }
}

/// A question's name.
pub(crate) fn of_question(question: Question) -> &'static str {
    match question {
        Question::Complete => "complete",
        Question::True => "true",
        Question::Clear => "clear",
    }
}

/// A question in full, after its name.
pub(crate) fn asked(question: Question) -> &'static str {
    match question {
        Question::Complete => "Is everything that Stripe has in the log?",
        Question::True => "Does every object in the book equal Stripe’s?",
        Question::Clear => "Do the sums agree?",
    }
}

/// A run's answer to a question.
pub(crate) fn score(run: &Run, question: Question) -> &Score {
    match question {
        Question::Complete => &run.complete,
        Question::True => &run.truth,
        Question::Clear => &run.clear,
    }
}

/// How much agreed, in parts of a million, never rounded up: a million is all; none if nothing was looked at.
pub(crate) fn parts(score: &Score) -> Option<u64> {
    parts_of(score.agreed, score.of)
}

/// A part of a whole, in parts of a million, never rounded up; none of nothing.
pub(crate) fn parts_of(part: u64, whole: u64) -> Option<u64> {
    let parts = u128::from(part.min(whole)) * 1_000_000;
    let parts = parts.checked_div(u128::from(whole))?;
    Some(u64::try_from(parts).expect("a part of a million is at most a million"))
}

/// How much agreed, as `99.95 %`; a dash if nothing was looked at.
pub(crate) fn percent(score: &Score) -> String {
    match parts(score) {
        None => "–".to_owned(),
        Some(parts) => currency::percent(parts),
    }
}

/// `12,340 of 12,345`.
pub(crate) fn agreed(score: &Score) -> String {
    format!("{} of {}", count(score.agreed), count(score.of))
}

/// Amounts by currency, the names of currencies in order; equal currencies are added up.
pub(crate) fn by_currency<'a>(amounts: impl Iterator<Item = &'a Amount>) -> Vec<Amount> {
    let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
    for Amount { currency, minor } in amounts {
        let sum = sums.entry(currency).or_default();
        *sum = sum.saturating_add(*minor);
    }
    let some = sums.into_iter().filter(|(_, minor)| *minor != 0);
    some.map(|(currency, minor)| Amount::new(minor, currency))
        .collect()
}

/// Each amount as `49.00 USD`.
pub(crate) fn money(amounts: &[Amount]) -> Vec<String> {
    amounts
        .iter()
        .map(|one| amount(one.minor, &one.currency))
        .collect()
}

/// All money in question at the end of a run, by currency.
pub(crate) fn at_stake(run: &Run) -> Vec<Amount> {
    let scores = [&run.complete, &run.truth, &run.clear];
    by_currency(scores.iter().flat_map(|score| &score.at_stake))
}

/// A value of a difference for the eye: an amount as money; what is long cut off.
pub(crate) fn value(text: &str, field: &FieldDifference, letters_max: usize) -> String {
    let minor = text.parse::<i64>().ok();
    match (&field.amount, minor) {
        (Some(difference), Some(minor)) => amount(minor, &difference.currency),
        _ if text.is_empty() => "nothing".to_owned(),
        _ => cut(&harmless(text), letters_max),
    }
}

/// The text with at most so many letters, the last an ellipsis if some are left off.
pub(crate) fn cut(text: &str, letters_max: usize) -> String {
    match text.char_indices().nth(letters_max) {
        None => text.to_owned(),
        Some(_) => {
            let kept = text.chars().take(letters_max.saturating_sub(1));
            kept.chain(['…']).collect()
        }
    }
}

/// Entries of the log by their numbers, at most so many.
pub(crate) fn entries(seqs: &[u64], shown_max: usize) -> String {
    let shown: Vec<String> = seqs.iter().take(shown_max).map(u64::to_string).collect();
    let more = if seqs.len() > shown_max { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// `7 min 36 s`.
pub(crate) fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {} s", seconds % 60),
        _ => format!("{hours} h {minutes} min"),
    }
}

/// How many findings stand how, `2 new, 1 known, 14 repaired`; empty if there are none.
pub(crate) fn tally<'o>(outcomes: impl Iterator<Item = &'o Outcome>) -> String {
    let mut counts = STATES.map(|state| (state, 0_u64));
    for outcome in outcomes {
        let slot = counts.iter_mut().find(|(state, _)| *state == outcome.state);
        slot.expect("all states are listed").1 += 1;
    }
    let some = counts.iter().filter(|(_, number)| *number > 0);
    let words: Vec<String> = some
        .map(|(state, number)| format!("{} {}", count(*number), of_state(*state)))
        .collect();
    words.join(", ")
}

/// The command that lists such findings.
pub(crate) fn listing(outcomes: &[Outcome]) -> &'static str {
    let is_over = |one: &Outcome| matches!(one.state, State::Repaired | State::Gone);
    match outcomes.iter().any(is_over) {
        true => "daybook findings --all",
        false => "daybook findings",
    }
}

/// What a finding is about: the type of an object, or of an event.
pub(crate) fn kind(finding: &Finding) -> String {
    let event = finding.fields.first().map(|one| &*one.theirs);
    match (finding.class, event) {
        (Class::EventMissing, Some(name)) => format!("event {}", harmless(name)),
        _ => harmless(&finding.object_type),
    }
}

/// How many findings are open.
pub(crate) fn open(run: &Run) -> u64 {
    run.complete.open + run.truth.open + run.clear.open
}

/// How many findings were repaired.
pub(crate) fn repaired(run: &Run) -> u64 {
    run.complete.repaired + run.truth.repaired + run.clear.repaired
}

/// The run in one sentence.
pub(crate) fn summary(run: &Run) -> String {
    let mut parts = vec![match open(run) {
        0 => "no finding is open".to_owned(),
        1 => "1 finding is open".to_owned(),
        many => format!("{} findings are open", count(many)),
    }];
    let stake = money(&at_stake(run));
    if !stake.is_empty() {
        parts[0] = format!("{}, with {} in question", parts[0], list(&stake));
    }
    match repaired(run) {
        0 if Verdict::of(run) == Verdict::True => {
            parts.push("nothing had to be repaired".to_owned());
        }
        0 => {}
        number => parts.push(worded(number, "was repaired", "were repaired")),
    }
    if !run.only.is_empty() {
        let kinds: Vec<String> = run.only.iter().map(|kind| harmless(kind)).collect();
        parts.push(format!("of all kinds only {} was compared", list(&kinds)));
    }
    if !run.unsettled.is_empty() {
        let number = run.unsettled.len() as u64;
        parts.push(worded(
            number,
            "object is unsettled",
            "objects are unsettled",
        ));
    }
    if run.finished && !run.balance_settled {
        parts.push("Stripe’s balance is unsettled".to_owned());
    }
    if !run.finished {
        parts.push("what was not looked at is unproven".to_owned());
    } else if !run.unproven.is_empty() {
        parts.push("a part is unproven".to_owned());
    }
    list(&parts)
}

/// `a, b and c`.
pub(crate) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

/// How much of history has been held against Stripe.
pub(crate) fn coverage(run: &Run) -> String {
    let sweep = &run.sweep;
    let objects = worded(sweep.objects, "object", "objects");
    let tonight = match sweep.compared {
        0 => "none of them in this run’s part of the sweep".to_owned(),
        compared => format!(
            "{} of them in this run’s part of the sweep",
            count(compared)
        ),
    };
    match sweep.all_since_s {
        _ if sweep.objects == 0 => "there is nothing to sweep".to_owned(),
        Some(since_s) => {
            let age = match run.ended_s.saturating_sub(since_s) / DAY_S {
                ..=0 => "today".to_owned(),
                days => format!("within {}", worded(days.unsigned_abs(), "day", "days")),
            };
            let day = moment::day(since_s);
            format!("all {objects} compared since {day}, {age}; {tonight}")
        }
        None => format!("not all {objects} have been compared yet; {tonight}"),
    }
}

/// What would tell a reader of this run that it is no whole proof: each a sentence.
pub(crate) fn doubts(run: &Run) -> Vec<String> {
    let mut doubts = Vec::new();
    if let Some(why) = &run.stopped {
        doubts.push(format!("It was broken off: {}.", harmless(why)));
        let again =
            "Nothing is lost: run it again, and within 12 hours it goes on where it stopped.";
        doubts.push(again.to_owned());
    }
    if run.finished && !run.balance_settled {
        doubts
            .push("Stripe’s balance moved whenever it was read, and was not compared.".to_owned());
    }
    doubts.extend(run.gaps.iter().map(closed_gap));
    doubts.extend(run.sweep.cut.iter().map(|what| harmless(what)));
    if !run.unlisted.is_empty() {
        let named = run.unlisted.iter().take(UNLISTED_NAMED);
        let mut members: Vec<String> = named.map(|name| harmless(name)).collect();
        let number = run.unlisted.len();
        if number > UNLISTED_NAMED {
            let left = (number - UNLISTED_NAMED) as u64;
            members.push(format!("{} more", count(left)));
        }
        let number = worded(number as u64, "member", "members");
        doubts.push(format!(
            "Stripe sent {number} that daybook knows nothing of and did not compare: {}.",
            list(&members)
        ));
    }
    doubts
}

/// What happened in a time of which nobody can tell any more.
fn closed_gap(gap: &ClosedGap) -> String {
    let (from, until) = (moment::shown(gap.from_s), moment::shown(gap.until_s));
    let new = worded(gap.new, "object", "objects");
    let changed = count(gap.changed);
    format!(
        "Stripe no longer lists the events between {from} and {until}: every list of objects was read instead. They showed \
         {new} that no entry had been about, and {changed} of which the newest entry said something else."
    )
}

/// By how much a balance of ours is off.
pub(crate) fn off(ours_minor: i64, theirs_minor: i64, currency: &str) -> String {
    match ours_minor.saturating_sub(theirs_minor) {
        0 => "–".to_owned(),
        off => currency::amount(off, currency),
    }
}
