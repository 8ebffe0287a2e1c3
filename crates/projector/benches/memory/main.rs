//! What a rebuild of a large log takes: anonymous memory at its peak, time, and bytes on disk. Asserts nothing.
//!
//! `cargo bench -p projector --bench memory -- FOLDER [COMPANIES [MIB [THREADS]]]` makes a log of so many simulated companies, of
//! a hundred thousand entries each, in `FOLDER/ledger.db` if there is none, and rebuilds its book in a process of its
//! own, whose memory it reads from /proc: Linux only.

#[path = "../rebuild/append.rs"]
mod append;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use ledger::{Ledger, Log, SqliteLedger, StreamId};
use projector::{Books, Options, Step, rebuild};
use simulator::{Config, Delivery, deliver, simulate};

use append::append;

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const STREAM: &str = "acct_1";
/// Says that this process is the one that rebuilds.
const CHILD: &str = "rebuild";
const LOOK_EVERY: Duration = Duration::from_millis(5);

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo says `--bench` to every bench.
    let arguments: Vec<String> = env::args().skip(1).filter(|one| one != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number =
        |word: Option<&&str>, default: usize| word.map_or(Ok(default), |word| word.parse());
    match words.as_slice() {
        [CHILD, folder, mib, threads] => {
            rebuild_in(folder.as_ref(), mib.parse()?, threads.parse()?)
        }
        [folder, rest @ ..] => {
            let companies = number(rest.first(), 1)?;
            let mib = number(rest.get(1), Options::default().memory_bytes >> 20)?;
            let threads = number(rest.get(2), Options::default().threads)?;
            measure(folder.as_ref(), companies as u64, mib, threads)
        }
        [] => {
            let folder = tempfile::tempdir()?;
            let options = Options::default();
            measure(
                folder.path(),
                1,
                options.memory_bytes >> 20,
                options.threads,
            )
        }
    }
}

fn measure(
    folder: &Path,
    companies: u64,
    mib: usize,
    threads: usize,
) -> Result<(), Box<dyn Error>> {
    let path = folder.join("ledger.db");
    if !path.exists() {
        fs::create_dir_all(folder)?;
        make(&path, companies)?;
    }
    let start = Instant::now();
    let mut child = Command::new(env::current_exe()?)
        .args([CHILD, &folder.to_string_lossy()])
        .args([mib.to_string(), threads.to_string()])
        .stdout(Stdio::inherit())
        .spawn()?;
    let (peak_kib, spilled) = watch(&mut child)?;
    println!("memory given       {mib:>8} MiB, {threads} thread(s)");
    println!("anonymous, peak    {:>8} MiB", peak_kib >> 10);
    println!("files without name {:>8} MiB, peak", spilled >> 20);
    println!("time               {:>8} ms", start.elapsed().as_millis());
    println!(
        "ledger             {:>8} MiB",
        fs::metadata(&path)?.len() >> 20
    );
    Ok(())
}

/// Looks at the child until it ends: the greatest RssAnon in KiB, and the greatest sum of files it holds without a name.
fn watch(child: &mut Child) -> Result<(u64, u64), Box<dyn Error>> {
    let process = PathBuf::from(format!("/proc/{}", child.id()));
    let (mut peak_kib, mut spilled) = (0, 0);
    loop {
        if let Some(status) = child.try_wait()? {
            return match status.success() {
                true => Ok((peak_kib, spilled)),
                false => Err("the rebuild failed".into()),
            };
        }
        peak_kib = peak_kib.max(anonymous_kib(&process).unwrap_or(0));
        spilled = spilled.max(nameless_bytes(&process).unwrap_or(0));
        thread::sleep(LOOK_EVERY);
    }
}

fn anonymous_kib(process: &Path) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn nameless_bytes(process: &Path) -> Option<u64> {
    let mut bytes = 0;
    for file in fs::read_dir(process.join("fd")).ok()? {
        let path = file.ok()?.path();
        let name = fs::read_link(&path).unwrap_or_default();
        if name.to_string_lossy().ends_with(".spill (deleted)") {
            bytes += fs::metadata(&path).map_or(0, |file| file.len());
        }
    }
    Some(bytes)
}

fn rebuild_in(folder: &Path, mib: usize, threads: usize) -> Result<(), Box<dyn Error>> {
    let log = SqliteLedger::open(&folder.join("ledger.db"))?;
    let books = Books::open(folder)?;
    let options = Options {
        threads,
        memory_bytes: mib << 20,
        ..Options::default()
    };
    let start = Instant::now();
    let mut begun = Vec::new();
    let mut longest = Duration::ZERO;
    let mut last = start;
    let report = rebuild(&log, &books, &options, &mut |at| {
        longest = longest.max(last.elapsed());
        last = Instant::now();
        if begun
            .last()
            .is_none_or(|(step, _): &(Step, _)| *step != at.step)
        {
            begun.push((at.step, start.elapsed()));
        }
    })?;
    let entries: u64 = log.streams()?.iter().map(|info| info.head.seq).sum();
    println!("entries            {entries:>8}");
    for (step, begun) in begun {
        println!(
            "{:<18} {:>8} ms, begun",
            format!("{step:?}"),
            begun.as_millis()
        );
    }
    println!("between two tells  {:>8} ms at most", longest.as_millis());
    println!("laid aside         {:>8} MiB", report.laid_bytes >> 20);
    println!(
        "book               {:>8} MiB",
        fs::metadata(&report.path)?.len() >> 20
    );
    for stream in &report.streams {
        println!("{}", stream.digest);
    }
    Ok(())
}

/// Appends a year of each company, one after the other: their ids are of all times, mixed.
fn make(path: &Path, companies: u64) -> Result<(), Box<dyn Error>> {
    let stream = StreamId::new(STREAM, true)?;
    let mut ledger = SqliteLedger::create(path, 0)?;
    for seed in 1..=companies {
        if seed == 2 {
            ledger.train(&facts::scrub, 0)?;
        }
        let recording = simulate(&Config::demo(seed));
        let delivered = deliver(&recording, &Delivery::in_order(seed));
        let lines: Vec<String> = delivered
            .into_iter()
            .map(|one| one.line.to_string())
            .collect();
        for lines in lines.chunks(4000) {
            append(&mut ledger, &stream, lines)?;
        }
    }
    Ok(())
}
