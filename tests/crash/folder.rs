//! Data folders for the program's own commands: made, copied, asked. Kills nothing.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder in which the program is run.
pub(crate) struct Folder {
    inner: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self {
            inner: TempDir::new().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.inner.path().join(name)
    }

    /// The program, about to run with these words.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
        command
            .args(line.split_whitespace())
            .current_dir(self.inner.path())
            .env_remove("DAYBOOK_DATA");
        command
    }

    pub(crate) fn run(&self, line: &str) -> Output {
        self.command(line).stdin(Stdio::null()).output().unwrap()
    }

    /// The answer in JSON of a run that must end so.
    pub(crate) fn answer(&self, line: &str, exit: i32) -> Value {
        let output = self.run(&format!("{line} --json"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(exit), "daybook {line}\n{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The answer of a run that ends with 0.
    pub(crate) fn ok(&self, line: &str) -> Value {
        self.answer(line, 0)
    }

    /// Puts a copy of a data folder in the place of what is there.
    pub(crate) fn lay(&self, template: &Path, name: &str) {
        self.remove(name);
        copy(template, &self.path(name));
    }

    pub(crate) fn remove(&self, name: &str) {
        let path = self.path(name);
        if path.exists() {
            fs::remove_dir_all(path).unwrap();
        }
    }

    /// The names in a folder below, in order; none where there is no folder.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.path(name)) else {
            return Vec::new();
        };
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        names
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let (path, kind) = file
            .map(|file| (file.path(), file.file_type().unwrap()))
            .unwrap();
        let place = to.join(path.file_name().unwrap());
        if kind.is_symlink() {
            symlink(fs::read_link(&path).unwrap(), place).unwrap();
        } else if kind.is_dir() {
            copy(&path, &place);
        } else {
            fs::copy(&path, place).unwrap();
        }
    }
}
