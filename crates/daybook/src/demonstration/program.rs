//! This program started again beside itself, as somebody would start it: `serve`, `backfill`, `follow`, `nightly`, each a process of its own.
//! What they do is theirs; here they are started, asked for JSON, and ended.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::{self, JoinHandle};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::failure::{Failure, ShellError, failed};

/// What a child must not learn from the demo's own surroundings.
const UNSAID: [&str; 5] = [
    "DAYBOOK_DATA",
    "DAYBOOK_API_KEY_FILE",
    "STRIPE_WEBHOOK_SECRET_FILE",
    "STRIPE_API_BASE",
    "STRIPE_API_KEY",
];

/// The program, with a data folder and what its surroundings tell it.
pub(super) struct Program {
    path: PathBuf,
    data: PathBuf,
    environment: Vec<(&'static str, String)>,
}

/// A child that goes on until it is told to end.
pub(super) struct Serving {
    child: Child,
    said: Option<JoinHandle<String>>,
    address: String,
}

impl Program {
    /// This program on a data folder.
    pub(super) fn new(data: &Path) -> Result<Self, Failure> {
        let path = std::env::current_exe();
        Ok(Self {
            path: path.map_err(failed("find", Path::new("daybook")))?,
            data: data.to_owned(),
            environment: Vec::new(),
        })
    }

    /// Tells every later child.
    pub(super) fn tell(&mut self, name: &'static str, value: impl Into<String>) {
        self.environment.push((name, value.into()));
    }

    /// The answer in JSON of a run to its end, whether or not all was true.
    pub(super) fn answer(&self, words: &[&str]) -> Result<Value, Failure> {
        let output = self.command(words).output();
        let output = output.map_err(failed("run", &self.path))?;
        let read = serde_json::from_slice(&output.stdout);
        match read {
            Ok(answer) if matches!(output.status.code(), Some(0 | 3)) => Ok(answer),
            _ => Err(ended(words, &String::from_utf8_lossy(&output.stderr))),
        }
    }

    /// A child that listens somewhere, once it does.
    pub(super) fn serve(&self, words: &[&str]) -> Result<Serving, Failure> {
        let child = self.command(words).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(failed("run", &self.path))?;
        let lines = child.stderr.take().expect("it was just piped");
        let mut lines = BufReader::new(lines);
        let mut said = String::new();
        let address = loop {
            let start = said.len();
            match lines.read_line(&mut said) {
                Ok(1..) => {}
                _ => return Err(ended(words, &said)),
            }
            if let Some(address) = listening(&said[start..]) {
                break address;
            }
        };
        Ok(Serving {
            child,
            said: Some(thread::spawn(move || read_on(lines))),
            address,
        })
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        for name in UNSAID {
            command.env_remove(name);
        }
        command
            .args(words)
            .arg("--json")
            .arg("--data")
            .arg(&self.data)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        command
    }
}

impl Serving {
    /// Where it listens, as 127.0.0.1:4242.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Tells it to end, and waits until it has; its answer.
    pub(super) fn end(mut self) -> Result<Value, Failure> {
        let pid = Pid::from_child(&self.child);
        let told = kill_process(pid, Signal::TERM).map_err(std::io::Error::from);
        told.map_err(failed("end", Path::new("serve")))?;
        let mut answer = String::new();
        let mut out = self.child.stdout.take().expect("it was piped");
        let read = out.read_to_string(&mut answer);
        read.map_err(failed("read", Path::new("serve")))?;
        let status = self.child.wait();
        let status = status.map_err(failed("end", Path::new("serve")))?;
        let said = self.said.take().and_then(|said| said.join().ok());
        match serde_json::from_str(&answer) {
            Ok(answer) if status.success() => Ok(answer),
            _ => Err(ended(&["serve"], &said.unwrap_or_default())),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Where the demo fails it leaves no child behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in a line that says where a child listens.
fn listening(line: &str) -> Option<String> {
    let line: Value = serde_json::from_str(line).ok()?;
    (line["what"] == "listening").then(|| line["address"].as_str().map(str::to_owned))?
}

/// Whatever else a child says: one that nobody reads would stop it.
fn read_on(mut lines: BufReader<ChildStderr>) -> String {
    let mut said = String::new();
    // What is no text ends the reading, and with it nothing but the telling.
    let _ = lines.read_to_string(&mut said);
    said
}

/// A run that did not end as it should, with what it said last.
fn ended(words: &[&str], said: &str) -> Failure {
    let last = said.lines().last().unwrap_or("it said nothing");
    ShellError::Demo(format!("daybook {} failed: {last}", words.join(" "))).into()
}
