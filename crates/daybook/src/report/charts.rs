//! The report's charts, as SVG within its HTML. Whole numbers place everything; colours are the style sheet's, and no chart says what no
//! table or text says too.

use reconcile::{Lap, Outcome, Question, Run};

use super::markup::Markup;
use super::words::{self, CLASSES, QUESTIONS, STATES};
use crate::currency::{amount, count, worded};
use crate::moment;
use crate::screen::harmless;

const WIDTH: u64 = 360;
/// Where bars begin and end; names stand before, numbers behind.
const LEFT: u64 = 120;
const RIGHT: u64 = 296;
const ROW: u64 = 22;
const BAR: u64 = 10;
/// Runs that the scores are drawn of.
const RUNS_DRAWN: usize = 30;
/// Currencies, and kinds of objects, that are drawn.
const ROWS_DRAWN: usize = 12;
const NAME_LETTERS: usize = 20;
const WHOLE: u64 = 1_000_000;
const DAY_S: i64 = 86_400;

/// Whether there is anything to be drawn of scores.
pub(super) fn has_history(runs: &[Run]) -> bool {
    runs.len() > 1
}

/// The scores of the last runs, a band for each question.
pub(super) fn scores(markup: &mut Markup, runs: &[Run]) {
    let runs = &runs[runs.len().saturating_sub(RUNS_DRAWN)..];
    let band = 48;
    let height = band * 3 + 18;
    let title = format!(
        "Scores of the last {}",
        worded(runs.len() as u64, "run", "runs")
    );
    svg(markup, height, &title, |markup| {
        for (question, top) in QUESTIONS.iter().zip((0..).step_by(48)) {
            band_of(markup, runs, *question, top + 10, band - 24);
        }
        let (first, last) = (runs.first(), runs.last());
        let days = [(first, 76, "start"), (last, RIGHT, "end")];
        for (run, x, anchor) in days {
            let day = run.map_or(String::new(), |run| moment::day(run.began_s));
            label(markup, x, height - 4, anchor, "dim", &day);
        }
    });
}

fn band_of(markup: &mut Markup, runs: &[Run], question: Question, top: u64, height: u64) {
    let left = 76;
    let known: Vec<(usize, u64)> = runs
        .iter()
        .enumerate()
        .filter_map(|(place, run)| Some((place, words::parts(words::score(run, question))?)))
        .collect();
    let lowest = known.iter().map(|(_, parts)| *parts).min().unwrap_or(WHOLE);
    // A hair below all is drawn as a hair, not as the band's whole height.
    let span = (WHOLE - lowest).max(100);
    let steps = runs.len().saturating_sub(1).max(1) as u64;
    let point = |&(place, parts): &(usize, u64)| {
        let x = left + place as u64 * (RIGHT - left) / steps;
        (x, top + (WHOLE - parts) * height / span)
    };
    let name = words::of_question(question);
    label(markup, 0, top + 4, "start", "", name);
    line(markup, "grid", left, top, RIGHT, top);
    let points: Vec<String> = known
        .iter()
        .map(point)
        .map(|(x, y)| format!("{x},{y}"))
        .collect();
    markup.void(
        "polyline",
        &[("class", "trend"), ("points", &points.join(" "))],
    );
    for one @ (place, parts) in &known {
        let score = words::score(&runs[*place], question);
        let class = match (runs[*place].finished, score.open) {
            (false, _) => "dot-stopped",
            (true, 1..) => "dot-open",
            (true, 0) if *parts < WHOLE || *place + 1 == runs.len() => "dot-true",
            (true, 0) => continue,
        };
        let (x, y) = point(one);
        let at = [x.to_string(), y.to_string()];
        markup.void(
            "circle",
            &[("class", class), ("cx", &at[0]), ("cy", &at[1]), ("r", "3")],
        );
    }
    let last = runs.last().map_or(String::new(), |run| {
        words::percent(words::score(run, question))
    });
    label(markup, WIDTH, top + 4, "end", "", &last);
    if lowest < WHOLE {
        let lowest = format!("≥ {}.{:02} %", lowest / 10_000, lowest / 100 % 100);
        label(markup, WIDTH, top + 18, "end", "dim", &lowest);
    }
}

/// How many findings of each class stand how.
pub(super) fn classes(markup: &mut Markup, findings: &[Outcome]) {
    let of = |class, state| {
        let mine = |one: &&Outcome| one.finding.class == class && one.state == state;
        findings.iter().filter(mine).count() as u64
    };
    let rows = CLASSES.map(|class| (class, STATES.map(|state| of(class, state))));
    let sums = rows.iter().map(|(_, counts)| counts.iter().sum::<u64>());
    let most = sums.max().unwrap_or(0).max(1);
    svg(markup, ROW * 6, "Findings by class and state", |markup| {
        for ((class, counts), top) in rows.iter().zip((0..).step_by(22)) {
            label(markup, 0, top + 13, "start", "", words::of_class(*class));
            line(markup, "grid", LEFT, top + 9, RIGHT, top + 9);
            let mut x = LEFT;
            for (state, number) in STATES.iter().zip(counts).filter(|(_, number)| **number > 0) {
                let width = (number * (RIGHT - LEFT) / most).max(2);
                bar(markup, words::of_state(*state), x, top + 4, width);
                x += width;
            }
            label(
                markup,
                WIDTH,
                top + 13,
                "end",
                "",
                &count(counts.iter().sum()),
            );
        }
    });
}

/// The money in question in each currency: each bar is whole, for currencies are not compared.
pub(super) fn stakes(markup: &mut Markup, run: &Run) {
    let all = words::at_stake(run);
    let drawn = &all[..all.len().min(ROWS_DRAWN)];
    let height = 2 * ROW * drawn.len() as u64;
    svg(
        markup,
        height,
        "Money in question by currency and question",
        |markup| {
            for (sum, top) in drawn.iter().zip((0..).step_by(44)) {
                let text = amount(sum.minor, &sum.currency);
                label(markup, 0, top + 14, "start", "", &words::cut(&text, 40));
                let mut x = 0;
                for question in QUESTIONS {
                    let mine = words::score(run, question).at_stake.iter();
                    let mine: u64 = mine
                        .filter(|one| one.currency == sum.currency)
                        .map(|one| one.minor.unsigned_abs())
                        .fold(0, u64::saturating_add);
                    let share =
                        u128::from(mine) * u128::from(WIDTH) / u128::from(sum.minor.unsigned_abs());
                    let width = u64::try_from(share).unwrap_or(WIDTH).min(WIDTH - x);
                    if width > 0 {
                        bar(markup, words::of_question(question), x, top + 22, width);
                    }
                    x += width;
                }
            }
        },
    );
}

/// How long ago the last whole lap of each kind began, the oldest first.
pub(super) fn sweep(markup: &mut Markup, run: &Run) {
    let mut laps: Vec<&Lap> = run.sweep.laps.iter().collect();
    laps.sort_by_key(|lap| lap.last_began_s);
    let drawn = &laps[..laps.len().min(ROWS_DRAWN)];
    let oldest = drawn
        .iter()
        .map(|lap| lap.last_began_s.unwrap_or(lap.began_s))
        .min();
    let span = run
        .ended_s
        .saturating_sub(oldest.unwrap_or(run.ended_s))
        .max(DAY_S)
        .unsigned_abs();
    let width_since = |second: i64| {
        let age = run
            .ended_s
            .saturating_sub(second)
            .max(0)
            .unsigned_abs()
            .min(span);
        let width = u128::from(age) * u128::from(RIGHT - LEFT) / u128::from(span);
        u64::try_from(width).unwrap_or(0).max(2)
    };
    let title = "How long ago the last whole lap of each kind began";
    svg(markup, ROW * drawn.len() as u64, title, |markup| {
        for (lap, top) in drawn.iter().zip((0..).step_by(22)) {
            let name = words::cut(&harmless(&lap.object_type), NAME_LETTERS);
            label(markup, 0, top + 13, "start", "", &name);
            line(markup, "grid", LEFT, top + 9, RIGHT, top + 9);
            if let Some(last_s) = lap.last_began_s {
                let width = width_since(last_s);
                bar(markup, "swept", RIGHT - width, top + 4, width);
            }
            if lap.next_s.is_some() {
                let x = RIGHT - width_since(lap.began_s);
                line(markup, "tick", x, top + 2, x, top + 16);
            }
            let age = lap.last_began_s.map_or("not yet".to_owned(), |last_s| {
                let days = run.ended_s.saturating_sub(last_s).max(0) / DAY_S;
                worded(days.unsigned_abs(), "day", "days")
            });
            label(markup, WIDTH, top + 13, "end", "", &age);
        }
    });
}

/// How many kinds the sweep's chart leaves out.
pub(super) fn kinds_left(run: &Run) -> usize {
    run.sweep.laps.len().saturating_sub(ROWS_DRAWN)
}

/// A thin bar of how much agreed.
pub(super) fn meter(markup: &mut Markup, run: &Run, question: Question) {
    let score = words::score(run, question);
    let Some(parts) = words::parts(score) else {
        return;
    };
    let agreed = parts * WIDTH / WHOLE;
    // What does not agree is seen however little it is.
    let agreed = if parts < WHOLE {
        agreed.min(WIDTH - 4)
    } else {
        agreed
    };
    let title = format!(
        "{}: {}",
        words::of_question(question),
        words::percent(score)
    );
    svg(markup, 4, &title, |markup| {
        let class = if score.open > 0 {
            "bar-new"
        } else {
            "bar-repaired"
        };
        block(markup, "bar-agreed", [0, 0, agreed, 4]);
        if agreed < WIDTH {
            block(markup, class, [agreed, 0, WIDTH - agreed, 4]);
        }
    });
}

fn svg(markup: &mut Markup, height: u64, title: &str, fill: impl FnOnce(&mut Markup)) {
    let view = format!("0 0 {WIDTH} {height}");
    let (width, height) = (WIDTH.to_string(), height.to_string());
    let attributes = [
        ("role", "img"),
        // A meter is as wide as its place, whatever that does to its form.
        (
            "preserveAspectRatio",
            if height == "4" { "none" } else { "xMinYMin" },
        ),
        ("viewBox", &*view),
        ("width", &*width),
        ("height", &*height),
    ];
    markup.inside("svg", &attributes, |markup| {
        markup.leaf("title", &[], title);
        fill(markup);
    });
}

fn label(markup: &mut Markup, x: u64, y: u64, anchor: &str, class: &str, text: &str) {
    let (x, y) = (x.to_string(), y.to_string());
    let mut attributes = vec![("x", &*x), ("y", &*y), ("text-anchor", anchor)];
    if !class.is_empty() {
        attributes.push(("class", class));
    }
    markup.leaf("text", &attributes, text);
}

fn bar(markup: &mut Markup, class: &str, x: u64, y: u64, width: u64) {
    block(markup, &format!("bar-{class}"), [x, y, width, BAR]);
}

fn block(markup: &mut Markup, class: &str, [x, y, width, height]: [u64; 4]) {
    let [x, y, width, height] = [x, y, width, height].map(|number| number.to_string());
    let attributes = [
        ("class", class),
        ("x", &*x),
        ("y", &*y),
        ("width", &*width),
        ("height", &*height),
    ];
    markup.void("rect", &attributes);
}

fn line(markup: &mut Markup, class: &str, x1: u64, y1: u64, x2: u64, y2: u64) {
    let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(|number| number.to_string());
    let attributes = [
        ("class", class),
        ("x1", &*x1),
        ("y1", &*y1),
        ("x2", &*x2),
        ("y2", &*y2),
    ];
    markup.void("line", &attributes);
}
