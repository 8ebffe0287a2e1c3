//! Bad input: the rest is imported, what can't enter is kept with its reason, and the exit tells.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

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
fn junk_behind_a_gzip_is_set_aside_and_ends_with_3() {
    let desk = Desk::with_company();
    let mut packed = gzip(&fs::read(desk.path("sim/events.ndjson")).unwrap());
    packed.extend([0; 512]);
    desk.write("padded.gz", &packed);
    let run = desk.run("import padded.gz");
    assert_eq!(run.exit, 3, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("behind the end of the gzip"));
    assert_eq!(fs::read(&desk.rejects()[0]).unwrap(), [0; 512]);
    assert!(desk.ok("import sim/events.ndjson").contains("nothing new"));
}

#[test]
fn what_is_no_file_of_values_is_told_by_name_and_the_others_are_imported() {
    let desk = Desk::with_company();
    fs::create_dir(desk.path("folder")).unwrap();
    desk.write("empty.ndjson", "");
    desk.write("twice.gz", gzip(&gzip(b"{}")));
    desk.write("stub.gz", b"\x1f\x8b\x08");
    let run =
        desk.run("import missing.ndjson folder twice.gz stub.gz empty.ndjson sim/events.ndjson");
    assert_eq!(run.exit, 4, "{}{}", run.stdout, run.stderr);
    for said in [
        "warning: missing.ndjson was not read: No such file",
        "warning: folder was not read to its end: Is a directory",
        "warning: twice.gz was not read to its end: it is packed twice",
        "warning: stub.gz was not read to its end: ",
        "hint: see to it, and import it again",
    ] {
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    assert_eq!(run.stderr.lines().count(), 5, "{}", run.stderr);
    assert_eq!(desk.rejects().len(), 0);
    assert!(desk.ok("import empty.ndjson").contains("nothing new"));
    assert!(desk.ok("import sim/events.ndjson").contains("nothing new"));
}

#[test]
fn a_pipe_with_a_name_is_a_file_too() {
    let desk = Desk::with_company();
    let events = fs::read(desk.path("sim/events.ndjson")).unwrap();
    let run = desk.run_with_input("import /dev/stdin", &gzip(&events));
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert!(desk.ok("import sim/events.ndjson").contains("nothing new"));
}

#[test]
fn programs_are_told_which_files_and_lines() {
    let desk = Desk::with_company();
    let sound = desk.lines("sim/events.ndjson")[0].clone();
    desk.write("odd.ndjson", format!("{sound}\nspoilt\n[{sound},7]\n"));
    let answer = desk.json("import odd.ndjson missing.ndjson");
    assert_eq!(answer["rejected"], 2);
    assert_eq!(answer["unread"][0]["file"], "missing.ndjson");
    assert!(answer["unread"][0]["reason"].is_string());
    let [line, row] = &answer["first_rejects"].as_array().unwrap()[..] else {
        panic!("{answer}");
    };
    assert_eq!(
        (&line["file"], &line["line"]),
        (&"odd.ndjson".into(), &2.into())
    );
    assert_eq!(line["item"], Value::Null);
    assert!(line["reason"].as_str().unwrap().starts_with("not JSON"));
    assert_eq!((&row["line"], &row["item"]), (&3.into(), &2.into()));
    let many = "spoilt\n".repeat(50);
    desk.write("many.ndjson", many);
    let answer = desk.json("import many.ndjson");
    assert_eq!(answer["rejected"], 50);
    assert_eq!(answer["first_rejects"].as_array().unwrap().len(), 10);
    assert_eq!(desk.rejects().len(), 2, "the same bytes are kept once");
}

/// Numbers at their ends, and brackets without end where nothing reads them, pass through log and book.
#[test]
fn extreme_numbers_and_depths_pass_through_to_the_books() {
    let desk = Desk::with_company();
    let template = r#"{"id":"evt_ID","object":"event","api_version":"2026-07-29.dahlia","created":CREATED,"livemode":true,"type":"payout.paid","data":{"object":{"id":"po_ID","object":"payout","amount":AMOUNT,"currency":"usd","status":"paid","metadata":MORE,"created":CREATED,"arrival_date":CREATED}}}"#;
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let mut lines = Vec::new();
    for created in ["253402300799", "-9223372036854775808", "0"] {
        for amount in [
            "9223372036854775807",
            "9223372036854775808",
            "1e400",
            "-1e-400",
            "1.5",
        ] {
            let line = template
                .replace("ID", &lines.len().to_string())
                .replace("CREATED", created)
                .replace("AMOUNT", amount)
                .replace("MORE", &deep);
            lines.push(line);
        }
    }
    desk.write("extreme.ndjson", lines.join("\n"));
    desk.ok("import extreme.ndjson");
    desk.ok("project");
    assert_eq!(desk.json("status")["payouts"], lines.len());
    assert_eq!(desk.ok("event evt_3"), lines[3]);
    assert_eq!(desk.run("status").exit, 0);
    let digest = desk.json("status")["stands_on"]["digest"].clone();
    desk.ok("rebuild");
    assert_eq!(desk.json("status")["stands_on"]["digest"], digest);
    for name in ["chain", "position", "digest"] {
        desk.ok(&format!("check {name}"));
    }
}

#[test]
fn two_imports_at_once_set_the_same_bodies_aside_once() {
    let desk = Desk::with_company();
    let spoilt: Vec<String> = (0..200).map(|n| format!("spoilt {n}")).collect();
    desk.write("spoilt.ndjson", spoilt.join("\n"));
    let spawn = || {
        let mut command = desk.command("import spoilt.ndjson");
        command.stderr(Stdio::null()).stdout(Stdio::null());
        command.spawn().unwrap()
    };
    let mut children: Vec<_> = (0..4).map(|_| spawn()).collect();
    for child in &mut children {
        assert_eq!(child.wait().unwrap().code(), Some(3));
    }
    let rejects = desk.rejects();
    assert_eq!(rejects.len(), spoilt.len());
    for body in &rejects {
        let text = fs::read_to_string(body).unwrap();
        assert!(spoilt.contains(&text), "{text}");
        let why = fs::read_to_string(desk.reason(body)).unwrap();
        assert!(
            why.ends_with('\n') && why.contains("recorded_us: "),
            "{why}"
        );
    }
    let files = fs::read_dir(desk.path("daybook-data/rejects")).unwrap();
    assert_eq!(
        files.count(),
        2 * spoilt.len(),
        "nothing half-written is left"
    );
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
