//! Readers that go away: a closed pipe is no error and no panic.

use std::io::Read;
use std::process::Stdio;

use crate::desk::Desk;

#[test]
fn a_reader_that_stops_reading_is_no_error() {
    let desk = Desk::with_book();
    for line in ["invoices", "versions --json", "check", "customers"] {
        let mut command = desk.command(line);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{line}: {stderr}");
        assert_eq!(stderr, "", "{line}");
    }
}
