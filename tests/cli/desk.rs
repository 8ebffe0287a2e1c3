//! An empty folder in which the real binary is run, and what it said. Paths and hashes are made the same for every run.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The account of the simulation with seed 1.
pub(crate) const ACCOUNT: &str = "acct_1OHEiaqWyBMrVGUu";

/// Where a test works.
pub(crate) struct Desk {
    folder: TempDir,
}

/// How a run ended.
pub(crate) struct Run {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    /// With a small simulated company in `sim`, and a data folder for its account.
    pub(crate) fn with_company() -> Self {
        let desk = Self::new();
        desk.ok("simulate --seed 1 --out sim --customers 12 --days 60");
        desk.ok(&format!("init --account {ACCOUNT}"));
        desk
    }

    /// With all of it imported and projected.
    pub(crate) fn with_book() -> Self {
        let desk = Self::with_company();
        desk.ok("import sim/events.ndjson sim/observations.ndjson");
        desk.ok("project");
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// The lines of a simulated file.
    pub(crate) fn lines(&self, name: &str) -> Vec<String> {
        fs::read_to_string(self.path(name))
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
        command
            .args(line.split_whitespace())
            .current_dir(self.folder.path())
            .env_remove("DAYBOOK_DATA");
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, line: &str) -> Run {
        Run::from(self.command(line).stdin(Stdio::null()).output().unwrap())
    }

    pub(crate) fn run_with_input(&self, line: &str, input: &[u8]) -> Run {
        let mut command = self.command(line);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        match child.stdin.take().unwrap().write_all(input) {
            // A command that refuses what else it was told ends before it has read.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
            result => result.unwrap(),
        }
        Run::from(child.wait_with_output().unwrap())
    }

    /// Standard output of a run that ends with 0.
    pub(crate) fn ok(&self, line: &str) -> String {
        let run = self.run(line);
        assert_eq!(run.exit, 0, "daybook {line}\n{}{}", run.stdout, run.stderr);
        run.stdout
    }

    /// The answer in JSON, whatever the exit.
    pub(crate) fn json(&self, line: &str) -> Value {
        let run = self.run(&format!("{line} --json"));
        serde_json::from_str(&run.stdout)
            .unwrap_or_else(|error| panic!("daybook {line}: {error}\n{}{}", run.stdout, run.stderr))
    }

    /// The commands with what they said, as a user would see them.
    pub(crate) fn session(&self, lines: &[&str]) -> String {
        let mut session = String::new();
        for line in lines {
            let Run {
                exit,
                stdout,
                stderr,
            } = self.run(line);
            session.push_str(&format!("$ daybook {line}\n{stdout}{stderr}"));
            if exit != 0 {
                session.push_str(&format!("(exit {exit})\n"));
            }
            session.push('\n');
        }
        without_times(&without_hashes(&session))
    }

    /// The bodies of the rejects.
    pub(crate) fn rejects(&self) -> Vec<PathBuf> {
        let Ok(files) = fs::read_dir(self.path("daybook-data/rejects")) else {
            return Vec::new();
        };
        let paths = files.map(|file| file.unwrap().path());
        let is_body = |path: &PathBuf| {
            let path = path.to_str().unwrap();
            path.ends_with(".body") || path.ends_with(".body.gz")
        };
        paths.filter(is_body).collect()
    }

    /// Where it says why a body was set aside.
    pub(crate) fn reason(&self, body: &Path) -> PathBuf {
        let name = body.file_name().unwrap().to_str().unwrap();
        let name = name.split('.').next().unwrap();
        body.with_file_name(name).with_extension("reason")
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Chain hashes are salted and digests change with the tables: both are shown as one letter, repeated.
fn without_hashes(text: &str) -> String {
    let is_hash = |word: &str| {
        word.len() >= 12
            && word
                .chars()
                .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(':') {
        out.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        if is_hash(&rest[..end]) {
            out.push_str(&"h".repeat(end));
            rest = &rest[end..];
        }
    }
    out.push_str(rest);
    out
}

/// A head that claims its hash for an entry so many further on, or back.
pub(crate) fn shifted(head: &str, by: i64) -> String {
    let (stream, entry) = head.trim().split_once(':').unwrap();
    let (seq, hash) = entry.split_once(':').unwrap();
    let seq = seq.parse::<i64>().unwrap() + by;
    format!("{stream}:{seq}:{hash}")
}

/// How long something took is shown as one letter.
pub(crate) fn without_times(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        match line.split_once(", in ").zip(line.strip_suffix(" ms\n")) {
            Some(((front, _), _)) => out.push_str(&format!("{front}, in t ms\n")),
            None => out.push_str(line),
        }
    }
    out
}

/// All files below a folder with their bytes.
pub(crate) fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.clone(), fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}
