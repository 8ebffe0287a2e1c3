//! Completions: each shell gets a script that knows every command, and the shells that are at hand can read theirs.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::desk::Desk;

#[test]
fn each_shell_gets_a_script_that_names_every_command() {
    let desk = Desk::new();
    let help = desk.ok("--help");
    let names: Vec<&str> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once("  "))
        .map(|(name, _)| name)
        .filter(|name| name.chars().all(|letter| letter.is_ascii_lowercase()))
        .collect();
    assert!(names.len() > 19 && names.contains(&"invoice"), "{names:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = desk.ok(&format!("completions {shell}"));
        for name in names.iter().chain(&["line-bytes-max", "table"]) {
            assert!(script.contains(name), "{shell}: {name}");
        }
        let same = desk.json(&format!("completions {shell}"));
        assert_eq!(same["script"], script);
    }
    assert_eq!(desk.run("completions tcsh").exit, 2);
}

/// Completes `daybook in` by the script, as bash would on the tab.
#[test]
fn bash_completes_a_command_by_its_beginning() {
    let desk = Desk::new();
    let mut script = desk.ok("completions bash");
    script.push_str("COMP_WORDS=(daybook in); COMP_CWORD=1; _daybook daybook in daybook\n");
    script.push_str("printf '%s ' \"${COMPREPLY[@]}\"\n");
    let mut bash = Command::new("bash");
    let bash = bash.args(["--norc", "-s"]).stdin(Stdio::piped());
    let mut child = bash.stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(script.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.stdout, b"init invoices invoice ");
}
