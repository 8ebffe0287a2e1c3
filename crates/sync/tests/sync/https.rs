//! The way over the network, against a server of a few lines on loopback: what goes out, what comes back, and how it breaks.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use requests::Page;
use sync::{API_VERSION, Answer, Base, Call, Https, Key, Transport, TransportError};

/// Serves each request of each connection with the next of these texts, and closes a connection when it is told to. Gives its address,
/// and what was asked, with the number of the connection.
fn serve(answers: Vec<(&'static str, bool)>) -> (String, Receiver<(usize, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (asked, heard) = channel();
    thread::spawn(move || {
        let mut answers = answers.into_iter();
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            while let Some(head) = head(&stream) {
                asked.send((number, head)).unwrap();
                let Some((answer, closes)) = answers.next() else {
                    return;
                };
                stream.write_all(answer.as_bytes()).unwrap();
                if closes {
                    break;
                }
            }
        }
    });
    (address, heard)
}

/// The lines of a request's head; none at the connection's end.
fn head(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::with_capacity(1, stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    Some(head)
}

/// Asks so often over one client.
fn ask(address: &str, times: usize) -> Vec<Result<Answer, TransportError>> {
    let key = Key::parse("rk_live_0123456789").unwrap();
    let https = Https::new(Base::parse(address, &key).unwrap(), key);
    let page = Page {
        limit: 100,
        from_s: Some(5),
        ..Page::default()
    };
    let mut call = Call::own(requests::listing("charge").unwrap().page(&page));
    call.account = Some("acct_1".to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut answers = Vec::new();
        for _ in 0..times {
            answers.push(https.send(&call).await);
        }
        answers
    })
}

const GOOD: &str = "HTTP/1.1 200 OK\r\nDate: Sun, 15 Jun 2025 15:06:40 GMT\r\nRequest-Id: req_1\r\nStripe-Version: 2026-07-29.dahlia\r\n\
    Content-Length: 4\r\n\r\n{ \n}";

#[test]
fn requests_say_who_asks_and_share_a_connection() {
    let (address, heard) = serve(vec![(GOOD, false), (GOOD, false)]);
    for answer in ask(&address, 2) {
        let answer = answer.unwrap();
        assert_eq!((answer.status, answer.date_s), (200, Some(1_750_000_000)));
        assert_eq!(answer.request_id.as_deref(), Some("req_1"));
        assert_eq!(answer.version.as_deref(), Some(API_VERSION));
        assert_eq!(answer.body, "{ \n}");
        assert!(answer.elapsed_ms >= 1);
    }
    let asked = heard.iter().take(2).collect::<Vec<_>>();
    assert_eq!((asked[0].0, asked[1].0), (0, 0));
    let head = asked[0].1.to_lowercase();
    assert!(
        head.starts_with("get /v1/charges?created[gte]=5&limit=100 http/1.1\r\n"),
        "{head}"
    );
    for line in [
        "authorization: bearer rk_live_0123456789",
        "stripe-account: acct_1",
        "stripe-version: 2026-07-29.dahlia",
        "user-agent: daybook/",
    ] {
        assert!(head.contains(&format!("\r\n{line}")), "{line} in {head}");
    }
}

#[test]
fn refusal_brings_its_headers() {
    let (address, _heard) = serve(vec![(
        "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nStripe-Should-Retry: true\r\nStripe-Rate-Limited-Reason: endpoint-rate\r\nContent-Length: 2\r\n\r\n{}",
        false,
    )]);
    let answer = ask(&address, 1).remove(0).unwrap();
    assert_eq!(
        (answer.status, answer.retry_after_s, answer.should_retry),
        (429, Some(7), Some(true))
    );
    assert_eq!(answer.limited_by.as_deref(), Some("endpoint-rate"));
}

#[test]
fn broken_answers_are_no_answers() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"object\":";
    for broken in [half, "", "HTTP/1.1 200 O", "no http at all\r\n\r\n"] {
        let (address, _heard) = serve(vec![(broken, true)]);
        let answer = ask(&address, 1).remove(0);
        assert!(
            matches!(answer, Err(TransportError::Broken { .. })),
            "{broken:?}: {answer:?}"
        );
    }
}

#[test]
fn closed_door_is_told_from_a_broken_answer() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let answer = ask(&address, 1).remove(0);
    let Err(TransportError::Connect { reason }) = answer else {
        panic!("{answer:?}");
    };
    assert!(reason.to_lowercase().contains("refused"), "{reason}");
}
