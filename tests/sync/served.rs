//! A child that serves on a socket: it is there once it has said where, and gone with its test. Knows none of the program's roles.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A running child that serves.
pub(crate) struct Served {
    child: Child,
    /// The first line that it said, in JSON.
    pub(crate) said: Value,
}

impl Served {
    /// Starts it and reads where it listens.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let said = serde_json::from_str(&line).unwrap_or_else(|_| panic!("it said {line:?}"));
        Self { child, said }
    }

    /// Its address, as 127.0.0.1:4242.
    pub(crate) fn address(&self) -> &str {
        let address = self.said["address"].as_str().unwrap();
        address.trim_start_matches("http://")
    }

    /// Asks it something; the status and the body.
    pub(crate) fn ask(&self, line: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        let length = body.len();
        let request = format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A test that fails leaves no child behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
