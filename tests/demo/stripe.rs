//! A simulated Stripe that runs beside the sessions of a document, started by one of them. Where the document names a port, a free one
//! is taken, so that no two runs meet.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::command;

/// What its last line begins with.
const LAST: &str = "speed";
const LOOPBACK: &str = "127.0.0.1:";

/// A running `simulate --serve`.
pub(crate) struct Stripe {
    child: Child,
    /// The address as the document has it, and as it is.
    address: (String, String),
    key: String,
    /// What it said, with the document's address.
    pub(crate) said: String,
}

impl Stripe {
    /// Starts it with the words of the document.
    pub(crate) fn start(folder: &Path, words: &[&str]) -> Self {
        let shown = words.iter().find(|word| word.starts_with(LOOPBACK));
        let shown = (*shown.unwrap()).to_owned();
        let free = format!("{LOOPBACK}0");
        let words = words.iter().map(|word| match **word == shown {
            true => &*free,
            false => *word,
        });
        let mut child = command(folder, &words.collect::<Vec<_>>())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.lines().any(|line| line.starts_with(LAST)) {
            assert!(out.read_line(&mut said).unwrap() > 0, "it ended: {said}");
        }
        let value = |name: &str| {
            let mut lines = said.lines();
            let line = lines.find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().to_owned()
        };
        let real = value("address").replace("http://", "");
        let key = value("key");
        Self {
            child,
            said: said.replace(&real, &shown),
            address: (shown, real),
            key,
        }
    }

    /// Tells a run where Stripe is.
    pub(crate) fn tell(&self, command: &mut Command) {
        let base = format!("http://{}", self.address.1);
        command
            .env("STRIPE_API_BASE", base)
            .env("STRIPE_API_KEY", &self.key);
    }
}

impl Drop for Stripe {
    fn drop(&mut self) {
        // A test that fails leaves no child behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
