//! Standard output. A reader that has gone away is no error: what is printed from then on is dropped.

use std::fmt::Display;
use std::io::{self, BufWriter, ErrorKind, Stdout, Write};

use anstream::adapter::strip_str;
use serde::Serialize;

use crate::failure::{Failure, ShellError};
use crate::paint;

/// Standard output, buffered.
pub(crate) struct Screen {
    out: BufWriter<Stdout>,
    is_gone: bool,
    is_coloured: bool,
}

impl Screen {
    /// Standard output, with colours if they are settled to be on it.
    pub(crate) fn new() -> Self {
        Self {
            out: BufWriter::new(io::stdout()),
            is_gone: false,
            is_coloured: paint::is_on_stdout(),
        }
    }

    /// Prints one line.
    pub(crate) fn line(&mut self, text: impl Display) -> Result<(), Failure> {
        self.print(&format!("{text}\n"))
    }

    /// Prints the beginning of a line, or more of it, and lets it be seen at once.
    pub(crate) fn part(&mut self, text: impl Display) -> Result<(), Failure> {
        self.print(&text.to_string())?;
        self.flush()
    }

    /// Prints bytes as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.attempt(|out| out.write_all(bytes))
    }

    /// Prints a value as JSON on one line.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        self.attempt(|out| {
            serde_json::to_writer(&mut *out, value)?;
            writeln!(out)
        })
    }

    /// Whether the reader has gone away.
    pub(crate) fn is_gone(&self) -> bool {
        self.is_gone
    }

    /// Lets everything be seen.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        self.attempt(Write::flush)
    }

    fn print(&mut self, text: &str) -> Result<(), Failure> {
        if self.is_coloured {
            return self.bytes(text.as_bytes());
        }
        self.attempt(|out| write!(out, "{}", strip_str(text)))
    }

    fn attempt(
        &mut self,
        print: impl FnOnce(&mut BufWriter<Stdout>) -> io::Result<()>,
    ) -> Result<(), Failure> {
        if self.is_gone {
            return Ok(());
        }
        match print(&mut self.out) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_gone = true;
                Ok(())
            }
            result => result.map_err(|error| ShellError::Print(error).into()),
        }
    }
}

/// A text of Stripe's or a customer's that can neither steer a terminal nor turn the order of what stands beside it.
pub(crate) fn harmless(text: &str) -> String {
    let steers = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace(steers, " ")
}
