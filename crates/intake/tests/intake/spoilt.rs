//! Bad input: set aside with its place and reason, and the rest goes in.

use std::fs;
use std::io::{self, BufReader, Read};

use intake::Ended;

use crate::desk::{Desk, event, gzip, zstd};

/// What stands between two sound lines is set aside alone, byte for byte, with this in its reason.
fn check(spoilt: &[u8], reason: &str) {
    let mut desk = Desk::new();
    let mut lines = format!("{}\n", event("evt_1")).into_bytes();
    lines.extend(spoilt);
    lines.extend(format!("\n{}\n", event("evt_2")).bytes());
    let tally = desk.import(&lines);
    let shown = String::from_utf8_lossy(&spoilt[..spoilt.len().min(60)]);
    assert_eq!((tally.events, tally.rejected), (2, 1), "{shown}");
    let rejects = desk.rejects();
    assert_eq!(rejects.len(), 1, "{shown}");
    assert!(rejects[0].0 == spoilt, "{shown}");
    let said = &rejects[0].1["reason"];
    assert!(said.contains(reason), "{shown}: {said}");
    assert_eq!(rejects[0].1["line"], "2", "{shown}");
    assert_eq!(rejects[0].1["file"], "given", "{shown}");
    let first = &tally.first_rejects[0];
    assert_eq!(
        (&*first.file, first.line, &first.reason),
        ("given", 2, said)
    );
}

#[test]
fn a_spoilt_line_is_set_aside_and_the_rest_goes_in() {
    let whole = event("evt_x");
    let half = &whole[..whole.len() / 2];
    check(b"not JSON", "not JSON");
    check(half.as_bytes(), "not JSON");
    check(&whole.as_bytes()[..whole.len() - 1], "not JSON");
    check(format!("{whole}}}").as_bytes(), "not JSON");
    check(format!("{whole}{whole}").as_bytes(), "not JSON");
    check(b"\"text\"", "not a JSON object");
    check(b"{}", "`object` is missing");
    check(
        whole.replace(r#""id":"evt_x","#, "").as_bytes(),
        "`id` is missing",
    );
    check(
        whole
            .replace(r#""type":"customer.updated","#, "")
            .as_bytes(),
        "`type` is missing",
    );
    check(
        whole.replace("1700000000", "\"soon\"").as_bytes(),
        "`created`",
    );
    check(
        &whole
            .as_bytes()
            .iter()
            .map(|b| if *b == b'c' { 0xff } else { *b })
            .collect::<Vec<_>>(),
        "not UTF-8",
    );
    check(r#"{"id":"ch_1","object":"charge"}"#.as_bytes(), "`charge`");
    check(
        whole.replacen('{', r#"{"account":"acct 1","#, 1).as_bytes(),
        "is not a stream",
    );
}

#[test]
fn a_created_that_is_no_second_is_set_aside() {
    let with = |created: &str| event("evt_x").replace("1700000000", created);
    for created in [
        "9223372036854775808",
        "9223372036854775807",
        "253402300800",
        "1e400",
        "1.0",
        "-9223372036854775809",
        "\"1\"",
        "true",
    ] {
        check(with(created).as_bytes(), "`created`");
    }
    for created in ["253402300799", "-9223372036854775808", "-1", "0"] {
        assert_eq!(Desk::new().import(with(created).as_bytes()).events, 1);
    }
}

/// Lines as other programs write them.
#[test]
fn marks_line_ends_and_blank_lines_are_no_part_of_a_body() {
    let (one, two) = (event("evt_1"), event("evt_2"));
    for file in [
        format!("\u{feff}{one}\n{two}"),
        format!("{one}\r\n{two}\r\n"),
        format!("\n\r\n {one}\t\n\n{two}\n\n\n"),
    ] {
        let mut desk = Desk::new();
        let tally = desk.import(file.as_bytes());
        assert_eq!((tally.events, tally.rejected), (2, 0), "{file:?}");
        assert!(
            desk.bodies()
                .iter()
                .all(|body| !body.contains(['\u{feff}', '\r', '\n']))
        );
    }
    for nothing in ["", "\n", "\r\n \t\n", "\u{feff}"] {
        let tally = Desk::new().import(nothing.as_bytes());
        assert_eq!((tally.appended(), tally.rejected), (0, 0), "{nothing:?}");
    }
    let utf_16: Vec<u8> = one.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&[b"\xff\xfe", &utf_16[..]].concat(), "not UTF-8");
    check(&utf_16, "not JSON");
    check(format!("{one}\r{one}").as_bytes(), "not JSON");
    check(format!("{one}\0").as_bytes(), "not JSON");
    check(
        one.replace("cus_1", "c\0s").as_bytes(),
        "no raw control character",
    );
    check(format!("\u{feff}{one}").as_bytes(), "not JSON");
}

#[test]
fn deep_nesting_is_set_aside() {
    check("[".repeat(200_000).as_bytes(), "not JSON");
    check("{\"a\":".repeat(200_000).as_bytes(), "not JSON");
    check(
        format!(
            "{{\"object\":{}{}}}",
            "[".repeat(200_000),
            "]".repeat(200_000)
        )
        .as_bytes(),
        "`object`",
    );
}

#[test]
fn a_sound_line_inside_a_value_that_broke_goes_in() {
    let mut desk = Desk::new();
    let lines = format!("{{\"data\":[\n{}\n{}\n", event("evt_1"), event("evt_2"));
    let tally = desk.import(lines.as_bytes());
    assert_eq!((tally.events, tally.rejected), (2, 1));
    assert_eq!(desk.rejects()[0].0, b"{\"data\":[");
}

#[test]
fn a_value_that_never_ends_is_set_aside_with_its_lines() {
    let mut desk = Desk::new();
    let tally = desk.import(b"{\n \"object\": \"event\",\n \"id\": \"evt_1\"\n");
    assert_eq!((tally.events, tally.rejected), (0, 1));
    let (body, reason) = &desk.rejects()[0];
    assert_eq!(body, b"{\n \"object\": \"event\",\n \"id\": \"evt_1\"");
    assert_eq!((&*reason["line"], &*reason["last_line"]), ("1", "3"));
}

#[test]
fn a_line_beyond_the_bound_is_set_aside_whole() {
    let mut desk = Desk::new();
    desk.options.line_bytes_max = 400;
    let long = event("evt_1").replace("cus_1", &"c".repeat(200_000));
    let tally = desk.import(format!("{long}\n{}\n", event("evt_2")).as_bytes());
    assert_eq!((tally.events, tally.rejected), (1, 1));
    let (body, reason) = &desk.rejects()[0];
    assert_eq!(body, format!("{long}\n").as_bytes());
    assert_eq!(reason["bytes"], (long.len() + 1).to_string());
}

#[test]
fn a_value_of_many_lines_beyond_the_bound_is_set_aside() {
    let mut desk = Desk::new();
    desk.options.line_bytes_max = 400;
    let value = format!("{{\n{}\"a\":1\n}}", "\"a\":1,\n".repeat(300));
    let tally = desk.import(format!("{value}\n{}\n", event("evt_2")).as_bytes());
    assert_eq!((tally.events, tally.rejected), (1, 1));
    assert_eq!(desk.rejects()[0].0, format!("{value}\n").as_bytes());
    let broken = format!("{{\n{}", "\"a\":1,\n".repeat(301));
    let tally = desk.import(format!("{broken}]\n{}\n", event("evt_3")).as_bytes());
    assert_eq!((tally.events, tally.rejected), (1, 2));
}

/// Wherever a packed source is cut, what can be read of it goes in, and its end is told.
#[test]
fn a_cut_gzip_or_zstd_gives_what_it_holds_and_says_so() {
    let lines: String = (0..200)
        .map(|n| format!("{}\n", event(&format!("evt_{n}"))))
        .collect();
    let cuts = |whole: Vec<u8>| {
        let places = [
            whole.len() / 3,
            whole.len() / 2,
            whole.len() - 4,
            whole.len() - 1,
        ];
        places.map(|place| whole[..place].to_vec())
    };
    let packed = [gzip(lines.as_bytes()), zstd(lines.as_bytes())].map(cuts);
    for cut in packed.concat() {
        let mut desk = Desk::new();
        let (tally, ended) = desk.import_from(&mut BufReader::new(&cut[..]));
        let cut = cut.len();
        assert!(matches!(ended, Ended::Cut(_)), "{cut}");
        assert!(tally.rejected <= 1, "{cut}");
        assert_eq!(desk.bodies().len() as u64, tally.events, "{cut}");
        let kept: String = desk
            .bodies()
            .iter()
            .map(|body| format!("{body}\n"))
            .collect();
        let rest = desk
            .rejects()
            .pop()
            .map(|(body, _)| body)
            .unwrap_or_default();
        let kept = [kept.into_bytes(), rest].concat();
        assert!(lines.as_bytes().starts_with(&kept), "{cut}");
    }
}

#[test]
fn a_source_that_fails_in_a_long_line_is_told() {
    struct Failing(u32);
    impl Read for Failing {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 > 3 {
                return Err(io::Error::other("gone"));
            }
            bytes.fill(b'x');
            Ok(bytes.len())
        }
    }
    let mut desk = Desk::new();
    desk.options.line_bytes_max = 100;
    let (tally, ended) = desk.import_read(Failing(0));
    assert!(matches!(ended, Ended::Cut(_)));
    assert_eq!(tally.rejected, 1);
}

#[test]
fn a_body_that_was_mended_in_place_is_not_spoilt_again() {
    let mut desk = Desk::new();
    desk.import(b"not JSON");
    let folder = desk.folder.path().join("rejects");
    let bodies = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let body = bodies
        .filter(|path| path.extension().unwrap() == "body")
        .last()
        .unwrap();
    fs::write(&body, event("evt_1")).unwrap();
    let reason = body.with_extension("reason");
    let first = fs::read_to_string(&reason).unwrap();
    let tally = desk.import(b"\nnot JSON");
    assert_eq!(tally.rejected, 1);
    assert_eq!(fs::read_to_string(&reason).unwrap(), first);
    assert_eq!(fs::read_to_string(&body).unwrap(), event("evt_1"));
    assert_eq!(desk.import(&fs::read(&body).unwrap()).events, 1);
}
