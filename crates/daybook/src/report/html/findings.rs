//! Balances and findings within the HTML file: open ones each with all that shows them, others as a table. Long lists end in a count.

use reconcile::{Finding, Outcome, Run};

use super::super::advice;
use super::super::markup::Markup;
use super::super::words;
use super::{capital, columns, fact, money};
use crate::currency::count;
use crate::screen::harmless;

/// Open findings that are shown with all they have.
const OPEN_SHOWN: usize = 80;
/// Other findings that are shown, a line each.
const OTHERS_SHOWN: usize = 400;
/// Members that are shown of one finding, and letters of each value and name.
const FIELDS_SHOWN: usize = 6;
const LETTERS: usize = 100;
/// Entries that are named of one finding.
const ENTRIES_SHOWN: usize = 12;

/// The balances, ours and Stripe's.
pub(super) fn balances(markup: &mut Markup, run: &Run) {
    if run.balances.is_empty() {
        return;
    }
    section(markup, "Balance", |markup| {
        markup.inside("table", &[], |markup| {
            columns(
                markup,
                &[
                    ("Balance", false),
                    ("Ours", true),
                    ("Stripe’s", true),
                    ("Off by", true),
                ],
            );
            markup.inside("tbody", &[], |markup| {
                for line in &run.balances {
                    let currency = &line.currency;
                    let name = format!(
                        "{} {}",
                        harmless(&currency.to_uppercase()),
                        harmless(&line.side)
                    );
                    let off = words::off(line.ours_minor, line.theirs_minor, currency);
                    let is_equal = line.ours_minor == line.theirs_minor;
                    let class = if is_equal { "number" } else { "number wrong" };
                    markup.inside("tr", &[], |markup| {
                        markup.leaf("th", &[("scope", "row")], &words::cut(&name, LETTERS));
                        markup.leaf(
                            "td",
                            &[("class", "number")],
                            &money(line.ours_minor, currency),
                        );
                        markup.leaf(
                            "td",
                            &[("class", "number")],
                            &money(line.theirs_minor, currency),
                        );
                        markup.leaf("td", &[("class", class)], &off);
                    });
                }
            });
        });
    });
}

/// What nobody has settled yet.
pub(super) fn open(markup: &mut Markup, findings: &[Outcome]) {
    let open: Vec<&Outcome> = findings.iter().filter(|one| one.state.is_open()).collect();
    if open.is_empty() {
        return;
    }
    section(
        markup,
        &format!("Open findings: {}", count(open.len() as u64)),
        |markup| {
            for outcome in open.iter().take(OPEN_SHOWN) {
                let class = format!("finding {}", words::of_state(outcome.state));
                markup.inside("article", &[("class", &class)], |markup| {
                    whole(markup, outcome)
                });
            }
            left(markup, open.len(), OPEN_SHOWN, "daybook findings");
        },
    );
}

/// What is repaired, accepted or gone.
pub(super) fn others(markup: &mut Markup, findings: &[Outcome]) {
    let others: Vec<&Outcome> = findings.iter().filter(|one| !one.state.is_open()).collect();
    if others.is_empty() {
        return;
    }
    let tally = words::tally(others.iter().copied());
    section(markup, &format!("Other findings: {tally}"), |markup| {
        markup.inside("table", &[], |markup| {
            let names = ["State", "Finding", "Object", "Cause", "Entries"];
            let mut names = names.map(|name| (name, false)).to_vec();
            names.push(("In question", true));
            columns(markup, &names);
            markup.inside("tbody", &[], |markup| {
                for outcome in others.iter().take(OTHERS_SHOWN) {
                    row(markup, outcome);
                }
            });
        });
        left(markup, others.len(), OTHERS_SHOWN, "daybook findings --all");
    });
}

fn whole(markup: &mut Markup, outcome: &Outcome) {
    let finding = &outcome.finding;
    markup.inside("h3", &[], |markup| {
        let state = words::of_state(outcome.state);
        markup.leaf("span", &[("class", &format!("state {state}"))], state);
        markup.text(&format!(" {} ", capital(words::of_class(finding.class))));
        markup.leaf("span", &[("class", "amount")], &stake(outcome));
    });
    markup.inside("p", &[("class", "object")], |markup| {
        markup.text(&format!("{} ", short(&finding.object_type)));
        markup.leaf("code", &[], &short(&finding.object_id));
        if let Some(code) = &finding.code {
            markup.text(" · ");
            markup.leaf("code", &[], &short(code));
        }
    });
    fields(markup, finding);
    markup.inside("dl", &[("class", "reasons")], |markup| {
        let cause = capital(words::of_cause(finding.cause));
        fact(
            markup,
            "Cause",
            &format!("{cause}. {}", advice::meaning(finding.cause)),
        );
        if let Some(why) = &outcome.held_back {
            fact(markup, "Not repaired", &short(why));
        }
        reason(markup, "To do", |markup| markup.prose(&advice::of(finding)));
        reason(markup, "Shown by", |markup| shown_by(markup, outcome));
        reason(markup, "Name", |markup| {
            markup.leaf("code", &[], &short(&finding.id));
        });
    });
}

fn fields(markup: &mut Markup, finding: &Finding) {
    let [is, must_be] = words::sides(finding.class).map(capital);
    let named: Vec<_> = finding
        .fields
        .iter()
        .filter(|one| !one.field.is_empty())
        .collect();
    if named.is_empty() {
        return;
    }
    markup.inside("table", &[], |markup| {
        columns(
            markup,
            &[
                ("Member", false),
                (&is, true),
                (&must_be, true),
                ("Off by", true),
            ],
        );
        markup.inside("tbody", &[], |markup| {
            for field in named.iter().take(FIELDS_SHOWN) {
                markup.inside("tr", &[], |markup| {
                    markup.leaf("th", &[("scope", "row")], &short(&field.field));
                    for side in [&field.ours, &field.theirs] {
                        markup.leaf(
                            "td",
                            &[("class", "number value")],
                            &words::value(side, field, LETTERS),
                        );
                    }
                    let off = field.amount.as_ref();
                    let off = off.map_or(String::new(), |off| money(off.minor, &off.currency));
                    markup.leaf("td", &[("class", "number")], &off);
                });
            }
        });
    });
    let name: String = finding.id.chars().take(advice::NAME_LETTERS).collect();
    let command = format!("daybook findings {}", harmless(&name));
    left(markup, named.len(), FIELDS_SHOWN, &command);
}

/// A finding's row, and under it whose word it is that it may be.
fn row(markup: &mut Markup, outcome: &Outcome) {
    let Some(said) = &outcome.accepted else {
        return markup.inside("tr", &[], |markup| cells(markup, outcome));
    };
    markup.inside("tr", &[("class", "told")], |markup| cells(markup, outcome));
    markup.inside("tr", &[], |markup| {
        markup.leaf("td", &[], "");
        markup.leaf("td", &[("colspan", "5")], &capital(&words::accepted(said)));
    });
}

fn cells(markup: &mut Markup, outcome: &Outcome) {
    let finding = &outcome.finding;
    markup.leaf("td", &[], words::of_state(outcome.state));
    markup.leaf("td", &[], words::of_class(finding.class));
    markup.inside("td", &[], |markup| {
        markup.text(&format!("{} ", words::cut(&words::kind(finding), LETTERS)));
        markup.leaf("code", &[], &short(&finding.object_id));
    });
    markup.leaf("td", &[], words::of_cause(finding.cause));
    markup.leaf("td", &[], &words::entries(&finding.evidence, 3));
    markup.leaf("td", &[("class", "number")], &stake(outcome));
}

fn stake(outcome: &Outcome) -> String {
    let amounts = words::by_currency(outcome.finding.at_stake.iter());
    words::cut(&words::money(&amounts).join(", "), LETTERS)
}

fn reason(markup: &mut Markup, name: &str, fill: impl FnOnce(&mut Markup)) {
    markup.inside("div", &[], |markup| {
        markup.leaf("dt", &[], name);
        markup.inside("dd", &[], fill);
    });
}

/// How to see for oneself what shows it.
fn shown_by(markup: &mut Markup, outcome: &Outcome) {
    let finding = &outcome.finding;
    let seqs = words::entries(&finding.evidence, ENTRIES_SHOWN);
    match finding.evidence.as_slice() {
        [] => {}
        [one] => markup.prose(&format!("Entry {seqs} of the log: `daybook event {one}`. ")),
        [first, ..] => markup.prose(&format!(
            "Entries {seqs} of the log; `daybook event {first}` prints the first. "
        )),
    }
    if let Some(id) = &finding.request_id {
        markup.text("Stripe’s request ");
        markup.leaf("code", &[], &short(id));
        markup.text(".");
    }
}

fn left(markup: &mut Markup, number: usize, shown_max: usize, command: &str) {
    let left = number.saturating_sub(shown_max);
    if left > 0 {
        let text = format!("… and {} more: {command}", count(left as u64));
        markup.leaf("p", &[("class", "more")], &text);
    }
}

fn short(text: &str) -> String {
    words::cut(&harmless(text), LETTERS)
}

/// A part of the page under its name.
pub(super) fn section(markup: &mut Markup, name: &str, fill: impl FnOnce(&mut Markup)) {
    markup.inside("section", &[("class", "part")], |markup| {
        markup.leaf("h2", &[], name);
        fill(markup);
    });
}
