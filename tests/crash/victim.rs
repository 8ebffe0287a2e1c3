//! A child process that is watched and killed. Ends no process but its own.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

const SIGKILL: i32 = 9;

/// A running child whose lines are counted as they come.
pub(crate) struct Victim {
    child: Child,
    lines: Arc<AtomicUsize>,
    reader: Option<JoinHandle<Vec<String>>>,
}

/// How a child ended.
pub(crate) struct Ended {
    /// Whether it was our kill that ended it.
    pub(crate) is_killed: bool,
    /// Its whole lines on standard output, those written after the decision to kill it too.
    pub(crate) lines: Vec<String>,
}

impl Victim {
    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = Arc::new(AtomicUsize::new(0));
        let out = child.stdout.take().unwrap();
        let reader = thread::spawn({
            let lines = Arc::clone(&lines);
            move || read(out, &lines)
        });
        Self {
            child,
            lines,
            reader: Some(reader),
        }
    }

    /// Lines that have come.
    pub(crate) fn lines(&self) -> usize {
        self.lines.load(Ordering::Relaxed)
    }

    /// Watches until it is time, or the child has ended with one of these exits; then kills it.
    pub(crate) fn kill_when(
        mut self,
        exits: &[i32],
        mut is_time: impl FnMut(&Self) -> bool,
    ) -> Ended {
        while !is_time(&self) && self.child.try_wait().unwrap().is_none() {
            thread::yield_now();
        }
        self.child.kill().unwrap();
        let status: ExitStatus = self.child.wait().unwrap();
        let lines = self.reader.take().unwrap().join().unwrap();
        let is_killed = status.signal() == Some(SIGKILL);
        let is_done = status.code().is_some_and(|exit| exits.contains(&exit));
        assert!(is_killed || is_done, "it ended by itself: {status}");
        Ended { is_killed, lines }
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        // A test that fails leaves no child behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines that were written to their ends.
fn read(out: ChildStdout, count: &AtomicUsize) -> Vec<String> {
    let mut out = BufReader::new(out);
    let mut lines = Vec::new();
    let mut line = String::new();
    while out.read_line(&mut line).unwrap() > 0 {
        if line.ends_with('\n') {
            lines.push(line.trim_end().to_owned());
            count.store(lines.len(), Ordering::Relaxed);
        }
        line.clear();
    }
    lines
}

/// Does nothing for a while.
pub(crate) fn spin(turns: u64) {
    for _ in 0..turns {
        std::hint::spin_loop();
    }
}
