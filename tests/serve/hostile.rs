//! Clients that mean harm: each gets what it deserves, and meanwhile good deliveries are answered and the memory stays bounded.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::client::{Client, ask, try_ask};
use crate::delivery::{event, head, request};
use crate::server::Server;
use crate::signing::{SECRET, signature};

/// What serve may hold whoever comes.
const ANONYMOUS_KIB_MAX: u64 = 256 << 10;

/// Somebody who delivers good events on connections of its own, all the while.
struct Witness {
    is_over: Arc<AtomicBool>,
    thread: JoinHandle<Witnessed>,
}

/// What came of good deliveries.
#[derive(Clone, Copy, Default)]
struct Witnessed {
    /// How many there were, all of them answered with 200 in the end.
    count: usize,
    /// How often one had to be made again, since its connection was cut: as Stripe does it.
    again: usize,
    slowest: Duration,
}

impl Witness {
    fn begin(server: &Server) -> Self {
        let (address, now_s) = (server.address, server.now_s());
        let is_over = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let is_over = Arc::clone(&is_over);
            move || deliver_until(&is_over, address, now_s)
        });
        Self { is_over, thread }
    }

    fn end(self) -> Witnessed {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

fn deliver_until(is_over: &AtomicBool, address: SocketAddr, now_s: i64) -> Witnessed {
    let mut seen = Witnessed::default();
    while !is_over.load(Ordering::Relaxed) || seen.count < 3 {
        let began = Instant::now();
        let good = request(now_s, &event(&format!("evt_good_{}", seen.count), 4000));
        let Some(answer) = try_ask(address, &good) else {
            seen.again += 1;
            assert!(seen.again < 100, "every delivery is cut off");
            continue;
        };
        assert_eq!(answer.status, 200);
        seen.slowest = seen.slowest.max(began.elapsed());
        seen.count += 1;
    }
    seen
}

/// Lets harm be done to a server while good events are delivered, each at the first attempt, and looks at all that must hold then.
fn attack(options: &str, harm: impl FnOnce(&Server)) {
    let seen = crowd(options, harm);
    assert_eq!(seen.again, 0, "deliveries that were cut off");
}

/// The same, where so many may come that a good delivery is cut off while it waits for its turn, and must be made again.
fn crowd(options: &str, harm: impl FnOnce(&Server)) -> Witnessed {
    let server = Server::start(options);
    let witness = Witness::begin(&server);
    harm(&server);
    let anonymous_kib = server.anonymous_kib();
    let seen = witness.end();
    let Witnessed {
        count,
        again,
        slowest,
    } = seen;
    println!(
        "{count} good deliveries meanwhile, {again} attempts cut off, the slowest in {slowest:?}; {anonymous_kib} KiB"
    );
    assert!(anonymous_kib < ANONYMOUS_KIB_MAX, "{anonymous_kib} KiB");
    let good = server
        .entries("acct_1/live")
        .into_iter()
        .filter(|entry| entry.id.starts_with("evt_good_"));
    assert_eq!(good.count(), count);
    let (ended, _folder) = server.stop();
    assert_eq!(ended.exit, Some(0));
    seen
}

#[test]
fn heads_that_drip_are_cut_off() {
    attack("--head-timeout-ms 1000", |server| {
        let mut slow: Vec<Client> = (0..200).map(|_| server.connect()).collect();
        let head = head("t=1,v1=0", 10, "x-long: ");
        let mut sent = 0;
        while slow
            .iter_mut()
            .any(|client| sent < head.len() && client.send(&head.as_bytes()[sent..=sent]))
        {
            // Time passes by this alone.
            server.get("/healthz");
            sent += 1;
        }
        for client in &mut slow {
            assert!(client.answer().is_none_or(|answer| answer.status >= 400));
        }
    });
}

#[test]
fn bodies_that_drip_are_cut_off() {
    attack("--body-timeout-ms 1000", |server| {
        let body = event("evt_slow", 4000);
        let request = request(server.now_s(), &body);
        let mut slow: Vec<Client> = (0..200).map(|_| server.connect()).collect();
        for client in &mut slow {
            assert!(client.send(&request[..request.len() - 1000]));
        }
        for client in &mut slow {
            assert_eq!(client.answer().unwrap().status, 408);
            assert!(client.is_closed());
        }
        assert!(
            !server
                .entries("acct_1/live")
                .iter()
                .any(|entry| entry.id == "evt_slow")
        );
    });
}

#[test]
fn half_open_connections_are_closed() {
    attack("--head-timeout-ms 500", |server| {
        let mut silent: Vec<Client> = (0..300).map(|_| server.connect()).collect();
        let request = request(server.now_s(), &event("evt_half", 4000));
        for client in &mut silent[..100] {
            client.send(&request[..1000]);
            client.hush();
        }
        for client in &mut silent {
            assert!(client.answer().is_none_or(|answer| answer.status >= 400));
        }
        assert!(
            !server
                .entries("acct_1/live")
                .iter()
                .any(|entry| entry.id == "evt_half")
        );
    });
}

#[test]
fn heads_without_end_are_refused() {
    attack("", |server| {
        for many in [false, true] {
            let mut client = server.connect();
            client.send(b"POST /webhooks/stripe HTTP/1.1\r\nhost: 127.0.0.1\r\n");
            let line = if many {
                "x-a: b\r\n".repeat(100)
            } else {
                "x".repeat(1000)
            };
            while client.send(line.as_bytes()) {}
            assert!(client.answer().is_none_or(|answer| answer.status == 431));
        }
    });
}

#[test]
fn lengths_that_lie_are_found_out() {
    attack("--body-timeout-ms 500", |server| {
        let body = event("evt_lie", 4000);
        let now_s = server.now_s();
        let good = signature(SECRET, now_s, &body);
        let post = |length: &str, body: &[u8]| {
            let head = head(&good, 0, "").replace("content-length: 0", length);
            ask(server.address, &[head.as_bytes(), body].concat()).status
        };
        let length = body.len();
        assert_eq!(
            post(&format!("content-length: {}", length - 10), &body),
            400,
            "too short"
        );
        assert_eq!(
            post(&format!("content-length: {}", length + 10), &body),
            408,
            "too long"
        );
        for lie in [
            "content-length: -1".to_owned(),
            "content-length: 0x10".to_owned(),
            "content-length: 99999999999999999999999".to_owned(),
            format!("content-length: {length}\r\ncontent-length: 5"),
        ] {
            assert_eq!(post(&lie, &body), 400, "{lie}");
        }
        for (chunks, status) in [
            (b"zz\r\nnonsense".as_slice(), 400),
            (b"ffffffffffffffffff\r\n", 400),
            (b"5\r\nabcdefgh\r\n0\r\n\r\n", 400),
            (b"fffffff\r\nabc", 408),
        ] {
            assert_eq!(
                post("transfer-encoding: chunked", chunks),
                status,
                "{chunks:?}"
            );
        }
        assert!(
            !server
                .entries("acct_1/live")
                .iter()
                .any(|entry| entry.id == "evt_lie")
        );
    });
}

#[test]
fn packed_bodies_are_not_unpacked() {
    attack("", |server| {
        let bomb = bomb();
        let now_s = server.now_s();
        let head = head(
            &signature(SECRET, now_s, &bomb),
            bomb.len(),
            "content-encoding: gzip\r\n",
        );
        for _ in 0..50 {
            let answer = ask(server.address, &[head.as_bytes(), &bomb].concat());
            assert_eq!(answer.status, 415);
        }
        let answer = ask(server.address, &request(now_s, &bomb));
        assert_eq!(
            answer.status, 200,
            "signed and without the header it is only not JSON"
        );
    });
}

/// Sixty-four mebibytes of nothing, packed.
fn bomb() -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        packed.write_all(&vec![0; 1 << 20]).unwrap();
    }
    packed.finish().unwrap()
}

#[test]
fn fifty_megabytes_are_refused_and_not_held() {
    attack("", |server| {
        let now_s = server.now_s();
        let piece = vec![b' '; 1 << 20];
        for chunked in [false, true] {
            let mut clients: Vec<Client> = (0..8).map(|_| server.connect()).collect();
            let head = head(&signature(SECRET, now_s, b""), 50 << 20, "");
            let head = match chunked {
                false => head,
                true => head.replace(
                    &format!("content-length: {}", 50 << 20),
                    "transfer-encoding: chunked",
                ),
            };
            for client in &mut clients {
                client.send(head.as_bytes());
            }
            for _ in 0..50 {
                for client in &mut clients {
                    if chunked {
                        client.send(b"100000\r\n");
                    }
                    client.send(&piece);
                    if chunked {
                        client.send(b"\r\n");
                    }
                }
            }
            for client in &mut clients {
                assert_eq!(
                    client.answer().map(|answer| answer.status),
                    Some(413),
                    "{chunked}"
                );
            }
        }
    });
}

#[test]
fn deep_nesting_costs_nothing_but_its_bytes() {
    attack("", |server| {
        let deep = "[".repeat(400_000) + &"]".repeat(400_000);
        let event = String::from_utf8(event("evt_deep", 500)).unwrap();
        let nested = event.replace(
            "\"description\": \"",
            &format!("\"deep\": {deep}, \"description\": \""),
        );
        for body in [nested.as_str(), &deep, &"{\"a\":".repeat(150_000)] {
            assert_eq!(server.deliver(body.as_bytes()).status, 200);
        }
        server.wait_until(|server| {
            server.metric("daybook_log_entries") >= 2
                && server.metric("daybook_book_lag_entries") < 100
        });
        assert!(
            server
                .entries("acct_1/live")
                .iter()
                .any(|entry| entry.id == "evt_deep")
        );
    });
}

#[test]
fn a_thousand_copies_at_once_are_one_entry() {
    let server = Server::start("");
    allow_descriptors();
    let request = request(server.now_s(), &event("evt_1", 4000));
    let (most, last) = request.split_at(request.len() - 1);
    let mut clients: Vec<Client> = (0..1000).map(|_| server.connect()).collect();
    for client in &mut clients {
        assert!(client.send(most));
    }
    for client in &mut clients {
        assert!(client.send(last));
    }
    for client in &mut clients {
        assert_eq!(client.answer().unwrap().status, 200);
    }
    assert_eq!(server.entries("acct_1/live").len(), 1);
    assert_eq!(server.metric("daybook_webhooks_duplicates_total"), 999);
}

#[test]
fn ten_thousand_connections_keep_nobody_out() {
    let seen = crowd("--connections-max 4000", |server| {
        let wished = usize::try_from(allow_descriptors())
            .unwrap()
            .saturating_sub(500)
            .min(10_000);
        let half = request(server.now_s(), &event("evt_half", 6000));
        let mut clients = Vec::new();
        for n in 0..wished {
            let mut client = Client::try_connect(server.address).unwrap();
            // Some say nothing, some begin a head, some a body.
            client.send(&half[..[0, 100, half.len() / 2][n % 3]]);
            clients.push(client);
        }
        let (open, sent_away) = (
            server.metric("daybook_connections"),
            server.metric("daybook_connections_sent_away"),
        );
        println!("{wished} connections were made; {open} are open, {sent_away} had to leave");
        assert!(open <= 4100, "{open}");
        assert!(sent_away > 0 || wished < 4000);
    });
    assert!(
        seen.again <= 3 + seen.count / 10,
        "{} of {} deliveries were cut off",
        seen.again,
        seen.count
    );
}

/// Asks for as many descriptors as there may be; how many those are.
fn allow_descriptors() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    setrlimit(Resource::Nofile, raised).unwrap();
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
