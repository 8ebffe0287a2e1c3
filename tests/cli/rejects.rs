//! Bad input: the rest is imported, what can't enter is kept with its reason, and the exit tells.

use std::fs;

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

use crate::desk::Desk;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A file of sound lines with one spoilt line among them: the exit is 3, all sound lines are in the log, the spoilt one is
/// in a reject byte for byte, and stderr says where.
fn check(spoilt: &[u8], reason: &str) {
    let desk = Desk::with_company();
    let lines = desk.lines("sim/events.ndjson");
    let mut file = lines[..5].join("\n").into_bytes();
    file.push(b'\n');
    file.extend(spoilt);
    file.push(b'\n');
    file.extend(lines[5..10].join("\n").bytes());
    desk.write("mixed.ndjson", &file);
    let run = desk.run("import mixed.ndjson");
    assert_eq!(run.exit, 3, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains("mixed.ndjson, line 6: "),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains(reason), "{}", run.stderr);
    let rejects = desk.rejects();
    assert_eq!(rejects.len(), 1);
    assert!(fs::read(&rejects[0]).unwrap() == spoilt);
    let why = fs::read_to_string(rejects[0].with_extension("reason")).unwrap();
    assert!(why.starts_with("daybook reject 1\nreason: "), "{why}");
    assert!(why.contains("\nfile: mixed.ndjson\nline: 6\n"), "{why}");
    let first_ten: std::collections::BTreeSet<&str> = lines[..10]
        .iter()
        .map(|line| line.split('"').nth(3).unwrap())
        .collect();
    assert_eq!(
        desk.json("head")["seq"].as_u64().unwrap(),
        first_ten.len() as u64 + 1
    );
    desk.ok("project");
}

#[test]
fn each_kind_of_spoilt_line_is_kept_aside_and_the_rest_is_imported() {
    check(b"{\"id\":\"evt_1\",\"object\":\"event\"", "not JSON");
    check(b"certainly not JSON", "not JSON");
    check(
        b"{\"object\":\"event\",\"type\":\"x\",\"created\":1}",
        "`id` is missing",
    );
    check(
        b"{\"id\":\"evt_1\",\"object\":\"event\",\"created\":1}",
        "`type` is missing",
    );
    check(&[b'['; 200_000], "not JSON");
    check(b"{\"id\":\"evt_\xff\"}", "not UTF-8");
}

#[test]
fn an_event_whose_object_can_not_be_read_is_in_the_log_with_a_notice() {
    let desk = Desk::with_company();
    let event = r#"{"id":"evt_odd","object":"event","api_version":"2026-07-29.dahlia","created":1735700000,"livemode":true,"type":"charge.succeeded","data":{"object":["no","charge"]}}"#;
    desk.write("odd.ndjson", event);
    desk.ok("import odd.ndjson");
    desk.ok("project");
    assert_eq!(desk.ok("event evt_odd"), event);
    assert_eq!(desk.json("status")["notices"], 1);
}

#[test]
fn a_reject_that_was_mended_is_imported_from_where_it_lies() {
    let desk = Desk::with_company();
    let line = desk.lines("sim/events.ndjson")[0].clone();
    desk.write("broken.ndjson", &line[..line.len() - 1]);
    assert_eq!(desk.run("import broken.ndjson").exit, 3);
    let body = desk.rejects().pop().unwrap();
    fs::write(&body, &line).unwrap();
    let path = body.to_str().unwrap().to_owned();
    assert!(
        desk.ok(&format!("import {path}"))
            .contains("appended        1\n")
    );
    let id = line.split('"').nth(3).unwrap();
    assert_eq!(desk.ok(&format!("event {id}")), line);
}

#[test]
fn a_cut_gzip_gives_what_it_holds_and_ends_with_4() {
    let desk = Desk::with_company();
    let whole = gzip(&fs::read(desk.path("sim/events.ndjson")).unwrap());
    desk.write("whole.gz", &whole);
    desk.write("cut.gz", &whole[..whole.len() / 2]);
    let run = desk.run("import cut.gz");
    assert_eq!(run.exit, 4, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains("cut.gz was not read to its end"),
        "{}",
        run.stderr
    );
    let half = desk.json("head")["seq"].as_u64().unwrap();
    assert!(half > 50, "{half} entries of the first half");
    desk.ok("import whole.gz");
    assert!(desk.json("head")["seq"].as_u64().unwrap() > half);
}

#[test]
fn bare_objects_need_their_reading_and_a_single_moment_is_noticed() {
    let desk = Desk::with_company();
    let page = r#"{
      "object": "list",
      "data": [
        {"id": "po_1", "object": "payout", "amount": 500, "currency": "usd", "status": "paid", "livemode": true}
      ],
      "has_more": false
    }"#;
    desk.write("page.json", page);
    assert_eq!(desk.run("import page.json").exit, 3);
    let span =
        "import page.json --api-version 2026-07-29.dahlia --observed-at 2025-02-01..2025-02-02";
    assert!(!desk.ok(span).contains("to the second"));
    let moment =
        "import page.json --api-version 2026-07-29.dahlia --observed-at 2025-02-03T04:05:06Z";
    assert!(
        desk.ok(moment)
            .contains("bare objects count as read at 2025-02-03T04:05:06Z, to the second")
    );
    assert_eq!(desk.json(moment)["no_doubt_of_time"], true);
    desk.ok("project");
    assert_eq!(desk.json("status")["payouts"], 1);
}

#[test]
fn standard_input_is_a_file_too() {
    let desk = Desk::with_company();
    let events = fs::read(desk.path("sim/events.ndjson")).unwrap();
    let run = desk.run_with_input("import -", &gzip(&events));
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let again = desk.run_with_input("import -", &events);
    assert!(again.stdout.contains("nothing new"), "{}", again.stdout);
}

#[test]
fn nothing_that_came_steers_the_terminal() {
    let desk = Desk::with_company();
    desk.write(
        "odd.ndjson",
        r#"{"id":"x","object":"\u001b[31mred\n\u202e","type":"a","created":5}"#,
    );
    let run = desk.run("import odd.ndjson");
    assert!(
        !run.stderr.contains(['\u{1b}', '\u{202e}']),
        "{}",
        run.stderr
    );
    assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
    desk.write(
        "bare.ndjson",
        r#"{"id":"cus_1","object":"customer","name":"A\u202eB\u0007C","created":5}"#,
    );
    let bare = "import bare.ndjson --api-version 2026-07-29.dahlia --observed-at 2025-03-01";
    assert!(desk.ok(bare).contains("no doubt of time bare objects"));
    desk.ok("project");
    assert!(desk.ok("customers").contains("A B C"));
}
