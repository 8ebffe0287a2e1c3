//! The end of the HTML file: what is unproven or unsettled, and what the report stands on.

use reconcile::{Report, Run};

use super::super::markup::Markup;
use super::super::words;
use super::fact;
use super::findings::section;
use crate::currency::{count, worded};
use crate::moment;
use crate::screen::harmless;

/// Sentences, and objects, that are shown.
const SHOWN: usize = 50;
const LETTERS: usize = 1_000;

/// What the run did not come to, or could not prove.
pub(super) fn unproven(markup: &mut Markup, run: &Run) {
    let mut lines = words::doubts(run);
    lines.extend(run.unproven.iter().cloned());
    if lines.is_empty() {
        return;
    }
    section(markup, "Unproven", |markup| list(markup, &lines));
}

/// What moved whenever it was looked at.
pub(super) fn unsettled(markup: &mut Markup, run: &Run) {
    if run.unsettled.is_empty() {
        return;
    }
    let number = worded(run.unsettled.len() as u64, "object", "objects");
    section(markup, &format!("Unsettled: {number}"), |markup| {
        let why = "These moved whenever they were looked at: they are neither equal nor different, and the next night looks at \
                   them again.";
        markup.leaf("p", &[("class", "note")], why);
        let each = run.unsettled.iter();
        let lines: Vec<String> = each
            .map(|one| format!("{} {}", one.object_type, one.object_id))
            .collect();
        list(markup, &lines);
    });
}

fn list(markup: &mut Markup, lines: &[String]) {
    markup.inside("ul", &[], |markup| {
        for line in lines.iter().take(SHOWN) {
            markup.leaf("li", &[], &words::cut(&harmless(line), LETTERS));
        }
        let left = lines.len().saturating_sub(SHOWN);
        if left > 0 {
            let text = format!("… and {} more: daybook report --json", count(left as u64));
            markup.leaf("li", &[], &text);
        }
    });
}

/// What the report stands on, and how to make it again.
pub(super) fn basis(markup: &mut Markup, report: &Report) {
    let (run, basis) = (&report.run, &report.run.basis);
    let clock = basis.clock_s.map_or("not set".to_owned(), moment::shown);
    markup.inside("footer", &[("class", "part")], |markup| {
        markup.leaf("h2", &[], "What this stands on");
        markup.inside("dl", &[("class", "basis")], |markup| {
            let facts = [
                ("Stream", &*report.stream),
                ("Head", &basis.head),
                ("Fold", &basis.fold.to_string()),
                ("Digest", &basis.digest),
                ("As of", &moment::shown(run.ended_s)),
                ("Book clock", &clock),
                ("Run", &format!("{} ({})", run.run, run.command)),
            ];
            for (name, text) in facts {
                fact(markup, name, &words::cut(&harmless(text), LETTERS));
            }
        });
        let again = format!("daybook report {} --html FILE", harmless(&run.run));
        markup.inside("p", &[("class", "note")], |markup| {
            markup.text("Made from the log alone, by which it can be made again at any time: ");
            markup.leaf("code", &[], &words::cut(&again, LETTERS));
            markup.text(". Amounts of two currencies are never added.");
        });
    });
}
