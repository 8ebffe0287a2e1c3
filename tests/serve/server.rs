//! A running `daybook serve` with a data folder of its own: started, asked, stopped. Judges nothing.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use ledger::{Entry, Log, SqliteLedger, StreamId};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::client::{self, Answer, Client, PATIENCE};
use crate::delivery::request;
use crate::signing::SECRET;

/// A server, and the folder that it works in.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    lines: Receiver<Value>,
    /// What was told before it listened, and nobody has asked for.
    early: RefCell<Vec<Value>>,
    pub(crate) folder: TempDir,
}

/// How a server ended.
pub(crate) struct Ended {
    pub(crate) exit: Option<i32>,
    pub(crate) answer: Value,
}

/// A new data folder.
pub(crate) fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let init = command(&folder, "init --account acct_1").output().unwrap();
    assert!(init.status.success(), "{init:?}");
    folder
}

/// The program, about to run in a folder.
pub(crate) fn command(folder: &TempDir, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
    command
        .args(line.split_whitespace())
        .current_dir(folder.path())
        .env("STRIPE_WEBHOOK_SECRET", SECRET)
        .stdin(Stdio::null());
    for name in ["DAYBOOK_DATA", "STRIPE_WEBHOOK_SECRET_FILE"] {
        command.env_remove(name);
    }
    command
}

impl Server {
    /// With a new folder and these options.
    pub(crate) fn start(options: &str) -> Self {
        Self::start_in(folder(), options, SECRET)
    }

    pub(crate) fn start_in(folder: TempDir, options: &str, secret: &str) -> Self {
        let mut child = command(
            &folder,
            &format!("serve --json --listen 127.0.0.1:0 {options}"),
        )
        .env("STRIPE_WEBHOOK_SECRET", secret)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
        let (said, lines) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                // Nobody may be listening any more.
                let _ = said.send(line);
            }
        });
        let mut server = Self {
            child,
            address: ([127, 0, 0, 1], 0).into(),
            early: RefCell::default(),
            lines,
            folder,
        };
        let listening = server.listening();
        server.address = listening["address"].as_str().unwrap().parse().unwrap();
        server
    }

    /// The line that says where it listens. What is told before it, by the thread of the book, is kept.
    fn listening(&self) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap();
            if line["what"] == "listening" {
                return line;
            }
            self.early.borrow_mut().push(line);
        }
    }

    /// The next line that says so; those before it are passed over.
    pub(crate) fn line(&self, what: &str) -> Value {
        let mut early = self.early.borrow_mut().drain(..).collect::<Vec<_>>();
        if let Some(place) = early.iter().position(|line| line["what"] == what) {
            *self.early.borrow_mut() = early.split_off(place + 1);
            return early.swap_remove(place);
        }
        let mut passed = early;
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if line["what"] == what => return line,
                Ok(line) => passed.push(line),
                Err(error) => panic!("{error}, and nothing of {what:?} among {passed:?}"),
            }
        }
    }

    /// The server's clock, which it tells with every answer.
    pub(crate) fn now_s(&self) -> i64 {
        let answer = client::get(self.address, "/healthz");
        let date = answer.header("date").unwrap().to_owned();
        chrono::DateTime::parse_from_rfc2822(&date)
            .unwrap()
            .timestamp()
    }

    /// Delivers a body, signed now.
    pub(crate) fn deliver(&self, body: &[u8]) -> Answer {
        client::ask(self.address, &request(self.now_s(), body))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        client::get(self.address, path)
    }

    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// A number that Prometheus is told.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let text = self.get("/metrics").body;
        let mut lines = text.lines().filter_map(|line| line.rsplit_once(' '));
        let found = lines.find(|(own, _)| *own == name);
        found.map_or(0, |(_, value)| value.parse().unwrap())
    }

    /// Asks until it is so.
    pub(crate) fn wait_until(&self, mut is_so: impl FnMut(&Self) -> bool) {
        let began = Instant::now();
        while !is_so(self) {
            assert!(began.elapsed() < PATIENCE, "it never came to be so");
            thread::yield_now();
        }
    }

    /// What it holds in memory that is in no file, in KiB.
    pub(crate) fn anonymous_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let mut lines = status.lines();
        let line = lines
            .find_map(|line| line.strip_prefix("RssAnon:"))
            .unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Ends it as a system does, and gives its answer.
    pub(crate) fn stop(mut self) -> (Ended, TempDir) {
        self.signal(Signal::TERM);
        let ended = self.wait();
        let folder = std::mem::replace(&mut self.folder, TempDir::new().unwrap());
        (ended, folder)
    }

    /// Waits for its end.
    pub(crate) fn wait(&mut self) -> Ended {
        let mut answer = String::new();
        let stdout = self.child.stdout.take().unwrap();
        std::io::Read::read_to_string(&mut BufReader::new(stdout), &mut answer).unwrap();
        Ended {
            exit: self.child.wait().unwrap().code(),
            answer: serde_json::from_str(&answer).unwrap_or_default(),
        }
    }

    pub(crate) fn entries(&self, stream: &str) -> Vec<Entry> {
        entries(&self.folder, stream)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("daybook-data").join(name)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that fails leaves no child behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All entries of a stream but those that the ledger made itself.
pub(crate) fn entries(folder: &TempDir, stream: &str) -> Vec<Entry> {
    let path = folder.path().join("daybook-data").join("ledger.db");
    let log = SqliteLedger::open_readonly(&path).unwrap();
    let stream: StreamId = stream.parse().unwrap();
    let mut entries = Vec::new();
    log.read(&stream, 1..=u64::MAX, &mut |entry| {
        if entry.kind != ledger::Kind::Control {
            entries.push(entry.to_entry());
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    entries
}
