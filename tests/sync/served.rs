//! A child that serves on a socket: it is there once it has said where, and gone with its test. Knows none of the program's roles.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use serde_json::Value;

/// A running child that serves.
pub(crate) struct Served {
    child: Child,
    /// The line that says where it listens.
    pub(crate) said: Value,
}

impl Served {
    /// Starts it and reads where it listens, which is in the first line of its answer that has an address, or of what it says
    /// beside it.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (told, said) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        let aside = BufReader::new(child.stderr.take().unwrap());
        thread::spawn({
            let told = told.clone();
            move || out.lines().for_each(|line| drop(told.send(line.unwrap())))
        });
        thread::spawn(move || {
            aside
                .lines()
                .for_each(|line| drop(told.send(line.unwrap())))
        });
        let with_address = |line: String| {
            let said: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
            said.get("address").is_some().then_some(said)
        };
        let said = said.iter().find_map(with_address);
        let said = said.expect("it ended before it listened");
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
}

impl Drop for Served {
    fn drop(&mut self) {
        // A test that fails leaves no child behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
