//! `serve`: deliveries in, the book behind them, and how they are. Puts the parts together, and ends them in the order in which nothing
//! acknowledged is lost.

mod book;
mod crowd;
mod health;
mod lines;
mod listener;
mod metrics;
mod nights;
mod secrets;
mod signature;
mod webhook;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use intake::Door;
use ledger::{AppendError, GroupCommit, Limits, Source, SqliteLedger};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::book::{Bell, Follower};
use self::crowd::{Crowd, Room};
use self::health::Health;
use self::lines::Lines;
use self::listener::Listener;
use self::metrics::Metrics;
use self::nights::Nights;
use self::secrets::Secrets;
use self::webhook::Desk;
use crate::exit::Exit;
use crate::failure::{Failure, ShellError};
use crate::folder::Folder;

/// Bodies that are being received, all together.
const UNFINISHED_BYTES_MAX: usize = 64 << 20;
/// Deliveries that wait for their commit.
const QUEUE: Limits = Limits {
    entries_max: 8192,
    bytes_max: 64 << 20,
};
/// Connections that wait to be accepted; one that finds no place is tried again by its system, a second later.
const BACKLOG: u32 = 4096;
/// Descriptors that are not connections.
const OTHER_DESCRIPTORS: u64 = 64;

/// How it is done.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// A file with secrets, besides those of the environment.
    pub(crate) secret_file: Option<PathBuf>,
    /// By how many seconds a signature may be older or newer than our clock.
    pub(crate) tolerance_s: u32,
    /// Bytes of a body.
    pub(crate) body_bytes_max: usize,
    /// For a body, once its head is there.
    pub(crate) body_timeout: Duration,
    /// For a head, and how long a connection may idle.
    pub(crate) head_timeout: Duration,
    /// Connections at a time.
    pub(crate) connections_max: usize,
    /// How long the book may be behind before `/readyz` says so.
    pub(crate) book_lag_max: Duration,
    /// Whether the book follows.
    pub(crate) follows: bool,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Served {
    /// Deliveries appended.
    pub(crate) accepted: u64,
    /// Deliveries that the log had.
    pub(crate) duplicates: u64,
    /// Deliveries kept in rejects.
    pub(crate) set_aside: u64,
    /// Requests that got no 200.
    pub(crate) rejected: u64,
    /// Whether everybody was answered, and the ledger is sound.
    pub(crate) exit: Exit,
}

/// Serves until it is told to stop.
pub(crate) fn serve(folder: &Folder, is_json: bool, options: &Options) -> Result<Served, Failure> {
    let stream = folder.stream()?;
    let secrets = Secrets::read(options.secret_file.clone())?;
    let lines = Arc::new(Lines::new(is_json));
    if let Some(file) = secrets.open_file() {
        let details = [("file", file.display().to_string().into())];
        lines.say("everybody on this machine may read the secrets", &details);
    }
    let runtime = runtime()?;
    let signals = runtime.block_on(async { Signals::new() })?;
    let socket = listen(&runtime, options.listen)?;
    let group = GroupCommit::start_opening(folder.ledger()?, QUEUE, {
        let lines = Arc::clone(&lines);
        move |stream| lines.say("a stream was opened", &[("stream", stream.as_str().into())])
    })?;
    let (bell, metrics) = (Bell::new(), Metrics::new());
    let follower = Follower::start(
        folder.clone(),
        options.follows,
        Arc::clone(&bell),
        Arc::clone(&lines),
    )?;
    let crowd = Crowd::new(Room {
        connections_max: connections(options.connections_max, &lines),
        bytes_max: UNFINISHED_BYTES_MAX,
    });
    let desk = Arc::new(Desk {
        secrets,
        tolerance_s: options.tolerance_s,
        body_bytes_max: options.body_bytes_max,
        body_timeout: options.body_timeout,
        folder: folder.clone(),
        door: Door::new(&stream, Source::Webhook),
        appender: group.appender(),
        bell: Arc::clone(&bell),
        metrics: Arc::clone(&metrics),
        lines: Arc::clone(&lines),
    });
    let health = Arc::new(Health {
        appender: group.appender(),
        crowd: Arc::clone(&crowd),
        bell,
        metrics: Arc::clone(&metrics),
        nights: Arc::new(Nights::new(folder.clone())),
        follows: options.follows,
        book_lag_max: options.book_lag_max,
    });
    let listener = Listener {
        router: router(Arc::clone(&desk), health),
        socket,
        crowd,
        head_timeout: options.head_timeout,
        lines: Arc::clone(&lines),
    };
    announce(&listener, &lines)?;
    let all_answered = runtime.block_on(listener.serve(signals.until_stop(desk)));
    let exit = end(group, follower, all_answered, &lines);
    runtime.shutdown_background();
    Ok(Served {
        accepted: metrics.accepted.get(),
        duplicates: metrics.duplicates.get(),
        set_aside: metrics.set_aside.get(),
        rejected: metrics.refused(),
        exit,
    })
}

fn router(desk: Arc<Desk>, health: Arc<Health>) -> Router {
    let deliveries = Router::new()
        .route(webhook::PATH, post(webhook::receive))
        .with_state(desk);
    let looks = Router::new()
        .route("/healthz", get(health::lives))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .with_state(health);
    deliveries.merge(looks)
}

/// One thread for all connections: what bounds the deliveries a second is the thread that writes, which has more of the machine so.
fn runtime() -> Result<Runtime, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|source| ShellError::Serve { source }.into())
}

fn listen(runtime: &Runtime, address: SocketAddr) -> Result<TcpListener, Failure> {
    let socket = runtime.block_on(async {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        // A restart is not to wait for the connections of the life before.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    });
    socket.map_err(|source| ShellError::Listen { address, source }.into())
}

fn announce(listener: &Listener, lines: &Lines) -> Result<(), Failure> {
    let address = listener.socket.local_addr();
    let address = address.map_err(|source| ShellError::Serve { source })?;
    if !address.ip().is_loopback() {
        let details = [("address", address.ip().to_string().into())];
        lines.say(
            "listening beyond this machine without TLS: let a proxy do that, and pass only the path of the webhooks",
            &details,
        );
    }
    lines.say("listening", &[("address", address.to_string().into())]);
    Ok(())
}

/// As many connections as are wished and the system has descriptors for: it is asked for all that it would give.
fn connections(wished: usize, lines: &Lines) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let needed = wished as u64 + OTHER_DESCRIPTORS;
    if limit.current.is_some_and(|current| current < needed) {
        let raised = Rlimit {
            current: Some(limit.maximum.map_or(needed, |maximum| maximum.min(needed))),
            maximum: limit.maximum,
        };
        // Refused, it stays as it is, which is looked at next.
        let _ = setrlimit(Resource::Nofile, raised);
    }
    let given = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let room = usize::try_from(given.saturating_sub(OTHER_DESCRIPTORS)).unwrap_or(usize::MAX);
    if room < wished {
        let details = [("connections", room.into()), ("wished", wished.into())];
        lines.say(
            "the system gives fewer descriptors than connections are wished",
            &details,
        );
    }
    wished.min(room).max(1)
}

/// Appends what was accepted, and gives the book time to end its batch.
fn end(
    group: GroupCommit<SqliteLedger>,
    follower: Follower,
    all_answered: bool,
    lines: &Lines,
) -> Exit {
    if !all_answered {
        lines.say("some who were being answered were not waited for", &[]);
    }
    let exit = match group.stop() {
        Ok(_) => Exit::AllTrue,
        Err(error @ (AppendError::Poisoned { .. } | AppendError::Died)) => {
            let details = [("because", error.to_string().into())];
            lines.say("the log is to be looked at with `daybook verify`", &details);
            Exit::Damaged
        }
        Err(_) => Exit::Unfinished,
    };
    if !follower.stop() {
        lines.say("the book is behind: it goes on from its last batch", &[]);
    }
    lines.say("stopped", &[]);
    exit
}

/// What the system tells the process.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> Result<Self, Failure> {
        let listen = |kind| -> Result<_, Failure> {
            signal(kind).map_err(|source| ShellError::Serve { source }.into())
        };
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    /// Until one of those that stop; meanwhile the others are obeyed.
    async fn until_stop(mut self, desk: Arc<Desk>) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => break,
                _ = self.interrupt.recv() => break,
                _ = self.hang_up.recv() => read_secrets_again(&desk),
            }
        }
        desk.lines.say("stopping", &[]);
    }
}

fn read_secrets_again(desk: &Desk) {
    match desk.secrets.read_again() {
        Ok(count) => desk
            .lines
            .say("the secrets were read again", &[("secrets", count.into())]),
        Err(failure) => {
            let details = [("because", failure.to_string().into())];
            desk.lines.say(
                "the secrets could not be read again: those before stay in force",
                &details,
            );
        }
    }
}
