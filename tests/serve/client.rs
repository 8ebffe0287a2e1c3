//! A client that writes any bytes and reads answers. Knows nothing of what is right to send.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// After so long something hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A connection.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    /// What was read and belongs to the next answer.
    left: Vec<u8>,
}

/// An answer, read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// A header's value, by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(own, _)| own.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).unwrap()
    }

    pub(crate) fn try_connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            left: Vec::new(),
        })
    }

    /// Writes all of it; whether the other side took it.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> bool {
        match self.stream.write_all(bytes) {
            Ok(()) => true,
            Err(error) if is_gone(&error) => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// The next answer; none when the other side has closed without one.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        let end = self.read_until(|bytes| find(bytes, b"\r\n\r\n").map(|at| at + 4))?;
        let head = String::from_utf8(self.left[..end].to_vec()).unwrap();
        let mut answer = Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head,
            body: String::new(),
        };
        let length = answer
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        let whole =
            self.read_until(|bytes| (bytes.len() >= end + length).then_some(end + length))?;
        answer.body = String::from_utf8(self.left[end..whole].to_vec()).unwrap();
        self.left.drain(..whole);
        Some(answer)
    }

    fn read_until(&mut self, is_enough: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        let mut bytes = [0; 4096];
        loop {
            if let Some(end) = is_enough(&self.left) {
                return Some(end);
            }
            match self.stream.read(&mut bytes) {
                Ok(0) => return None,
                Ok(read) => self.left.extend_from_slice(&bytes[..read]),
                Err(error) if is_gone(&error) => return None,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// Sends a request on a connection of its own, and reads the answer.
pub(crate) fn ask(address: SocketAddr, request: &[u8]) -> Answer {
    try_ask(address, request).expect("an answer")
}

/// The same, where the connection may be cut before the answer.
pub(crate) fn try_ask(address: SocketAddr, request: &[u8]) -> Option<Answer> {
    let mut client = Client::connect(address);
    client.send(request);
    client.answer()
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    ask(
        address,
        format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").as_bytes(),
    )
}

fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted
    )
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
