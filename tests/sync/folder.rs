//! A folder in which the program is run, with what it is told of Stripe by its environment.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Where the settings of reading begin.
const SYNC: &str = "\n[sync]\n";
const UNLIMITED: &str = "requests_per_second = 500
requests_per_endpoint = 500
share_permille = 1000

[reconcile]
patience_s = 0
";

/// The data folder, and a copy of it to go back to.
const DATA: &str = "daybook-data";
const KEPT: &str = "kept";

/// A folder in which the program is run.
pub(crate) struct Folder {
    inner: TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self {
            inner: TempDir::new().unwrap(),
            environment: Vec::new(),
        }
    }

    /// Tells every later run.
    pub(crate) fn tell(&mut self, name: &'static str, value: impl Into<String>) {
        self.environment.push((name, value.into()));
    }

    /// Has the data folder's settings say that Stripe may be asked as often as one likes, and that nothing moves while it is asked.
    pub(crate) fn hurry(&self) {
        self.set(UNLIMITED);
    }

    /// Has the settings say this of reading, and nothing else.
    pub(crate) fn set(&self, of_reading: &str) {
        let path = self.path("daybook-data/daybook.toml");
        let text = fs::read_to_string(&path).unwrap();
        let rest = text.split(SYNC).next().unwrap();
        fs::write(&path, format!("{rest}{SYNC}{of_reading}")).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.inner.path().join(name)
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.path(DATA)
    }

    /// Keeps a copy of the data folder, which nobody may be using.
    pub(crate) fn keep(&self) {
        copy(&self.data(), &self.path(KEPT));
    }

    /// Makes the data folder what it was when it was kept.
    pub(crate) fn go_back(&self) {
        fs::remove_dir_all(self.data()).unwrap();
        copy(&self.path(KEPT), &self.data());
    }

    /// The program, about to run with these words.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
        command
            .args(line.split_whitespace())
            .current_dir(self.inner.path())
            .env_remove("DAYBOOK_DATA")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn run(&self, line: &str) -> Output {
        self.command(line).stdin(Stdio::null()).output().unwrap()
    }

    /// The answer in JSON of a run that ends with 0.
    pub(crate) fn ok(&self, line: &str) -> Value {
        self.ends(line, 0)
    }

    /// The answer in JSON of a run that ends so.
    pub(crate) fn ends(&self, line: &str, exit: i32) -> Value {
        let output = self.run(&format!("{line} --json"));
        let told = String::from_utf8_lossy(&output.stdout);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(exit),
            "daybook {line}\n{told}{said}"
        );
        serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"))
    }

    /// The streams of the log.
    pub(crate) fn streams(&self) -> Vec<String> {
        let streams = self.ok("streams");
        let rows = streams["streams"].as_array().unwrap().iter();
        rows.map(|row| row["stream"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Copies a folder as it is, links as links.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (kind, to) = (entry.file_type().unwrap(), to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &to);
        } else if kind.is_symlink() {
            symlink(fs::read_link(entry.path()).unwrap(), &to).unwrap();
        } else {
            fs::copy(entry.path(), &to).unwrap();
        }
    }
}
