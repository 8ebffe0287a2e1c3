//! What bad files may cost: peak memory of the real process under the bound that docs/OPERATIONS.md states, and space on disk.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use zstd::stream::raw::CParameter;

use crate::desk::{ACCOUNT, Desk};

const MIB: u64 = 1 << 20;

/// What a run cost.
struct Cost {
    exit: i32,
    stdout: String,
    peak_bytes: u64,
    rejects_bytes: u64,
}

/// The bound that docs/OPERATIONS.md states for a bound on lines.
fn bytes_max(line_bytes_max: u64) -> u64 {
    8 * line_bytes_max + 128 * MIB
}

/// Imports a file and reads the process's peak from the system as long as it runs.
fn import(desk: &Desk, line: &str) -> Cost {
    let mut command = desk.command(&format!("import {line}"));
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut peak_bytes = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id()));
        peak_bytes = peak_bytes.max(status.map_or(0, |status| high_water_bytes(&status)));
        std::thread::yield_now();
    }
    let output = child.wait_with_output().unwrap();
    assert!(peak_bytes > 0, "the process was looked at");
    Cost {
        exit: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        peak_bytes,
        rejects_bytes: folder_bytes(&desk.path("daybook-data/rejects")),
    }
}

/// `VmHWM` of a status file of the system's; none is shown once the process is dying.
fn high_water_bytes(status: &str) -> u64 {
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.map_or(0, |number| number.parse::<u64>().unwrap() * 1024)
}

fn folder_bytes(folder: &Path) -> u64 {
    let Ok(files) = fs::read_dir(folder) else {
        return 0;
    };
    let sizes = files.map(|file| file.unwrap().metadata().unwrap().len());
    sizes.sum()
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.ok(&format!("init --account {ACCOUNT}"));
    desk
}

/// An event of so many bytes.
fn event(id: &str, bytes: u64) -> String {
    let head = format!(
        r#"{{"id":"{id}","object":"event","created":1700000000,"type":"customer.updated","data":{{"object":{{"id":"cus_1","object":"customer","description":""#
    );
    let filling = usize::try_from(bytes).unwrap() - head.len() - 4;
    format!("{head}{}\"}}}}}}", "x".repeat(filling))
}

/// A small file that unpacks to `piece`, so many times.
fn bomb(desk: &Desk, name: &str, piece: &[u8], times: u64) -> u64 {
    let file = BufWriter::new(File::create(desk.path(name)).unwrap());
    let mut encoder = GzEncoder::new(file, Compression::fast());
    for _ in 0..times {
        encoder.write_all(piece).unwrap();
    }
    encoder.finish().unwrap().flush().unwrap();
    desk.path(name).metadata().unwrap().len()
}

/// The same as zstd, with a window as wide as a bound of 1 MiB on lines allows.
fn zstd_bomb(desk: &Desk, name: &str, piece: &[u8], times: u64) -> u64 {
    let file = BufWriter::new(File::create(desk.path(name)).unwrap());
    let mut encoder = zstd::Encoder::new(file, 1).unwrap();
    encoder.set_parameter(CParameter::WindowLog(24)).unwrap();
    for _ in 0..times {
        encoder.write_all(piece).unwrap();
    }
    encoder.finish().unwrap().flush().unwrap();
    desk.path(name).metadata().unwrap().len()
}

/// The run ends so, under the bound.
fn check(cost: &Cost, exit: i32, line_bytes_max: u64) {
    println!(
        "peak {} MiB of {} MiB",
        cost.peak_bytes / MIB,
        bytes_max(line_bytes_max) / MIB
    );
    assert_eq!(cost.exit, exit, "{}", cost.stdout);
    assert!(cost.peak_bytes < bytes_max(line_bytes_max));
}

#[test]
fn a_line_of_50_mb_goes_in_and_one_over_the_bound_is_set_aside() {
    let desk = desk();
    let lines = [event("evt_50", 50 * MIB), event("evt_65", 65 * MIB)];
    desk.write("long.ndjson", lines.join("\n"));
    let cost = import(&desk, "long.ndjson");
    check(&cost, 3, 64 * MIB);
    assert!(cost.rejects_bytes < MIB, "{}", cost.rejects_bytes);
    assert_eq!(desk.ok("event evt_50").len(), lines[0].len());
    let body = desk.rejects().pop().unwrap();
    let body = body.to_str().unwrap();
    assert_eq!(desk.run(&format!("import {body}")).exit, 3);
    desk.ok(&format!("import {body} --line-bytes-max 70000000"));
    assert_eq!(desk.ok("event evt_65").len(), lines[1].len());
}

#[test]
fn a_small_file_of_one_endless_line_costs_neither_memory_nor_disk() {
    let desk = desk();
    let packed_bytes = bomb(&desk, "bomb.gz", &[b'x'; 1 << 20], 2048);
    assert!(packed_bytes < 12 * MIB, "{packed_bytes}");
    let cost = import(&desk, "bomb.gz --line-bytes-max 1048576");
    check(&cost, 3, MIB);
    assert!(cost.rejects_bytes <= packed_bytes, "{}", cost.rejects_bytes);
    let reason = fs::read_to_string(desk.reason(&desk.rejects()[0])).unwrap();
    assert!(reason.contains("\nbytes: 2147483648\n"), "{reason}");
    assert!(reason.contains("\npacked: gzip\n"), "{reason}");
}

#[test]
fn a_small_file_of_a_gigabyte_of_lines_costs_no_memory() {
    let desk = desk();
    let line = event("evt_1", 1 << 18) + "\nspoilt\n";
    bomb(&desk, "lines.gz", line.as_bytes(), 4096);
    let cost = import(&desk, "lines.gz --line-bytes-max 1048576");
    check(&cost, 3, MIB);
    assert!(
        cost.stdout.contains("duplicates      4,095\n"),
        "{}",
        cost.stdout
    );
    assert!(
        cost.stdout.contains("rejected        4,096\n"),
        "{}",
        cost.stdout
    );
    assert!(cost.rejects_bytes < MIB, "{}", cost.rejects_bytes);
}

#[test]
fn a_zstd_of_one_endless_line_or_of_a_gigabyte_of_lines_costs_neither_memory_nor_disk() {
    let desk = desk();
    let packed_bytes = zstd_bomb(&desk, "bomb.zst", &[b'x'; 1 << 20], 1024);
    assert!(packed_bytes < MIB, "{packed_bytes}");
    check(&import(&desk, "bomb.zst --line-bytes-max 1048576"), 3, MIB);
    let line = event("evt_1", 1 << 18) + "\n";
    zstd_bomb(&desk, "lines.zst", line.as_bytes(), 4096);
    let cost = import(&desk, "lines.zst --line-bytes-max 1048576");
    check(&cost, 0, MIB);
    let said = "duplicates      4,095\n";
    assert!(cost.stdout.contains(said), "{}", cost.stdout);
    assert!(cost.rejects_bytes < 2 * MIB, "{}", cost.rejects_bytes);
}

#[test]
fn an_array_of_a_gigabyte_costs_no_more_than_its_longest_row() {
    let desk = desk();
    let row = event("evt_1", 1 << 18);
    for (name, between) in [("line.zst", ","), ("lines.zst", "\n,\n  ")] {
        let file = BufWriter::new(File::create(desk.path(name)).unwrap());
        let mut encoder = zstd::Encoder::new(file, 1).unwrap();
        encoder.write_all(format!("[{row}").as_bytes()).unwrap();
        for _ in 1..4096 {
            encoder
                .write_all(format!("{between}{row}").as_bytes())
                .unwrap();
        }
        encoder.write_all(b"]").unwrap();
        encoder.finish().unwrap().flush().unwrap();
        let cost = import(&desk, &format!("{name} --line-bytes-max 1048576"));
        check(&cost, 0, MIB);
    }
    assert_eq!(desk.json("status")["duplicates"], 2 * 4096 - 1);
}

#[test]
fn a_list_of_many_rows_and_a_value_of_many_lines_cost_no_more_than_their_bytes() {
    let desk = desk();
    desk.write("rows.json", format!("[{}0]", "0,".repeat(1 << 20)));
    check(
        &import(&desk, "rows.json --line-bytes-max 4194304"),
        3,
        4 * MIB,
    );
    desk.write("lines.json", format!("[{}1]", "\n".repeat(4 << 20)));
    check(
        &import(&desk, "lines.json --line-bytes-max 4194400"),
        3,
        4 * MIB,
    );
    bomb(&desk, "open.gz", &b"[\n".repeat(1 << 19), 24);
    check(&import(&desk, "open.gz --line-bytes-max 1048576"), 3, MIB);
}
