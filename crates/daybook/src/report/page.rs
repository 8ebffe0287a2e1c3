//! The report as a page for the terminal, a hundred columns wide at most where what Stripe says allows it. Prints nothing itself.

use clap::builder::styling::Style;
use reconcile::{Class, Outcome, Question, Report, Run, State};

use super::advice;
use super::words::{self, QUESTIONS, Verdict};
use crate::columns::{self, Shown};
use crate::currency::{amount, count, worded};
use crate::moment;
use crate::paint::{DOUBT, HEADING, PLAIN, WRONG, painted};
use crate::screen::harmless;
use crate::standing::short;

const WIDTH: usize = 100;
/// Of more findings the page says the number alone.
const FINDINGS_SHOWN: usize = 30;
/// Members that are shown of one finding.
const FIELDS_SHOWN: usize = 3;
/// Entries that are named of one finding.
const ENTRIES_SHOWN: usize = 6;
/// Unsettled objects that are named.
const UNSETTLED_SHOWN: usize = 5;
/// Letters of a finding's name: enough for commands, which take the beginning of one.
const NAME_LETTERS: usize = 12;
/// Letters of an object's id: all that Stripe's have, for commands take no part of one.
const ID_LETTERS: usize = 80;
/// Letters of one value.
const VALUE_LETTERS: usize = 28;
/// Amounts side by side.
const AMOUNTS_IN_LINE: usize = 2;

/// The page, line by line, with paint.
pub(super) fn lines(report: &Report) -> Vec<String> {
    let run = &report.run;
    let mut page = Page(Vec::new());
    page.head(report);
    page.questions(run);
    page.balances(run);
    page.findings(&report.findings);
    page.unsettled(run);
    page.doubts(run);
    page.part("sweep");
    page.prose("", &words::coverage(run));
    page.line("");
    page.line(foot(report));
    page.0
}

struct Page(Vec<String>);

impl Page {
    fn line(&mut self, text: impl Into<String>) {
        self.0.push(text.into());
    }

    fn part(&mut self, name: &str) {
        self.line("");
        self.line(painted(HEADING, name));
    }

    fn table(&mut self, rows: &[Vec<Shown>], is_right: &[bool]) {
        let text = columns::lay_out(rows, is_right);
        self.0.extend(text.lines().map(str::to_owned));
    }

    /// A text in lines of the page's width, the later ones indented as the first.
    fn prose(&mut self, indent: &str, text: &str) {
        let mut line = String::new();
        for word in text.split(' ') {
            let width = indent.len() + line.chars().count() + 1 + word.chars().count();
            if !line.is_empty() && width > WIDTH {
                self.line(format!("{indent}{line}"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(format!("{indent}{line}"));
    }

    fn head(&mut self, report: &Report) {
        let run = &report.run;
        let verdict = Verdict::of(run);
        let style = match verdict {
            Verdict::True => HEADING,
            Verdict::FindingsLeft => WRONG.bold(),
            Verdict::Unproven | Verdict::Unfinished => DOUBT.bold(),
        };
        let stream = harmless(&report.stream);
        let day = moment::day(run.began_s);
        let verdict = painted(style, verdict.name());
        self.line(format!("{verdict}  {stream}, the night of {day}"));
        self.prose("", &words::summary(run));
        self.line("");
        let (from, to) = (moment::shown(run.began_s), moment::shown(run.ended_s));
        let took = words::duration(run.ended_s.saturating_sub(run.began_s));
        let objects = worded(run.objects, "object", "objects");
        let fields = worded(run.fields, "member", "members");
        let requests = worded(run.requests, "request", "requests");
        let facts = [
            (
                "run",
                format!("{} ({})", harmless(&run.run), harmless(&run.command)),
            ),
            ("time", format!("{from} to {to}, {took}")),
            ("compared", format!("{objects}, {fields}, with {requests}")),
        ];
        for (name, text) in facts {
            self.line(format!("{name:<15} {text}"));
        }
    }

    fn questions(&mut self, run: &Run) {
        let names = [
            "question", "", "agreed", "score", "repaired", "open", "at stake",
        ];
        let mut rows = vec![headings(&names)];
        rows.extend(QUESTIONS.iter().flat_map(|question| answer(run, *question)));
        self.line("");
        self.table(&rows, &[false, false, true, true, true, true, false]);
    }

    fn balances(&mut self, run: &Run) {
        if run.balances.is_empty() {
            return;
        }
        let mut rows = vec![headings(&["balance", "ours", "Stripe’s", "off by"])];
        rows.extend(run.balances.iter().map(|line| {
            let currency = &line.currency;
            let off = words::off(line.ours_minor, line.theirs_minor, currency);
            let style = if line.ours_minor == line.theirs_minor {
                PLAIN
            } else {
                WRONG
            };
            vec![
                plain(format!(
                    "{} {}",
                    harmless(&currency.to_uppercase()),
                    harmless(&line.side)
                )),
                plain(amount(line.ours_minor, currency)),
                plain(amount(line.theirs_minor, currency)),
                Shown { text: off, style },
            ]
        }));
        self.line("");
        self.table(&rows, &[false, true, true, true]);
    }

    fn findings(&mut self, findings: &[Outcome]) {
        if findings.is_empty() {
            self.part("findings");
            return self.line("none");
        }
        self.part(&format!("findings: {}", words::tally(findings.iter())));
        let shown = &findings[..findings.len().min(FINDINGS_SHOWN)];
        let rows: Vec<Vec<Shown>> = shown.iter().map(cells).collect();
        let table = columns::lay_out(&rows, &[false, false, false, false, true, false]);
        for (line, outcome) in table.lines().zip(shown) {
            self.line(line);
            self.details(outcome);
        }
        let left = &findings[shown.len()..];
        if !left.is_empty() {
            let (number, command) = (count(left.len() as u64), words::listing(left));
            self.line(format!("… and {number} more: {command}"));
        }
    }

    /// What differs, and what shows it: of findings that somebody must look at.
    fn details(&mut self, outcome: &Outcome) {
        let indent = " ".repeat(10);
        if !outcome.state.is_open() && outcome.state != State::Accepted {
            return;
        }
        let finding = &outcome.finding;
        let fields: Vec<_> = finding
            .fields
            .iter()
            .filter(|one| !one.field.is_empty())
            .collect();
        let [is, must_be] = words::sides(finding.class);
        let letters = match finding.class {
            Class::SumDiffers => WIDTH,
            _ => VALUE_LETTERS,
        };
        for field in fields.iter().take(FIELDS_SHOWN) {
            let name = harmless(&field.field);
            let ours = words::value(&field.ours, field, letters);
            let theirs = words::value(&field.theirs, field, letters);
            let text = match finding.class {
                Class::SumDiffers => format!("{name}: {is}: {ours}; {must_be}: {theirs}"),
                _ => format!("{name}: {is} {ours}, {must_be} {theirs}"),
            };
            self.prose(&indent, &text);
        }
        let mut parts = Vec::new();
        if fields.len() > FIELDS_SHOWN {
            let left = (fields.len() - FIELDS_SHOWN) as u64;
            parts.push(worded(left, "more member", "more members"));
        }
        let is_told = |code: &&String| fields.iter().any(|one| one.field == **code);
        let code = finding.code.iter().filter(|code| !is_told(code));
        parts.extend(code.map(|code| harmless(code)));
        parts.push(format!("of kind {}", harmless(&finding.object_type)));
        parts.extend(entries(&finding.evidence));
        parts.extend(outcome.held_back.iter().map(|why| harmless(why)));
        self.prose(&indent, &parts.join(" · "));
        if let Some(said) = &outcome.accepted {
            self.prose(&indent, &words::accepted(said));
        }
        if outcome.state.is_open() {
            self.prose(&indent, &format!("to do: {}", advice::of(finding)));
        }
    }

    fn unsettled(&mut self, run: &Run) {
        if run.unsettled.is_empty() {
            return;
        }
        let number = worded(run.unsettled.len() as u64, "object", "objects");
        self.part(&format!("unsettled: {number}, moving at each look"));
        for one in run.unsettled.iter().take(UNSETTLED_SHOWN) {
            let (kind, id) = (harmless(&one.object_type), harmless(&one.object_id));
            self.line(format!("{kind} {id}"));
        }
        let left = run.unsettled.len().saturating_sub(UNSETTLED_SHOWN);
        if left > 0 {
            self.line(format!(
                "… and {} more: daybook report --json",
                count(left as u64)
            ));
        }
    }

    fn doubts(&mut self, run: &Run) {
        let doubts = words::doubts(run);
        if doubts.is_empty() && run.unproven.is_empty() {
            return;
        }
        self.part("unproven");
        for doubt in doubts.iter().chain(&run.unproven) {
            self.prose("", &harmless(doubt));
        }
    }
}

/// The rows of a question: as many as its money needs.
fn answer(run: &Run, question: Question) -> Vec<Vec<Shown>> {
    let score = words::score(run, question);
    let money = words::money(&score.at_stake);
    let money: Vec<String> = money
        .chunks(AMOUNTS_IN_LINE)
        .map(|some| some.join(", "))
        .collect();
    let open = if score.open == 0 { PLAIN } else { WRONG };
    let brief = match question {
        Question::Complete => "is it all in the log?",
        Question::True => "does it equal Stripe’s?",
        Question::Clear => "do the sums agree?",
    };
    let first = vec![
        plain(words::of_question(question)),
        plain(brief),
        plain(words::agreed(score)),
        plain(words::percent(score)),
        plain(count(score.repaired)),
        Shown {
            text: count(score.open),
            style: open,
        },
        Shown {
            text: money.first().cloned().unwrap_or_default(),
            style: open,
        },
    ];
    let more = money.iter().skip(1).map(|text| {
        let mut row: Vec<Shown> = (0..6).map(|_| plain("")).collect();
        row.push(Shown {
            text: text.clone(),
            style: open,
        });
        row
    });
    std::iter::once(first).chain(more).collect()
}

/// A finding's own line.
fn cells(outcome: &Outcome) -> Vec<Shown> {
    let finding = &outcome.finding;
    let style = match outcome.state {
        State::New | State::Known => WRONG,
        State::Accepted => DOUBT,
        State::Repaired | State::Gone => PLAIN,
    };
    let money = words::money(&words::by_currency(finding.at_stake.iter()));
    vec![
        Shown {
            text: words::of_state(outcome.state).to_owned(),
            style,
        },
        plain(harmless(
            &finding.id.chars().take(NAME_LETTERS).collect::<String>(),
        )),
        plain(words::of_class(finding.class)),
        plain(words::cut(&harmless(&finding.object_id), ID_LETTERS)),
        plain(words::cut(&money.join(", "), VALUE_LETTERS)),
        plain(words::of_cause(finding.cause)),
    ]
}

/// Which entries show it.
fn entries(evidence: &[u64]) -> Option<String> {
    match evidence {
        [] => None,
        [one] => Some(format!("entry {one}")),
        many => Some(format!("entries {}", words::entries(many, ENTRIES_SHOWN))),
    }
}

/// What the report stands on.
fn foot(report: &Report) -> String {
    let (run, basis) = (&report.run, &report.run.basis);
    let clock = basis.clock_s.map_or("not set".to_owned(), moment::shown);
    let mut parts = vec![
        short(&harmless(&basis.head)),
        short(&harmless(&basis.digest)),
        format!("as of {}", moment::shown(run.ended_s)),
        format!("book clock {clock}"),
    ];
    // A run that was broken off early stands on nothing yet.
    parts.retain(|part| !part.is_empty());
    format!("-- {}", parts.join(" · "))
}

fn headings(names: &[&str]) -> Vec<Shown> {
    let heading = |name: &&str| Shown {
        text: (*name).to_owned(),
        style: HEADING,
    };
    names.iter().map(heading).collect()
}

fn plain(text: impl Into<String>) -> Shown {
    let style: Style = PLAIN;
    Shown {
        text: text.into(),
        style,
    }
}
