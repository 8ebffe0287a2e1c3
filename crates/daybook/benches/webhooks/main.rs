//! How fast serve takes webhooks, beside a bare endpoint that checks the HMAC and group-commits the raw body to SQLite. Asserts
//! nothing.
//!
//! `cargo bench -p daybook --bench webhooks -- [CONNECTIONS [EVENTS [ROUNDS]]]`: signed events of about 4 KB over so many connections,
//! each sending its next when its last is answered; both servers are processes of their own, and take turns round by round. The bare
//! one is this executable.

mod bare;
#[path = "../../../intake/benches/log/corpus.rs"]
mod corpus;
mod load;
#[path = "../../../../tests/serve/signing.rs"]
mod signing;

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, thread};

use corpus::Corpus;
use load::{Load, Round};

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Says that this process is the bare endpoint.
const BARE: &str = "bare";
/// Of the simulated events those are taken that are about as long as a usual webhook.
const BODY_BYTES: std::ops::Range<usize> = 3000..6000;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo says `--bench` to every bench.
    let arguments: Vec<String> = env::args().skip(1).filter(|one| one != "--bench").collect();
    if let [BARE, folder] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        return bare::serve(folder.as_ref(), signing::SECRET);
    }
    let number = |place: usize, default: usize| {
        arguments
            .get(place)
            .map_or(Ok(default), |word| word.parse())
    };
    let (connections, events, rounds) = (number(0, 16)?, number(1, 10_000)?, number(2, 4)?);
    let corpus = corpus(events * (rounds + 1))?;
    let bytes = corpus.bytes() / corpus.entries.len().max(1);
    let load = Load::new(corpus, now_s()?);
    let folder = tempfile::tempdir()?;
    let mut servers = [
        Server::bare(&folder.path().join("bare.db"))?,
        Server::daybook(&folder.path().join("with-book"), "")?,
        Server::daybook(&folder.path().join("without-book"), "--no-book")?,
    ];
    println!("{connections} connections, {rounds} rounds of {events} events of {bytes} bytes");
    for round in 0..=rounds {
        let part = round * events..(round + 1) * events;
        for server in &mut servers {
            let measured = load.send(server.address, part.clone(), connections)?;
            // The first round warms up.
            if round > 0 {
                println!("  round {round}  {:14} {measured}", server.name);
                server.rounds.push(measured);
            }
        }
    }
    print(&servers);
    Ok(())
}

/// Sums of all rounds, and how ours compare with the bare one's.
fn print(servers: &[Server]) {
    let sums: Vec<Round> = servers
        .iter()
        .map(|server| Round::sum(&server.rounds))
        .collect();
    for (server, sum) in servers.iter().zip(&sums) {
        let of_bare = |own: u128, bare: u128| format!("{:>4} %", own * 100 / bare.max(1));
        let rate = of_bare(sum.per_second(), sums[0].per_second());
        let middle = of_bare(
            sum.at_per_mille(500).as_nanos(),
            sums[0].at_per_mille(500).as_nanos(),
        );
        println!(
            "{:14} {sum}  rate {rate} and p50 {middle} of bare's; {} MiB",
            server.name,
            server.anonymous_mib()
        );
    }
}

/// A server in a process of its own.
struct Server {
    name: &'static str,
    child: Child,
    address: SocketAddr,
    rounds: Vec<Round>,
}

impl Server {
    fn bare(path: &Path) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(env::current_exe()?);
        command.arg(BARE).arg(path);
        Self::start("bare", command)
    }

    fn daybook(folder: &Path, options: &str) -> Result<Self, Box<dyn Error>> {
        let command = |line: &str| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
            command
                .args(line.split_whitespace())
                .arg("--data")
                .arg(folder);
            command.env("STRIPE_WEBHOOK_SECRET", signing::SECRET);
            command
        };
        command("init --account acct_1")
            .stdout(Stdio::null())
            .status()?;
        let line = format!("serve --listen 127.0.0.1:0 --tolerance-s 1000000 {options}");
        let name = if options.is_empty() {
            "serve"
        } else {
            "serve, no book"
        };
        Self::start(name, command(&line))
    }

    /// Starts a server that says at the end of a line where it listens.
    fn start(name: &'static str, mut command: Command) -> Result<Self, Box<dyn Error>> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = child.stderr.take().ok_or("no stderr")?;
        let mut lines = BufReader::new(stderr).lines().map_while(Result::ok);
        let listening = lines.by_ref().find(|line| line.contains("listening"));
        let listening = listening.ok_or("it does not listen")?;
        let address = listening.rsplit('=').next().ok_or("no address")?.parse()?;
        thread::spawn(move || lines.for_each(|line| eprintln!("{name}: {line}")));
        Ok(Self {
            name,
            child,
            address,
            rounds: Vec::new(),
        })
    }

    fn anonymous_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kib.unwrap_or(0) >> 10
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has served its purpose, and its folder goes too.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// So many events of the usual length.
fn corpus(count: usize) -> Result<Corpus, Box<dyn Error>> {
    let mut corpus = Corpus::simulated(7, count * 9)?;
    corpus
        .entries
        .retain(|entry| BODY_BYTES.contains(&entry.body.len()));
    corpus.entries.truncate(count);
    match corpus.entries.len() == count {
        true => Ok(corpus),
        false => Err(format!("only {} events are so long", corpus.entries.len()).into()),
    }
}

fn now_s() -> Result<i64, Box<dyn Error>> {
    let since: Duration = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(i64::try_from(since.as_secs())?)
}
