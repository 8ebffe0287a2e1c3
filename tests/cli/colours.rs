//! Colours are for terminals and for whoever asks for them, and change nothing of what is said or where it stands.

use anstream::adapter::strip_str;

use crate::desk::{Desk, Run};

fn run(desk: &Desk, line: &str, environment: &[(&str, &str)]) -> Run {
    let mut command = desk.command(line);
    command.envs(environment.iter().copied());
    Run::from(command.output().unwrap())
}

fn is_painted(run: &Run) -> [bool; 2] {
    [&run.stdout, &run.stderr].map(|text| text.contains('\u{1b}'))
}

const FORCE: (&str, &str) = ("CLICOLOR_FORCE", "1");
const NO_COLOR: (&str, &str) = ("NO_COLOR", "1");

#[test]
fn a_pipe_gets_no_colours_unless_they_are_asked_for() {
    let desk = Desk::with_book();
    let asked = [
        ("invoices", &[][..], false),
        ("invoices --color never", &[FORCE], false),
        ("invoices", &[FORCE], true),
        ("invoices", &[FORCE, NO_COLOR], false),
        ("invoices --color auto", &[FORCE, NO_COLOR], false),
        ("invoices --color always", &[NO_COLOR], true),
        ("invoices --json --color always", &[], false),
        ("invoices --csv --color always", &[], false),
    ];
    for (line, environment, expected) in asked {
        let said = run(&desk, line, environment);
        assert_eq!(
            is_painted(&said),
            [expected, false],
            "{line} {environment:?}"
        );
    }
    assert_eq!(desk.run("invoices --color blue").exit, 2);
}

#[test]
fn an_error_is_painted_where_it_is_said() {
    let desk = Desk::new();
    assert_eq!(is_painted(&desk.run("status")), [false, false]);
    let said = run(&desk, "status --color always", &[]);
    assert_eq!(is_painted(&said), [false, true]);
    let bare = strip_str(&said.stderr).to_string();
    assert_eq!(bare, desk.run("status").stderr);
}

#[test]
fn tables_stand_the_same_with_colours_and_without() {
    let desk = Desk::with_company();
    let events = desk.lines("sim/events.ndjson");
    desk.write("half.ndjson", events[..events.len() / 2].join("\n"));
    desk.ok("import half.ndjson");
    desk.ok("project");
    for line in [
        "invoices",
        "customers",
        "balances",
        "status",
        "check",
        "versions",
    ] {
        let plain = desk.run(line);
        let painted = run(&desk, &format!("{line} --color always"), &[]);
        assert_eq!(
            strip_str(&painted.stdout).to_string(),
            plain.stdout,
            "{line}"
        );
    }
    let wrong = run(&desk, "check --color always", &[]).stdout;
    assert!(wrong.contains("\u{1b}[31mdiffers"), "{wrong:?}");
}

#[test]
fn bytes_of_the_log_are_given_as_they_are() {
    let desk = Desk::with_company();
    // Of what takes part in escapes, JSON lets these stand raw.
    let event = "{\"id\":\"evt_1\",\"object\":\"event\",\"created\":1700000000,\"type\":\"\u{7f}\u{9b}31m\"}";
    desk.write("e.ndjson", event);
    desk.ok("import e.ndjson");
    assert_eq!(desk.ok("event evt_1"), event);
}
