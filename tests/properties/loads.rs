//! How often the newest state of a busy object is found: right, flagged and silently wrong, for each load of the simulator.
//!
//! The simulator knows the truth and nothing of the fold; bodies are read as in the log. The figures are printed beside
//! those that the specification was tried with. How many objects there are follows `PROPTEST_CASES`.

use std::fmt;

use book::{Certainty, Register, View, resolve};
use facts::{Fact, Record};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use simulator::{BusyObject, Load, live_busily};

use crate::contents::KINDS;
use crate::histories::{self, Telling};
use crate::logs::facts_in;
use crate::shelf::object;

/// How many objects were found as they are, marked as unsure, and wrong without a mark.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    objects: u32,
    right: u32,
    flagged: u32,
    silent: u32,
    /// Of the silent ones, those of whose last change nothing arrived.
    unheard: u32,
}

impl Figures {
    fn count(&mut self, view: Option<&View>, truth: &Record, is_heard: bool) {
        let is_right = view.is_some_and(|view| view.content.same_state(truth));
        let is_flagged = view.is_none_or(|view| view.certainty == Certainty::Ambiguous);
        let is_silent = !is_right && !is_flagged;
        self.objects += 1;
        self.right += u32::from(is_right);
        self.flagged += u32::from(is_flagged);
        self.silent += u32::from(is_silent);
        self.unheard += u32::from(is_silent && !is_heard);
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |count: u32| {
            let of_10_000 = count * 10_000 / self.objects;
            format!("{}.{:02} %", of_10_000 / 100, of_10_000 % 100)
        };
        let (right, flagged) = (share(self.right), share(self.flagged));
        write!(
            out,
            "{right} right, {flagged} flagged, {} silent",
            share(self.silent)
        )?;
        if self.unheard > 0 {
            write!(out, " ({} had lost the last change)", share(self.unheard))?;
        }
        write!(out, ", of {} objects", self.objects)
    }
}

/// What one line says about the object with this id.
fn facts_about(id: &str, line: &str, seq: u64) -> Vec<Fact> {
    let is_about = |fact: &Fact| *object(fact).id == *id;
    facts_in(line, seq).into_iter().filter(is_about).collect()
}

fn view(busy: &BusyObject) -> Option<View> {
    let mut register = Register::default();
    for (line, seq) in busy.lines.iter().zip(1..) {
        register.extend(facts_about(&busy.id, line, seq));
    }
    resolve(&register)
}

/// The true content, read as the answer of the API that it is.
fn truth(busy: &BusyObject) -> Record {
    let header = facts::ObservationHeader {
        version: Some(simulator::API_VERSION.into()),
        date_s: Some(2_000_000_000),
        elapsed_ms: Some(0),
        object_type: Some(busy.object.into()),
        object_id: Some(busy.id.to_string()),
        ..facts::ObservationHeader::default()
    };
    let line = facts::observation_line(&header, &busy.truth);
    match facts_about(&busy.id, &line, 0).as_slice() {
        [Fact::Claim(claim)] => (**claim.after.as_ref().expect("truth is whole")).clone(),
        facts => panic!("truth is one claim, not {facts:?}"),
    }
}

fn measure_busy(load: &Load) -> Figures {
    let mut figures = Figures::default();
    for busy in live_busily(load) {
        figures.count(view(&busy).as_ref(), &truth(&busy), busy.told);
    }
    figures
}

fn measure_ordinary(telling: Telling, objects: u32) -> Figures {
    let mut figures = Figures::default();
    let mut runner = TestRunner::deterministic();
    for number in 0..objects {
        let kind = number as usize % KINDS.len();
        let history = histories::of(kind, telling)
            .new_tree(&mut runner)
            .expect("nothing is rejected")
            .current();
        let mut register = Register::default();
        register.extend(history.facts.0);
        figures.count(
            resolve(&register).as_ref(),
            &history.truth,
            history.is_heard,
        );
    }
    figures
}

/// A load, the trial's figures for it, and the bounds that these must keep, in hundredths of a percent: for the simulator's
/// busy objects and for ordinary ones, of which a fifth has several states in its last second.
struct Case {
    name: &'static str,
    busy: fn(u64, u32) -> Load,
    ordinary: Telling,
    said: &'static str,
    right_least: (u32, u32),
    silent_most: (u32, u32),
}

const CASES: [Case; 5] = [
    Case {
        name: "every change told",
        busy: Load::every_change_told,
        ordinary: Telling::PLAIN,
        said: "100.00 % right, 0 silent",
        right_least: (9_900, 9_900),
        silent_most: (0, 0),
    },
    Case {
        name: "no previous values",
        busy: Load::without_previous_values,
        ordinary: Telling {
            mute: 100,
            ..Telling::PLAIN
        },
        said: "81 % right, 32 % flagged, 0 silent",
        right_least: (4_500, 8_500),
        silent_most: (0, 0),
    },
    Case {
        name: "10 % of the events lost",
        busy: Load::lossy,
        ordinary: Telling {
            lost: 10,
            ..Telling::PLAIN
        },
        said: "97.9 % right, 3.8 % flagged, 0.3 % silent",
        right_least: (8_200, 8_500),
        silent_most: (1_300, 1_300),
    },
    Case {
        name: "read while busy",
        busy: Load::read_while_busy,
        ordinary: Telling {
            read: 50,
            ..Telling::PLAIN
        },
        said: "99.98 % right, 0 silent",
        right_least: (9_900, 9_900),
        silent_most: (40, 0),
    },
    Case {
        name: "late snapshots",
        busy: Load::late_snapshots,
        ordinary: Telling {
            late: 100,
            ..Telling::PLAIN
        },
        said: "98.1 % right, 3.2 % flagged, 0.4 % silent",
        right_least: (9_800, 9_900),
        silent_most: (40, 40),
    },
];

#[test]
fn newest_states_are_found_as_often_as_specified() {
    let objects = Config::default().cases.clamp(200, 8_000);
    for case in CASES {
        println!("{}   (the specification's trial: {})", case.name, case.said);
        let kinds = [
            (
                "busy",
                measure_busy(&(case.busy)(1, objects)),
                case.right_least.0,
                case.silent_most.0,
            ),
            (
                "ordinary",
                measure_ordinary(case.ordinary, objects),
                case.right_least.1,
                case.silent_most.1,
            ),
        ];
        for (kind, figures, right_least, silent_most) in kinds {
            println!("    {kind:9} {figures}");
            let Figures {
                objects,
                right,
                silent,
                ..
            } = figures;
            assert!(
                right * 10_000 >= right_least * objects,
                "{}, {kind}: {figures}",
                case.name
            );
            assert!(
                silent * 10_000 <= silent_most * objects,
                "{}, {kind}: {figures}",
                case.name
            );
        }
    }
}
