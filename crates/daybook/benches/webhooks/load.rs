//! A closed loop: each connection sends its next delivery when its last is answered. Times every one.

use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Builder;

use crate::corpus::Corpus;
use crate::signing::{SECRET, signature};

type Failed = Box<dyn Error + Send + Sync>;

/// Deliveries, signed beforehand.
pub(crate) struct Load {
    deliveries: Arc<[(Bytes, String)]>,
}

/// What a round came to.
pub(crate) struct Round {
    wall: Duration,
    /// Of each delivery, shortest first.
    times: Vec<Duration>,
}

impl Load {
    pub(crate) fn new(corpus: Corpus, now_s: i64) -> Self {
        let signed = corpus.entries.into_iter().map(|entry| {
            let signature = signature(SECRET, now_s, &entry.body);
            (Bytes::from(entry.body), signature)
        });
        Self {
            deliveries: signed.collect(),
        }
    }

    /// Sends a part of the deliveries, dealt to the connections.
    pub(crate) fn send(
        &self,
        address: SocketAddr,
        part: Range<usize>,
        connections: usize,
    ) -> Result<Round, Box<dyn Error>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let sent = runtime.block_on(async {
            let mut open = Vec::new();
            for _ in 0..connections {
                open.push(connect(address).await?);
            }
            let began = Instant::now();
            let tasks: Vec<_> = open
                .into_iter()
                .enumerate()
                .map(|(first, connection)| {
                    let part = part.clone().skip(first).step_by(connections);
                    tokio::spawn(deliver(connection, Arc::clone(&self.deliveries), part))
                })
                .collect();
            let mut times = Vec::new();
            for task in tasks {
                times.extend(task.await??);
            }
            times.sort_unstable();
            Ok::<_, Failed>(Round {
                wall: began.elapsed(),
                times,
            })
        });
        sent.map_err(|error| error.to_string().into())
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>, Failed> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the last request.
    tokio::spawn(connection);
    Ok(sender)
}

async fn deliver(
    mut connection: SendRequest<Full<Bytes>>,
    deliveries: Arc<[(Bytes, String)]>,
    part: impl Iterator<Item = usize>,
) -> Result<Vec<Duration>, Failed> {
    let mut times = Vec::new();
    for place in part {
        let (body, signature) = &deliveries[place];
        let request = Request::post("/webhooks/stripe")
            .header("host", "127.0.0.1")
            .header("content-type", "application/json; charset=utf-8")
            .header("stripe-signature", signature)
            .body(Full::new(body.clone()))?;
        let began = Instant::now();
        connection.ready().await?;
        let answer = connection.send_request(request).await?;
        let status = answer.status();
        answer.into_body().collect().await?;
        times.push(began.elapsed());
        if status != 200 {
            return Err(format!("answered with {status}").into());
        }
    }
    Ok(times)
}

impl Round {
    /// Several rounds as one.
    pub(crate) fn sum(rounds: &[Round]) -> Self {
        let mut times: Vec<Duration> = rounds
            .iter()
            .flat_map(|round| &round.times)
            .copied()
            .collect();
        times.sort_unstable();
        Self {
            wall: rounds.iter().map(|round| round.wall).sum(),
            times,
        }
    }

    pub(crate) fn per_second(&self) -> u128 {
        self.times.len() as u128 * 1_000_000_000 / self.wall.as_nanos().max(1)
    }

    /// The time within which so many of a thousand were answered.
    pub(crate) fn at_per_mille(&self, per_mille: usize) -> Duration {
        let place = (self.times.len() * per_mille / 1000).min(self.times.len().saturating_sub(1));
        self.times.get(place).copied().unwrap_or_default()
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms =
            |time: Duration| format!("{}.{:02}", time.as_millis(), time.as_micros() % 1000 / 10);
        write!(
            f,
            "{:>6}/s  p50 {:>6} ms  p99 {:>6} ms  p99.9 {:>6} ms  most {:>6} ms",
            self.per_second(),
            ms(self.at_per_mille(500)),
            ms(self.at_per_mille(990)),
            ms(self.at_per_mille(999)),
            ms(self.at_per_mille(1000)),
        )
    }
}
