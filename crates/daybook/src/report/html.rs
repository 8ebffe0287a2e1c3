//! The report as one HTML file to mail or keep: no script, nothing from outside, light and dark, and fit for paper. Shows only what the
//! report says.

mod findings;
mod foot;

use reconcile::{Outcome, Question, Report, Run};

use super::charts;
use super::markup::Markup;
use super::words::{self, QUESTIONS, STATES, Verdict};
use crate::currency::{amount, count, worded};
use crate::moment;
use crate::screen::harmless;

const SHEET: &str = include_str!("html/report.css");
/// Nothing may be loaded or run, whatever stands in the text.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The file's text; `runs` are the stream's, oldest first, of which the scores are drawn up to the report's own.
pub(crate) fn html(report: &Report, runs: &[Run]) -> String {
    let until = runs.iter().rposition(|run| run.run == report.run.run);
    let runs = until.map_or(&[][..], |last| &runs[..=last]);
    let mut markup = Markup::document();
    markup.inside("html", &[("lang", "en")], |markup| {
        markup.inside("head", &[], |markup| head(markup, report));
        markup.inside("body", &[], |markup| {
            markup.inside("main", &[], |markup| body(markup, report, runs));
        });
    });
    markup.finish()
}

fn head(markup: &mut Markup, report: &Report) {
    let day = moment::day(report.run.began_s);
    markup.void("meta", &[("charset", "utf-8")]);
    let policy = [
        ("http-equiv", "Content-Security-Policy"),
        ("content", POLICY),
    ];
    markup.void("meta", &policy);
    let view = [
        ("name", "viewport"),
        ("content", "width=device-width, initial-scale=1"),
    ];
    markup.void("meta", &view);
    markup.void(
        "meta",
        &[("name", "color-scheme"), ("content", "light dark")],
    );
    markup.leaf(
        "title",
        &[],
        &format!(
            "{}, {day}: {}",
            harmless(&report.stream),
            title(&report.run)
        ),
    );
    markup.style(SHEET);
}

fn body(markup: &mut Markup, report: &Report, runs: &[Run]) {
    let run = &report.run;
    headline(markup, report);
    questions(markup, run);
    // What somebody must do something about comes before what explains it.
    findings::balances(markup, run);
    findings::open(markup, &report.findings);
    foot::unproven(markup, run);
    foot::unsettled(markup, run);
    figures(markup, report, runs);
    findings::others(markup, &report.findings);
    foot::basis(markup, report);
}

fn title(run: &Run) -> &'static str {
    match Verdict::of(run) {
        Verdict::True => "True",
        Verdict::FindingsLeft => "Findings left",
        Verdict::Unproven => "Not all proven",
        Verdict::Unfinished => "Unfinished",
    }
}

fn headline(markup: &mut Markup, report: &Report) {
    let run = &report.run;
    let class = match Verdict::of(run) {
        Verdict::True => "verdict true",
        Verdict::FindingsLeft => "verdict open",
        Verdict::Unproven | Verdict::Unfinished => "verdict stopped",
    };
    markup.inside("header", &[], |markup| {
        markup.inside("p", &[("class", "mast")], |markup| {
            markup.leaf("span", &[], "Reconciliation with Stripe");
            markup.leaf("span", &[], &harmless(&report.stream));
        });
        markup.leaf(
            "p",
            &[("class", "day")],
            &format!("The night of {}", moment::day(run.began_s)),
        );
        markup.leaf("h1", &[("class", class)], title(run));
        markup.leaf("p", &[("class", "lead")], &sentence(&words::summary(run)));
        markup.inside("dl", &[("class", "facts")], |markup| {
            let span = format!(
                "{} to {}",
                moment::shown(run.began_s),
                moment::shown(run.ended_s)
            );
            fact(markup, "Time", &span);
            fact(
                markup,
                "Took",
                &words::duration(run.ended_s.saturating_sub(run.began_s)),
            );
            let objects = worded(run.objects, "object", "objects");
            fact(
                markup,
                "Compared",
                &format!("{objects}, {}", worded(run.fields, "member", "members")),
            );
            fact(markup, "Requests", &count(run.requests));
        });
    });
}

/// A name and what is said of it.
fn fact(markup: &mut Markup, name: &str, text: &str) {
    markup.inside("div", &[], |markup| {
        markup.leaf("dt", &[], name);
        markup.leaf("dd", &[], text);
    });
}

/// The words as a sentence of their own.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn questions(markup: &mut Markup, run: &Run) {
    markup.inside(
        "section",
        &[
            ("class", "questions"),
            ("aria-label", "The three questions"),
        ],
        |markup| {
            for question in QUESTIONS {
                markup.inside("article", &[], |markup| answer(markup, run, question));
            }
        },
    );
}

fn answer(markup: &mut Markup, run: &Run, question: Question) {
    let score = words::score(run, question);
    markup.leaf("h2", &[], &capital(words::of_question(question)));
    markup.leaf("p", &[("class", "asked")], words::asked(question));
    markup.leaf("p", &[("class", "score")], &words::percent(score));
    charts::meter(markup, run, question);
    markup.leaf(
        "p",
        &[("class", "agreed")],
        &format!("{} agreed", words::agreed(score)),
    );
    // An amount and its currency stay in one line.
    let money: Vec<String> = words::money(&score.at_stake)
        .iter()
        .map(|one| one.replace(' ', "\u{a0}"))
        .collect();
    markup.inside("dl", &[], |markup| {
        fact(markup, "Repaired", &count(score.repaired));
        fact(markup, "Open", &count(score.open));
        fact(
            markup,
            "In question",
            &if money.is_empty() {
                "–".to_owned()
            } else {
                money.join(", ")
            },
        );
    });
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

fn figures(markup: &mut Markup, report: &Report, runs: &[Run]) {
    let run = &report.run;
    markup.inside(
        "section",
        &[("class", "figures"), ("aria-label", "Figures")],
        |markup| {
            if charts::has_history(runs) {
                figure(markup, "Scores", |markup| {
                    charts::scores(markup, runs);
                    legend(
                        markup,
                        &[
                            ("dot-true", "answered with yes"),
                            ("dot-open", "findings left"),
                            ("dot-stopped", "unfinished"),
                        ],
                    );
                });
            }
            figure(markup, "Findings by class", |markup| {
                by_class(markup, &report.findings)
            });
            figure(markup, "Money in question", |markup| {
                if words::at_stake(run).is_empty() {
                    return markup.leaf("p", &[("class", "quiet")], "None.");
                }
                charts::stakes(markup, run);
                legend(
                    markup,
                    &[
                        ("bar-complete", "complete"),
                        ("bar-true", "true"),
                        ("bar-clear", "clear"),
                    ],
                );
            });
            figure(markup, "Sweep of all history", |markup| swept(markup, run));
        },
    );
}

fn by_class(markup: &mut Markup, findings: &[Outcome]) {
    if findings.is_empty() {
        return markup.leaf("p", &[("class", "quiet")], "None.");
    }
    charts::classes(markup, findings);
    let names = STATES.map(|state| format!("bar-{}", words::of_state(state)));
    let keys: Vec<(&str, &str)> = names
        .iter()
        .zip(STATES)
        .filter(|(_, state)| findings.iter().any(|one| one.state == *state))
        .map(|(name, state)| (&**name, words::of_state(state)))
        .collect();
    legend(markup, &keys);
}

fn swept(markup: &mut Markup, run: &Run) {
    if !run.sweep.laps.is_empty() {
        charts::sweep(markup, run);
        legend(
            markup,
            &[
                ("bar-swept", "since the last whole lap began"),
                ("tick", "the lap under way began"),
            ],
        );
    }
    markup.leaf("p", &[("class", "note")], &sentence(&words::coverage(run)));
    let left = charts::kinds_left(run) as u64;
    if left > 0 {
        let text = format!("Not drawn: {}, swept later.", worded(left, "kind", "kinds"));
        markup.leaf("p", &[("class", "note")], &text);
    }
}

fn figure(markup: &mut Markup, name: &str, fill: impl FnOnce(&mut Markup)) {
    markup.inside("figure", &[], |markup| {
        markup.leaf("figcaption", &[], name);
        fill(markup);
    });
}

fn legend(markup: &mut Markup, keys: &[(&str, &str)]) {
    markup.inside("p", &[("class", "legend")], |markup| {
        for (class, name) in keys {
            markup.inside("span", &[], |markup| {
                markup.leaf("b", &[("class", class)], "");
                markup.text(name);
            });
        }
    });
}

/// The head of a table's columns, those after the first so many in numbers' place.
fn columns(markup: &mut Markup, names: &[(&str, bool)]) {
    markup.inside("thead", &[], |markup| {
        markup.inside("tr", &[], |markup| {
            for (name, is_number) in names {
                let class = if *is_number { "number" } else { "word" };
                markup.leaf("th", &[("scope", "col"), ("class", class)], name);
            }
        });
    });
}

/// An amount for the page.
fn money(minor: i64, currency: &str) -> String {
    words::cut(&amount(minor, currency), 60)
}
